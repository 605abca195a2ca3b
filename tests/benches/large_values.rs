//! What a large value costs: `cargo bench -p cairn-tests --bench large_values`. A run passes one value through ten steps, each of which gives it back;
//! then how many bytes lie on disk, and how much memory was resident at most, of the host that ran it and of a process that only loads its journal.
//! `CAIRN_VALUE` is how long the value is, in MiB, 50 where it is not set.

#![expect(clippy::expect_used, reason = "a measurement that cannot be made ends here")]

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use cairn_host::{
    Host, Limits, Settings,
    ops::{FailureView, OutcomeView, Reply, Request, Show, Start},
    port::{Ports, Tools},
    replay::Seq,
    tool::{Answer, Attempt, Grant, Tool},
};
use cairn_journal::{FjallJournal, InstanceId, Journal};
use serde_json::{Value, json};

const TENANT: &str = "local";
const ID: &str = "large";

const PROGRAM: &str = "
tool t { pass(value: string) -> string }
workflow large(value: string) -> int {
  var now = value
  for n in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] {
    let next = call t.pass(value: now)
    set now = next
  }
  return 10
}
";

/// Gives back what it is given.
struct Passing;

impl Tool for Passing {
    fn call(&self, mut attempt: Attempt) -> Answer<'_> {
        Box::pin(async move { Ok(attempt.arguments.get_mut("value").map(Value::take).unwrap_or_default()) })
    }
}

impl Tools for Passing {
    fn resolve(&self, _: &str, _: Option<&str>, _: &Grant) -> Result<Arc<dyn Tool>, FailureView> {
        Ok(Arc::new(Self))
    }
}

fn main() {
    let mut arguments = env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("run"), Some(folder)) => runtime.block_on(run(Path::new(&folder))),
        (Some("load"), Some(folder)) => load(Path::new(&folder)),
        _ => all(),
    }
}

fn all() {
    let folder = tempfile::tempdir().expect("a folder");
    println!("a value of {} MiB, given to ten steps and back:", length() >> 20);
    child("run", folder.path());
    println!("{} MiB on disk", bytes(folder.path()) >> 20);
    child("load", folder.path());
}

fn child(part: &str, folder: &Path) {
    let own = env::current_exe().expect("this program");
    let ran = Command::new(own).arg(part).arg(folder).stdout(Stdio::inherit()).status().expect("it runs");
    assert!(ran.success(), "{part} did not come to its end");
}

fn length() -> usize {
    env::var("CAIRN_VALUE").ok().and_then(|many| many.parse().ok()).unwrap_or(50) << 20
}

async fn run(folder: &Path) {
    let limits = Limits {
        value_bytes: 100 << 20,
        journal_bytes: u64::MAX,
        memory_bytes: 2 << 30,
        compute: Duration::from_secs(600),
        ..Limits::default()
    };
    let settings = Settings { limits, ..Settings::new(folder) };
    let journal = FjallJournal::open(folder).expect("a journal");
    let ports = Ports { tools: Arc::new(Passing), ..Ports::system(Arc::new(journal)) };
    let host = Host::with_ports(settings, ports).expect("a host");
    let checked = cairn_compiler::check("bench.cairn", PROGRAM);
    let program = checked.workflows.first().expect("it is right");
    let component = cairn_compiler::emit(program).expect("it compiles");
    let digest = host.deploy(&component).await.expect("it is a component").digest;
    println!("  {} MiB resident before the run begins", peak() >> 10);
    let grant = Grant { bind: [("t".to_owned(), "exec:".to_owned())].into(), ..Grant::default() };
    let (tenant, id) = (TENANT.to_owned(), Some(ID.to_owned()));
    let input = json!({ "value": "x".repeat(length()) });
    let start = Start { tenant, id, digest, input, grant, peers: Default::default() };
    host.handle(Request::Start(start)).await.expect("it begins");
    println!("  {} MiB resident at most until it was begun", peak() >> 10);
    println!("  {:?}", ended(&host).await);
    println!("  {} MiB resident at most until it ended", peak() >> 10);
    host.close().await;
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
    }
}

fn load(folder: &Path) {
    let journal = FjallJournal::open(folder).expect("a journal");
    println!("  {} MiB resident in a process that opened it", peak() >> 10);
    let id = InstanceId { tenant: TENANT.to_owned(), instance: ID.to_owned() };
    let entries = journal.load(&id, Seq(0)).expect("it is whole");
    println!("  {} MiB resident at most with its {} entries loaded", peak() >> 10, entries.len());
}

/// The most that was resident of this process, in KiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("a system that tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("it is there");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

fn bytes(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file"));
    let of = |file: fs::DirEntry| match file.metadata() {
        Ok(meta) if meta.is_dir() => bytes(&file.path()),
        Ok(meta) => meta.len(),
        Err(_) => 0,
    };
    files.map(of).sum()
}
