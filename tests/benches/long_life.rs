//! A loop of years: `cargo bench -p cairn-tests --bench long_life`. Each round is a step and a sleep of a millisecond, on virtual time; every 500
//! rounds the run begins anew with what it carries over. How long its journal ever is, and how long it takes to go on with it early and late in its
//! life. `CAIRN_ROUNDS` is how many, 1,000,000 where it is not set.

#![expect(clippy::expect_used, reason = "a measurement that cannot be made ends here")]

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use cairn_host::{
    Host, Settings,
    ops::{FailureView, OutcomeView, Reply, Request, Resume, Show, Start},
    port::{Clock, Ports, Tools, Wait},
    replay::Instant as Moment,
    tool::{Answer, Attempt, Grant, Tool},
};
use cairn_journal::{InstanceId, Journal, MemoryJournal};
use serde_json::{Value, json};
use tokio::sync::Notify;

const TENANT: &str = "local";
const ID: &str = "years";
/// The rounds at which the host is closed and opened again.
const EARLY: u64 = 900;

const PROGRAM: &str = "
tool t { go(n: int) -> int }
workflow years(from: int, to: int) -> int {
  var n = from
  loop round max 500 {
    if n >= to { return n }
    let next = call t.go(n: n)
    sleep 1ms
    set n = next
  }
  restart (from: n, to: to)
}
";

/// Time that passes only when nobody has anything to do.
struct Virtual(tokio::time::Instant);

/// Where it begins: 2026-01-01T00:00:00Z.
const BEGIN: u64 = 1_767_225_600_000;

impl Clock for Virtual {
    fn now(&self) -> Moment {
        Moment(BEGIN + u64::try_from(self.0.elapsed().as_millis()).expect("not that long"))
    }

    fn until(&self, moment: Moment) -> Wait {
        Box::pin(tokio::time::sleep_until(self.0 + Duration::from_millis(moment.0.saturating_sub(BEGIN))))
    }
}

/// Counts the rounds, and looks at the journal in each.
#[derive(Clone)]
struct Counting(Arc<Seen>);

struct Seen {
    journal: MemoryJournal,
    longest: AtomicU64,
    rounds: AtomicU64,
    /// The round at which it holds, until the host is another one.
    halt: AtomicU64,
    halted: Notify,
}

impl Tool for Counting {
    fn call(&self, attempt: Attempt) -> Answer<'_> {
        let id = InstanceId { tenant: TENANT.to_owned(), instance: ID.to_owned() };
        let head = self.0.journal.head(&id).expect("a journal").expect("a run");
        self.0.longest.fetch_max(head.next.0, Ordering::Relaxed);
        let n = attempt.arguments.get("n").and_then(Value::as_u64).expect("a number");
        let first = self.0.rounds.fetch_max(n, Ordering::Relaxed) < n;
        Box::pin(async move {
            if first && n == self.0.halt.load(Ordering::Relaxed) {
                self.0.halted.notify_one();
                std::future::pending::<()>().await;
            }
            self.0.halted.notify_one();
            Ok(Value::from(n + 1))
        })
    }
}

impl Tools for Counting {
    fn resolve(&self, _: &str, _: Option<&str>, _: &Grant) -> Result<Arc<dyn Tool>, FailureView> {
        Ok(Arc::new(self.clone()))
    }
}

fn main() {
    let rounds = env::var("CAIRN_ROUNDS").ok().and_then(|many| many.parse().ok()).unwrap_or(1_000_000);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(live(rounds));
}

async fn live(rounds: u64) {
    let cache = tempfile::tempdir().expect("a folder");
    let journal = MemoryJournal::new();
    let seen = Counting(Arc::new(Seen {
        journal: journal.clone(),
        longest: AtomicU64::new(0),
        rounds: AtomicU64::new(0),
        halt: AtomicU64::new(EARLY),
        halted: Notify::new(),
    }));
    let began = tokio::time::Instant::now();
    let open = || {
        let ports = Ports {
            clock: Arc::new(Virtual(began)),
            tools: Arc::new(seen.clone()),
            ..Ports::system(Arc::new(journal.clone()))
        };
        let settings = Settings { ride_along: Duration::ZERO, ..Settings::new(cache.path()) };
        Host::with_ports(settings, ports).expect("a host")
    };
    let begun = Instant::now();
    let mut host = open();
    start(&host, rounds).await;
    for stop in [EARLY, rounds * 9 / 10] {
        seen.0.halt.store(stop, Ordering::Relaxed);
        while seen.0.rounds.load(Ordering::Relaxed) < stop {
            seen.0.halted.notified().await;
        }
        host.close().await;
        host = open();
        let resumed = Instant::now();
        resume(&host).await;
        seen.0.halted.notified().await;
        println!("at round {stop}: {:?} until it goes on", resumed.elapsed());
    }
    let outcome = ended(&host).await;
    let took = begun.elapsed();
    println!(
        "{rounds} rounds in {took:?}, {:?} each: {outcome:?}",
        took / u32::try_from(rounds).expect("not that many")
    );
    println!("its journal never had more than {} entries", seen.0.longest.load(Ordering::Relaxed));
}

async fn start(host: &Host, rounds: u64) {
    let checked = cairn_compiler::check("bench.cairn", PROGRAM);
    let program = checked.workflows.first().expect("it is right");
    let component = cairn_compiler::emit(program).expect("it compiles");
    let digest = host.deploy(&component).await.expect("it is a component").digest;
    let grant = Grant { bind: [("t".to_owned(), "exec:".to_owned())].into(), ..Grant::default() };
    let (tenant, id, input) = (TENANT.to_owned(), Some(ID.to_owned()), json!({ "from": 0, "to": rounds }));
    let start = Start { tenant, id, digest, input, grant, peers: Default::default() };
    host.handle(Request::Start(start)).await.expect("it begins");
}

async fn resume(host: &Host) {
    let resume = Resume { tenant: TENANT.to_owned(), id: Some(ID.to_owned()), code: None };
    host.handle(Request::Resume(resume)).await.expect("it goes on");
}

async fn ended(host: &Host) -> OutcomeView {
    loop {
        host.at_rest(TENANT, ID).await.expect("it is there");
        let show = Show { tenant: TENANT.to_owned(), id: ID.to_owned() };
        if let Ok(Reply::Show(shown)) = host.handle(Request::Show(show)).await
            && let Some(outcome) = shown.outcome
        {
            return outcome;
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}
