//! Journal keys: made of names that stand in the source, and none used twice along any way through a workflow.

use std::collections::{BTreeMap, BTreeSet};

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::Span;

use super::body::Body;
use crate::ir::{Key, KeyPart, KeyPlace, LocalId};

/// A set of keys, by their numbers: as many of these are kept as a workflow has ways, so they are small.
#[derive(Clone, Debug, Default)]
pub(super) struct Used(Vec<u64>);

impl Used {
    fn has(&self, key: usize) -> bool {
        self.0.get(key / 64).is_some_and(|word| word >> (key % 64) & 1 == 1)
    }

    fn insert(&mut self, key: usize) {
        if self.0.len() <= key / 64 {
            self.0.resize(key / 64 + 1, 0);
        }
        if let Some(word) = self.0.get_mut(key / 64) {
            *word |= 1 << (key % 64);
        }
    }

    pub(super) fn add(&mut self, more: &Self) {
        if self.0.len() < more.0.len() {
            self.0.resize(more.0.len(), 0);
        }
        self.0.iter_mut().zip(&more.0).for_each(|(word, more)| *word |= more);
    }
}

/// The keys of a workflow so far.
#[derive(Default)]
pub(super) struct Keys {
    prefix: Vec<KeyPart>,
    template: String,
    /// Each key, with `*` for what is worked out: its number.
    numbers: BTreeMap<String, usize>,
    /// By number: where each was taken first.
    first: Vec<Span>,
    /// On the way that leads here.
    used: Used,
    /// On any way, also those that do not lead here.
    seen: Used,
    pub(super) places: Vec<KeyPlace>,
    /// Keys that have a place.
    placed: BTreeSet<String>,
    /// The block that comes next has a key that was taken before.
    clashed: bool,
    /// Names that messages have offered.
    offered: BTreeSet<String>,
}

/// The prefix as it was before a loop or block.
pub(super) struct Outside {
    prefix: Vec<KeyPart>,
    template: String,
}

/// A part of a key's path that is a name, or a name and a place: `check`, `item[…]`.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) name: String,
    pub(super) place: Option<LocalId>,
}

impl Segment {
    pub(super) fn plain(name: &str) -> Self {
        Self { name: name.to_owned(), place: None }
    }

    pub(super) fn numbered(name: &str, place: LocalId) -> Self {
        Self { name: name.to_owned(), place: Some(place) }
    }

    fn template(&self) -> String {
        if self.place.is_some() { format!("{}[*]", self.name) } else { self.name.clone() }
    }
}

/// The segments with `*` for what is worked out: `os[*]/rust[*]`.
fn template(segments: &[Segment]) -> String {
    segments.iter().map(Segment::template).collect::<Vec<_>>().join("/")
}

impl Keys {
    pub(super) fn used(&self) -> Used {
        self.used.clone()
    }

    pub(super) fn set_used(&mut self, used: Used) {
        self.used = used;
    }

    pub(super) fn add_used(&mut self, more: &Used) {
        self.used.add(more);
    }

    /// Begins to note all keys anew; gives those noted before.
    pub(super) fn watch(&mut self) -> Used {
        std::mem::take(&mut self.seen)
    }

    /// Ends what [`watch`](Self::watch) began: the keys since then.
    pub(super) fn unwatch(&mut self, before: Used) -> Used {
        let since = std::mem::replace(&mut self.seen, before);
        self.seen.add(&since);
        since
    }

    /// Everything from here on stands in `name[…]/`.
    pub(super) fn enter(&mut self, segments: &[Segment]) -> Outside {
        let outside = Outside { prefix: self.prefix.clone(), template: self.template.clone() };
        for segment in segments {
            push_segment(&mut self.prefix, segment);
            push_text(&mut self.prefix, "/");
        }
        self.template = format!("{}{}/", self.template, template(segments));
        outside
    }

    /// As [`enter`](Self::enter), in a block: the host puts what is in front.
    pub(super) fn enter_block(&mut self, segments: &[Segment]) -> Outside {
        let outside = self.enter(segments);
        self.prefix.clear();
        if std::mem::take(&mut self.clashed) {
            // What is told of the block is not told again of all that stands in it.
            self.template.push_str(&format!("{}/", self.first.len()));
        }
        outside
    }

    pub(super) fn leave(&mut self, outside: Outside) {
        self.prefix = outside.prefix;
        self.template = outside.template;
    }

    /// The path that everything stands in here, without its last slash.
    pub(super) fn path(&self) -> &str {
        self.template.strip_suffix('/').unwrap_or(&self.template)
    }

    fn key(&self, segments: &[Segment]) -> Key {
        let mut parts = self.prefix.clone();
        for (n, segment) in segments.iter().enumerate() {
            if n > 0 {
                push_text(&mut parts, "/");
            }
            push_segment(&mut parts, segment);
        }
        Key { parts }
    }

    /// Takes a key; where it was taken before on the way here, the place of that.
    fn take(&mut self, template: &str, span: Span) -> Option<Span> {
        let number = match self.numbers.get(template) {
            Some(number) => *number,
            None => {
                self.numbers.insert(template.to_owned(), self.first.len());
                self.first.push(span);
                self.first.len() - 1
            }
        };
        let before = self.used.has(number).then(|| self.first.get(number).copied()).flatten();
        self.used.insert(number);
        self.seen.insert(number);
        before
    }
}

fn push_segment(parts: &mut Vec<KeyPart>, segment: &Segment) {
    push_text(parts, &segment.name);
    if let Some(place) = segment.place {
        push_text(parts, "[");
        parts.push(KeyPart::Local(place));
        push_text(parts, "]");
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
        if let Some(before) = self.flow.keys.take(&template, span) {
            let name = self.free_name(segment.rsplit('.').next().unwrap_or(segment));
            let found = same_key(segment, what, before, span, &name);
            self.report(found);
        } else {
            self.place_of(template, span, what);
        }
        self.flow.keys.key(&[Segment::plain(segment)])
    }

    /// Takes the key of a block; `clash` makes the message where it is in use.
    pub(super) fn claim_block(
        &mut self,
        segments: &[Segment],
        span: Span,
        what: &str,
        clash: impl FnOnce(Diagnostic) -> Option<Diagnostic>,
    ) -> Key {
        let shown = template(segments);
        let template = format!("{}{shown}", self.flow.keys.template);
        if let Some(before) = self.flow.keys.take(&template, span) {
            let text = format!("two things here have the same name `{shown}`");
            let found = Diagnostic::error("E0601", span, text)
                .label("and this one; the journal could not tell them apart")
                .also(before, "this one");
            clash(found).into_iter().for_each(|found| self.report(found));
            self.flow.keys.clashed = true;
        } else {
            self.place_of(template, span, what);
        }
        self.flow.keys.key(segments)
    }

    /// Takes a name that other keys stand under; tells whether it was free.
    pub(super) fn claim_path(&mut self, segment: &str, span: Span, what: &str) -> bool {
        let template = format!("{}{segment}/", self.flow.keys.template);
        let Some(before) = self.flow.keys.take(&template, span) else { return true };
        let name = self.free_name(segment);
        let found = same_key(segment, what, before, span, &name);
        self.report(found);
        false
    }

    fn place_of(&mut self, key: String, span: Span, what: &str) {
        let (line, column) = self.source.position(span.start);
        self.flow.keys.placed.insert(key.clone());
        self.flow.keys.places.push(KeyPlace { key, line, column, what: what.to_owned() });
    }
}

impl Body<'_> {
    /// A key that may be taken again in the same scope (the host then numbers it): of unwindings, which have no name.
    pub(super) fn shared_key(&mut self, segment: &str, span: Span, what: &str) -> Key {
        let template = format!("{}{segment}", self.flow.keys.template);
        if !self.flow.keys.placed.contains(&template) {
            self.place_of(template, span, what);
        }
        self.flow.keys.key(&[Segment::plain(segment)])
    }

    /// The key of a lock, `lock[NAME]`: it has no name of its own, so it may be taken again.
    pub(super) fn lock_key(&mut self, held: LocalId, known: Option<&str>, span: Span) -> Key {
        let template = format!("{}lock[{}]", self.flow.keys.template, known.unwrap_or("*"));
        if !self.flow.keys.placed.contains(&template) {
            self.place_of(template, span, "lock");
        }
        self.flow.keys.key(&[Segment::numbered("lock", held)])
    }

    /// A key that is never asked for: of the timer of a `wait` without one.
    pub(super) fn shared_key_quietly(&self, segment: &str) -> Key {
        self.flow.keys.key(&[Segment::plain(segment)])
    }
}

fn same_key(segment: &str, what: &str, before: Span, span: Span, name: &str) -> Diagnostic {
    const WORDS: [&str; 6] = ["call ", "wait ", "do ", "run ", "spawn ", "ask "];
    let found = Diagnostic::error("E0601", span, format!("two steps here have the same name `{segment}`"))
        .label("and this one; the journal could not tell them apart")
        .also(before, "this step");
    let start = Span { start: span.start, end: span.start };
    let target = WORDS.iter().find_map(|word| what.strip_prefix(word));
    let unbound = what == segment || target == Some(segment);
    if let Some(event) = what.strip_prefix("emit ") {
        let help = format!(
            "send `{event}` once, behind both ways; or in a flow that has a name where it is done: `let x = do …`"
        );
        return found.help(help);
    }
    if !unbound {
        return found.help("give one of them another name with `let`; the name is its place in the journal");
    }
    let shown = if target.is_some() { format!("{what}(…)") } else { format!("{what} …") };
    found.help(format!("name it: `let {name} = {shown}`")).fix(start, format!("let {name} = "))
}

impl Body<'_> {
    /// A name for the second step of a kind that nothing has yet.
    pub(super) fn free_name(&mut self, of: &str) -> String {
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
