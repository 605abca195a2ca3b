//! Whether a run is what its test expects.

use cairn_compiler::ir::test::{Expectation, ExpectationKind, Shown, What};
use cairn_host::{
    Error, Settings,
    ops::{Line, OutcomeView},
};
use serde_json::{Map, Value, json};

use super::{
    case::{Case, no_value},
    fault::Fault,
    journal::Sent,
    time::VirtualClock,
    tools::{Call, Reply, Trouble},
    values::{Values, work_out},
    words,
    world::{End, Ran},
};

/// All that is not as expected; empty is good.
///
/// # Errors
/// A fault of the host's.
pub(super) async fn judge(case: &Case, settings: &Settings, ran: &Ran) -> Result<Vec<Fault>, Error> {
    let outcome = match &ran.end {
        End::Over(outcome) => outcome,
        other => return Ok(vec![did_not_end(case, other)]),
    };
    let values = work_out(settings, &case.after, subjects(case, ran, outcome)).await?;
    let mut faults: Vec<Fault> =
        case.test.expectations.iter().filter_map(|one| unmet(one, outcome, &values)).collect();
    faults.extend(unexpected_failure(case, outcome));
    faults.extend(ran.late.iter().filter_map(|which| too_late(case, *which, ran)));
    Ok(faults)
}

fn did_not_end(case: &Case, end: &End) -> Fault {
    let test = &case.test;
    match end {
        End::Over(_) => Fault::new(test.span, "the run is over"),
        End::Waits(what) => Fault::new(test.run, "this run waits for ever")
            .label(format!("waits for {what}"))
            .help("send what it waits for (`at 1h emit …`), or give its waits an end (`within`, `after`)"),
        End::Stopped(message) => Fault::new(test.run, format!("the host could not go on: {message}")),
        End::Undone { which, why } => {
            let span = test.happenings.get(*which).map_or(test.span, |happening| happening.span);
            Fault::new(span, format!("this cannot happen: {why}"))
        }
        End::Trouble(trouble) => troubled(case, trouble),
    }
}

fn troubled(case: &Case, trouble: &Trouble) -> Fault {
    let test = &case.test;
    match trouble {
        Trouble::Unanswered { operation, arguments, others } => {
            let found = Fault::new(test.run, format!("`{operation}` is called, and nothing answers for it"))
                .label(format!("with {arguments}"));
            let with = if *others { "; the mocks that there are want other arguments" } else { "" };
            found.help(format!("add `mock {operation} => …` to the test{with}"))
        }
        Trouble::Again { operation, key } => {
            Fault::new(test.run, format!("`{operation}` ran again although its outcome was recorded"))
                .label(format!("the step `{key}`"))
                .help("this is a fault of the host, not of the workflow: please report it")
        }
        Trouble::Changed { operation, key } => {
            Fault::new(test.run, format!("`{operation}` was tried again with other arguments than before"))
                .label(format!("the step `{key}`"))
                .help("this is a fault of the host, not of the workflow: please report it")
        }
    }
}

fn unmet(expectation: &Expectation, outcome: &OutcomeView, values: &Values) -> Option<Fault> {
    match &expectation.kind {
        ExpectationKind::Fails(kind) => wrong_end(expectation, kind, outcome),
        ExpectationKind::Holds { holds, result, failure, shown } => {
            let failed = matches!(outcome, OutcomeView::Failure(_));
            if (*result && failed) || (*failure && !failed) {
                let what = if *result { "there is no result" } else { "there is no failure" };
                return Some(Fault::new(expectation.span, what).label(words::ended(outcome)));
            }
            match values.part(*holds) {
                Ok(Value::Bool(true)) => None,
                Ok(_) => Some(does_not_hold(expectation, shown, values)),
                Err(why) => Some(with_values(no_value(&why, expectation.span), shown, values)),
            }
        }
    }
}

fn wrong_end(expectation: &Expectation, kind: &str, outcome: &OutcomeView) -> Option<Fault> {
    match outcome {
        OutcomeView::Failure(failure) if failure.kind == kind => None,
        other => {
            let found = Fault::new(expectation.span, format!("this run does not fail with `{kind}`"));
            Some(found.label(words::ended(other)))
        }
    }
}

fn does_not_hold(expectation: &Expectation, shown: &[Shown], values: &Values) -> Fault {
    with_values(Fault::new(expectation.span, "this does not hold"), shown, values)
}

/// The values of the parts, each where it stands.
fn with_values(fault: Fault, shown: &[Shown], values: &Values) -> Fault {
    shown.iter().fold(fault, |fault, one| match values.part(one.part) {
        Ok(value) => fault.also(one.span, words::value(value, &one.ty)),
        Err(_) => fault,
    })
}

/// A run that fails where its test does not speak of a failure.
fn unexpected_failure(case: &Case, outcome: &OutcomeView) -> Option<Fault> {
    let speaks = case.test.expectations.iter().any(|one| match &one.kind {
        ExpectationKind::Fails(_) => true,
        ExpectationKind::Holds { failure, result, .. } => *failure || *result,
    });
    match outcome {
        OutcomeView::Failure(failure) if !speaks => {
            let found = Fault::new(case.test.run, "this run fails, and the test does not expect it");
            let help = format!("if it should, say so: `expect fails {}`", failure.kind);
            Some(found.label(words::ended(outcome)).help(help))
        }
        _ => None,
    }
}

fn too_late(case: &Case, which: usize, ran: &Ran) -> Option<Fault> {
    let happening = case.test.happenings.get(which)?;
    let elapsed = words::span(i64::try_from(ran.elapsed).unwrap_or(i64::MAX));
    let found = Fault::new(happening.span, "this never happens");
    Some(
        found
            .label(format!("the run is over after {elapsed}"))
            .help("take it away, or let it happen earlier"),
    )
}

/// The input of the judging program.
fn subjects(case: &Case, ran: &Ran, outcome: &OutcomeView) -> Value {
    let mut fields = Map::new();
    for subject in &case.test.subjects {
        let value = match &subject.what {
            What::Result => result(outcome),
            What::Failure => failure(outcome),
            What::Elapsed => Some(json!(ran.elapsed)),
            What::Calls(path) => {
                Some(ran.calls.iter().filter(|call| call.operation == *path).map(call).collect())
            }
            What::Events(name) => Some(events(&ran.sent, name.as_deref())),
            What::Journal => Some(journal(&ran.timeline)),
            What::Status => Some(ran.status.clone().unwrap_or_default()),
        };
        if let Some(value) = value {
            fields.insert(subject.field.clone(), value);
        }
    }
    Value::Object(fields)
}

fn result(outcome: &OutcomeView) -> Option<Value> {
    if let OutcomeView::Result(value) = outcome { Some(value.clone()) } else { None }
}

/// `kind`, `message`, and the detail's fields.
fn failure(outcome: &OutcomeView) -> Option<Value> {
    let OutcomeView::Failure(failure) = outcome else { return None };
    let mut fields = failure.detail.as_object().cloned().unwrap_or_default();
    fields.insert("kind".to_owned(), json!(failure.kind));
    fields.insert("message".to_owned(), json!(failure.message));
    Some(Value::Object(fields))
}

fn call(call: &Call) -> Value {
    let (result, failure) = match &call.reply {
        Reply::Gives(value) => (value.clone(), Value::Null),
        Reply::Fails(failure) => (Value::Null, json!(failure.kind)),
        Reply::Lost(_) => (Value::Null, json!("unclear")),
        Reply::Hangs => (Value::Null, json!("timeout")),
    };
    json!({
        "args": call.arguments, "at": call.at, "key": call.key, "attempt": call.attempt,
        "result": result, "failure": failure,
    })
}

fn events(sent: &[Sent], name: Option<&str>) -> Value {
    let wanted = sent.iter().filter(|sent| name.is_none_or(|name| name == sent.event));
    let one = |sent: &Sent| {
        let data: Value = serde_json::from_str(&sent.data.0).unwrap_or_default();
        json!({ "name": sent.event, "data": data, "at": VirtualClock::since(sent.at.0) })
    };
    wanted.map(one).collect()
}

/// Operations in the order of asking, and what became of each.
fn journal(timeline: &[Line]) -> Value {
    let asked = timeline.iter().filter(|line| line.entry == "asked");
    let ended = |key: &Option<String>| timeline.iter().find(|line| line.entry == "ended" && line.key == *key);
    let one = |line: &Line| {
        let outcome = ended(&line.key).map(|end| end.failure.as_ref().map_or("ok", |failure| &failure.kind));
        json!({ "key": line.key, "what": line.what, "outcome": outcome })
    };
    asked.map(one).collect()
}
