//! What waiting costs: `cargo bench -p cairn-tests --bench sleepers`. Many runs go to sleep for a day; then how much memory the host holds more than an
//! empty one, and how soon one that is opened again is ready to serve. `CAIRN_SLEEPERS` is how many, 100,000 where it is not set.
//!
//! Each host is a process of its own, so that none sees what another one has left in memory.

#![expect(clippy::expect_used, clippy::panic, reason = "a measurement that cannot be made ends here")]

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use cairn_host::{
    Host, Settings,
    ops::{Reply, Request, Resume, Start},
    tool::Grant,
};
use serde_json::json;

const TENANT: &str = "local";
/// How many starts are under way at once.
const AT_ONCE: usize = 64;

const PROGRAM: &str = "
workflow sleeper() -> int {
  sleep 1d
  return 0
}
";

fn main() {
    let mut arguments = env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("empty"), Some(folder)) => runtime.block_on(opened(Path::new(&folder))),
        (Some("begin"), Some(folder)) => runtime.block_on(begun(Path::new(&folder))),
        (Some("again"), Some(folder)) => runtime.block_on(again(Path::new(&folder))),
        _ => all(),
    }
}

fn all() {
    let (empty, full) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let nothing = child("empty", empty.path());
    let begun = child("begin", full.path());
    let again = child("again", full.path());
    println!("an empty host: {nothing} MiB");
    println!("{} asleep, in the process that began them: {begun} MiB, {} more", sleepers(), begun - nothing);
    println!("{} asleep, opened again: {again} MiB, {} more", sleepers(), again - nothing);
}

/// Runs one part in a process of its own; gives its resident memory at the end, in MiB.
fn child(part: &str, folder: &Path) -> i64 {
    let own = env::current_exe().expect("this program");
    let ran = Command::new(own).arg(part).arg(folder).stderr(Stdio::inherit()).output().expect("it runs");
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let (told, figure) = said.trim_end().rsplit_once('\n').unwrap_or(("", said.trim_end()));
    println!("{told}");
    figure.trim().parse().expect("a figure at the end")
}

fn sleepers() -> usize {
    env::var("CAIRN_SLEEPERS").ok().and_then(|many| many.parse().ok()).unwrap_or(100_000)
}

async fn open(folder: &Path) -> Host {
    Host::open(Settings::new(folder)).await.expect("a host")
}

async fn deployed(host: &Host) -> String {
    let checked = cairn_compiler::check("bench.cairn", PROGRAM);
    let program = checked.workflows.first().expect("it is right");
    let component = cairn_compiler::emit(program).expect("it compiles");
    host.deploy(&component).await.expect("it is a component").digest
}

async fn opened(folder: &Path) {
    let host = open(folder).await;
    let digest = deployed(&host).await;
    start(&host, &digest, 0).await;
    resident();
    host.close().await;
}

async fn begun(folder: &Path) {
    let host = open(folder).await;
    let digest = deployed(&host).await;
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..sleepers() {
        if tasks.len() >= AT_ONCE {
            tasks.join_next().await;
        }
        let (host, digest) = (host.clone(), digest.clone());
        tasks.spawn(async move { start(&host, &digest, n).await });
    }
    while tasks.join_next().await.is_some() {}
    host.idle().await;
    println!("{} are asleep after {:.1?}", sleepers(), begun.elapsed());
    tokio::time::sleep(Duration::from_secs(2)).await;
    resident();
    host.close().await;
}

async fn again(folder: &Path) {
    let begun = Instant::now();
    let host = open(folder).await;
    println!("opened after {:.2?}", begun.elapsed());
    let resume = Resume { tenant: TENANT.to_owned(), id: None, code: None };
    let Ok(Reply::Resume(resumed)) = host.handle(Request::Resume(resume)).await else {
        panic!("it does not resume")
    };
    println!(
        "all that sleep are taken up after {:.2?}; {} can go on",
        begun.elapsed(),
        resumed.instances.len()
    );
    let digest = deployed(&host).await;
    start(&host, &digest, usize::MAX).await;
    println!("another one has begun after {:.2?}", begun.elapsed());
    tokio::time::sleep(Duration::from_secs(2)).await;
    resident();
    host.close().await;
}

async fn start(host: &Host, digest: &str, n: usize) {
    let (tenant, id, digest) = (TENANT.to_owned(), Some(format!("sleeper-{n}")), digest.to_owned());
    let start =
        Start { tenant, id, digest, input: json!({}), grant: Grant::default(), peers: Default::default() };
    host.handle(Request::Start(start)).await.expect("it begins");
}

/// Prints what of this process is in memory, in MiB, but for what files are mapped.
fn resident() {
    let status = fs::read_to_string("/proc/self/status").expect("it is Linux");
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).expect("it is told");
        let figure: i64 =
            line.split_whitespace().nth(1).and_then(|word| word.parse().ok()).expect("a figure");
        figure / 1024
    };
    println!("resident {} MiB, of it {} of files", of("VmRSS:"), of("RssFile:"));
    println!("{}", of("VmRSS:"));
}
