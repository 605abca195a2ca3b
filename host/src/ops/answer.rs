//! A person's answer to a question of a run.

use std::sync::Arc;

use cairn_journal::{InstanceId, Message, MessageId, Put};
use cairn_replay::{Command, Entry, Json, Key, Machine, Seq};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{is_over, named};
use crate::{
    Error, did_you_mean,
    events::ANSWER,
    host::Inner,
    run::{self, Question, generation, store},
};

/// Answers a question that a run has asked a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// Whose.
    pub tenant: String,
    /// Which run.
    pub id: String,
    /// The key of the question; the run's only open one where none is given.
    pub key: Option<String>,
    /// One of the choices that were offered.
    pub choice: String,
    /// Who answers.
    pub by: String,
    /// In the person's own words.
    pub note: Option<String>,
}

/// It is on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answered {
    /// The key of the question that it answers.
    pub key: String,
}

/// A question that nobody has answered yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionView {
    /// Its key.
    pub key: String,
    /// Whom it is put to.
    pub whom: String,
    /// What it is about, in a line.
    pub title: String,
    /// More about it.
    pub text: Option<String>,
    /// What there is to look at, or null.
    pub show: Value,
    /// What can be answered; empty: anything.
    pub choices: Vec<String>,
    /// When it was asked: milliseconds since the Unix epoch.
    pub asked: u64,
}

/// # Errors
/// A mistake, and nothing is kept: there is no such run or it is over, it asks nothing under that key, it was answered before,
/// or the choice is none of those offered.
pub(super) async fn answer(inner: &Arc<Inner>, verb: Answer) -> Result<Answered, Error> {
    let id = named(&verb.tenant, &verb.id)?;
    let head = inner.head(&id)?;
    if is_over(&head.status) {
        return Err(Error::mistake(format!("`{}` is over", verb.id)).help("it takes no answers any more"));
    }
    let history = inner.ports.journal.load(&id, Seq(0)).map_err(|e| store(&e))?;
    let open = open(&history);
    let question = chosen(&verb, &open)?;
    let choice = offered(&verb.choice, question)?;
    let key = question.key.clone();
    let letter = letter(inner, &id, &history, &verb, &key, &choice);
    let put = run::put(inner, letter).await?;
    if put == Put::Duplicate {
        return Err(Error::mistake(format!("`{key}` of `{}` has been answered before", verb.id))
            .help("the first answer counts"));
    }
    Ok(Answered { key })
}

/// A question has one answer: its key names the message, and the run of the instance.
fn letter(
    inner: &Inner,
    id: &InstanceId,
    history: &[Entry],
    verb: &Answer,
    key: &str,
    choice: &str,
) -> Message {
    let machine = Machine::new(history.to_vec()).ok();
    let of = machine.and_then(|machine| generation(&machine, &Key(key.to_owned())));
    let run = of.unwrap_or_else(|| "0".to_owned());
    let data = json!({ "key": key, "choice": choice, "by": verb.by, "note": verb.note });
    Message {
        id: MessageId(format!("answer:{run}:{key}")),
        to: id.clone(),
        event: ANSWER.to_owned(),
        data: Json(data.to_string().into()),
        at: inner.ports.clock.now(),
        expires: None,
    }
}

/// Questions without an answer, in the order of asking.
pub(super) fn open(history: &[Entry]) -> Vec<QuestionView> {
    let ended = |of: &Key| history.iter().any(|entry| matches!(entry, Entry::Ended { key, .. } if key == of));
    let asked = history.iter().filter_map(|entry| match entry {
        Entry::Asked { key, at, command: Command::Ask { whom, task } } if !ended(key) => {
            let question = Question::of(task);
            Some(QuestionView {
                key: key.0.clone(),
                whom: whom.clone(),
                title: question.title,
                text: question.text,
                show: question.show,
                choices: question.choices,
                asked: at.0,
            })
        }
        _ => None,
    });
    asked.collect()
}

fn chosen<'q>(verb: &Answer, open: &'q [QuestionView]) -> Result<&'q QuestionView, Error> {
    let names: Vec<&str> = open.iter().map(|one| one.key.as_str()).collect();
    let asks = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match (&verb.key, open) {
        (_, []) => Err(Error::mistake(format!("`{}` asks nobody anything at the moment", verb.id))
            .help("what it waits for stands in its journal")),
        (None, [only]) => Ok(only),
        (None, _) => Err(Error::mistake(format!("`{}` asks several things: {asks}", verb.id))
            .help("say which one is answered, by its key")),
        (Some(key), _) => open.iter().find(|one| one.key == *key).ok_or_else(|| {
            let error = Error::mistake(format!("`{}` asks nothing under the key `{key}`", verb.id));
            match did_you_mean(key, &names) {
                Some(name) => error.help(format!("did you mean `{name}`?")),
                None => error.help(format!("it asks {asks}")),
            }
        }),
    }
}

fn offered(choice: &str, question: &QuestionView) -> Result<String, Error> {
    let choices: Vec<&str> = question.choices.iter().map(String::as_str).collect();
    if choices.is_empty() || choices.contains(&choice) {
        return Ok(choice.to_owned());
    }
    let error = Error::mistake(format!("`{choice}` is no choice of the question `{}`", question.key));
    Err(match did_you_mean(choice, &choices) {
        Some(name) => error.help(format!("did you mean `{name}`?")),
        None => error.help(format!("it offers {}", choices.join(", "))),
    })
}
