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

/// From text to component: an ordinary file, and long ones. An ordinary file is to take less than 5 ms, 5,000 lines less than 200 ms to
/// be checked and 500 ms to be compiled.
fn compiler() {
    let order = include_str!("../../examples/order/order.cairn");
    told("order.cairn, text to component", median(100, || drop(compile(order))));
    println!("order.cairn: {} lines, {} bytes of component", order.lines().count(), compile(order).len());
    for lines in [50, 5_000] {
        let text = long(order, lines);
        println!("{} lines, {} KiB of text:", text.lines().count(), text.len() / 1024);
        let rounds = if lines > 1_000 { 21 } else { 201 };
        told("  read", median(rounds, || drop(cairn_dsl::parse(&text))));
        told("  check", median(rounds, || drop(cairn_compiler::check("bench.cairn", &text))));
        told("  check, and compile every workflow", median(rounds, || drop(compile_all(&text))));
        told("  lay out", median(rounds, || drop(cairn_dsl::format(&text))));
    }
}

fn compile_all(text: &str) -> Vec<Vec<u8>> {
    let checked = cairn_compiler::check("bench.cairn", text);
    assert!(checked.is_fine(), "it is right");
    checked.workflows.iter().map(|program| cairn_compiler::emit(program).expect("it compiles")).collect()
}

/// The workflow of a file again and again, under other names, until there are so many lines; of fewer its first statements.
fn long(order: &str, lines: usize) -> String {
    let at = order.find("workflow order(").expect("it has a workflow");
    let (declarations, workflow) = order.split_at(at);
    if lines < order.lines().count() {
        return short(lines);
    }
    let mut text = declarations.to_owned();
    for number in 0.. {
        if text.lines().count() + workflow.lines().count() > lines {
            break;
        }
        text.push_str(&workflow.replacen("workflow order(", &format!("workflow order{number}("), 1));
        text.push('\n');
    }
    text
}

/// One workflow of so many lines: steps with their undos, a condition and a loop for each five.
fn short(lines: usize) -> String {
    let mut text = String::from(
        "tool t {\n  op(id: string, cents: int) -> { id: string, total: int? }\n}\n\nworkflow w(id: string, items: [int]) -> int {\n",
    );
    for round in 0..(lines - 7) / 6 {
        text.push_str(&format!(
            "  let step_{round} = call t.op(id: \"order ${{id}}\", cents: items.map(i => i * 2 + 1).sum())
    undo call t.op(id: step_{round}.id, cents: -1)
  if (step_{round}.total ?? 0) > 10 && id != \"none\" {{
    log info \"step {round}\" {{ total: step_{round}.total }}
  }}
  for item_{round} in items {{ call t.op(id, cents: item_{round}) }}\n"
        ));
    }
    text.push_str("  return items.len()\n}\n");
    text
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
    let send = Send { tenant, id, event, data: json!({}), message: None, early: false, expires_in: None };
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
