//! Journal keys: made of names that stand in the source, and none used twice along any way through a workflow.

use std::collections::{BTreeMap, BTreeSet};

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::Span;

use super::body::Body;
use crate::ir::{Key, KeyPart, KeyPlace, LocalId};

/// Keys with `*` for what is worked out, and where each is used.
pub(super) type Used = BTreeMap<String, Span>;

/// The keys of a workflow so far.
#[derive(Default)]
pub(super) struct Keys {
    prefix: Vec<KeyPart>,
    template: String,
    /// On the way that leads here.
    used: Used,
    /// On any way, also those that do not lead here.
    seen: Used,
    pub(super) places: Vec<KeyPlace>,
    /// Names that messages have offered.
    offered: BTreeSet<String>,
}

/// The prefix as it was before a loop.
pub(super) struct Outside {
    prefix: Vec<KeyPart>,
    template: String,
}

impl Keys {
    pub(super) fn used(&self) -> Used {
        self.used.clone()
    }

    pub(super) fn set_used(&mut self, used: Used) {
        self.used = used;
    }

    pub(super) fn add_used(&mut self, more: Used) {
        self.used.extend(more);
    }

    /// Begins to note all keys anew; gives those noted before.
    pub(super) fn watch(&mut self) -> Used {
        std::mem::take(&mut self.seen)
    }

    /// Ends what [`watch`](Self::watch) began: the keys since then.
    pub(super) fn unwatch(&mut self, before: Used) -> Used {
        let since = std::mem::replace(&mut self.seen, before);
        self.seen.extend(since.clone());
        since
    }

    /// Everything from here on stands in `name[…]`.
    pub(super) fn enter(&mut self, name: &str, place: LocalId) -> Outside {
        let outside = Outside { prefix: self.prefix.clone(), template: self.template.clone() };
        push_text(&mut self.prefix, &format!("{name}["));
        self.prefix.push(KeyPart::Local(place));
        push_text(&mut self.prefix, "]/");
        self.template = format!("{}{name}[*]/", self.template);
        outside
    }

    pub(super) fn leave(&mut self, outside: Outside) {
        self.prefix = outside.prefix;
        self.template = outside.template;
    }

    fn key(&self, segment: &str) -> Key {
        let mut parts = self.prefix.clone();
        push_text(&mut parts, segment);
        Key { parts }
    }
}

fn push_text(parts: &mut Vec<KeyPart>, text: &str) {
    if let Some(KeyPart::Text(last)) = parts.last_mut() {
        last.push_str(text);
    } else {
        parts.push(KeyPart::Text(text.to_owned()));
    }
}

impl Body<'_> {
    /// Takes a key for something durable; `what` says what it is, for timelines. One that is in use is an error.
    pub(super) fn claim(&mut self, segment: &str, span: Span, what: &str) -> Key {
        let template = format!("{}{segment}", self.flow.keys.template);
        if let Some(before) = self.flow.keys.used.get(&template).copied() {
            let name = self.free_name(segment.rsplit('.').next().unwrap_or(segment));
            let found = same_key(segment, what, before, span, &name);
            self.report(found);
        } else {
            let (line, column) = self.source.position(span.start);
            self.flow.keys.places.push(KeyPlace {
                key: template.clone(),
                line,
                column,
                what: what.to_owned(),
            });
        }
        self.flow.keys.used.entry(template.clone()).or_insert(span);
        self.flow.keys.seen.entry(template).or_insert(span);
        self.flow.keys.key(segment)
    }
}

impl Body<'_> {
    /// A key that may be taken again in the same scope (the host then numbers it): of unwindings, which have no name.
    pub(super) fn shared_key(&mut self, segment: &str, span: Span, what: &str) -> Key {
        let template = format!("{}{segment}", self.flow.keys.template);
        if !self.flow.keys.places.iter().any(|place| place.key == template) {
            let (line, column) = self.source.position(span.start);
            self.flow.keys.places.push(KeyPlace { key: template, line, column, what: what.to_owned() });
        }
        self.flow.keys.key(segment)
    }

    /// A key that is never asked for: of the timer of a `wait` without one.
    pub(super) fn shared_key_quietly(&self, segment: &str) -> Key {
        self.flow.keys.key(segment)
    }
}

fn same_key(segment: &str, what: &str, before: Span, span: Span, name: &str) -> Diagnostic {
    let found = Diagnostic::error("E0601", span, format!("two steps here have the same name `{segment}`"))
        .label("and this one; the journal could not tell them apart")
        .also(before, "this step");
    let start = Span { start: span.start, end: span.start };
    let unbound = what == segment
        || what.strip_prefix("call ") == Some(segment)
        || what.strip_prefix("wait ") == Some(segment);
    if !unbound {
        return found.help("give one of them another name with `let`; the name is its place in the journal");
    }
    let shown = match what.strip_prefix("call ").or(what.strip_prefix("wait ")) {
        Some(_) => format!("{what}(…)"),
        None => format!("{what} …"),
    };
    found.help(format!("name it: `let {name} = {shown}`")).fix(start, format!("let {name} = "))
}

impl Body<'_> {
    /// A name for the second step of a kind that nothing has yet.
    fn free_name(&mut self, of: &str) -> String {
        const ORDINALS: [&str; 5] = ["second", "third", "fourth", "fifth", "sixth"];
        let word = |n: usize| {
            ORDINALS.get(n).map_or_else(|| format!("{of}_{}", n + 2), |ordinal| format!("{ordinal}_{of}"))
        };
        let taken = |name: &String| self.flow.keys.offered.contains(name) || self.var(name).is_some();
        let name = (0..).map(word).find(|name| !taken(name)).unwrap_or_else(|| of.to_owned());
        self.flow.keys.offered.insert(name.clone());
        name
    }
}
