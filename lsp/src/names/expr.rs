//! Expressions.

use cairn_dsl::tree::{Arg, Entry, Expr, ExprKind, FnArg, Lambda, ListItem, TextPart};

use super::{Group, Kind, Walk};

impl Walk {
    pub(super) fn expr(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Duration(_)
            | ExprKind::Time(_)
            | ExprKind::Bytes(_) => {}
            ExprKind::Text(parts) => self.text(parts),
            ExprKind::List(items) => items.iter().for_each(|item| match item {
                ListItem::Item(e) | ListItem::Spread(e) => self.expr(e),
            }),
            ExprKind::Record(entries) => self.entries(entries),
            ExprKind::Name(name) => self.use_value(name, false),
            ExprKind::Call { function, args } => {
                self.use_item(Group::Function, &function.text, function.span);
                self.fn_args(args);
            }
            ExprKind::Method { of, args, .. } => {
                self.expr(of);
                self.fn_args(args);
            }
            ExprKind::Field { of, .. } | ExprKind::OptField { of, .. } => self.expr(of),
            ExprKind::Must(of) | ExprKind::Unary { of, .. } => self.expr(of),
            ExprKind::Index { of, index } => {
                self.expr(of);
                self.expr(index);
            }
            ExprKind::Cast { value, ty } => {
                self.expr(value);
                self.ty(ty);
            }
            ExprKind::Binary { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Conditional { condition, then, otherwise } => {
                [condition, then, otherwise].into_iter().for_each(|e| self.expr(e));
            }
        }
    }

    pub(super) fn text(&mut self, parts: &[TextPart]) {
        for part in parts {
            if let TextPart::Expr(e) = part {
                self.expr(e);
            }
        }
    }

    pub(super) fn entries(&mut self, entries: &[Entry]) {
        for entry in entries {
            match entry {
                Entry::Field { name, value } => self.named(name, value),
                Entry::Computed { key, value } => {
                    self.expr(key);
                    self.expr(value);
                }
                Entry::Spread(e) => self.expr(e),
            }
        }
    }

    /// `name: value`, or `name` alone.
    fn named(&mut self, name: &cairn_dsl::tree::Name, value: &Expr) {
        match &value.kind {
            ExprKind::Name(value) if value.span == name.span => self.use_value(value, true),
            _ => self.expr(value),
        }
    }

    pub(super) fn args(&mut self, args: &[Arg]) {
        for arg in args {
            match arg {
                Arg::Named { name, value } => self.named(name, value),
                Arg::Spread(e, _) => self.expr(e),
            }
        }
    }

    fn fn_args(&mut self, args: &[FnArg]) {
        for arg in args {
            match arg {
                FnArg::Expr(e) => self.expr(e),
                FnArg::Lambda(lambda) => self.lambda(lambda),
            }
        }
    }

    fn lambda(&mut self, lambda: &Lambda) {
        self.scoped(lambda.span.end, |walk| {
            for param in &lambda.params {
                walk.variable(param, Kind::Variable, param.span.end);
            }
            walk.expr(&lambda.body);
        });
    }
}
