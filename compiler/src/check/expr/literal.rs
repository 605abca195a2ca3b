//! Literals and lists.

use cairn_dsl::tree::{self, ExprKind as Written, ListItem, Span};

use super::{broken, make};
use crate::check::body::Body;
use crate::check::fit::{Slot, widen};
use crate::check::names::a_type;
use crate::check::relate::{Shape, members, shape, union};
use crate::ir::{self, Expr, ExprKind};
use crate::types::{Lit, Type};

/// Whole numbers are floats where only a float is wanted. A literal type is given only where one is wanted.
pub(super) fn literal(kind: &Written, want: Option<&Type>) -> Expr {
    let wanted = |ty: &Type| want.is_some_and(|want| members(want).contains(ty));
    let narrow = |lit: Lit, plain: Type| {
        let lit = Type::Lit(lit);
        if wanted(&lit) { lit } else { plain }
    };
    match kind {
        Written::Bool(b) => make(ExprKind::Bool(*b), narrow(Lit::Bool(*b), Type::Bool)),
        Written::Int(n) if wanted(&Type::Float) && !wanted(&Type::Int) =>
        {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a literal that is wanted as a float is read as one"
            )]
            make(ExprKind::Float(*n as f64), Type::Float)
        }
        Written::Int(n) => make(ExprKind::Int(*n), narrow(Lit::Int(*n), Type::Int)),
        Written::Float(x) => make(ExprKind::Float(*x), narrow(Lit::Float(*x), Type::Float)),
        Written::Duration(ms) => make(ExprKind::Int(*ms), Type::Duration),
        Written::Bytes(bytes) => make(ExprKind::Bytes(bytes.clone()), Type::Bytes),
        _ => make(ExprKind::Null, Type::Null),
    }
}

impl Body<'_> {
    pub(super) fn time(&mut self, text: &str, span: Span) -> Expr {
        match super::time::read(text) {
            Some(ms) => make(ExprKind::Int(ms), Type::Time),
            None => {
                let found = cairn_dsl::Diagnostic::error(
                    "E0317",
                    span,
                    format!("`{text}` is no moment in time"),
                )
                .help("write it as RFC 3339: `time\"2026-01-31T09:30:00Z\"`, or with an offset `+02:00`");
                self.report(found);
                make(ExprKind::Int(0), Type::Time)
            }
        }
    }

    /// A list whose item type is found out. Floats among ints make all of them floats.
    pub(super) fn list(&mut self, items: &[ListItem], want: Option<&Type>) -> Expr {
        let wanted = want.and_then(item_type);
        let floats =
            items.iter().any(|i| matches!(i, ListItem::Item(e) if matches!(e.kind, Written::Float(_))));
        let hint = wanted.or_else(|| floats.then_some(Type::Float));
        let mut lowered = Vec::new();
        let mut types = Vec::new();
        for item in items {
            let (item, ty) = match item {
                ListItem::Item(e) => {
                    let value = self.expr(e, hint.as_ref());
                    let ty = value.ty.clone();
                    (ir::ListItem::Item(value), ty)
                }
                ListItem::Spread(e) => {
                    let value = self.spread_list(e, hint.as_ref());
                    let ty = item_type(&value.ty).unwrap_or(Type::Never);
                    (ir::ListItem::Spread(value), ty)
                }
            };
            lowered.push(item);
            types.push(ty);
        }
        let of = union(types);
        let lowered = lowered.into_iter().map(|item| widen_item(item, &of)).collect();
        make(ExprKind::List(lowered), Type::List(Box::new(of)))
    }

    /// A list where something is wanted: each item is checked on its own.
    pub(super) fn list_to(&mut self, items: &[ListItem], e: &tree::Expr, want: &Type, slot: &Slot) -> Expr {
        let Some(of) = item_type(want).filter(|_| *want != Type::Json) else {
            let value = self.list(items, Some(want));
            return self.fit(value, e, want, slot);
        };
        let list = Type::List(Box::new(of.clone()));
        let mut lowered = Vec::new();
        for item in items {
            lowered.push(match item {
                ListItem::Item(e) => ir::ListItem::Item(self.expr_to(e, &of, &Slot::Plain("each item"))),
                ListItem::Spread(e) => {
                    let value = self.spread_list(e, Some(&of));
                    ir::ListItem::Spread(self.fit(value, e, &list, &Slot::Plain("what is spread here")))
                }
            });
        }
        widen(make(ExprKind::List(lowered), list), want)
    }

    fn spread_list(&mut self, e: &tree::Expr, item: Option<&Type>) -> Expr {
        let want = item.map(|of| Type::List(Box::new(of.clone())));
        let value = self.expr(e, want.as_ref());
        if matches!(shape(&value.ty), Shape::List(_)) {
            return value;
        }
        let text = format!("only a list can be spread into a list, and this is {}", a_type(&value.ty));
        self.wrong_value("E0308", e, &value.ty, text);
        broken()
    }
}

fn widen_item(item: ir::ListItem, of: &Type) -> ir::ListItem {
    match item {
        ir::ListItem::Item(value) => ir::ListItem::Item(widen(value, of)),
        ir::ListItem::Spread(value) => ir::ListItem::Spread(widen(value, &Type::List(Box::new(of.clone())))),
    }
}

/// What the items of a wanted list are; of one list type only.
fn item_type(ty: &Type) -> Option<Type> {
    if *ty == Type::Json {
        return Some(Type::Json);
    }
    let mut lists =
        members(ty).iter().filter_map(|t| if let Type::List(of) = t { Some((**of).clone()) } else { None });
    let first = lists.next()?;
    lists.next().is_none().then_some(first)
}
