//! Many runs at once, until the process is killed.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use cairn_host::Host;

use crate::{
    bug::{self, Bug},
    say,
    world::{TENANT, component, host, journal, send, show, start, stopped, told},
};

/// So many at a time: enough for commits to share their syncs.
const SIDE_BY_SIDE: usize = 24;

pub(crate) async fn write(dir: &Path, first: u64, bug: Option<Bug>) -> Result<(), String> {
    let host = host(dir, bug::seen(journal(dir)?, bug))?;
    let digest = host.deploy(&component()?).await.map_err(|error| error.to_string())?.digest;
    say("opened");
    let next = Arc::new(AtomicU64::new(first));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..SIDE_BY_SIDE {
        let (host, digest, next) = (host.clone(), digest.clone(), Arc::clone(&next));
        workers.spawn(async move {
            loop {
                if let Err(why) = one(&host, &digest, next.fetch_add(1, Ordering::Relaxed)).await {
                    return why;
                }
            }
        });
    }
    tokio::select! {
        why = stopped(&host) => Err(why),
        why = workers.join_next() => Err(why.and_then(Result::ok).unwrap_or_else(|| "a worker ended".to_owned())),
    }
}

async fn one(host: &Host, digest: &str, number: u64) -> Result<(), String> {
    let id = format!("r{number}");
    // Some events come before their run, some while it is under way.
    let early = number.is_multiple_of(2);
    if early {
        send(host, &id).await?;
        say(&format!("sent {id}"));
    }
    start(host, digest, number).await?;
    say(&format!("began {id}"));
    if !early {
        send(host, &id).await?;
        say(&format!("sent {id}"));
    }
    loop {
        host.at_rest(TENANT, &id).await.map_err(|error| error.to_string())?;
        if let Some(outcome) = show(host, &id).await?.outcome {
            say(&format!("over {id} {}", told(&outcome)));
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}
