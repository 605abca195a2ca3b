//! Conditions: bools, and what is said where something else stands.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree;

use super::make;
use crate::check::body::Body;
use crate::check::fit::{Slot, widen};
use crate::check::names::a_type;
use crate::check::relate::{assignable, has_null, without_null};
use crate::ir::{Expr, ExprKind};
use crate::types::Type;

impl Body<'_> {
    /// A condition; `what` says which, for messages.
    pub(in crate::check) fn condition(&mut self, e: &tree::Expr, what: &'static str) -> Expr {
        let value = self.expr(e, Some(&Type::Bool));
        self.condition_of(value, e, what)
    }

    /// The value as a condition.
    pub(super) fn condition_of(&mut self, value: Expr, e: &tree::Expr, what: &'static str) -> Expr {
        if assignable(&value.ty, &Type::Bool) {
            return widen(value, &Type::Bool);
        }
        let plain = without_null(&value.ty);
        let bare = self.bracketed(e);
        let nullable = has_null(&value.ty) && plain != Type::Bool;
        if let (true, Some(bare)) = (nullable, bare) {
            let text = format!("{what} is {}, not a bool", a_type(&value.ty));
            let found = Diagnostic::error("E0301", e.span, text)
                .label(value.ty.to_string())
                .help(format!("`{bare} != null` asks whether it is there"));
            self.report(found);
            return make(ExprKind::Bool(false), Type::Bool);
        }
        self.fit(value, e, &Type::Bool, &Slot::Plain(what));
        make(ExprKind::Bool(false), Type::Bool)
    }
}
