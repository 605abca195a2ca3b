//! What to do next, as commands that can be pasted.

use std::{collections::BTreeMap, path::Path};

use cairn_host::EventMeta;
use serde_json::{Map, Value};

use super::{shell, template};

/// Knows what a command needs so that it means the same data directory, and what the events of a workflow look like.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hints {
    /// `--data DIR`, where the command would not find the directory by itself.
    data: Option<String>,
    /// JSON Schemas of the fields, by the event's name.
    events: BTreeMap<String, Value>,
}

impl Hints {
    /// For a data directory; `usual` is the one that commands without `--data` take.
    pub(crate) fn new(data: &Path, usual: &Path) -> Self {
        let data = (data != usual).then(|| data.to_string_lossy().into_owned());
        Self { data, events: BTreeMap::new() }
    }

    /// Takes down how events look.
    pub(crate) fn events(&mut self, events: &[EventMeta]) {
        self.events.extend(events.iter().map(|event| (event.name.clone(), event.data.clone())));
    }

    /// `cairn VERB … --data DIR`
    pub(crate) fn command(&self, words: &[&str]) -> String {
        let data = self.data.iter().flat_map(|dir| ["--data", dir]);
        shell::command(["cairn"].into_iter().chain(words.iter().copied()).chain(data))
    }

    /// How to send an event, with its fields to fill in; those that it has to have so that it is taken are filled in already.
    pub(crate) fn send(&self, id: &str, event: &str, wanted: Option<&Map<String, Value>>) -> String {
        let schema = self.events.get(event).map(template::template);
        let mut fields = schema.and_then(|form| form.as_object().cloned()).unwrap_or_default();
        fields.extend(wanted.cloned().unwrap_or_default());
        if fields.is_empty() && !self.events.contains_key(event) {
            return self.command(&["send", id, event, "{…}"]);
        }
        self.command(&["send", id, event, &template::one_line(&Value::Object(fields))])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_command_names_the_directory_only_where_it_must() {
        let mut hints = Hints::new(Path::new(".cairn"), Path::new(".cairn"));
        assert_eq!(hints.command(&["resume", "o 1"]), "cairn resume 'o 1'");
        let text = json!({ "type": "string" });
        let data = json!({ "type": "object", "properties": { "id": text, "to": text } });
        hints.events(&[EventMeta { name: "go".into(), data }]);
        assert_eq!(hints.send("o1", "go", None), r#"cairn send o1 go '{"id": "…", "to": "…"}'"#);
        assert_eq!(hints.send("o1", "stay", None), "cairn send o1 stay '{…}'");
        let wanted = json!({ "id": "o1" });
        assert_eq!(
            hints.send("o1", "go", wanted.as_object()),
            r#"cairn send o1 go '{"id": "o1", "to": "…"}'"#
        );
        assert_eq!(hints.send("o1", "stay", wanted.as_object()), r#"cairn send o1 stay '{"id": "o1"}'"#);
        let hints = Hints::new(Path::new("/tmp/d"), Path::new(".cairn"));
        assert_eq!(hints.command(&["list"]), "cairn list --data /tmp/d");
    }
}
