//! Figures, for those who want to know: `cargo test -p cairn-host measure -- --ignored --nocapture`.

use std::{sync::Arc, time::Instant};

use cairn_journal::FjallJournal;
use serde_json::json;

use super::{
    guest::Script,
    world::{TENANT, Toolbox},
};
use crate::{
    Host, Settings,
    ops::{Progress, Reply, Request, Resume, Send, Start},
    port::Ports,
    tool::Grant,
};

const STEPS: usize = 1_000;

fn steps(wait_behind: bool) -> Vec<u8> {
    let mut script = Script::new();
    for number in 0..STEPS {
        let step = script.call(&format!("step[{number}]"), "t.a");
        script.check(step);
    }
    if wait_behind {
        for turn in 0..20 {
            let event = script.receive(&format!("go[{turn}]"), "go", None);
            script.check(event);
        }
    }
    script.finish()
}

fn open(dir: &std::path::Path) -> Host {
    let ports = Ports {
        tools: Arc::new(Toolbox::default()),
        ..Ports::system(Arc::new(FjallJournal::open(dir).unwrap()))
    };
    Host::with_ports(Settings::new(dir), ports).unwrap()
}

async fn start(host: &Host, id: &str, component: &[u8]) {
    let digest = host.deploy(component).await.unwrap().digest;
    let (tenant, id) = (TENANT.to_owned(), Some(id.to_owned()));
    let start = Start { tenant, id, digest, input: json!({}), grant: Grant::default() };
    host.handle(Request::Start(start)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, on a real disk"]
async fn measure() {
    let dir = std::env::temp_dir().join(format!("cairn-measure-{}", std::process::id()));
    let host = open(&dir);
    let component = steps(true);

    let began = Instant::now();
    host.deploy(&component).await.unwrap();
    println!("deploy, compiled: {:?} for {} bytes", began.elapsed(), component.len());

    let began = Instant::now();
    start(&host, "o1", &component).await;
    host.at_rest(TENANT, "o1").await.unwrap();
    let took = began.elapsed();
    println!("{STEPS} steps one after the other: {took:?}, {:.0}/s", STEPS as f64 / took.as_secs_f64());

    let began = Instant::now();
    let many = 32;
    for n in 0..many {
        start(&host, &format!("m{n}"), &component).await;
    }
    host.idle().await;
    let took = began.elapsed();
    println!("{many} runs of them: {took:?}, {:.0}/s", (many * STEPS) as f64 / took.as_secs_f64());

    wakes(&host).await;
    host.close().await;

    let began = Instant::now();
    let host = open(&dir);
    println!("open: {:?}", began.elapsed());
    let resume = Resume { tenant: TENANT.to_owned(), id: Some("o1".to_owned()), code: None };
    let Reply::Resume(_) = host.handle(Request::Resume(resume)).await.unwrap() else {
        panic!("not a resume")
    };
    wakes(&host).await;
    host.close().await;
    std::fs::remove_dir_all(dir).unwrap();
}

/// From the event's acceptance to the guest having taken it: 1,000 steps are replayed each time.
async fn wakes(host: &Host) {
    for _ in 0..5 {
        let mut updates = host.watch();
        let began = Instant::now();
        let send = Send {
            tenant: TENANT.to_owned(),
            id: "o1".to_owned(),
            event: "go".to_owned(),
            data: json!({}),
            message: None,
            early: false,
        };
        host.handle(Request::Send(send)).await.unwrap();
        let put = began.elapsed();
        let mut loaded = put;
        loop {
            match updates.recv().await.unwrap().progress {
                Progress::Loaded { .. } => loaded = began.elapsed(),
                Progress::Ended { .. } => break,
                _ => {}
            }
        }
        let ended = began.elapsed();
        host.at_rest(TENANT, "o1").await.unwrap();
        println!(
            "put {put:?}; loaded {loaded:?}; replayed and taken {ended:?}; at rest {:?}",
            began.elapsed()
        );
    }
}
