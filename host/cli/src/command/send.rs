//! `cairn send`

use std::time::Duration;

use cairn_host::ops;
use clap::Args;
use serde_json::json;

use super::which::{millis, span};
use crate::{
    data::{Access, verbs},
    exit::Exit,
    global::Global,
    json_arg,
    problem::{Outcome, hint},
    screen::{Paint, out},
};

/// Send an event to a run
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn send o1 parcel_picked_up '{\"order_id\": \"o1\", \"tracking\": \"T-1\"}'
  cairn send o1 parcel_picked_up @event.json --message-id carrier-4711
  cairn send o1 offer '{\"cents\": 990}' --expires 15m

The event is on disk when the command ends, and is taken once, however often the same
message id is sent.")]
pub(crate) struct Send {
    /// The run's id
    id: String,

    /// The event's name
    event: String,

    /// Its fields: a JSON object, @FILE, or @- for stdin
    #[arg(value_name = "JSON", default_value = "{}")]
    fields: String,

    /// The sender's own id: a second message with it counts as the same
    #[arg(long, value_name = "ID")]
    message_id: Option<String>,

    /// Keep it for a run that has not been started yet
    #[arg(long)]
    early: bool,

    /// Nobody is to take it later than so long from now: 90s, 30m, 12h, 7d
    #[arg(long, value_name = "TIME", value_parser = span)]
    expires: Option<Duration>,
}

impl Send {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let data = json_arg::read("the event's data", &self.fields)?;
        let dir = global.dir();
        let access = Access::any(&dir).await?;
        let request = ops::Send {
            tenant: String::new(),
            id: self.id.clone(),
            event: self.event.clone(),
            data,
            message: self.message_id.clone(),
            early: self.early,
            expires_in: self.expires.map(millis),
        };
        let sent = verbs::send(&access, request).await;
        let alone = matches!(access, Access::Here(_));
        access.close().await;
        let sent = sent?;
        if global.json {
            out::pretty(&json!({ "message": sent.message, "duplicate": sent.duplicate }))?;
            return Ok(Exit::Finished);
        }
        out::tell(&self.told(&sent));
        if !sent.duplicate && !sent.waits_for.is_empty() {
            out::tell(&hint(Paint::stderr(), &self.stays(&sent.waits_for)));
        }
        if alone && !self.early {
            let command = dir.hints().command(&["resume", &self.id]);
            out::tell(&hint(
                Paint::stderr(),
                &format!("nothing runs `{}` at the moment; to go on: `{command}`", self.id),
            ));
        }
        Ok(Exit::Finished)
    }

    /// Where it waits for other events.
    fn stays(&self, waits_for: &[String]) -> String {
        let (id, event) = (&self.id, &self.event);
        let events: Vec<String> = waits_for.iter().map(|one| format!("`{one}`")).collect();
        format!(
            "`{id}` waits for {} at the moment; `{event}` is kept until it asks for that",
            events.join(" or ")
        )
    }

    fn told(&self, sent: &ops::Sent) -> String {
        let (id, event, message) = (&self.id, &self.event, &sent.message);
        if sent.duplicate {
            format!("`{event}` had been sent to `{id}` before as message {message}; nothing changed\n")
        } else {
            format!("sent `{event}` to `{id}` as message {message}\n")
        }
    }
}
