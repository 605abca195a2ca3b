//! `cairn emit`

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

/// Send an event to every run that knows it, and start what begins with it
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn emit shop.closed '{\"day\": \"2026-01-31\"}'
  cairn emit shop.closed @event.json --message-id till-4711

It goes to every run that is not over and whose workflow waits for such an event, and starts
a run of each workflow that begins with it (`cairn schedule`). To one run alone goes
`cairn send`.")]
pub(crate) struct Emit {
    /// The event's name
    event: String,

    /// Its fields: a JSON object, @FILE, or @- for stdin
    #[arg(value_name = "JSON", default_value = "{}")]
    fields: String,

    /// The sender's own id: a second message with it counts as the same
    #[arg(long, value_name = "ID")]
    message_id: Option<String>,

    /// Nobody is to take it later than so long from now: 90s, 30m, 12h, 7d
    #[arg(long, value_name = "TIME", value_parser = span)]
    expires: Option<Duration>,
}

impl Emit {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let data = json_arg::read("the event's data", &self.fields)?;
        let dir = global.dir();
        let access = Access::any(&dir).await?;
        let request = ops::Emit {
            tenant: String::new(),
            event: self.event.clone(),
            data,
            message: self.message_id.clone(),
            expires_in: self.expires.map(millis),
        };
        let emitted = verbs::emit(&access, request).await;
        let alone = matches!(access, Access::Here(_));
        access.close().await;
        let emitted = emitted?;
        if global.json {
            out::pretty(&json!({ "message": emitted.message, "to": emitted.to }))?;
            return Ok(Exit::Finished);
        }
        out::tell(&self.told(&emitted));
        if alone && !emitted.to.is_empty() {
            let command = dir.hints().command(&["resume"]);
            out::tell(&hint(Paint::stderr(), &format!("nothing runs at the moment; to go on: `{command}`")));
        }
        Ok(Exit::Finished)
    }

    fn told(&self, emitted: &ops::Emitted) -> String {
        let (event, message) = (&self.event, &emitted.message);
        match emitted.to.as_slice() {
            [] => format!("no run that is not over knows `{event}`, and nothing begins with it\n"),
            to => format!("sent `{event}` as message {message} to {}\n", to.join(", ")),
        }
    }
}
