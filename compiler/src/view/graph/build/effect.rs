//! Steps, pauses, questions, other workflows.

use cairn_dsl::tree::{Ask, Call, Clause, Effect, EffectKind, EventPattern, Expr, Run, Span, Undo};

use super::stmt::labelled;
use super::words::{dotted, field, first_line, joined};
use super::{Builder, Site};
use crate::view::graph::plan::{Course, Kind, Node};

impl Builder<'_> {
    pub(super) fn effect(&mut self, effect: &Effect, site: Site<'_>, course: &mut Course) {
        let span = effect.span;
        match &effect.kind {
            EffectKind::Call(call) => course.push(self.call(call, site).part()),
            EffectKind::Run(run) => course.push(self.child("run", run, site, span).part()),
            EffectKind::Spawn(run) => course.push(self.child("spawn", run, site, span).part()),
            EffectKind::Sleep { until, value } => course.push(self.sleep(*until, value, site, span).part()),
            EffectKind::Ask(ask) => course.push(self.ask(ask, site, span).part()),
            EffectKind::Do(run) => self.do_(run, site, span, course),
            EffectKind::Wait(wait) => self.wait(wait, site, span, course),
            EffectKind::Parallel(parallel) => self.parallel(parallel, site, span, course),
            EffectKind::Race(branches) => self.race(branches, site, span, course),
            EffectKind::For(each) => self.for_(each, site, span, course),
            EffectKind::Loop(each) => self.loop_(each, site, span, course),
            EffectKind::Match(choice) => self.match_(choice, span, course),
        }
    }

    /// A node that is a durable operation of its own.
    fn operation(&self, node: Node, segment: &str, span: Span) -> Node {
        Node { key: self.key(segment), line: self.line(span), ..node }
    }

    pub(super) fn call(&self, call: &Call, site: Site<'_>) -> Node {
        let index = call.callee.index.as_ref().map(|e| format!("[{}]", self.short(e.span)));
        let path = dotted(&call.callee.path);
        let shown = format!("{path}{}", index.unwrap_or_default());
        let segment = site.name.unwrap_or(&path);
        let node = self.named(Kind::Step, &shown, site, self.clauses(&call.clauses));
        let node = node.note(self.gist(&call.args));
        let undo = self.undo(&call.clauses, segment);
        Node { undo, ..self.operation(node, segment, call.span) }
    }

    /// Title and notes of something that is called.
    fn named(&self, kind: Kind, shown: &str, site: Site<'_>, clauses: String) -> Node {
        let label = first_line(site.doc);
        let name = site.name.unwrap_or_default().to_owned();
        if label.is_empty() {
            return Node::new(kind, shown).note(joined([name, clauses]));
        }
        Node::new(kind, label).note(shown).note(joined([name, clauses]))
    }

    pub(super) fn undo(&self, clauses: &[Clause], segment: &str) -> Option<Box<Node>> {
        let written = clauses.iter().find_map(|clause| match clause {
            Clause::Undo(undo, span) => Some((undo, *span)),
            _ => None,
        });
        let (undo, span) = written?;
        let title = match undo {
            Undo::Call(call) => dotted(&call.callee.path),
            Undo::Do(run) => format!("do {}", dotted(&run.target)),
            Undo::Run(run) => format!("run {}", dotted(&run.target)),
            Undo::Block(block) => {
                let more = block.stmts.len().saturating_sub(1);
                let first = block.stmts.first().map(|stmt| self.short(stmt.span)).unwrap_or_default();
                if more == 0 { first } else { format!("{first} and {more} more") }
            }
        };
        Some(Box::new(self.operation(Node::new(Kind::Undo, title), &format!("{segment}.undo"), span)))
    }

    fn child(&self, verb: &str, run: &Run, site: Site<'_>, span: Span) -> Node {
        let target = dotted(&run.target);
        let segment = site.name.unwrap_or(&target);
        let node = self.named(Kind::Child, &format!("{verb} {target}"), site, self.clauses(&run.clauses));
        Node { undo: self.undo(&run.clauses, segment), ..self.operation(node, segment, span) }
    }

    fn sleep(&self, until: bool, value: &Expr, site: Site<'_>, span: Span) -> Node {
        let shown = format!("sleep {}{}", if until { "until " } else { "" }, self.short(value.span));
        let node = self.named(Kind::Timer, &shown, site, String::new());
        self.operation(node, site.name.unwrap_or("sleep"), span)
    }

    fn ask(&self, ask: &Ask, site: Site<'_>, span: Span) -> Node {
        let title = field(&ask.task, "title").map(|e| self.text(e));
        let label = first_line(site.doc);
        let title = if label.is_empty() { title.unwrap_or_else(|| "a question".to_owned()) } else { label };
        let within = ask.within.as_ref().map(|e| format!("within {}", self.short(e.span)));
        let remind = ask.remind.as_ref().map(|e| format!("remind {}", self.short(e.span)));
        let name = site.name.unwrap_or_default().to_owned();
        let node = Node::new(Kind::Person, title)
            .note(format!("asks {}", self.text(&ask.whom)))
            .note(joined([name, within.unwrap_or_default(), remind.unwrap_or_default()]));
        self.operation(node, site.name.unwrap_or("ask"), span)
    }

    /// An event that is waited for.
    pub(super) fn event(&self, event: &EventPattern, site: Site<'_>) -> Node {
        let name = dotted(&event.event);
        let condition = event.condition.as_ref().map(|e| format!("where {}", self.short(e.span)));
        let doc = site.doc.or_else(|| self.event_doc(&name));
        let label = labelled(doc, &name);
        let named = if label == name { String::new() } else { name };
        let bound = site.name.unwrap_or_default().to_owned();
        let node = Node::new(Kind::Event, label).note(named).note(joined([
            bound,
            self.args(&event.args),
            condition.unwrap_or_default(),
        ]));
        Node { line: self.line(event.span), ..node }
    }
}
