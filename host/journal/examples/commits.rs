//! How many commits a second the store on disk makes: producers that each wait for an answer before the next commit, one
//! entry of about 200 bytes each.
//!
//! ```sh
//! cargo run --release -p cairn-journal --example commits -- DIRECTORY
//! ```
//!
//! The directory should be on the disk that is to be measured, and is left as it is. Prints, for each number of producers, commits
//! a second and the time of one commit in the middle and at the slowest hundredth.

use std::{
    error::Error,
    future::Future,
    path::{Path, PathBuf},
    pin::pin,
    sync::{Arc, Barrier},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

use cairn_journal::{Commit, FjallJournal, HeadChange, InstanceId, Journal, Sync, TimerChange};
use cairn_replay::{Began, Entry, Json, Key, Seq};

/// How long each number of producers is measured.
const LASTS: Duration = Duration::from_secs(3);

type Failed = Box<dyn Error + Send + std::marker::Sync>;

fn main() -> Result<(), Failed> {
    let dir = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("."), PathBuf::from);
    println!("{:>9} {:>8} {:>12} {:>9} {:>9}", "producers", "sync", "commits/s", "p50", "p99");
    for sync in [Sync::Durable, Sync::Ordered] {
        for producers in [1, 16, 64, 256] {
            measure(&dir.join(format!("commits-{sync:?}-{producers}")), producers, sync)?;
        }
    }
    Ok(())
}

fn measure(dir: &Path, producers: usize, sync: Sync) -> Result<(), Failed> {
    let store = Arc::new(FjallJournal::open(dir)?);
    let start = Arc::new(Barrier::new(producers));
    let threads: Vec<_> = (0..producers)
        .map(|number| {
            let (store, start) = (Arc::clone(&store), Arc::clone(&start));
            thread::spawn(move || produce(&store, number, sync, &start))
        })
        .collect();
    let mut times = Vec::new();
    for thread in threads {
        times.extend(thread.join().map_err(|_| "a producer panicked")??);
    }
    times.sort_unstable();
    let at = |part: f64| times.get((times.len() as f64 * part) as usize).copied().unwrap_or_default();
    let rate = times.len() as f64 / LASTS.as_secs_f64();
    println!("{producers:>9} {:>8} {rate:>12.0} {:>9.2?} {:>9.2?}", format!("{sync:?}"), at(0.5), at(0.99));
    Ok(())
}

/// One instance, an entry a commit, until the time is over.
fn produce(
    store: &FjallJournal,
    number: usize,
    sync: Sync,
    start: &Barrier,
) -> Result<Vec<Duration>, Failed> {
    let id = InstanceId { tenant: "bench".into(), instance: number.to_string() };
    wait(store.commit(commit(&id, 0, began(&id)), Sync::Durable))??;
    start.wait();
    let (begin, mut times) = (Instant::now(), Vec::new());
    let outcome = Json(format!("{{\"text\":\"{}\"}}", "x".repeat(140)).into());
    while begin.elapsed() < LASTS {
        let entry = Entry::Ended {
            key: Key(format!("item[{}]/charge", times.len())),
            at: cairn_replay::Instant(1_767_225_600_000),
            outcome: Ok(outcome.clone()),
        };
        let asked = Instant::now();
        wait(store.commit(commit(&id, 1 + times.len() as u64, entry), sync))??;
        times.push(asked.elapsed());
    }
    Ok(times)
}

fn commit(id: &InstanceId, expect: u64, entry: Entry) -> Commit {
    Commit {
        id: id.clone(),
        expect: Seq(expect),
        entries: vec![entry],
        timer: TimerChange::Keep,
        restart: false,
        consumed: Vec::new(),
        locks: Vec::new(),
        kept: Vec::new(),
        head: HeadChange::default(),
        at: cairn_replay::Instant(1_767_225_600_000),
    }
}

fn began(id: &InstanceId) -> Entry {
    Entry::Began(Began {
        at: cairn_replay::Instant(1_767_225_600_000),
        tenant: id.tenant.clone(),
        workflow: "bench".into(),
        instance: id.instance.clone(),
        digest: format!("sha256:{}", "0".repeat(64)),
        input: Json("{}".into()),
        grant: Json("{}".into()),
        peers: std::collections::BTreeMap::new(),
        parent: None,
        run: 0,
    })
}

/// A producer is a thread: it waits as one.
fn wait<T>(receipt: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut receipt = pin!(receipt);
    loop {
        match receipt.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(answer) => return answer,
            Poll::Pending => thread::park(),
        }
    }
}
