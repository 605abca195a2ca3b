//! `loop`, and what all that is done again and again has in common.

use std::collections::BTreeSet;

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Loop, Span};

use super::{Bind, Outcome};
use crate::check::body::{Body, VarKind};
use crate::check::expr::broken;
use crate::check::fit::{Slot, widen};
use crate::check::flow::{Frame, FrameKind, Lowered};
use crate::check::keys::Segment;
use crate::check::stmt::settle;
use crate::check::walk::assigned;
use crate::ir::{self, Expr, ExprKind, LoopId, StmtKind};
use crate::types::Type;

/// Something that is done again and again.
pub(in crate::check) struct Rounds<'r> {
    pub(in crate::check) kind: FrameKind,
    /// `name[…]`
    pub(in crate::check) segments: &'r [Segment],
    /// `var`s that a round may change.
    pub(in crate::check) changed: BTreeSet<String>,
    pub(in crate::check) span: Span,
}

/// The rounds, lowered.
pub(in crate::check) struct Done {
    pub(in crate::check) frame: Frame,
    pub(in crate::check) lowered: Lowered,
    /// How many durable operations one round has.
    pub(in crate::check) steps: usize,
    /// How many of them are calls.
    pub(in crate::check) calls: usize,
    /// Some way leads out of the workflow.
    pub(in crate::check) leaves: bool,
}

impl Body<'_> {
    /// Lowers a body that runs several times, in a key scope of its own.
    pub(in crate::check) fn rounds(
        &mut self,
        rounds: &Rounds<'_>,
        bind: &Bind<'_>,
        body: impl FnOnce(&mut Self, LoopId) -> Lowered,
    ) -> Done {
        self.forget(&rounds.changed);
        let entry = self.state();
        let seen_before = self.flow.keys.watch();
        let (places, leaves) = (self.flow.keys.places.len(), self.flow.leaves);
        let id = self.flow.new_loop();
        let result = bind.wanted.then(|| self.hidden("value", Type::Never));
        self.flow.frames.push(Frame::new(rounds.kind, id, result, bind.want.cloned(), rounds.span));
        let outside = self.flow.keys.enter(rounds.segments);
        self.open_scope();
        let lowered = body(self, id);
        self.close_scope();
        self.flow.keys.leave(outside);
        let added = self.flow.keys.places.get(places..).unwrap_or_default();
        let (steps, calls) = (added.len(), added.iter().filter(|p| p.what.starts_with("call ")).count());
        let leaves = self.flow.leaves > leaves;
        let seen = self.flow.keys.unwatch(seen_before);
        self.go_back_to(&entry);
        self.flow.keys.add_used(&seen);
        let fallback = || Frame::new(rounds.kind, id, result, None, rounds.span);
        let frame = self.flow.frames.pop().unwrap_or_else(fallback);
        Done { frame, lowered, steps, calls, leaves }
    }

    /// How often at most.
    pub(in crate::check) fn rounds_max(&mut self, max: &tree::Expr) -> Expr {
        let value = self.expr_to(max, &Type::Int, &Slot::Plain("`max`"));
        if matches!(value.kind, ExprKind::Int(n) if n <= 0) {
            let found = Diagnostic::error("E0804", max.span, "this loop never runs")
                .label("no round")
                .help("give it at least one round, or delete it");
            self.report(found);
        }
        value
    }

    /// `W0803`: steps in a loop without a bound, in a workflow that never begins anew.
    pub(in crate::check) fn grows(&mut self, done: &Done, span: Span) {
        if done.steps == 0 || self.flow.restarts {
            return;
        }
        let word = if done.steps == 1 { "entry" } else { "entries" };
        let calls = i64::try_from(done.calls).unwrap_or(i64::MAX);
        let reached = self.flow.most_steps.and_then(|most| Some((most, most.checked_div(calls)?)));
        let label = match reached {
            Some((most, rounds)) => {
                let steps = format!("`limits.steps` ({most}) is reached after {rounds} rounds");
                format!("about {} {word} each round; {steps}", done.steps)
            }
            None => format!("about {} {word} each round", done.steps),
        };
        let text = "nothing bounds this loop, and every round adds to the journal";
        let found = Diagnostic::warning("W0803", self.first_line(span), text).label(label).help(
            "give it `max`, or carry the state over with `restart (…)`, which begins with an empty journal",
        );
        self.report(found);
    }

    pub(super) fn loop_(
        &mut self,
        each: &Loop,
        bind: &Bind<'_>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> Outcome {
        let segment = each.name.as_ref().map_or("loop", |n| n.text.as_str());
        self.begin(segment);
        let max = each.max.as_ref().map(|max| self.rounds_max(max));
        self.flush(out);
        let counter = self.hidden("round", Type::Int);
        let rounds = Rounds {
            kind: FrameKind::Loop,
            segments: &[Segment::numbered(segment, counter)],
            changed: assigned(&each.body),
            span: self.first_line(span),
        };
        let mut done = self.rounds(&rounds, bind, |body, _| {
            if let Some(name) = &each.name {
                body.name_local(name, counter, VarKind::Given);
            }
            body.block(&each.body)
        });
        if max.is_none() && !done.frame.broke && !done.leaves {
            self.endless(&done, span);
        } else if max.is_none() {
            self.grows(&done, span);
        }
        let falls = max.is_some() || done.frame.broke;
        let value = self.loop_value(&mut done, max.is_some(), span, out);
        self.emit(out, StmtKind::Loop { id: done.frame.id, counter, max, body: done.lowered.stmts }, span);
        Outcome { value, falls }
    }

    fn endless(&mut self, done: &Done, span: Span) {
        let word = Span { start: span.start, end: span.start + 4 };
        let found = Diagnostic::error("E0803", word, "this loop never ends");
        let found = match done.steps {
            0 => found.label("it does nothing that is recorded, and never comes out"),
            1 => found.label("about 1 entry each round, and no end to it"),
            n => found.label(format!("about {n} entries each round, and no end to it")),
        };
        self.report(found.help("give it `max`, or leave it with `break` or `return`"));
    }

    /// The value of a loop: what `break` gave, or null where its rounds ran out.
    fn loop_value(&mut self, done: &mut Done, bounded: bool, span: Span, out: &mut Vec<ir::Stmt>) -> Expr {
        let Some(result) = done.frame.result else { return broken() };
        let given = done.frame.given.clone();
        let ty = if bounded { given.optional() } else { given };
        self.set_local_type(result, ty.clone());
        settle(&mut done.lowered.stmts, result, &ty);
        if bounded {
            let null = widen(Expr { kind: ExprKind::Null, ty: Type::Null }, &ty);
            self.emit(out, StmtKind::Set(result, null), span);
        }
        self.read(result)
    }
}
