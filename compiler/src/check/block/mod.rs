//! What runs side by side with who begins it: branches, items of a `for … parallel`, and what undoes a step. Each is a body of its
//! own, with locals of its own, that takes along what it reads of the outside.

mod fork;
mod order;
mod side;

use std::collections::BTreeMap;

use cairn_dsl::tree::{self, Span};

use super::body::Body;
use super::expr::Readings;
use super::facts::Facts;
use super::fit::Slot;
use super::flow::{Beside, Frame, FrameKind, Lowered};
use super::keys::Segment;
use super::relate::{join, union, vague};
use super::stmt::settle_returns;
use super::vars::Var;
use crate::ir::{self, BlockId, Capture, Expr, Local, LocalId, LoopId, StmtKind};
use crate::types::{Field, Type};

/// The workflow or block around one that is gone through, as it was left.
pub(super) struct Level {
    locals: Vec<Local>,
    captures: Vec<Capture>,
    /// What was known where the block begins.
    facts: Facts,
    /// What is known of what it took along itself.
    of_taken: Facts,
    hoisted: Vec<ir::Stmt>,
    site: String,
    readings: Readings,
    /// What the block inside takes along of it: names, and the depth of the flow in which they mean that.
    taken: Vec<(String, usize)>,
}

/// A block that is about to be gone through.
pub(super) struct Opening<'o> {
    pub(super) beside: Beside,
    /// Its key.
    pub(super) segments: &'o [Segment],
    /// The type that its value has to have.
    pub(super) want: Option<Type>,
    /// Where it begins, for messages.
    pub(super) span: Span,
}

/// A block that is done.
pub(super) struct Closed {
    pub(super) block: BlockId,
    /// Of its value; null where it has none.
    ty: Type,
    /// Kinds that it may fail with.
    raised: BTreeMap<String, Span>,
    /// It can end well.
    ends: bool,
    /// It gives a value.
    gave: bool,
}

impl Body<'_> {
    /// Goes through a body as a block. Behind it, what is known is what was known before.
    pub(super) fn in_block(
        &mut self,
        opening: &Opening<'_>,
        body: impl FnOnce(&mut Self, LoopId) -> Lowered,
    ) -> Closed {
        let entry = self.state();
        let seen = self.flow.keys.watch();
        let outside = self.flow.keys.enter_block(opening.segments);
        let name = self.flow.keys.path().to_owned();
        let id = self.flow.new_loop();
        let kind = FrameKind::Block(opening.beside);
        self.flow.frames.push(Frame::new(kind, id, None, opening.want.clone(), opening.span));
        self.flow.raised.push(BTreeMap::new());
        let locks = std::mem::take(&mut self.flow.locks);
        self.go_in();
        self.open_scope();
        let lowered = body(self, id);
        self.close_scope();
        let (locals, captures) = self.come_out();
        self.flow.locks = locks;
        let raised = self.flow.raised.pop().unwrap_or_default();
        self.flow.keys.leave(outside);
        let seen = self.flow.keys.unwatch(seen);
        self.go_back_to(&entry);
        self.flow.keys.add_used(&seen);
        let frame = self.flow.frames.pop().unwrap_or_else(|| Frame::new(kind, id, None, None, opening.span));
        if frame.gave && lowered.falls {
            self.some_ways_give(opening);
        }
        let ends = lowered.falls || frame.gave || frame.spoiled;
        let ty = value_type(&frame);
        let mut body = lowered.stmts;
        settle_returns(&mut body, &ty);
        let block = BlockId(u32::try_from(self.blocks.len()).unwrap_or(u32::MAX));
        self.blocks.push(ir::Block { name, locals, captures, result: ty.clone(), body });
        Closed { block, ty, raised, ends, gave: frame.gave }
    }

    /// What follows is of a block: it has locals of its own.
    fn go_in(&mut self) {
        self.levels.push(Level {
            locals: std::mem::take(&mut self.locals),
            captures: std::mem::take(&mut self.captures),
            facts: std::mem::take(&mut self.facts),
            of_taken: std::mem::take(&mut self.of_taken),
            hoisted: std::mem::take(&mut self.hoisted),
            site: std::mem::take(&mut self.site),
            readings: std::mem::take(&mut self.readings),
            taken: Vec::new(),
        });
    }

    /// Back to who begins the block; gives the block's locals, and what of the outside it has read.
    fn come_out(&mut self) -> (Vec<Local>, Vec<Capture>) {
        let depth = self.levels.len();
        let Some(level) = self.levels.pop() else { return (Vec::new(), Vec::new()) };
        let locals = std::mem::replace(&mut self.locals, level.locals);
        let mut captures = std::mem::replace(&mut self.captures, level.captures);
        self.of_taken = level.of_taken;
        self.hoisted = level.hoisted;
        self.site = level.site;
        self.readings = level.readings;
        let mut unread = Vec::new();
        let here = self.vars.flow;
        for (name, flow) in level.taken.iter().rev() {
            self.vars.flow = *flow;
            let inner = self.vars.captured_at(name, depth);
            if self.vars.forget_captured(name, depth) {
                self.look_up(name);
            } else {
                unread.extend(inner);
            }
        }
        self.vars.flow = here;
        captures.retain(|capture| !unread.contains(&capture.inner));
        (locals, captures)
    }

    /// The blocks between a variable and here get a local each that holds its value.
    pub(super) fn take_along(&mut self, name: &str) {
        let Some(var) = self.vars.find_mut(name) else { return };
        var.used = true;
        let var = var.clone();
        let mut local = var.local;
        for level in var.level + 1..=self.levels.len() {
            local = self.capture(level, local, name);
            if let Some(outside) = self.levels.get_mut(level - 1) {
                outside.taken.push((name.to_owned(), var.flow));
            }
            self.vars.capture(Var { local, level, used: false, ..var.clone() });
        }
    }

    /// A local of the block at this depth for one of who begins it. What is known of that is known of this: it holds a copy.
    fn capture(&mut self, level: usize, outer: LocalId, name: &str) -> LocalId {
        let Some((outside, inside)) = self.levels.split_at_mut_checked(level) else { return outer };
        let Some(outside) = outside.last() else { return outer };
        let (locals, captures, facts) = match inside.first_mut() {
            Some(between) => (&mut between.locals, &mut between.captures, &mut between.of_taken),
            None => (&mut self.locals, &mut self.captures, &mut self.of_taken),
        };
        let inner = LocalId(u32::try_from(locals.len()).unwrap_or(u32::MAX));
        let ty = outside.locals.get(outer.0 as usize).map_or(Type::Never, |l| l.ty.clone());
        locals.push(Local { name: name.to_owned(), ty });
        captures.push(Capture { outer, inner });
        facts.adopt(&outside.of_taken, outer, inner);
        facts.adopt(&outside.facts, outer, inner);
        inner
    }

    fn some_ways_give(&mut self, opening: &Opening<'_>) {
        let what = if opening.beside == Beside::Branch { "branch" } else { "`for`" };
        let text = match opening.beside {
            Beside::Branch => "some ways through this branch end without a value".to_owned(),
            _ => format!("some rounds of this {what} end without a value"),
        };
        let found = cairn_dsl::Diagnostic::error("E0805", opening.span, text)
            .help("end every way through it with `yield …`, or none");
        self.report(found);
    }

    /// The value of a block, which ends with it.
    fn end_with(&mut self, id: LoopId, value: Expr, span: Span, stmts: &mut Vec<ir::Stmt>) {
        if let Some(frame) = self.flow.frames.iter_mut().rev().find(|f| f.id == id) {
            frame.given = join(&frame.given, &value.ty);
            frame.gave = true;
        }
        self.emit(stmts, StmtKind::Return(value), span);
    }

    /// An int that says how many; `0` and less, and what `most` says, are told.
    fn how_many(&mut self, e: &tree::Expr, what: &'static str) -> Expr {
        self.expr_to(e, &Type::Int, &Slot::Plain(what))
    }

    /// What a block may fail with, whoever begins it may too.
    fn raise_of(&mut self, closed: &Closed) {
        for (kind, at) in &closed.raised {
            self.flow.raise(kind, *at);
        }
    }
}

/// The type of a block's value.
fn value_type(frame: &Frame) -> Type {
    let want = frame.want.clone().filter(|want| !vague(want));
    match want {
        Some(want) if frame.gave => want,
        _ if !frame.gave || frame.given == Type::Never => Type::Null,
        _ => frame.given.clone(),
    }
}

/// What `settle` makes of a value: `{ key, value, error }`, of which one of the last two is null. A test of `error` tells which.
fn settled(value: &Type) -> Type {
    let plain = |name: &str, ty: Type| Field { name: name.into(), ty, optional: false };
    let failure = Type::Record(vec![
        plain("kind", Type::Text),
        plain("message", Type::Text),
        plain("detail", Type::Json),
    ]);
    let record = |value: Type, error: Type| {
        Type::Record(vec![plain("key", Type::Text), plain("value", value), plain("error", error)])
    };
    union([record(value.clone(), Type::Null), record(Type::Null, failure)])
}

/// A record of these fields, each held by the value runtime.
fn record_of(fields: Vec<(String, Expr)>) -> Expr {
    let ty = Type::Record(
        fields
            .iter()
            .map(|(name, e)| Field { name: name.clone(), ty: e.ty.clone(), optional: false })
            .collect(),
    );
    let items = fields.into_iter().map(|(name, e)| ir::RecordItem::Field(name, super::fit::boxed(e)));
    Expr { kind: ir::ExprKind::Record(items.collect()), ty }
}

/// A local that may be null, where it is known not to be.
fn certain(value: Expr, ty: &Type) -> Expr {
    if value.ty == *ty { value } else { Expr { kind: ir::ExprKind::Narrow(Box::new(value)), ty: ty.clone() } }
}
