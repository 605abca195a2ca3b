//! `cairn answer`

use cairn_host::ops;
use clap::Args;
use serde_json::json;

use crate::{
    data::{Access, verbs},
    exit::Exit,
    global::Global,
    problem::{Outcome, hint},
    screen::{Paint, out},
};

/// Answer a question that a run asks a person
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn answer o1 sign_off approve
  cairn answer o1 sign_off reject --note 'the total is wrong' --by ada

What a run asks, and what can be answered, is shown by `cairn show`. The first answer counts.")]
pub(crate) struct Answer {
    /// The run's id
    id: String,

    /// The question's key
    key: String,

    /// One of the choices that are offered
    choice: String,

    /// In your own words
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,

    /// Who answers; the user of this machine if left out
    #[arg(long, value_name = "NAME", env = "USER", hide_env = true, default_value = "somebody")]
    by: String,
}

impl Answer {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let dir = global.dir();
        let access = Access::any(&dir).await?;
        let request = ops::Answer {
            tenant: String::new(),
            id: self.id.clone(),
            key: Some(self.key.clone()),
            choice: self.choice.clone(),
            by: self.by.clone(),
            note: self.note.clone(),
        };
        let answered = verbs::answer(&access, request).await;
        let alone = matches!(access, Access::Here(_));
        access.close().await;
        let answered = answered?;
        if global.json {
            out::pretty(&json!({ "key": answered.key }))?;
            return Ok(Exit::Finished);
        }
        out::tell(&format!("answered `{}` of `{}` with {}\n", answered.key, self.id, self.choice));
        if alone {
            let command = dir.hints().command(&["resume", &self.id]);
            let text = format!("nothing runs `{}` at the moment; to go on: `{command}`", self.id);
            out::tell(&hint(Paint::stderr(), &text));
        }
        Ok(Exit::Finished)
    }
}
