//! `where`: a condition that is judged where the event is, so it is data: comparisons of the event's fields with values.

use std::collections::BTreeSet;

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{BinaryOp, Expr as Written, ExprKind as WrittenKind, Name, UnaryOp};
use serde_json::{Value, json};

use crate::check::body::{Body, VarKind};
use crate::check::decls::Decls;
use crate::check::fit::{boxed, widen};
use crate::check::walk::mentioned;
use crate::ir::{Expr, ExprKind, ListItem, RecordItem};
use crate::types::{Field, Type};

/// A condition in the form that `wit/event.wit` describes.
pub(in crate::check) enum Predicate<'e> {
    /// Two sides and what is between them.
    Compare(&'static str, Side<'e>, Side<'e>),
    /// `&&` or `||`.
    Join(&'static str, Box<Self>, Box<Self>),
    Not(Box<Self>),
}

/// A side of a comparison.
pub(in crate::check) enum Side<'e> {
    /// `name.of.field`
    Field(String),
    Value(&'e Written),
    /// What a field that is a condition by itself has to equal.
    True,
}

const HELP: &str = "a `where` compares fields of the event with values: `e.total > limit && e.country in [\"DE\", \"FR\"]`; work out what it needs in a line before, and test everything else with `if`";

impl<'d> Body<'d> {
    /// The condition of a wait as the expression that makes it; reported where it cannot be one.
    pub(super) fn where_(&mut self, e: &Written, binder: Option<&Name>, fields: &[Field]) -> Option<Expr> {
        let predicate = self.predicate(e, binder, &Type::Record(fields.to_vec()))?;
        Some(self.as_list(&predicate))
    }

    /// The condition, its types checked; reported where it cannot be data.
    pub(in crate::check) fn predicate<'e>(
        &mut self,
        e: &'e Written,
        binder: Option<&Name>,
        event: &Type,
    ) -> Option<Predicate<'e>> {
        let Some(binder) = binder else {
            let found = Diagnostic::error("E0906", e.span, "this condition cannot name the event")
                .help("give the event a name: `let paid = wait … where paid.field == …`, or `… as e where e.field == …`");
            self.report(found);
            return None;
        };
        let before = self.shared.report.count();
        self.open_scope();
        self.declare(binder, event.clone(), VarKind::Given);
        self.purely("a `where`", |body| body.condition(e, "what stands behind `where`"));
        self.close_scope();
        if self.shared.report.count() > before {
            return None;
        }
        match read(e, &binder.text) {
            Ok(predicate) => Some(predicate),
            Err(wrong) => {
                let text = match &wrong.kind {
                    WrittenKind::Method { .. } | WrittenKind::Call { .. } => {
                        "a `where` cannot work anything out of the event: it is judged where the event is"
                    }
                    _ => "this cannot stand in a `where`: it is judged where the event is",
                };
                self.report(Diagnostic::error("E0906", wrong.span, text).help(HELP));
                None
            }
        }
    }

    fn as_list(&mut self, predicate: &Predicate<'_>) -> Expr {
        match predicate {
            Predicate::Compare(op, left, right) => {
                let sides = [self.as_side(left), self.as_side(right)];
                list(op, sides)
            }
            Predicate::Join(op, left, right) => {
                let sides = [self.as_list(left), self.as_list(right)];
                list(op, sides)
            }
            Predicate::Not(of) => {
                let of = self.as_list(of);
                list("!", [of])
            }
        }
    }

    fn as_side(&mut self, side: &Side<'_>) -> Expr {
        let (name, value) = match side {
            Side::Field(path) => ("field", text(path)),
            Side::Value(e) => {
                self.shared.report.mute();
                let value = self.expr(e, None);
                self.shared.report.unmute();
                ("value", value)
            }
            Side::True => ("value", Expr { kind: ExprKind::Bool(true), ty: Type::Bool }),
        };
        let ty = Type::Record(vec![Field { name: name.into(), ty: value.ty.clone(), optional: false }]);
        let items = vec![RecordItem::Field(name.into(), boxed(value))];
        widen(Expr { kind: ExprKind::Record(items), ty }, &Type::Json)
    }
}

impl Decls<'_> {
    /// The condition of a trigger, which is known before anything runs; the value that is not, where one is.
    pub(in crate::check) fn condition_data<'e>(&self, of: &Predicate<'e>) -> Result<Value, &'e Written> {
        let side = |side: &Side<'e>| {
            Ok(match side {
                Side::Field(path) => json!({ "field": path }),
                Side::Value(e) => json!({ "value": self.data(e).ok_or(*e)? }),
                Side::True => json!({ "value": true }),
            })
        };
        Ok(match of {
            Predicate::Compare(op, left, right) => json!([op, side(left)?, side(right)?]),
            Predicate::Join(op, left, right) => {
                json!([op, self.condition_data(left)?, self.condition_data(right)?])
            }
            Predicate::Not(of) => json!(["!", self.condition_data(of)?]),
        })
    }
}

fn text(of: &str) -> Expr {
    Expr { kind: ExprKind::Text(of.to_owned()), ty: Type::Text }
}

fn list<const N: usize>(op: &str, sides: [Expr; N]) -> Expr {
    let all = std::iter::once(text(op)).chain(sides).map(|e| ListItem::Item(widen(e, &Type::Json)));
    Expr { kind: ExprKind::List(all.collect()), ty: Type::List(Box::new(Type::Json)) }
}

/// The condition as data, or the part of it that cannot be.
fn read<'e>(e: &'e Written, binder: &str) -> Result<Predicate<'e>, &'e Written> {
    match &e.kind {
        WrittenKind::Unary { op: UnaryOp::Not, of } => Ok(Predicate::Not(Box::new(read(of, binder)?))),
        WrittenKind::Binary { op: BinaryOp::And, left, right, .. } => {
            Ok(Predicate::Join("&&", Box::new(read(left, binder)?), Box::new(read(right, binder)?)))
        }
        WrittenKind::Binary { op: BinaryOp::Or, left, right, .. } => {
            Ok(Predicate::Join("||", Box::new(read(left, binder)?), Box::new(read(right, binder)?)))
        }
        WrittenKind::Binary { op, left, right, .. } => {
            let op = comparison(*op).ok_or(e)?;
            Ok(Predicate::Compare(op, side(left, binder)?, side(right, binder)?))
        }
        _ => Ok(Predicate::Compare("==", side(e, binder)?, Side::True)),
    }
}

fn comparison(op: BinaryOp) -> Option<&'static str> {
    Some(match op {
        BinaryOp::Eq => "==",
        BinaryOp::Ne => "!=",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
        BinaryOp::In => "in",
        _ => return None,
    })
}

fn side<'e>(e: &'e Written, binder: &str) -> Result<Side<'e>, &'e Written> {
    if let Some(path) = field_path(e, binder).filter(|path| !path.is_empty()) {
        return Ok(Side::Field(path.join(".")));
    }
    let mut names = BTreeSet::new();
    mentioned(e, &mut names);
    if names.contains(binder) { Err(e) } else { Ok(Side::Value(e)) }
}

/// `e.a.b` as `a`, `b`.
pub(in crate::check) fn field_path(e: &Written, binder: &str) -> Option<Vec<String>> {
    match &e.kind {
        WrittenKind::Name(name) => (name.text == binder).then(Vec::new),
        WrittenKind::Field { of, name } | WrittenKind::OptField { of, name } => {
            let mut path = field_path(of, binder)?;
            path.push(name.text.clone());
            Some(path)
        }
        _ => None,
    }
}
