use std::{sync::Arc, time::Duration};

use cairn_compiler::{Checked, check};
use cairn_host::{
    Settings,
    journal::{Commit, HeadChange, Journal, MemoryJournal, Sync},
    ops::FailureView,
    port::{Ports, Tools},
    replay::{Entry, Seq},
    tool::{Answer, Attempt, Grant, Tool},
};

use super::{
    Options, Tested,
    case::{Case, components},
    everywhere::everywhere,
    tests as run_tests,
    time::virtually,
    world::{TENANT, Way, run},
};

const ORDER: &str = r#"
error declined { code: string }
event picked_up { order: string, tracking: string }
tool pay { charge(order: string, cents: int) -> { id: string } fails declined  refund(id: string) -> null }
tool mail { send(text: string) -> null readonly }
workflow order(id: string, cents: int = 5) -> { tracking: string?, nr: string } fails declined {
  defaults timeout 10s retry { attempts: 3, delay: 1s, on: [network, timeout] }
  let charge = call pay.charge(order: id, cents) undo call pay.refund(id: charge.id)
  let nr = uuid()
  call mail.send(text: nr)
  wait {
    picked_up(order: id) as p => { sleep 2h return { tracking: p.tracking, nr } }
    after 30d => { undo all return { tracking: null, nr } }
  }
}
"#;

const MOCKS: &str =
    "mock pay.charge => [fail network, { id: \"c\" }] mock pay.refund => null mock mail.send => null";

fn options(crash_everywhere: bool) -> Options {
    Options { settings: settings(), filter: None, crash_everywhere, seed: 7 }
}

/// Machine code of tests is kept beside their build.
fn settings() -> Settings {
    Settings { ride_along: Duration::ZERO, ..Settings::new(std::env::temp_dir().join("cairn-trial-tests")) }
}

fn checked(tests: &str) -> Checked {
    let checked = check("order.cairn", &format!("{ORDER}{tests}"));
    assert!(checked.is_fine(), "{}", cairn_dsl::render(&checked.source, &checked.diagnostics, false));
    checked
}

fn tried(body: &str, options: &Options) -> Tested {
    let checked = checked(&format!("test \"it\" {{ {body} }}"));
    let mut told = 0;
    let all = run_tests(&checked, options, |_| told += 1).expect("a host that works");
    assert_eq!(told, 1);
    all.into_iter().next().expect("a test")
}

/// Message and labels of what does not hold.
fn found(body: &str) -> Vec<String> {
    let words = |tested: &Tested| {
        let one = |fault: &super::Fault| {
            let found = fault.diagnostic();
            let labels =
                found.secondary.iter().map(|label| label.text.clone()).chain([found.primary.text.clone()]);
            format!(
                "{}: {}",
                found.message,
                labels.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
            )
        };
        tested.faults.iter().map(one).collect()
    };
    words(&tried(body, &options(false)))
}

#[test]
fn a_month_takes_no_time_and_a_crash_makes_no_difference() {
    let began = std::time::Instant::now();
    let tested = tried(
        &format!(
            "{MOCKS} at 3d crash run order(id: \"o\") expect result.tracking == null expect elapsed >= 30d
            expect calls(\"pay.charge\").len() == 2 && calls(\"pay.charge\")[1].attempt == 2
            expect calls(\"pay.refund\")[0].args.id == \"c\"
            expect journal.any(o => o.key == \"charge\" && o.outcome == \"ok\")"
        ),
        &options(true),
    );
    assert_eq!(tested.faults, []);
    assert!(tested.crashes > 5, "{}", tested.crashes);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
}

#[test]
fn what_does_not_hold_is_told_with_its_values() {
    let run = "run order(id: \"o\")";
    let mocks = MOCKS.replace("[fail network, { id: \"c\" }]", "{ id: \"c\" }");
    let with = |expect: &str| found(&format!("{mocks} {run} {expect}"));
    assert_eq!(with("expect elapsed == 1d"), ["this does not hold: 30d"]);
    assert_eq!(with("expect result.tracking == \"T\" || elapsed < 2d"), ["this does not hold: null, 30d"]);
    assert_eq!(with("expect calls(\"pay.refund\").len() > 1"), ["this does not hold: 1"]);
    assert_eq!(
        with("expect calls(\"pay.refund\")[3].args.id == \"c\""),
        ["this has no value: there is no such item"]
    );
    assert_eq!(
        found(&format!("{mocks} mock pay.charge(cents: 9) => fail declined {{ code: \"51\" }} run order(id: \"o\", cents: 9)
            expect fails timeout expect result.tracking == null")),
        [
            "this run does not fail with `timeout`: the run failed with `declined`: declined",
            "there is no result: the run failed with `declined`: declined"
        ]
    );
    assert_eq!(
        found(&format!("mock pay.charge => fail declined {{ code: \"51\" }} {run}")),
        ["this run fails, and the test does not expect it: the run failed with `declined`: declined"]
    );
    assert_eq!(
        found(run),
        ["`pay.charge` is called, and nothing answers for it: with {\"order\":\"o\",\"cents\":5}"]
    );
    assert_eq!(
        found(&format!("{mocks} at 31d cancel {run}")),
        ["this never happens: the run is over after 30d"]
    );
}

#[test]
fn tools_answer_by_operation_arguments_and_in_turn() {
    let tested = tried(
        "mock pay.charge(cents: 9) => { id: \"nine\" } mock pay.charge => hang mock pay.refund => null mock mail.send => null
         at 1d emit picked_up { order: \"o\", tracking: \"T\" }
         run order(id: \"o\", cents: 9)
         expect calls(\"pay.charge\").len() == 1 && calls(\"pay.charge\")[0].result?.id == \"nine\"
         expect result.tracking == \"T\" && elapsed == 1d2h",
        &options(true),
    );
    assert_eq!(tested.faults, []);
    let tested = tried(
        "mock pay.charge => hang run order(id: \"o\") expect fails timeout expect elapsed > 32s",
        &options(false),
    );
    assert_eq!((tested.faults, tested.calls), (Vec::new(), 3));
}

#[test]
fn a_cancelled_run_undoes_what_it_did() {
    let tested = tried(
        &format!(
            "{MOCKS} at 2d cancel run order(id: \"o\") expect fails cancelled expect calls(\"pay.refund\").len() == 1"
        ),
        &options(true),
    );
    assert_eq!(tested.faults, []);
}

#[test]
fn the_same_seed_draws_the_same() {
    let drawn = |seed| {
        let options = Options { seed, ..options(false) };
        let tested = tried(&format!("{MOCKS} run order(id: \"o\") expect result.nr == \"\""), &options);
        tested.faults.first().map(|fault| fault.diagnostic().secondary.clone())
    };
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
}

#[test]
fn a_run_that_nothing_can_wake_is_told() {
    let text = "event e { n: int } workflow w() { wait e() } test \"it\" { run w() }";
    let checked = check("waits.cairn", text);
    let all = run_tests(&checked, &options(false), |_| {}).expect("a host that works");
    let faults = all.first().map(|tested| &tested.faults).expect("a test");
    let diagnostic = faults.first().map(super::Fault::diagnostic).expect("a fault");
    assert_eq!(diagnostic.message, "this run waits for ever");
    assert!(diagnostic.primary.text.contains("the event e"), "{}", diagnostic.primary.text);
}

/// What is found when the host comes back to this.
fn with_canary(between: fn(Ports) -> Ports) -> Vec<String> {
    let body = format!("{MOCKS} run order(id: \"o\") expect result.tracking == null");
    let checked = checked(&format!("test \"it\" {{ {body} }}"));
    let components = components(&checked).expect("components");
    let case = Case::new(checked.tests.first().expect("a test"), &components).expect("a case");
    let done = virtually(Duration::from_secs(120), move || async move {
        let settings = settings();
        let plans = case.plans(&settings).await.expect("a host").expect("plans");
        let plain = run(&case, &settings, &plans, Way::default()).await.expect("a run");
        let way = Way { between: Some(between), ..Way::default() };
        let (_, faults) = everywhere(&case, &settings, (&plans, &way), &plain).await.expect("runs");
        faults
            .iter()
            .map(|fault| fault.diagnostic().message.clone() + ": " + &fault.diagnostic().primary.text)
            .collect()
    });
    done.expect("in time")
}

#[test]
fn canary_a_journal_that_loses_an_outcome_is_found() {
    let found = with_canary(|ports| {
        let poorer = MemoryJournal::new();
        let page = ports.journal.list(TENANT, None, 9).expect("a list");
        for head in page.items {
            let mut entries = ports.journal.load(&head.id, Seq(0)).expect("entries");
            if let Some(last) = entries.iter().rposition(|entry| matches!(entry, Entry::Ended { .. })) {
                entries.truncate(last);
            }
            let code = ports.journal.blob(&head.digest).expect("a blob").expect("code");
            poorer.put_blob(&code).expect("kept");
            let commit = Commit { entries, ..begins(&head.id) };
            drop(poorer.commit(commit, Sync::Durable));
        }
        Ports { journal: Arc::new(poorer), ..ports }
    });
    assert!(found.iter().any(|one| one.contains("a crash behind")), "{found:?}");
}

fn begins(id: &cairn_host::journal::InstanceId) -> Commit {
    Commit {
        id: id.clone(),
        expect: Seq(0),
        entries: Vec::new(),
        timer: cairn_host::journal::TimerChange::Keep,
        consumed: Vec::new(),
        head: HeadChange::default(),
        restart: false,
        locks: Vec::new(),
        kept: Vec::new(),
        at: cairn_host::replay::Instant(1),
    }
}

/// Calls everything twice.
struct Twice(Arc<dyn Tools>);

struct TwiceTool(Arc<dyn Tool>);

impl Tools for Twice {
    fn resolve(&self, name: &str, from: Option<&str>, grant: &Grant) -> Result<Arc<dyn Tool>, FailureView> {
        Ok(Arc::new(TwiceTool(self.0.resolve(name, from, grant)?)))
    }
}

impl Tool for TwiceTool {
    fn call(&self, attempt: Attempt) -> Answer<'_> {
        let again =
            Attempt { idempotency_key: format!("{}-again", attempt.idempotency_key), ..attempt.clone() };
        let first = self.0.call(attempt);
        let second = self.0.call(again);
        Box::pin(async move {
            drop(second);
            first.await
        })
    }
}

#[test]
fn canary_a_tool_that_is_called_twice_is_found() {
    let found = with_canary(|ports| Ports { tools: Arc::new(Twice(Arc::clone(&ports.tools))), ..ports });
    assert!(found.iter().any(|one| one.contains("is called once more")), "{found:?}");
}
