//! What waiting and waking cost a workflow in another language, whose component brings its language along: `cargo bench -p cairn-tests --bench guests`.
//! Python's where `CAIRN_LANGUAGES` does not name others of `python`, `js`, `ts`; they are built from source, by `sdk/LANGUAGE/build`.
//!
//! For each: how long it takes from an event until the code has answered it and is unloaded again, after it has waited 10 times and 1,000 times;
//! on the disk and, where there is `/dev/shm`, without one: there a sync costs nothing; and both where it stays loaded while it waits. Then what the host holds in memory while many of them wait, each
//! number in a process of its own.

#![expect(clippy::expect_used, clippy::panic, reason = "a measurement that cannot be made ends here")]

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use cairn_host::{
    Host, Settings,
    ops::{Progress, Request, Send, Start},
    tool::Grant,
};
use cairn_tests::workspace;
use serde_json::json;
use tokio::task::JoinSet;

const TENANT: &str = "local";
/// How often each figure is taken, where `CAIRN_ROUNDS` says nothing else; the middle one counts.
const ROUNDS: usize = 21;
/// How long it stays loaded, where it does.
const STAY: Duration = Duration::from_secs(600);
/// How often it has waited already.
const WAITED: [usize; 2] = [10, 1_000];
/// How many wait at the same time.
const ASLEEP: [usize; 4] = [0, 1, 100, 1_000];
/// How many requests are under way at once.
const AT_ONCE: usize = 32;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if let [component, folder, many] = &arguments[..] {
        let many = many.parse().expect("a number");
        return runtime.block_on(asleep(Path::new(component), Path::new(folder), many));
    }
    let wanted = env::var("CAIRN_LANGUAGES").unwrap_or_else(|_| "python".to_owned());
    for language in
        ["python", "js", "ts"].into_iter().filter(|name| wanted.split(',').any(|one| one == *name))
    {
        if let Some(component) = built(language) {
            runtime.block_on(figures(language, &component));
        }
    }
}

/// The component of the language's example `waits`.
fn built(language: &str) -> Option<PathBuf> {
    let library = workspace().join("sdk").join(if language == "ts" { "js" } else { language });
    let out =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests").join(library.file_name().expect("a name"));
    let ran = Command::new(library.join("build")).arg(&out).arg("waits").output().expect("bash is there");
    if !ran.status.success() {
        println!(
            "skipped: {language} cannot be built here: {}",
            String::from_utf8_lossy(&ran.stderr).trim_end()
        );
        return None;
    }
    Some(if language == "python" { out.join("waits.wasm") } else { out.join(language).join("waits.wasm") })
}

async fn figures(language: &str, component: &Path) {
    let disk = tempfile::tempdir().expect("a folder");
    let began = Instant::now();
    let (host, _) = open(disk.path(), component, Duration::ZERO).await;
    println!("{language}: {} KiB, compiled in {:.1?}", size(component) / 1024, began.elapsed());
    host.close().await;
    wakings(disk.path(), component, "on the disk").await;
    println!("    a sync of that disk: {:.2?}", syncs(disk.path()));
    if let Ok(memory) = tempfile::tempdir_in("/dev/shm") {
        copied(disk.path(), memory.path());
        wakings(memory.path(), component, "syncs for nothing").await;
    }
    for many in ASLEEP {
        let folder = tempfile::tempdir().expect("a folder");
        copied(disk.path(), folder.path());
        let own = env::current_exe().expect("this program");
        let mut child = Command::new(own);
        child.arg(component).arg(folder.path()).arg(many.to_string()).stderr(Stdio::inherit());
        let said = child.output().expect("it runs").stdout;
        print!("  {}", String::from_utf8_lossy(&said));
    }
}

/// What waking takes in this folder, of one that is unloaded while it waits, and of one that stays.
async fn wakings(folder: &Path, component: &Path, place: &str) {
    for (stay, how) in [(Duration::ZERO, "unloaded"), (STAY, "stays loaded")] {
        let (host, digest) = open(folder, component, stay).await;
        for waited in WAITED {
            let id = format!("{how} {waited}");
            let took = wakes(&host, &digest, &id, waited).await;
            println!("  after {waited} waits, {place}, {how}: {took}");
        }
        host.close().await;
    }
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).expect("it is there").len()
}

/// The machine code goes along, so that it is made once.
fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("cache")).expect("a folder");
    for entry in fs::read_dir(from.join("cache")).expect("a folder").flatten() {
        fs::copy(entry.path(), to.join("cache").join(entry.file_name())).expect("it can be copied");
    }
}

/// A host, and the digest of the component in it.
async fn open(folder: &Path, component: &Path, stay: Duration) -> (Host, String) {
    let host = Host::open(Settings { stay, ..Settings::new(folder) }).await.expect("a host");
    let bytes = fs::read(component).expect("a component");
    let digest = host.deploy(&bytes).await.expect("it is a workflow").digest;
    (host, digest)
}

async fn start(host: &Host, digest: &str, id: &str, times: usize) {
    let (tenant, id, digest) = (TENANT.to_owned(), Some(id.to_owned()), digest.to_owned());
    let (input, grant) = (json!({ "times": times }), Grant::default());
    let start = Start { tenant, id, digest, input, grant, peers: Default::default() };
    host.handle(Request::Start(start)).await.expect("it begins");
}

async fn send(host: &Host, id: &str, early: bool) {
    let (tenant, id, event) = (TENANT.to_owned(), id.to_owned(), "go".to_owned());
    let send = Send { tenant, id, event, data: json!({ "n": 1 }), message: None, early, expires_in: None };
    host.handle(Request::Send(send)).await.expect("it is taken");
}

/// What an event takes whose code has waited so often.
async fn wakes(host: &Host, digest: &str, id: &str, waited: usize) -> String {
    let mut sends = JoinSet::new();
    for _ in 0..waited {
        if sends.len() >= AT_ONCE {
            sends.join_next().await;
        }
        let (host, id) = (host.clone(), id.to_owned());
        sends.spawn(async move { send(&host, &id, true).await });
    }
    while sends.join_next().await.is_some() {}
    start(host, digest, id, usize::MAX >> 16).await;
    host.at_rest(TENANT, id).await.expect("it waits");
    let mut took = Vec::new();
    for _ in 0..rounds() {
        took.push(wake(host, id).await);
    }
    let all = |part: fn(&Wake) -> Duration| took.iter().map(part).collect::<Vec<_>>();
    let turn = |wake: &Wake| wake.whole.saturating_sub(wake.accepted);
    format!(
        "{:.2?} in all: {:.2?} until it was accepted, {:.2?} (at best {:.2?}) from then until the answer is recorded",
        median(all(|wake| wake.whole)),
        median(all(|wake| wake.accepted)),
        median(all(turn)),
        all(turn).into_iter().min().unwrap_or_default(),
    )
}

fn rounds() -> usize {
    env::var("CAIRN_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().expect("a number"))
}

struct Wake {
    /// Until the event is on disk.
    accepted: Duration,
    /// Until the code has taken it, has asked for the next, that is on disk, and the code is unloaded or rests.
    whole: Duration,
}

async fn wake(host: &Host, id: &str) -> Wake {
    let mut updates = host.watch();
    let began = Instant::now();
    send(host, id, false).await;
    let accepted = began.elapsed();
    while !matches!(updates.recv().await.expect("it goes on").progress, Progress::Waiting { .. }) {}
    host.at_rest(TENANT, id).await.expect("it waits again");
    let whole = began.elapsed();
    Wake { accepted, whole }
}

/// So many wait; then what this process has in memory.
async fn asleep(component: &Path, folder: &Path, many: usize) {
    let (host, digest) = open(folder, component, Duration::ZERO).await;
    let before = resident();
    let began = Instant::now();
    let mut starts = JoinSet::new();
    for n in 0..many {
        if starts.len() >= AT_ONCE {
            starts.join_next().await;
        }
        let (host, digest) = (host.clone(), digest.clone());
        starts.spawn(async move { start(&host, &digest, &format!("asleep-{n}"), 1).await });
    }
    while starts.join_next().await.is_some() {}
    host.idle().await;
    let took = began.elapsed();
    tokio::time::sleep(Duration::from_secs(1)).await;
    println!("{many} wait, after {took:.1?}: resident {} (before: {before})", resident());
    host.close().await;
}

/// What of this process is in memory.
fn resident() -> String {
    let status = fs::read_to_string("/proc/self/status").expect("it is Linux");
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).expect("it is told");
        let figure = line.split_whitespace().nth(1).and_then(|word| word.parse::<u64>().ok());
        figure.unwrap_or_else(|| panic!("{line} has no figure")) / 1024
    };
    format!("{} MiB, of which {} of files", of("VmRSS:"), of("RssFile:"))
}

/// What the disk needs to keep 200 bytes.
fn syncs(folder: &Path) -> Duration {
    let mut file = fs::File::create(folder.join("syncs")).expect("a file");
    median(
        (0..ROUNDS)
            .map(|_| {
                let began = Instant::now();
                file.write_all(&[7; 200]).expect("it can be written");
                file.sync_data().expect("it can be synced");
                began.elapsed()
            })
            .collect(),
    )
}

fn median(mut took: Vec<Duration>) -> Duration {
    took.sort();
    took.get(took.len() / 2).copied().unwrap_or_default()
}
