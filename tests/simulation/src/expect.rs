//! What a program comes to where nothing goes wrong: by the evaluator, or by a run that is left in peace.

use std::collections::BTreeSet;

use cairn_host::replay::{Entry, Failure, Outcome};
use cairn_oracle::{
    eval::{self, Event},
    generate,
};
use serde_json::Value;

use crate::{
    catalog::{Kind, Program},
    eye::{Eye, Line, Violation},
};

/// Calls: key, operation, arguments.
type Calls = BTreeSet<(String, String, String)>;

/// What a run comes to, whatever crashes.
#[derive(Debug)]
pub(crate) struct Expected {
    outcome: Result<Value, (String, Value)>,
    calls: Calls,
    /// Of a generated program: the keys of all that was asked for.
    keys: Option<Vec<String>>,
    /// It is left to chance.
    open: bool,
}

impl Expected {
    /// By the evaluator; none for a written program.
    pub(crate) fn evaluated(program: &Program, variant: u64) -> Option<Self> {
        let Kind::Generated { program: tree, .. } = &program.kind else { return None };
        let events = program.events(variant).into_iter().map(|(name, data)| Event { name, data }).collect();
        let mut world = eval::World::new(generate::answers, events);
        let ended = eval::run(tree, &program.input(variant), &mut world);
        let calls = world
            .called
            .iter()
            .map(|one| (format!("/{}", one.key), one.operation.clone(), one.arguments.to_string()));
        let outcome = ended.outcome.map_err(|failure| (failure.kind, failure.detail));
        let mut keys = world.keys.clone();
        keys.sort();
        Some(Self { outcome, calls: calls.collect(), keys: Some(keys), open: world.undetermined })
    }

    /// By a run.
    pub(crate) fn seen(eye: &Eye, instance: &str) -> Self {
        let outcome = eye.line(instance).and_then(|line| line.outcome.clone());
        let open = outcome.is_none();
        let outcome = outcome.map_or(Ok(Value::Null), |outcome| told(&outcome));
        Self { outcome, calls: eye.calls_of(instance), keys: None, open }
    }

    /// Is that what became of an instance?
    pub(crate) fn compare(&self, eye: &Eye, instance: &str, is_exact: bool) -> Result<(), Violation> {
        if self.open {
            return Ok(());
        }
        let wrong = |what: String| Err(Violation::new("outcome", format!("{instance}: {what}")));
        let Some(line) = eye.line(instance) else { return wrong("it was never begun".to_owned()) };
        let Some(outcome) = &line.outcome else { return wrong("it is not over".to_owned()) };
        let found = told(outcome);
        let alike = match (&self.outcome, &found) {
            (Ok(expected), Ok(found)) => wordless(expected) == wordless(found),
            (Err((expected, detail)), Err((kind, found))) => {
                expected == kind && (kind == "bad_data" || wordless(detail) == wordless(found))
            }
            _ => false,
        };
        if !alike {
            return wrong(format!("it came to {found:?}, and should to {:?}", self.outcome));
        }
        let calls = eye.calls_of(instance);
        if let Some((key, operation, arguments)) = self.calls.difference(&calls).next() {
            return wrong(format!("the call of {operation} {arguments} as {key} is missing"));
        }
        if is_exact && let Some((key, operation, arguments)) = calls.difference(&self.calls).next() {
            return wrong(format!("the call of {operation} {arguments} as {key} is one too many"));
        }
        match &self.keys {
            Some(keys) if *keys != keys_of(line) => {
                wrong(format!("it asked for {:?}, and should for {keys:?}", keys_of(line)))
            }
            _ => Ok(()),
        }
    }
}

fn keys_of(line: &Line) -> Vec<String> {
    let keys = line.entries.iter().filter_map(|(entry, _)| match entry {
        Entry::Asked { key, .. } | Entry::Noted { key, .. } => Some(key.0.clone()),
        _ => None,
    });
    let mut keys: Vec<String> = keys.collect();
    keys.sort();
    keys
}

fn told(outcome: &Outcome) -> Result<Value, (String, Value)> {
    let value = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    match outcome {
        Ok(json) => Ok(value(&json.0)),
        Err(Failure { kind, detail, .. }) => Err((kind.clone(), value(&detail.0))),
    }
}

/// Without the messages of failures that are values: they are words for people, and the runtime's own.
fn wordless(json: &Value) -> Value {
    match json {
        Value::Array(items) => items.iter().map(wordless).collect(),
        Value::Object(fields) => {
            let is_failure = fields.contains_key("kind");
            let plain = fields.iter().filter(|(name, _)| !(is_failure && *name == "message"));
            Value::Object(plain.map(|(name, value)| (name.clone(), wordless(value))).collect())
        }
        other => other.clone(),
    }
}
