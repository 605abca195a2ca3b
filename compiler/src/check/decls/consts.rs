//! Constants that are plain literals: what patterns, addresses and policies may use besides literals.

use cairn_dsl::tree::{Expr, ExprKind, TextPart, UnaryOp};

use super::Decls;
use crate::types::{Lit, Type};

impl Decls<'_> {
    /// The value of a literal, or of a constant that is one; null is [`Type::Null`], the others a [`Type::Lit`].
    pub(in crate::check) fn literal(&self, e: &Expr) -> Option<Type> {
        self.literal_within(e, 0)
    }

    fn literal_within(&self, e: &Expr, depth: u32) -> Option<Type> {
        const DEEPEST: u32 = 16;
        Some(match &e.kind {
            ExprKind::Null => Type::Null,
            ExprKind::Bool(b) => Type::Lit(Lit::Bool(*b)),
            ExprKind::Int(n) => Type::Lit(Lit::Int(*n)),
            ExprKind::Float(x) => Type::Lit(Lit::Float(*x)),
            ExprKind::Text(parts) => Type::Lit(Lit::Text(plain(parts)?)),
            ExprKind::Unary { op: UnaryOp::Minus, of } => match self.literal_within(of, depth + 1)? {
                Type::Lit(Lit::Int(n)) => Type::Lit(Lit::Int(n.checked_neg()?)),
                Type::Lit(Lit::Float(x)) => Type::Lit(Lit::Float(-x)),
                _ => return None,
            },
            ExprKind::Name(name) if depth < DEEPEST => {
                let decl = self.consts.get(&name.text)?;
                // What another file's constant speaks of cannot be seen from here.
                if decl.home != self.file && matches!(decl.value.kind, ExprKind::Name(_)) {
                    return None;
                }
                self.literal_within(&decl.value, depth + 1)?
            }
            _ => return None,
        })
    }

    /// The expression that a constant's name stands for, or the expression itself.
    pub(in crate::check) fn behind<'e>(&'e self, e: &'e Expr) -> &'e Expr {
        match &e.kind {
            ExprKind::Name(name) => self.consts.get(&name.text).map_or(e, |decl| &decl.value),
            _ => e,
        }
    }
}

/// A text without `${…}`.
fn plain(parts: &[TextPart]) -> Option<String> {
    match parts {
        [] => Some(String::new()),
        [TextPart::Chunk(text)] => Some(text.clone()),
        _ => None,
    }
}
