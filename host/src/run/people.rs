//! Questions to people: an answer is a message, and whoever does not answer is reminded.

use cairn_journal::Message;
use cairn_replay::{Command, Entry, Instant, Json, Key, Level};
use serde_json::{Value, json};

use super::{Stop, core::Core, words};
use crate::{events::ANSWER, ops::Progress};

/// What a person is asked, read from the task of an `ask`.
pub(crate) struct Question {
    /// In a line.
    pub(crate) title: String,
    /// More about it.
    pub(crate) text: Option<String>,
    /// What there is to look at, or null.
    pub(crate) show: Value,
    /// What can be answered; empty: anything.
    pub(crate) choices: Vec<String>,
    /// How often the person is reminded, in milliseconds.
    pub(crate) remind: Option<u64>,
}

impl Question {
    pub(crate) fn of(task: &Json) -> Self {
        let task = words::value(task);
        let text = |name: &str| task.get(name).and_then(Value::as_str).map(str::to_owned);
        let choices = task.get("choices").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Self {
            title: text("title").unwrap_or_default(),
            text: text("text"),
            show: task.get("show").cloned().unwrap_or_default(),
            choices: choices.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
            remind: task.get("remind").and_then(Value::as_u64).filter(|every| *every > 0),
        }
    }
}

/// The answer to the question of this key, if it is among the messages.
pub(super) fn answer<'m>(inbox: &'m [Message], key: &Key) -> Option<&'m Message> {
    inbox.iter().find(|message| {
        message.event == ANSWER
            && words::value(&message.data).get("key").and_then(Value::as_str) == Some(&key.0)
    })
}

/// What a question ends with.
pub(super) fn answered(message: &Message) -> Json {
    let data = words::value(&message.data);
    let part = |name: &str| data.get(name).cloned().unwrap_or_default();
    chosen(&part("choice"), &part("by"), &part("note"), message.at)
}

/// What a question ends with when this was chosen.
pub(crate) fn chosen(choice: &Value, by: &Value, note: &Value, at: Instant) -> Json {
    let at = jiff::Timestamp::from_millisecond(i64::try_from(at.0).unwrap_or(i64::MAX)).unwrap_or_default();
    let at = crate::calendar::written(at);
    Json(json!({ "choice": choice, "by": by, "note": note, "at": at }).to_string().into())
}

impl Core {
    /// A question is put: it ends with an answer.
    pub(super) fn begin_ask(&mut self, key: &Key) -> Result<(), Stop> {
        if !self.has_pending() {
            return Ok(());
        }
        if let Some(Command::Ask { whom, task }) = self.machine.command(key) {
            let question = Question::of(task);
            let (whom, key) = (whom.clone(), key.0.clone());
            self.announce(Progress::Asks { key, whom, title: question.title, choices: question.choices });
        }
        Ok(())
    }

    /// When the person is to be reminded next.
    pub(super) fn reminder(&self, key: &Key) -> Option<Instant> {
        let Some(Command::Ask { task, .. }) = self.machine.command(key) else { return None };
        let every = Question::of(task).remind?;
        let times = self.beside.reminded.get(key).copied().unwrap_or(0) + 1;
        Some(Instant(self.machine.asked_at(key)?.0.saturating_add(every.saturating_mul(times))))
    }

    /// Reminds whoever has been asked long enough ago, once for each moment; those that nobody was running for count as one.
    pub(super) fn remind(&mut self, keys: &[Key], now: Instant) -> Result<(), Stop> {
        for key in keys {
            let mut due = false;
            while self.reminder(key).is_some_and(|moment| moment <= now) {
                self.reminded(key, now, !due)?;
                due = true;
            }
        }
        Ok(())
    }

    fn reminded(&mut self, key: &Key, at: Instant, told: bool) -> Result<(), Stop> {
        let Some(Command::Ask { whom, task }) = self.machine.command(key) else { return Ok(()) };
        let (whom, title) = (whom.clone(), Question::of(task).title);
        let message = format!("reminded {whom}: {title}");
        let fields = Json(json!({ "key": key.0, "whom": whom }).to_string().into());
        if told {
            self.announce(Progress::Reminded { key: key.0.clone(), whom, title });
        }
        self.apply(Entry::Logged { scope: Some(key.clone()), at, level: Level::Info, message, fields })
    }
}
