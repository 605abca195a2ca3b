//! What runs side by side: `parallel`, `race`.

use std::collections::BTreeSet;

use cairn_dsl::tree::{Branch as Written, BranchBody, Parallel, Rhs, Span};

use super::group::heading;
use super::words::{first_line, joined};
use super::{Builder, Site};
use crate::view::graph::plan::{Block, Course, Group, GroupKind, Kind, Lane, Node, Part};

impl Builder<'_> {
    pub(super) fn parallel(&mut self, parallel: &Parallel, site: Site<'_>, span: Span, course: &mut Course) {
        let max = parallel.max.as_ref().map(|e| format!("{} at once", self.short(e.span)));
        let first = parallel.first.as_ref().map(|e| format!("the first {}", self.short(e.span)));
        let settle = if parallel.settle { "failures are kept" } else { "" };
        let plain = joined([
            site.name.unwrap_or_default().to_owned(),
            "side by side".to_owned(),
            max.unwrap_or_default(),
            first.unwrap_or_default(),
            settle.to_owned(),
        ]);
        let title = heading(site.doc, &plain);
        self.lanes(GroupKind::Parallel, title, &parallel.branches, site.name, span, course);
    }

    pub(super) fn race(&mut self, branches: &[Written], site: Site<'_>, span: Span, course: &mut Course) {
        let name = site.name.unwrap_or_default().to_owned();
        let title = heading(site.doc, &joined([name, "race: the first one wins".to_owned()]));
        self.lanes(GroupKind::Race, title, branches, site.name, span, course);
    }

    fn lanes(
        &mut self,
        kind: GroupKind,
        title: String,
        branches: &[Written],
        name: Option<&str>,
        span: Span,
        course: &mut Course,
    ) {
        let key = name.and_then(|name| self.key(name));
        let lanes = match name {
            Some(name) => self.inside(name, |builder| builder.branches(branches)),
            None => self.branches(branches),
        };
        let group = Group { kind, key, title, lanes, undo: None, line: self.line(span) };
        course.parts.push(Part::Block(Block::Group(group)));
    }

    fn branches(&mut self, branches: &[Written]) -> Vec<Lane> {
        let names: Vec<&str> = branches.iter().map(|branch| branch.name.text.as_str()).collect();
        let lane = |branch: &Written| {
            let after = self.after(branch, &names);
            Lane { block: vec![Part::Block(self.branch(branch))], after }
        };
        branches.iter().map(lane).collect()
    }

    /// The places of those that it names, and of those whose results it reads.
    fn after(&self, branch: &Written, names: &[&str]) -> Vec<usize> {
        let reads = self.words_of(branch);
        let named = |name: &str| branch.after.iter().any(|after| after.text == name) || reads.contains(name);
        let others = names.iter().enumerate().filter(|(_, name)| **name != branch.name.text);
        others.filter(|(_, name)| named(name)).map(|(place, _)| place).collect()
    }

    /// The names that stand in a branch for values: no fields, no argument names, nothing in comments.
    fn words_of(&self, branch: &Written) -> BTreeSet<String> {
        let span = match &branch.body {
            BranchBody::Block(block) => block.span,
            BranchBody::Rhs(Rhs::Effect(effect)) => effect.span,
            BranchBody::Rhs(Rhs::Expr(e)) => e.span,
        };
        crate::view::reads::names(self.source.text.get(span.range()).unwrap_or_default())
    }

    /// A branch that does one thing is that thing, under the branch's name.
    fn branch(&mut self, branch: &Written) -> Block {
        let name = branch.name.text.as_str();
        let inner = self.inside(name, |builder| match &branch.body {
            BranchBody::Block(block) => builder.block(block),
            BranchBody::Rhs(rhs) => {
                let mut course = Course::default();
                if let Rhs::Effect(effect) = rhs {
                    builder.effect(effect, Site::default(), &mut course);
                }
                course
            }
        });
        let key = self.key(name);
        let line = self.line(branch.name.span);
        let label = first_line(branch.doc.as_deref());
        let title = if label.is_empty() { name.to_owned() } else { label };
        if let [Part::Block(Block::Node(only))] = inner.parts.as_slice() {
            let mut notes = vec![only.title.clone()];
            notes.extend(only.notes.clone());
            return Block::Node(Node { title, notes, inner: only.key.clone(), key, line, ..only.clone() });
        }
        if inner.parts.is_empty() {
            return Block::Node(Node { key, line, ..Node::new(Kind::Step, title) });
        }
        Block::Group(Group { key, line, ..Group::of(GroupKind::Branch, title, inner.parts) })
    }
}
