//! Expressions: their types, and their checked form.

mod access;
mod calendar;
mod call;
mod condition;
mod constant;
mod foreign;
mod literal;
mod method;
mod methods;
mod operator;
mod record;
mod recorded;
mod text;
mod time;

pub(super) use recorded::Readings;

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, BinaryOp, ExprKind as Written, Name};

use super::body::Body;
use super::fit::{Slot, boxed, widen};
use super::names::{a_type, nearest};
use super::relate::{assignable, has_null, members, overlap, union, without_null};
use crate::ir::{Expr, ExprKind};
use crate::types::Type;

/// What stands where something was wrong and has been reported.
pub(super) fn broken() -> Expr {
    Expr { kind: ExprKind::Null, ty: Type::Never }
}

/// A checked expression.
pub(super) fn make(kind: ExprKind, ty: Type) -> Expr {
    Expr { kind, ty }
}

impl Body<'_> {
    /// An expression. What is wanted only helps to read literals; the value may turn out otherwise.
    pub(super) fn expr(&mut self, e: &tree::Expr, want: Option<&Type>) -> Expr {
        let value = self.lowered(e, want);
        self.shared.report.index.note(e.span, &value.ty);
        value
    }

    fn lowered(&mut self, e: &tree::Expr, want: Option<&Type>) -> Expr {
        match &e.kind {
            Written::Null
            | Written::Bool(_)
            | Written::Int(_)
            | Written::Float(_)
            | Written::Duration(_)
            | Written::Bytes(_) => literal::literal(&e.kind, want),
            Written::Time(text) => self.time(text, e.span),
            Written::Text(parts) => self.text(parts),
            Written::List(items) => self.list(items, want),
            Written::Record(entries) => self.record(entries, want),
            Written::Name(name) => self.name(name, e),
            Written::Call { function, args } => self.function_call(function, args, e.span),
            Written::Method { of, name, args } => self.method(of, name, args, e),
            Written::Field { of, name } => self.field(of, name, e),
            Written::OptField { of, name } => self.opt_field(of, name, e),
            Written::Index { of, index } => self.index(of, index, e),
            Written::Must(of) => self.must(of, e.span),
            Written::Cast { value, ty } => self.cast(value, ty, e.span),
            Written::Unary { op, of } => self.unary(*op, of, e, want),
            Written::Binary { op, op_span, left, right } => self.binary(*op, *op_span, left, right, want),
            Written::Conditional { condition, then, otherwise } => {
                self.conditional(condition, (then, otherwise), want)
            }
        }
    }

    /// An expression that has to fit. Wants are handed down into literals and branches, so that the part that is wrong is the
    /// one that is shown.
    pub(super) fn expr_to(&mut self, e: &tree::Expr, want: &Type, slot: &Slot) -> Expr {
        match &e.kind {
            Written::Record(entries) if !matches!(want, Type::Json | Type::Never) => {
                self.record_to(entries, e, want, slot)
            }
            Written::List(items) => self.list_to(items, e, want, slot),
            Written::Conditional { condition, then, otherwise } => {
                self.known_before(condition, "this condition");
                let condition_value = self.condition(condition, "the condition");
                let [yes, no] = self.both_ways(condition, |body, way| {
                    body.expr_to(if way { then } else { otherwise }, want, slot)
                });
                make(
                    ExprKind::Conditional(Box::new(condition_value), Box::new(yes), Box::new(no)),
                    want.clone(),
                )
            }
            Written::Binary { op: BinaryOp::Coalesce, left, right, op_span } => {
                let left = self.coalesced(left, *op_span, Some(want));
                if !assignable(&without_null(&left.ty), want) {
                    self.expr(right, Some(want));
                    return self.fit(make(left.kind, without_null(&left.ty)), e, want, slot);
                }
                let right = self.expr_to(right, want, slot);
                coalesce(left, right, want.clone())
            }
            _ => {
                let value = self.expr(e, Some(want));
                self.fit(value, e, want, slot)
            }
        }
    }

    /// A name alone.
    fn name(&mut self, name: &Name, e: &tree::Expr) -> Expr {
        if let Some(local) = self.look_up(&name.text).map(|v| v.local) {
            let plain = self.read(local);
            return self.narrowed(plain, e);
        }
        if let Some(value) = self.subject_name(name) {
            return value;
        }
        if let Some(value) = self.constant_value(&name.text).or_else(|| self.declared_value(&name.text)) {
            return value;
        }
        if !self.decls.excused.contains(&name.text) {
            let found = self.unknown_name(name);
            self.report(found);
        }
        broken()
    }

    /// The value, of the narrower type that is known here.
    fn narrowed(&mut self, value: Expr, e: &tree::Expr) -> Expr {
        let known = self.place(e).and_then(|place| self.known(&place).cloned());
        match known {
            Some(ty) if ty != value.ty && value.ty != Type::Never => {
                make(ExprKind::Narrow(Box::new(value)), ty)
            }
            _ => value,
        }
    }

    fn unknown_name(&self, name: &Name) -> Diagnostic {
        let text = &name.text;
        if self.decls.has_tool(text) {
            return Diagnostic::error("E0319", name.span, format!("`{text}` is a tool, not a value"))
                .help(format!("a tool is only called: `let x = call {text}.…(…)`"));
        }
        if let Some(function) = self.decls.functions.get(text) {
            return Diagnostic::error("E0319", name.span, format!("`{text}` is a function, not a value"))
                .also(function.decl.name.span, "declared here")
                .help(format!("call it: `{text}(…)`"));
        }
        if let Some(policy) = self.decls.consts.get(text) {
            return Diagnostic::error("E0319", name.span, format!("`{text}` is a retry policy, not a value"))
                .also(policy.name.span, "declared here")
                .help(format!("it stands behind `retry`: `retry {text}`"));
        }
        if matches!(text.as_str(), "now" | "uuid" | "random") {
            return Diagnostic::error("E0319", name.span, format!("`{text}` is a function, not a value"))
                .help(format!("call it: `{text}(…)`"));
        }
        let found = Diagnostic::error("E0201", name.span, format!("I know no `{text}`"));
        if let Some(ours) = foreign::value(text) {
            return found.help(format!("write `{ours}`")).fix(name.span, ours);
        }
        let known = self.names().chain(self.decls.consts.keys().map(String::as_str));
        match nearest(text, known.collect::<Vec<_>>()) {
            Some(near) => {
                let near = near.to_owned();
                let declared =
                    self.var(&near).map(|v| v.span).or(self.decls.consts.get(&near).map(|c| c.name.span));
                let found = found.help(format!("did you mean `{near}`?")).fix(name.span, near);
                if let Some(span) = declared { found.also(span, "declared here") } else { found }
            }
            None => found
                .label("no variable, parameter or constant of this name can be seen from here")
                .help(self.unquoted(name)),
        }
    }

    fn must(&mut self, of: &tree::Expr, span: tree::Span) -> Expr {
        let value = self.expr(of, None);
        if value.ty == Type::Json {
            return make(ExprKind::Must(Box::new(value)), Type::Json);
        }
        if !has_null(&value.ty) {
            self.never_null(&value.ty, of, span, "`!` does nothing here: delete it");
            return value;
        }
        let ty = without_null(&value.ty);
        make(ExprKind::Must(Box::new(value)), ty)
    }

    /// `W0402`, for a test or a fallback that is not needed.
    fn never_null(&mut self, ty: &Type, of: &tree::Expr, span: tree::Span, help: &str) {
        if *ty == Type::Never {
            return;
        }
        let shown = self.snippet(of.span).map_or_else(|| "this".to_owned(), |s| format!("`{s}`"));
        let found = Diagnostic::warning("W0402", span, format!("{shown} is never null here"))
            .label(format!("{shown} is {}", a_type(ty)))
            .help(help);
        self.report(found);
    }

    fn cast(&mut self, value: &tree::Expr, ty: &tree::Ty, span: tree::Span) -> Expr {
        let to = self.decls.ty(ty, &mut self.shared.report);
        let value = self.expr(value, Some(&to));
        if self.leaks(&value.ty, span, "looked into with `as`") {
            return make(ExprKind::Null, to);
        }
        if value.ty == Type::Never || to == Type::Never {
            return make(ExprKind::Null, to);
        }
        if assignable(&value.ty, &to) {
            return widen(value, &to);
        }
        let readable = assignable(&value.ty, &Type::Text) && matches!(to, Type::Time | Type::Bytes)
            || overlap(&value.ty, &to);
        if !readable
            || (value.ty == Type::Int && to == Type::Float)
            || (value.ty == Type::Float && to == Type::Int)
        {
            let found = Diagnostic::error("E0315", span, format!("{} can never be {}", a_type(&value.ty), a_type(&to)))
                .help("`as` checks that a value is of a type, it does not convert; `.to_text()`, `.to_int()`, `.to_float()` and `.round()` do");
            self.report(found);
            return make(ExprKind::Null, to);
        }
        make(ExprKind::Decode(Box::new(boxed(value))), to)
    }

    fn conditional(
        &mut self,
        condition: &tree::Expr,
        ways: (&tree::Expr, &tree::Expr),
        want: Option<&Type>,
    ) -> Expr {
        self.known_before(condition, "this condition");
        let value = self.condition(condition, "the condition");
        let [yes, no] =
            self.both_ways(condition, |body, way| body.expr(if way { ways.0 } else { ways.1 }, want));
        let (yes, no) = super::secrets::alike(yes, no);
        let ty = union([yes.ty.clone(), no.ty.clone()]);
        let (yes, no) = (widen(yes, &ty), widen(no, &ty));
        make(ExprKind::Conditional(Box::new(value), Box::new(yes), Box::new(no)), ty)
    }

    /// Lowers something under the condition, and something under its contrary.
    fn both_ways<T>(
        &mut self,
        condition: &tree::Expr,
        mut lower: impl FnMut(&mut Self, bool) -> T,
    ) -> [T; 2] {
        [true, false].map(|way| self.under(condition, way, |body| lower(body, way)))
    }

    /// Lowers something where a condition is known to hold, or known not to.
    pub(super) fn under<T>(
        &mut self,
        condition: &tree::Expr,
        holds: bool,
        lower: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = self.facts.clone();
        self.assume(condition, holds);
        let lowered = lower(self);
        self.facts = before;
        lowered
    }

    /// The left side of `??`.
    fn coalesced(&mut self, left: &tree::Expr, op_span: tree::Span, want: Option<&Type>) -> Expr {
        let value = self.expr(left, want);
        if !has_null(&value.ty) && value.ty != Type::Json {
            self.never_null(&value.ty, left, op_span, "what stands behind `??` is never used: delete it");
        }
        value
    }
}

/// `left ?? right`, both of them as the compiled code wants them.
fn coalesce(left: Expr, right: Expr, ty: Type) -> Expr {
    if !members(&left.ty).is_empty() && !has_null(&left.ty) && left.ty != Type::Json {
        return widen(left, &ty);
    }
    let left = widen(left, &ty.clone().optional());
    let right = widen(right, &ty);
    make(ExprKind::Coalesce(Box::new(left), Box::new(right)), ty)
}
