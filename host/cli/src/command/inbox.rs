//! `cairn inbox`

use cairn_host::ops::{InboxView, MessageView};
use clap::Args;
use serde_json::json;

use crate::{
    data::{Access, verbs},
    exit::Exit,
    global::Global,
    problem::{Outcome, hint},
    screen::{Clock, Paint, brief, out, state, table},
};

/// Characters of an event's fields that are shown.
const VALUE: usize = 60;

/// List events that nobody has taken
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn inbox
  cairn inbox o1
  cairn inbox --json | jq '.inboxes[] | select(.state == null) | .id'

An event stays until its run takes it, until it expires (`cairn send --expires`) or until the
run is removed. One that was sent early may be for a run that nobody has started: `cairn purge
ID` removes what was sent to such a name.")]
pub(crate) struct Inbox {
    /// Only what is for this run
    id: Option<String>,
}

impl Inbox {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let dir = global.dir();
        let access = Access::any(&dir).await?;
        let found = verbs::inboxes(&access, self.id.as_deref()).await;
        access.close().await;
        let inboxes = found?;
        if global.json {
            out::pretty(&json!({ "inboxes": inboxes }))?;
            return Ok(Exit::Finished);
        }
        let Some(first) = inboxes.first() else {
            out::tell("every event has been taken\n");
            return Ok(Exit::Finished);
        };
        out::data(&rows(&inboxes, &Clock::here(), Paint::stdout()))?;
        if first.state.is_some() {
            let command = dir.hints().command(&["show", &first.id]);
            out::tell(&hint(Paint::stderr(), &format!("what `{}` waits for: `{command}`", first.id)));
        }
        Ok(Exit::Finished)
    }
}

/// A row for each message.
fn rows(inboxes: &[InboxView], clock: &Clock, paint: Paint) -> String {
    let head = ["FOR", "EVENT", "SENT", "EXPIRES", "DATA", "STATE"].map(|name| paint.dim(name)).to_vec();
    let row = |to: &InboxView, message: &MessageView| {
        let stands =
            to.state.as_ref().map_or_else(|| "not started".to_owned(), |one| state(one, clock, paint));
        let expires = message.expires.map_or_else(|| "-".to_owned(), |moment| clock.moment(moment));
        vec![
            to.id.clone(),
            message.event.clone(),
            clock.ago(message.at),
            expires,
            brief(&message.data, VALUE),
            stands,
        ]
    };
    let all = inboxes.iter().flat_map(|to| to.messages.iter().map(move |message| row(to, message)));
    table(&std::iter::once(head).chain(all).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use cairn_host::ops::State;

    use super::*;

    #[test]
    fn each_event_has_a_row() {
        let message = |event: &str, expires| MessageView {
            id: "m".into(),
            event: event.into(),
            data: json!({ "why": 1 }),
            at: 1_767_225_600_000,
            expires,
        };
        let all = [
            InboxView {
                id: "o1".into(),
                state: None,
                messages: vec![message("go", Some(1_767_229_260_000))],
            },
            InboxView { id: "o22".into(), state: Some(State::Paused), messages: vec![message("stop", None)] },
        ];
        let text = rows(&all, &Clock::at(1_767_225_660_000), Paint::plain());
        assert_eq!(
            text,
            "FOR  EVENT  SENT       EXPIRES   DATA        STATE\n\
             o1   go     1 min ago  01:01:00  {\"why\": 1}  not started\n\
             o22  stop   1 min ago  -         {\"why\": 1}  paused\n"
        );
    }
}
