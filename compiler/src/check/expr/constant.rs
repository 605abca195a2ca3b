//! Conditions whose outcome is known before anything runs.

use std::cmp::Ordering;

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{BinaryOp, Expr, ExprKind, TextPart, UnaryOp};

use crate::check::body::Body;

impl Body<'_> {
    /// Warns of a condition that is made of literals alone, or compares something with itself. One in which a `const` stands is a
    /// switch that somebody means to turn.
    pub(in crate::check) fn known_before(&mut self, e: &Expr, what: &str) {
        let Some(truth) = truth(e) else { return };
        let found = Diagnostic::warning("W0804", e.span, format!("{what} is always {truth}"));
        let help = "test what was meant, or leave the test out; a switch to be turned by hand is a `const`";
        self.report(found.help(help));
    }
}

fn truth(e: &Expr) -> Option<bool> {
    match &e.kind {
        ExprKind::Bool(value) => Some(*value),
        ExprKind::Unary { op: UnaryOp::Not, of } => truth(of).map(|value| !value),
        ExprKind::Binary { op, left, right, .. } => match op {
            BinaryOp::And => both(truth(left), truth(right), false),
            BinaryOp::Or => both(truth(left), truth(right), true),
            _ => compared(*op, order(left, right)?),
        },
        _ => None,
    }
}

/// `decides` on either side decides it.
fn both(left: Option<bool>, right: Option<bool>, decides: bool) -> Option<bool> {
    if left == Some(decides) || right == Some(decides) {
        return Some(decides);
    }
    (left.is_some() && right.is_some()).then_some(!decides)
}

fn compared(op: BinaryOp, order: Ordering) -> Option<bool> {
    Some(match op {
        BinaryOp::Eq => order.is_eq(),
        BinaryOp::Ne => order.is_ne(),
        BinaryOp::Lt => order.is_lt(),
        BinaryOp::Le => order.is_le(),
        BinaryOp::Gt => order.is_gt(),
        BinaryOp::Ge => order.is_ge(),
        _ => return None,
    })
}

/// Of two literals, or of the same variable or field twice.
fn order(left: &Expr, right: &Expr) -> Option<Ordering> {
    match (&left.kind, &right.kind) {
        (ExprKind::Int(left), ExprKind::Int(right))
        | (ExprKind::Duration(left), ExprKind::Duration(right)) => Some(left.cmp(right)),
        (ExprKind::Text(left), ExprKind::Text(right)) => Some(plain(left)?.cmp(plain(right)?)),
        (ExprKind::Name(_) | ExprKind::Field { .. }, _) => {
            (path(left)? == path(right)?).then_some(Ordering::Equal)
        }
        _ => None,
    }
}

fn plain(parts: &[TextPart]) -> Option<&str> {
    match parts {
        [] => Some(""),
        [TextPart::Chunk(text)] => Some(text),
        _ => None,
    }
}

/// `order.id` as its names.
fn path(e: &Expr) -> Option<Vec<&str>> {
    match &e.kind {
        ExprKind::Name(name) => Some(vec![&name.text]),
        ExprKind::Field { of, name } => {
            let mut names = path(of)?;
            names.push(&name.text);
            Some(names)
        }
        _ => None,
    }
}
