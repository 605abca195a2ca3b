//! All about one instance.

use cairn_journal::{InstanceId, Message};
use cairn_replay::{Entry, Seq};
use serde::{Deserialize, Serialize};

use super::{FailureView, InstanceView, OutcomeView, QuestionView, answer, named, timeline, view};
use crate::{
    Error, EventMeta,
    events::{ANSWER, is_live},
    host::Inner,
    run::{outcome_view, store, value},
    tool::Grant,
};

/// Shows one instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Show {
    /// Whose.
    pub tenant: String,
    /// Which.
    pub id: String,
}

/// All about it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shown {
    /// As in a list.
    pub instance: InstanceView,
    /// What it was started with.
    pub input: serde_json::Value,
    /// What it may do.
    pub grant: Grant,
    /// Its journal, an entry a line.
    pub timeline: Vec<Line>,
    /// How it ended, if it has.
    pub outcome: Option<OutcomeView>,
    /// Messages that nobody has taken.
    pub inbox: Vec<MessageView>,
    /// What it has exposed last, if it has exposed anything.
    pub status: Option<serde_json::Value>,
    /// Questions that nobody has answered yet.
    pub questions: Vec<QuestionView>,
    /// Which operation of which run started it, if one did.
    pub parent: Option<(String, String)>,
    /// How often it had restarted before.
    pub run: u32,
    /// The source file that its places speak of, if the component says.
    pub source: Option<String>,
    /// The events that its code takes, with the schemas of their fields, if the component says.
    pub events: Vec<EventMeta>,
}

/// An entry of the journal as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its place, from 0.
    pub seq: u64,
    /// Milliseconds since the Unix epoch.
    pub at: u64,
    /// `began asked sent tried ended noted logged cancel moved acted finished`
    pub entry: String,
    /// The key of the operation, where it has one.
    pub key: Option<String>,
    /// What was asked, noted or logged, in words: `call payments.charge`, `sleep 3s`, `wait order_cancelled`.
    pub what: String,
    /// Arguments, value, fields.
    pub data: Option<serde_json::Value>,
    /// Line and column in the source, from 1.
    pub place: Option<(u32, u32)>,
    /// Which attempt, of `tried` and of the `ended` of a call.
    pub attempt: Option<u32>,
    /// Of `ended`: milliseconds since it was asked.
    pub took: Option<u64>,
    /// Of `tried` and `ended`: the failure, if it was one.
    pub failure: Option<FailureView>,
}

/// A message that nobody has taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    /// For deduplication.
    pub id: String,
    /// The event's name.
    pub event: String,
    /// Its fields.
    pub data: serde_json::Value,
    /// When it was accepted: milliseconds since the Unix epoch.
    pub at: u64,
    /// From when on nobody may take it, if its sender said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<u64>,
}

/// # Errors
/// A mistake if there is no such instance.
pub(super) async fn show(inner: &Inner, verb: &Show) -> Result<Shown, Error> {
    let id = named(&verb.tenant, &verb.id)?;
    let head = inner.head(&id)?;
    let journal = &inner.ports.journal;
    let history = journal.load(&id, Seq(0)).map_err(|e| store(&e))?;
    let inbox = live_inbox(inner, &id)?;
    // The journal speaks for itself also where the code is lost.
    let code = inner.registry.code(&**journal, &head.digest.0).await.ok();
    let component = code.as_ref().map(|code| &code.component);
    let Some(Entry::Began(began)) = history.first() else {
        return Err(Error::fault(format!("the journal of `{}` does not begin with `began`", verb.id)));
    };
    let outcome = history.iter().find_map(|entry| match entry {
        Entry::Finished { outcome, .. } => Some(outcome_view(outcome)),
        _ => None,
    });
    let status = history.iter().rev().find_map(|entry| match entry {
        Entry::Exposed { status, .. } => Some(value(status)),
        _ => None,
    });
    let answers = inbox.iter().filter(|message| message.event == ANSWER);
    let answers: Vec<_> = answers.filter_map(|message| value(&message.data).get("key").cloned()).collect();
    let answered = |question: &QuestionView| answers.iter().any(|key| *key == question.key);
    let questions = match outcome {
        Some(_) => Vec::new(),
        None => answer::open(&history).into_iter().filter(|one| !answered(one)).collect(),
    };
    Ok(Shown {
        status,
        questions,
        parent: began.parent.clone().map(|(id, key)| (id, key.0)),
        run: began.run,
        instance: view(inner, &head),
        input: value(&began.input),
        grant: serde_json::from_str(&began.grant.0).unwrap_or_default(),
        timeline: timeline(&history, component),
        outcome,
        inbox: inbox.into_iter().map(message).collect(),
        source: component.and_then(|component| component.meta.as_ref()?.source.clone()),
        events: component
            .and_then(|component| Some(component.meta.as_ref()?.events.clone()))
            .unwrap_or_default(),
    })
}

/// What nobody has taken, and somebody may.
pub(super) fn live_inbox(inner: &Inner, id: &InstanceId) -> Result<Vec<Message>, Error> {
    let mut inbox = inner.ports.journal.inbox(id).map_err(|e| store(&e))?;
    let now = inner.ports.clock.now();
    inbox.retain(|message| is_live(message.expires, now));
    Ok(inbox)
}

pub(super) fn message(message: Message) -> MessageView {
    let Message { id, event, data, at, expires, .. } = message;
    MessageView { id: id.0, event, data: value(&data), at: at.0, expires: expires.map(|at| at.0) }
}
