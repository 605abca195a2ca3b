//! How an instance stands when this process is done with it: the last words, the result on stdout, the exit code.

use cairn_host::ops::{FailureView, OutcomeView, Shown, State};
use serde_json::Value;

use super::{Concluded, Follow};
use crate::{
    exit::Exit,
    problem::{Outcome, hint},
    screen::{Hints, Paint, duration, failure_words, out},
};

/// Says how one instance ended, or what it waits for.
///
/// # Errors
///
/// A fault where stdout cannot be written.
pub(crate) fn conclude(follow: &mut Follow, shown: &Shown, hints: &Hints) -> Outcome<Exit> {
    let stopped = follow.stopped(&shown.instance.id).map(str::to_owned);
    let exit = exit(shown, stopped.is_some());
    let end = Concluded::new(&shown.instance, shown.outcome.as_ref(), stopped.as_deref(), exit);
    follow.report().concluded(&end)?;
    if !follow.report().json() {
        out::tell(&last_words(shown, stopped.as_deref(), hints, Paint::stderr()));
        if let Some(OutcomeView::Result(value)) = &shown.outcome {
            out::pretty(value)?;
        }
    }
    Ok(exit)
}

/// What an instance alone would end the process with.
pub(crate) fn exit(shown: &Shown, stopped: bool) -> Exit {
    match &shown.instance.state {
        State::Finished => Exit::Finished,
        State::Failed { .. } => Exit::Failed,
        State::Diverged { .. } => Exit::Diverged,
        State::Waiting { .. } | State::Paused if !stopped => Exit::Waits,
        State::Ready | State::Waiting { .. } | State::Paused => Exit::Fault,
    }
}

/// For people, on stderr.
pub(crate) fn last_words(shown: &Shown, stopped: Option<&str>, hints: &Hints, paint: Paint) -> String {
    let (id, instance) = (shown.instance.id.as_str(), &shown.instance);
    let took = duration(instance.changed.saturating_sub(instance.started));
    match &instance.state {
        State::Finished => format!("{} in {took}\n", paint.green("finished")),
        State::Failed { kind } => {
            failed(kind, shown.outcome.as_ref(), &took, paint) + &look(id, hints, paint)
        }
        State::Diverged { message } => {
            format!("{} {message}\n", paint.red("diverged:")) + &look(id, hints, paint)
        }
        state => match (stopped, state) {
            (Some(why), _) => {
                format!("{} {id} cannot go on here: {why}\n", paint.red("error:")) + &again(id, hints, paint)
            }
            // For what was told when it came to rest.
            (None, State::Waiting { .. }) => again(id, hints, paint),
            (None, State::Paused) => {
                format!("{} somebody paused it\n", paint.yellow("paused:"))
                    + &hint(paint, &format!("to have it go on: `{}`", hints.command(&["continue", id])))
            }
            (None, _) => format!("{id} has not come to its end\n") + &again(id, hints, paint),
        },
    }
}

fn failed(kind: &str, outcome: Option<&OutcomeView>, took: &str, paint: Paint) -> String {
    let label = paint.red(&format!("failed after {took}:"));
    let Some(OutcomeView::Failure(failure)) = outcome else {
        return format!("{label} {kind}\n");
    };
    format!("{label} {}\n{}", failure_words(failure), detail(failure))
}

fn detail(failure: &FailureView) -> String {
    let nothing = match &failure.detail {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    let text = serde_json::to_string_pretty(&failure.detail).unwrap_or_default();
    if nothing { String::new() } else { format!("  {}\n", text.replace('\n', "\n  ")) }
}

fn look(id: &str, hints: &Hints, paint: Paint) -> String {
    hint(paint, &format!("what it did: `{}`", hints.command(&["show", id])))
}

fn again(id: &str, hints: &Hints, paint: Paint) -> String {
    hint(paint, &format!("to go on with it: `{}`", hints.command(&["resume", id])))
}

/// What is said when a signal ends a command that runs something.
pub(crate) fn interrupted(words: &[&str], hints: &Hints, paint: Paint) -> String {
    let text =
        format!("nothing is lost: every finished step is recorded\ngo on with `{}`", hints.command(words));
    format!("\n{}\n{}", paint.yellow("interrupted"), hint(paint, &text))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use cairn_host::{ops::InstanceView, tool::Grant};
    use serde_json::json;

    use super::*;

    fn shown(state: State, outcome: Option<OutcomeView>) -> Shown {
        let instance = InstanceView {
            id: "o1".into(),
            workflow: "w".into(),
            digest: "sha256:0".into(),
            state,
            started: 1_000,
            changed: 4_000,
            entries: 2,
        };
        let (input, grant) = (json!({}), Grant::default());
        Shown {
            instance,
            input,
            grant,
            timeline: vec![],
            outcome,
            inbox: vec![],
            status: None,
            questions: vec![],
            parent: None,
            run: 0,
            source: None,
            events: vec![],
        }
    }

    fn said(shown: &Shown, stopped: Option<&str>) -> String {
        last_words(shown, stopped, &Hints::new(Path::new("d"), Path::new(".cairn")), Paint::plain())
    }

    #[test]
    fn a_failure_says_kind_message_detail_and_where_to_look() {
        let failure =
            FailureView { kind: "out".into(), message: "no more".into(), detail: json!({ "sku": 1 }) };
        let end = shown(State::Failed { kind: "out".into() }, Some(OutcomeView::Failure(failure)));
        assert_eq!(
            said(&end, None),
            "failed after 3 s: out: no more\n  {\n    \"sku\": 1\n  }\nhint: what it did: `cairn show o1 --data d`\n"
        );
        assert_eq!(exit(&end, false), Exit::Failed);
    }

    #[test]
    fn what_does_not_end_says_how_to_go_on() {
        let waits = shown(State::Waiting { until: None, events: vec!["go".into()], on: vec![] }, None);
        assert_eq!(said(&waits, None), "hint: to go on with it: `cairn resume o1 --data d`\n");
        assert_eq!((exit(&waits, false), exit(&waits, true)), (Exit::Waits, Exit::Fault));
        let text = said(&shown(State::Ready, None), Some("the disk is full"));
        assert!(text.starts_with("error: o1 cannot go on here: the disk is full\nhint: "), "{text}");
    }
}
