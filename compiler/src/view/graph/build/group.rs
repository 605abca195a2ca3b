//! Blocks that hold others: rounds, `try`, `lock`, `do`.

use cairn_dsl::tree::{Block as Written, Catch, Clause, For, Loop, Retry, Run, Span, Stmt, Try, While};

use super::words::{cut, dotted, first_line, joined};
use super::{Builder, Site};
use crate::view::graph::plan::{Block, Branch, Course, Fork, Group, GroupKind, Kind, Node, Part, Way};

impl Builder<'_> {
    pub(super) fn for_(&mut self, each: &For, site: Site<'_>, span: Span, course: &mut Course) {
        let names: Vec<_> = each
            .heads
            .iter()
            .map(|head| {
                let item = head.second.as_ref().unwrap_or(&head.first);
                format!("{} in {}", item.text, self.short(head.items.span))
            })
            .collect();
        // One round in another: `os[…]/rust[…]`.
        let items = each.heads.iter().map(|head| head.second.as_ref().unwrap_or(&head.first).text.as_str());
        let under = site.name.filter(|_| each.parallel.is_some());
        let item = items.collect::<Vec<_>>().join("[*]/");
        let item = under.map_or_else(|| item.clone(), |under| format!("{under}/{item}"));
        let (kind, pace) = if each.parallel.is_some() {
            let max = each.max.as_ref().map(|e| format!("{} at once", self.short(e.span)));
            let first = each.first.as_ref().map(|e| format!("the first {}", self.short(e.span)));
            let settle = each.settle.map(|_| "failures are kept".to_owned()).unwrap_or_default();
            let max = max.unwrap_or_else(|| "side by side".to_owned());
            (GroupKind::Items, joined([max, first.unwrap_or_default(), settle]))
        } else {
            (GroupKind::Rounds, String::new())
        };
        let plain = joined([format!("for each {}", names.join(", ")), pace]);
        let group = self.rounds(kind, heading(site.doc, &plain), &item, &each.body, span);
        course.parts.extend(group.map(|(group, _)| Part::Block(Block::Group(group))));
    }

    pub(super) fn loop_(&mut self, each: &Loop, site: Site<'_>, span: Span, course: &mut Course) {
        let name = each.name.as_ref().map_or("loop", |name| name.text.as_str());
        let max = each.max.as_ref().map(|e| format!("at most {} rounds", self.short(e.span)));
        let bounded = max.is_some();
        let plain = joined([
            if name == "loop" { "loop".to_owned() } else { format!("loop {name}") },
            max.unwrap_or_default(),
        ]);
        let group = self.rounds(GroupKind::Rounds, heading(site.doc, &plain), name, &each.body, span);
        let Some((group, left)) = group else { return };
        course.parts.push(Part::Block(Block::Group(group)));
        course.ends = !bounded && !left;
    }

    pub(super) fn while_(&mut self, each: &While, stmt: &Stmt, course: &mut Course) {
        let name = each.name.as_ref().map_or("while", |name| name.text.as_str());
        let max = each.max.as_ref().map(|e| format!("at most {} rounds", self.short(e.span)));
        let plain = joined([format!("while {}", self.short(each.condition.span)), max.unwrap_or_default()]);
        let title = heading(stmt.doc.as_deref(), &plain);
        let group = self.rounds(GroupKind::Rounds, title, name, &each.body, stmt.span);
        course.parts.extend(group.map(|(group, _)| Part::Block(Block::Group(group))));
    }

    /// What is done several times; none where nothing is done. Also tells whether some way leads out of it by `break`.
    fn rounds(
        &mut self,
        kind: GroupKind,
        title: String,
        segment: &str,
        body: &Written,
        span: Span,
    ) -> Option<(Group, bool)> {
        self.loops.push(segment.to_owned());
        let mut inner = self.inside(&format!("{segment}[*]"), |builder| builder.block(body));
        self.loops.pop();
        if inner.parts.is_empty() {
            return None;
        }
        let left = leaves(&inner.parts, segment);
        // Where ways meet at the end of a round it is said that another one follows.
        if kind == GroupKind::Rounds && !inner.ends && matches!(inner.parts.last(), Some(Part::Fork(_))) {
            inner.end(Node::new(Kind::Jump, "next round").part());
        }
        let key = self.key(&format!("{segment}[*]"));
        let group = Group { key, line: self.line(span), ..Group::of(kind, title, inner.parts) };
        Some((group, left))
    }

    /// The flow's own statements, under its name; a flow that calls itself is drawn once.
    pub(super) fn do_(&mut self, run: &Run, site: Site<'_>, span: Span, course: &mut Course) {
        let name = dotted(&run.target);
        // What is tried again has a number.
        let again = run.clauses.iter().any(|clause| matches!(clause, Clause::Retry(Retry::Policy(_), _)));
        let segment = format!("{}{}", site.name.unwrap_or(&name), if again { "[*]" } else { "" });
        let title = heading(site.doc, &joined([format!("flow {name}"), self.args(&run.args)]));
        let found = self.flow(&name).filter(|_| !self.flows.contains(&name));
        let inner = found.map(|(flow, _)| {
            self.flows.push(name.clone());
            let loops = std::mem::take(&mut self.loops);
            let inner = self.inside(&segment, |builder| builder.block(&flow.body));
            self.loops = loops;
            self.flows.pop();
            inner
        });
        match inner {
            Some(inner) if !inner.parts.is_empty() => {
                let group = Group::of(GroupKind::Flow, title, inner.parts);
                let undo = self.undo(&run.clauses, site.name.unwrap_or(&name));
                let group = Group { key: self.key(&segment), line: self.line(span), undo, ..group };
                course.parts.push(Part::Block(Block::Group(group)));
            }
            Some(_) => {}
            None => {
                let node = Node::new(Kind::Child, title);
                course.push(Node { key: self.key(&segment), line: self.line(span), ..node }.part());
            }
        }
    }

    pub(super) fn lock(&mut self, title: &str, body: &Written, stmt: &Stmt, course: &mut Course) {
        let inner = self.block(body);
        let title = heading(stmt.doc.as_deref(), title);
        let group = Group::of(GroupKind::Lock, title, inner.parts);
        let group = Group { key: self.key("lock[*]"), line: self.line(stmt.span), ..group };
        course.parts.push(Part::Block(Block::Group(group)));
        course.ends = inner.ends;
    }

    /// What is tried is a box; from its side the failures lead to what is done about them.
    pub(super) fn try_(&mut self, tried: &Try, stmt: &Stmt, course: &mut Course) {
        let again = tried.clauses.iter().any(|clause| matches!(clause, Clause::Retry(..)));
        let inner = if again {
            self.inside("try[*]", |builder| builder.block(&tried.body))
        } else {
            self.block(&tried.body)
        };
        let title = heading(stmt.doc.as_deref(), &joined(["try".to_owned(), self.clauses(&tried.clauses)]));
        let line = self.line(stmt.span);
        let key = if again { self.key("try[*]") } else { None };
        let group = Group { key, line, ..Group::of(GroupKind::Try, title, inner.parts) };
        let main = Course { parts: Vec::new(), ends: inner.ends };
        let mut branches = vec![Branch { label: String::new(), way: Way::Next, course: main }];
        branches.extend(tried.catches.iter().map(|catch| self.catch(catch)));
        course.ends = branches.iter().all(|branch| branch.course.ends);
        course.parts.push(match branches.len() {
            1 => Part::Block(Block::Group(group)),
            _ => Part::Fork(Fork { head: Block::Group(group), branches }),
        });
        if let Some(finally) = &tried.finally {
            self.statements(&finally.stmts, course);
        }
    }

    fn catch(&mut self, catch: &Catch) -> Branch {
        let kinds = catch.kinds.as_ref().map_or_else(
            || "any failure".to_owned(),
            |kinds| kinds.iter().map(dotted).collect::<Vec<_>>().join(", "),
        );
        Branch { label: kinds, way: Way::Failure, course: self.block(&catch.body) }
    }
}

/// The doc comment, else what can be said.
pub(super) fn heading(doc: Option<&str>, plain: &str) -> String {
    let label = first_line(doc);
    if label.is_empty() { cut(plain, 72) } else { label }
}

/// Whether a `break` leads out of these rounds.
fn leaves(parts: &[Part], segment: &str) -> bool {
    let mut found = false;
    let wanted = format!("leave {segment}");
    crate::view::graph::plan::each_block(parts, &mut |block| {
        if let crate::view::graph::plan::BlockRef::Node(node) = block {
            found |= node.kind == Kind::Jump && node.title == wanted;
        }
    });
    found
}
