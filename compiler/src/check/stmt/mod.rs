//! Statements, lowered one by one.

mod bind;
mod branch;
mod leave;
mod log;
mod retried;
mod rewrite;
mod tried;

pub(super) use bind::holds_empty;
pub(super) use rewrite::{settle, settle_returns, strip_tail};

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{Block, Effect, Span, Stmt, StmtKind as Written};

use super::body::Body;
use super::expr::Readings;
use super::flow::Lowered;
use crate::ir::{self, StmtKind};

impl Body<'_> {
    /// Statements between braces, in a scope of their own.
    pub(super) fn block(&mut self, block: &Block) -> Lowered {
        self.open_scope();
        let lowered = self.statements(&block.stmts);
        self.close_scope();
        lowered
    }

    /// Statements in order. Behind one that never goes on nothing may stand.
    pub(super) fn statements(&mut self, stmts: &[Stmt]) -> Lowered {
        let mut out = Vec::new();
        for (n, stmt) in stmts.iter().enumerate() {
            if self.statement(stmt, &mut out) {
                continue;
            }
            if let Some(next) = stmts.get(n + 1) {
                self.unreachable(stmt, next);
            }
            return Lowered { stmts: out, falls: false };
        }
        Lowered { stmts: out, falls: true }
    }

    fn unreachable(&mut self, leaves: &Stmt, next: &Stmt) {
        let (text, label) = match &leaves.kind {
            Written::Return(_) => ("nothing after this `return` can run", "the run has ended here"),
            Written::Fail { .. } => ("nothing after this `fail` can run", "the flow leaves here"),
            Written::Break(_) => ("nothing after this `break` can run", "the loop is left here"),
            Written::Continue => ("nothing after this `continue` can run", "the next round begins here"),
            Written::Yield(_) => {
                ("nothing after this `yield` can run", "the value is given here, and this is left")
            }
            _ => ("nothing after this can run", "no way leads through this statement"),
        };
        let found = Diagnostic::error("E0801", self.first_line(next.span), text)
            .label("never reached")
            .also(self.first_line(leaves.span), label)
            .help("delete it, or move it in front");
        self.report(found);
    }

    /// The part of a place that stands on its first line.
    pub(super) fn first_line(&self, span: Span) -> Span {
        let text = self.source.text.get(span.range()).unwrap_or_default();
        let length = text.find('\n').unwrap_or(text.len());
        Span { start: span.start, end: span.start + u32::try_from(length).unwrap_or(0) }
    }

    /// How the statement is called in keys of its recorded readings.
    pub(super) fn begin(&mut self, site: &str) {
        site.clone_into(&mut self.site);
        self.readings = Readings::default();
    }

    /// Adds a statement, behind the readings that it needs.
    pub(super) fn emit(&mut self, out: &mut Vec<ir::Stmt>, kind: StmtKind, span: Span) {
        self.flush(out);
        out.push(ir::Stmt { kind, span });
    }

    /// Adds the readings that were asked for.
    pub(super) fn flush(&mut self, out: &mut Vec<ir::Stmt>) {
        out.append(&mut self.hoisted);
    }

    /// One statement; tells whether the flow goes on behind it.
    pub(super) fn statement(&mut self, stmt: &Stmt, out: &mut Vec<ir::Stmt>) -> bool {
        match &stmt.kind {
            Written::Let { binder, ty, value } => self.let_(binder, ty.as_ref(), value, stmt.span, out),
            Written::Var { name, ty, value } => self.var_(name, ty.as_ref(), value, stmt.span, out),
            Written::Set { name, value } => self.set(name, value, stmt.span, out),
            Written::Effect(effect) => self.effect_statement(effect, out),
            Written::If { condition, then, otherwise } => {
                self.if_(condition, then, otherwise.as_ref(), stmt.span, out)
            }
            Written::While(each) => self.while_(each, stmt.span, out),
            Written::Try(tried) => self.try_(tried, stmt.span, out),
            Written::Log { level, message, fields, .. } => {
                self.log(*level, message, fields.as_ref(), stmt.span, out)
            }
            Written::Fail { kind, fields } => self.fail(kind, fields.as_ref(), stmt.span, out),
            Written::Return(value) => self.return_(value.as_ref(), stmt.span, out),
            Written::Yield(value) => self.yield_(value, stmt.span, out),
            Written::Break(value) => self.break_(value.as_ref(), stmt.span, out),
            Written::Continue => self.continue_(stmt.span, out),
            Written::UndoAll => self.undo_all(stmt.span, out),
            Written::Lock { name, places, body } => self.lock(name, places.as_ref(), body, stmt.span, out),
            Written::Emit { event, fields, to } => {
                self.emit_event(event, fields, to.as_ref(), stmt.span, out);
                true
            }
            Written::Expose(entries) => {
                self.expose(entries, stmt.span, out);
                true
            }
            Written::Restart(args) => {
                self.stays_inside("restart", stmt.span);
                self.restart(args, stmt.span, out);
                false
            }
        }
    }

    fn effect_statement(&mut self, effect: &Effect, out: &mut Vec<ir::Stmt>) -> bool {
        self.effect(effect, &super::effect::Bind::default(), out).falls
    }

    fn undo_all(&mut self, span: Span, out: &mut Vec<ir::Stmt>) -> bool {
        let key = self.shared_key("undo", span, "undo all");
        self.emit(out, StmtKind::UndoAll { key }, span);
        true
    }
}
