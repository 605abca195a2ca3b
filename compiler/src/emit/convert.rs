//! Between machine numbers and cells, and from one type to another.

use super::EmitError;
use super::func::{Func, PAYLOAD, memory};
use super::runtime::Door;
use crate::ir::{Expr, ExprKind};
use crate::types::{Field, Rep, Type};

impl Func<'_, '_> {
    /// The value of an expression as a cell; constants lie in the data segment.
    pub(super) fn boxed(&mut self, expr: &Expr) -> Result<(), EmitError> {
        let data = &mut self.shared.link.data;
        let at = match &expr.kind {
            ExprKind::Null => data.null(),
            ExprKind::Bool(b) => data.bool(*b),
            ExprKind::Int(n) => data.int(*n, &expr.ty),
            ExprKind::Float(x) => data.float(*x),
            ExprKind::Text(text) => data.text(text),
            ExprKind::Bytes(bytes) => data.blob(bytes),
            _ => {
                self.expr(expr)?;
                self.pack(&expr.ty);
                return Ok(());
            }
        };
        self.address(at);
        Ok(())
    }

    /// Puts what is on the stack, of this type, into a cell.
    pub(super) fn pack(&mut self, ty: &Type) {
        let door = match (ty.rep(), ty) {
            (Rep::Value, _) => return,
            (Rep::Int, Type::Duration) => Door::Duration,
            (Rep::Int, Type::Time) => Door::Time,
            (Rep::Int, _) => Door::Int,
            (Rep::Float, _) => Door::Float,
            (Rep::Bool, _) => Door::Bool,
        };
        self.call(door);
    }

    /// Takes a cell from the stack and leaves what it holds, as values of this type are held.
    pub(super) fn unpack(&mut self, ty: &Type) {
        match ty.rep() {
            Rep::Value => {}
            Rep::Int => {
                self.ins().i64_load(memory(PAYLOAD, 3));
            }
            Rep::Float => {
                self.ins().f64_load(memory(PAYLOAD, 3));
            }
            Rep::Bool => {
                self.ins().i32_load(memory(PAYLOAD, 2));
            }
        }
    }

    /// From a value that is known to be of `to`, though its type says `from`.
    pub(super) fn narrow(&mut self, from: &Type, to: &Type) {
        match (from.rep(), to.rep()) {
            (Rep::Value, Rep::Int) if holds_json(from) => self.call(Door::AsInt),
            (Rep::Value, Rep::Float) if holds_json(from) || holds_int(from) => self.call(Door::AsFloat),
            (Rep::Value, _) => self.unpack(to),
            (_, Rep::Value) => self.pack(from),
            _ => {}
        }
    }

    /// What is on the stack, of type `from`, as `to`, which is wider.
    pub(super) fn widen(&mut self, from: &Type, to: &Type) {
        match (from.rep(), to.rep()) {
            (Rep::Int, Rep::Float) => {
                self.ins().f64_convert_i64_s();
            }
            (_, Rep::Value) => {
                self.pack(from);
                self.fit(from, to);
            }
            (Rep::Value, _) => self.unpack(to),
            _ => {}
        }
    }

    /// The cell on the stack, of type `from`, as one of `to`: fields that `to` does not know go, and what becomes json is
    /// held as json holds it. So a value has what its type says and no more, and spreading a record is safe.
    pub(super) fn fit(&mut self, from: &Type, to: &Type) {
        if !differs(from, to) {
            return;
        }
        if matches!(to, Type::Json) {
            self.call_checked(Door::Plain);
        } else {
            let desc = self.shared.link.data.desc(to);
            self.address(desc);
            self.call(Door::Convert);
        }
    }

    /// Decodes the cell on the stack to a type; `root` is what paths begin with.
    pub(super) fn decode(&mut self, to: &Type, root: &str) {
        let desc = self.shared.link.data.desc(to);
        self.address(desc);
        self.text(root);
        self.call_checked(Door::Decode);
    }
}

fn holds_json(ty: &Type) -> bool {
    match ty {
        Type::Json => true,
        Type::Union(of) => of.iter().any(holds_json),
        _ => false,
    }
}

fn holds_int(ty: &Type) -> bool {
    match ty {
        Type::Union(of) => of.iter().any(|t| t.rep() == Rep::Int),
        _ => false,
    }
}

/// Cells of the one type may not be cells of the other, which is wider.
fn differs(from: &Type, to: &Type) -> bool {
    if from == to {
        return false;
    }
    match (from, to) {
        (Type::Union(of), _) => of.iter().any(|t| differs(t, to)),
        (_, Type::Json) => is_special(from),
        (_, Type::Union(of)) if of.contains(from) => false,
        (Type::List(_) | Type::Map(_) | Type::Record(_), Type::Union(of)) => {
            of.iter().any(|t| may_be(from, t) && differs(from, t))
        }
        (_, Type::Union(of)) => is_special(from) && of.contains(&Type::Json) && !of.contains(from),
        (Type::List(a), Type::List(b)) | (Type::Map(a), Type::Map(b)) => differs(a, b),
        (Type::Record(a), Type::Record(b)) => records_differ(a, b),
        (Type::Record(a), Type::Map(b)) => a.iter().any(|f| differs(&f.ty, b)),
        _ => false,
    }
}

fn records_differ(from: &[Field], to: &[Field]) -> bool {
    from.iter().any(|f| to.iter().find(|t| t.name == f.name).is_none_or(|t| differs(&f.ty, &t.ty)))
}

fn may_be(from: &Type, to: &Type) -> bool {
    matches!(
        (from, to),
        (_, Type::Json)
            | (Type::List(_), Type::List(_))
            | (Type::Map(_), Type::Map(_))
            | (Type::Record(_), Type::Record(_) | Type::Map(_))
    )
}

/// It holds something that json holds otherwise: a time, a duration or bytes.
fn is_special(ty: &Type) -> bool {
    match ty {
        Type::Time | Type::Duration | Type::Bytes => true,
        Type::List(of) | Type::Map(of) => is_special(of),
        Type::Record(fields) => fields.iter().any(|f| is_special(&f.ty)),
        Type::Union(of) => of.iter().any(is_special),
        _ => false,
    }
}
