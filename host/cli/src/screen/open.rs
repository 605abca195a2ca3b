//! What an instance waits for, as its journal tells: operations that were asked for and have not ended.

use cairn_host::ops::Line;
use serde_json::{Map, Value};

/// An operation that has not ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Open {
    /// Its key.
    pub(crate) key: String,
    /// `wait order_cancelled`, `sleep 3s`, `call payments.charge`.
    pub(crate) what: String,
    /// Events that it takes, and the fields that they have to have.
    pub(crate) events: Vec<(String, Map<String, Value>)>,
    /// An attempt at it has failed, and another is due.
    pub(crate) pauses: bool,
}

/// Those of a timeline, in their order.
pub(crate) fn open(timeline: &[Line]) -> Vec<Open> {
    let mut all: Vec<Open> = Vec::new();
    for line in timeline {
        let Some(key) = &line.key else { continue };
        match line.entry.as_str() {
            // What is registered to be undone waits for nothing.
            "asked" if !line.what.starts_with("undo ") => all.push(asked(key, line)),
            "ended" => all.retain(|open| open.key != *key),
            "tried" => all.iter_mut().filter(|open| open.key == *key).for_each(|open| open.pauses = true),
            _ => {}
        }
    }
    all
}

fn asked(key: &str, line: &Line) -> Open {
    let subscriptions =
        line.data.as_ref().and_then(Value::as_array).filter(|_| line.what.starts_with("wait "));
    let events = subscriptions.into_iter().flatten().filter_map(|one| {
        let fields = one.get("where").and_then(Value::as_object).cloned().unwrap_or_default();
        Some((one.get("event")?.as_str()?.to_owned(), fields))
    });
    Open { key: key.to_owned(), what: line.what.clone(), events: events.collect(), pauses: false }
}

/// The fields that an event has to have so that one of these takes it.
pub(crate) fn wanted<'o>(open: &'o [Open], event: &str) -> Option<&'o Map<String, Value>> {
    let mut events = open.iter().flat_map(|open| &open.events);
    events.find(|(name, _)| name == event).map(|(_, fields)| fields)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(entry: &str, key: &str, what: &str, data: Value) -> Line {
        Line {
            seq: 0,
            at: 0,
            entry: entry.into(),
            key: Some(key.into()),
            what: what.into(),
            data: Some(data),
            place: None,
            attempt: None,
            took: None,
            failure: None,
        }
    }

    #[test]
    fn what_was_asked_and_has_not_ended_is_open() {
        let wait = json!([{ "event": "go", "where": { "id": "o1" } }, { "event": "stop", "where": {} }]);
        let timeline = [
            line("asked", "charge", "call payments.charge", json!({})),
            line("asked", "charge.undo", "undo payments.refund", json!({})),
            line("ended", "charge", "call payments.charge", json!({})),
            line("asked", "wait", "wait go or stop", wait),
            line("asked", "mail", "call mail.send", json!({})),
            line("tried", "mail", "call mail.send", json!({})),
        ];
        let open = open(&timeline);
        let seen: Vec<_> = open.iter().map(|one| (one.key.as_str(), one.pauses)).collect();
        assert_eq!(seen, [("wait", false), ("mail", true)]);
        assert_eq!(wanted(&open, "go"), json!({ "id": "o1" }).as_object());
        assert_eq!(wanted(&open, "other"), None);
    }
}
