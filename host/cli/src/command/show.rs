//! `cairn show`

use std::fmt::Write;

use cairn_host::ops::{OutcomeView, QuestionView, Shown};
use clap::Args;

use crate::{
    data::{Access, verbs},
    exit::Exit,
    global::Global,
    problem::Outcome,
    screen::{Clock, Hints, Paint, brief, digest, failure_words, open, out, state, timeline, wanted},
};

/// Show one run: what it was started with, what it did and when, how it ended
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn show o1
  cairn show o1 --json | jq .outcome

Of long values the beginning is shown; --json gives everything.")]
pub(crate) struct Show {
    /// The run's id
    id: String,
}

impl Show {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let dir = global.dir();
        let access = Access::any(&dir).await?;
        let shown = verbs::show(&access, &self.id).await;
        access.close().await;
        let shown = shown?;
        if global.json {
            out::pretty(&shown)?;
        } else {
            let mut hints = dir.hints();
            hints.events(&shown.events);
            out::data(&page(&shown, &Clock::here(), &hints, Paint::stdout()))?;
        }
        Ok(Exit::Finished)
    }
}

/// How many characters of a value are shown.
const VALUE: usize = 100;

fn page(shown: &Shown, clock: &Clock, hints: &Hints, paint: Paint) -> String {
    let view = &shown.instance;
    let mut text = format!(
        "{} · {}@{} · {}\n",
        paint.bold(&view.id),
        view.workflow,
        digest(&view.digest),
        state(&view.state, clock, paint)
    );
    for (name, value) in facts(shown, clock) {
        let _ = writeln!(text, "  {}  {value}", paint.dim(&format!("{name:<7}")));
    }
    let _ = write!(text, "\n{}", timeline(&shown.timeline, shown.source.as_deref(), clock, paint));
    if let cairn_host::ops::State::Diverged { message } = &view.state {
        let _ = write!(text, "\n{} {message}\n", paint.red("diverged:"));
    }
    if let cairn_host::ops::State::Waiting { events, .. } = &view.state {
        let open = open(&shown.timeline);
        let sends =
            events.iter().map(|event| format!("  {}\n", hints.send(&view.id, event, wanted(&open, event))));
        let sends: String = sends.collect();
        let _ = write!(text, "{}{sends}", if sends.is_empty() { "" } else { "\n" });
    }
    for question in &shown.questions {
        text.push_str(&asked(&view.id, question, hints));
    }
    text
}

/// A question, and how it is answered.
fn asked(id: &str, question: &QuestionView, hints: &Hints) -> String {
    let mut text = format!("\n{} is asked: {}\n", question.whom, question.title);
    if let Some(more) = &question.text {
        let _ = writeln!(text, "  {more}");
    }
    if !question.show.is_null() {
        let _ = writeln!(text, "  {}", brief(&question.show, VALUE));
    }
    let any = ["…".to_owned()];
    let choices = if question.choices.is_empty() { any.as_slice() } else { &question.choices };
    for choice in choices {
        let _ = writeln!(text, "  {}", hints.command(&["answer", id, &question.key, choice]));
    }
    text
}

fn facts(shown: &Shown, clock: &Clock) -> Vec<(&'static str, String)> {
    let view = &shown.instance;
    let grants = shown.grant.allow.iter().map(ToString::to_string);
    let binds = shown.grant.bind.iter().map(|(name, target)| format!("{name} bound to {target}"));
    let secrets = shown.grant.secrets.iter().map(|(name, place)| format!("secret {name} from {place}"));
    let may: Vec<String> = grants.chain(binds).chain(secrets).collect();
    let mut facts = vec![
        ("started", format!("{} ({})", clock.moment(view.started), clock.ago(view.started))),
        ("changed", format!("{} ({})", clock.moment(view.changed), clock.ago(view.changed))),
        ("input", brief(&shown.input, VALUE)),
    ];
    if !may.is_empty() {
        facts.push(("may", may.join(", ")));
    }
    if let Some((parent, key)) = &shown.parent {
        facts.push(("parent", format!("{parent}, as {key}")));
    }
    if shown.run > 0 {
        facts.push(("run", (shown.run + 1).to_string()));
    }
    if let Some(status) = &shown.status {
        facts.push(("status", brief(status, VALUE)));
    }
    match &shown.outcome {
        Some(OutcomeView::Result(value)) => facts.push(("result", brief(value, VALUE))),
        Some(OutcomeView::Failure(failure)) => facts.push(("failure", failure_words(failure))),
        None => {}
    }
    for message in &shown.inbox {
        let expires = message.expires.map_or_else(String::new, |at| format!(", until {}", clock.moment(at)));
        let (event, data) = (&message.event, brief(&message.data, VALUE));
        facts.push(("inbox", format!("{event} {data} ({}{expires})", clock.ago(message.at))));
    }
    facts
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use cairn_host::{
        ops::{InstanceView, Line, MessageView, State},
        tool::Grant,
    };
    use serde_json::json;

    use super::*;

    fn shown(at: u64) -> Shown {
        let instance = InstanceView {
            id: "o1".into(),
            workflow: "order".into(),
            digest: "sha256:3fa9".into(),
            state: State::Waiting { until: None, events: vec!["go".into()], on: vec![] },
            started: at,
            changed: at + 1_000,
            entries: 1,
        };
        let grant = Grant {
            allow: vec!["exec=git".parse().unwrap()],
            bind: [("a".into(), "http:x".into())].into(),
            ..Grant::default()
        };
        let began = Line {
            seq: 0,
            at,
            entry: "began".into(),
            key: None,
            what: "start order".into(),
            data: None,
            place: None,
            attempt: None,
            took: None,
            failure: None,
        };
        let message = MessageView {
            id: "m".into(),
            event: "stop".into(),
            data: json!({ "why": 1 }),
            at,
            expires: None,
        };
        let question = QuestionView {
            key: "sign_off".into(),
            whom: "ada".into(),
            title: "Pay?".into(),
            text: None,
            show: json!({ "total": 7 }),
            choices: vec!["yes".into(), "no".into()],
            asked: at,
        };
        Shown {
            instance,
            input: json!({ "n": 1 }),
            grant,
            timeline: vec![began],
            outcome: None,
            inbox: vec![message],
            status: Some(json!({ "done": 3 })),
            questions: vec![question],
            parent: Some(("month".into(), "order".into())),
            run: 1,
            source: None,
            events: vec![],
        }
    }

    #[test]
    fn a_page_has_the_facts_the_timeline_and_what_to_send() {
        let at = 1_767_225_600_000;
        let hints = Hints::new(Path::new(".cairn"), Path::new(".cairn"));
        assert_eq!(
            page(&shown(at), &Clock::at(at + 60_000), &hints, Paint::plain()),
            "o1 · order@sha256:3fa9 · waiting for go
  started  00:00:00 (1 min ago)
  changed  00:00:01 (59 s ago)
  input    {\"n\": 1}
  may      exec=git, a bound to http:x
  parent   month, as order
  run      2
  status   {\"done\": 3}
  inbox    stop {\"why\": 1} (1 min ago)

  0  0    start order

  cairn send o1 go '{…}'

ada is asked: Pay?
  {\"total\": 7}
  cairn answer o1 sign_off yes
  cairn answer o1 sign_off no
"
        );
    }
}
