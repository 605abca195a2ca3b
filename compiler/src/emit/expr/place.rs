//! An expression as its author wrote it, where that is a path: for messages.

use crate::emit::func::Func;
use crate::ir::{Expr, ExprKind};

/// `order.items[0].note`; nothing for what is no path, or begins with a variable that the compiler made up.
pub(super) fn written(expr: &Expr, func: &Func<'_, '_>) -> Option<String> {
    match &expr.kind {
        ExprKind::Local(id) => {
            Some(func.name_of(*id)).filter(|name| !name.starts_with('$')).map(str::to_owned)
        }
        ExprKind::Field(of, name) | ExprKind::FieldOrNull(of, name) => {
            Some(format!("{}.{name}", written(of, func)?))
        }
        ExprKind::Index(of, at) => Some(format!("{}[{}]", written(of, func)?, index(at, func)?)),
        ExprKind::Narrow(of) | ExprKind::Widen(of) => written(of, func),
        _ => None,
    }
}

fn index(at: &Expr, func: &Func<'_, '_>) -> Option<String> {
    match &at.kind {
        ExprKind::Int(n) => Some(n.to_string()),
        ExprKind::Text(text) => Some(format!("{text:?}")),
        _ => written(at, func),
    }
}
