//! Figures of whole runs: `cargo bench -p cairn-tests`. From text to component, deploy, steps a second, and how long a waiting run needs to
//! take an event. Tools answer at once: what is measured is the host and its disk.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot be made ends here"
)]

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use cairn_host::{
    Host, Settings,
    ops::{FailureView, Progress, Request, Send, Start},
    port::{Ports, Tools},
    tool::{Answer, Attempt, Grant, Tool},
};
use cairn_journal::FjallJournal;
use serde_json::json;

const TENANT: &str = "local";
const STEPS: usize = 1_000;
const SIDE_BY_SIDE: usize = 32;
const WAKES: usize = 20;

/// A thousand steps, one after the other; then it takes events.
const PROGRAM: &str = "
tool t { go(n: int) -> int }
event turn
workflow steps(turns: int) -> int {
  loop step max 1000 { call t.go(n: step) }
  loop round max turns { wait turn() }
  return 0
}
";

/// A tool that has its answer ready.
struct Ready;

impl Tool for Ready {
    fn call(&self, attempt: Attempt) -> Answer<'_> {
        Box::pin(async move { Ok(attempt.arguments.get("n").cloned().unwrap_or_default()) })
    }
}

impl Tools for Ready {
    fn resolve(&self, _: &str, _: Option<&str>, _: &Grant) -> Result<Arc<dyn Tool>, FailureView> {
        Ok(Arc::new(Self))
    }
}

fn main() {
    compiler();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(host());
}

fn compile(text: &str) -> Vec<u8> {
    let checked = cairn_compiler::check("bench.cairn", text);
    let program = checked.workflows.first().expect("it is right");
    cairn_compiler::emit(program).expect("it compiles")
}

/// From text to component: an ordinary file, and a long one.
fn compiler() {
    let order = include_str!("../../examples/order/order.cairn");
    told("order.cairn, text to component", median(100, || drop(compile(order))));
    println!("order.cairn: {} lines, {} bytes of component", order.lines().count(), compile(order).len());
}

async fn host() {
    let folder = tempfile::tempdir().expect("a folder");
    let host = told_once("open a new directory", || open(folder.path()));
    let component = compile(PROGRAM);
    let begun = Instant::now();
    let digest = host.deploy(&component).await.expect("it is a component").digest;
    told("deploy: compile and keep", begun.elapsed());

    let begun = Instant::now();
    start(&host, &digest, "waits", WAKES).await;
    host.at_rest(TENANT, "waits").await.expect("it waits");
    rate("one after the other", STEPS, begun.elapsed());

    let begun = Instant::now();
    for n in 0..SIDE_BY_SIDE {
        start(&host, &digest, &format!("m{n}"), 0).await;
    }
    host.idle().await;
    rate("side by side", STEPS * SIDE_BY_SIDE, begun.elapsed());

    let mut wakes = Vec::new();
    for _ in 0..WAKES {
        wakes.push(wake(&host).await);
    }
    wakes.sort();
    told("event accepted and taken, 1,000 steps replayed", wakes[wakes.len() / 2]);
    host.close().await;
    let host = told_once("open it again", || open(folder.path()));
    host.close().await;
}

fn open(folder: &Path) -> Host {
    let journal = Arc::new(FjallJournal::open(folder).expect("a journal"));
    let ports = Ports { tools: Arc::new(Ready), ..Ports::system(journal) };
    Host::with_ports(Settings::new(folder), ports).expect("a host")
}

async fn start(host: &Host, digest: &str, id: &str, turns: usize) {
    let input = json!({ "turns": turns });
    let (tenant, id, digest) = (TENANT.to_owned(), Some(id.to_owned()), digest.to_owned());
    let grant = Grant { bind: [("t".to_owned(), "exec:".to_owned())].into(), ..Grant::default() };
    let start = Start { tenant, id, digest, input, grant, peers: Default::default() };
    host.handle(Request::Start(start)).await.expect("it begins");
}

/// From sending an event to the code having taken it.
async fn wake(host: &Host) -> Duration {
    let mut updates = host.watch();
    let (tenant, id, event) = (TENANT.to_owned(), "waits".to_owned(), "turn".to_owned());
    let send = Send { tenant, id, event, data: json!({}), message: None, early: false };
    let begun = Instant::now();
    host.handle(Request::Send(send)).await.expect("it is taken");
    while !matches!(updates.recv().await.expect("it goes on").progress, Progress::Ended { .. }) {}
    let took = begun.elapsed();
    host.at_rest(TENANT, "waits").await.expect("it waits again");
    took
}

fn median(rounds: usize, mut what: impl FnMut()) -> Duration {
    let mut took: Vec<Duration> = (0..rounds)
        .map(|_| {
            let begun = Instant::now();
            what();
            begun.elapsed()
        })
        .collect();
    took.sort();
    took[rounds / 2]
}

fn told(what: &str, took: Duration) {
    println!("{what}: {took:.2?}");
}

fn told_once<T>(what: &str, act: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let made = act();
    told(what, begun.elapsed());
    made
}

fn rate(what: &str, steps: usize, took: Duration) {
    println!("{steps} steps {what}: {took:.2?}, {:.0} a second", steps as f64 / took.as_secs_f64());
}
