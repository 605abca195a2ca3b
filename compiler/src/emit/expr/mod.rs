//! Expressions: each leaves its value on the stack, as its type's representation says.

mod arith;
mod build;
mod builtin;
mod lambda;
mod place;

use crate::emit::EmitError;
use crate::emit::func::{Func, machine};
use crate::emit::runtime::Door;
use crate::ir::{Expr, ExprKind, FunctionId};
use crate::types::{Rep, Type};

impl Func<'_, '_> {
    /// The value of an expression.
    pub(super) fn expr(&mut self, expr: &Expr) -> Result<(), EmitError> {
        match &expr.kind {
            ExprKind::Bool(b) if expr.ty.rep() == Rep::Bool => {
                self.ins().i32_const(i32::from(*b));
            }
            ExprKind::Int(n) if expr.ty.rep() == Rep::Int => {
                self.ins().i64_const(*n);
            }
            ExprKind::Float(x) if expr.ty.rep() == Rep::Float => {
                self.ins().f64_const((*x).into());
            }
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Text(_)
            | ExprKind::Bytes(_) => self.boxed(expr)?,
            ExprKind::Local(id) => {
                let local = self.variable(*id);
                self.ins().local_get(local);
            }
            ExprKind::Interpolate(parts) => self.interpolate(parts)?,
            ExprKind::Concat(a, b) => self.concat(a, b)?,
            ExprKind::List(items) => self.list(items)?,
            ExprKind::Record(items) => self.record(items, &expr.ty)?,
            ExprKind::Field(of, name) => {
                self.field(of, name)?;
                self.unpack(&expr.ty);
            }
            ExprKind::FieldOrNull(of, name) => self.field(of, name)?,
            ExprKind::Index(of, at) => self.index(of, at)?,
            _ => self.operation(expr)?,
        }
        Ok(())
    }

    fn operation(&mut self, expr: &Expr) -> Result<(), EmitError> {
        match &expr.kind {
            ExprKind::Must(of) => self.must(of, &expr.ty),
            ExprKind::Coalesce(a, b) => self.coalesce(a, b, &expr.ty),
            ExprKind::Conditional(c, a, b) => self.conditional(c, a, b, &expr.ty),
            ExprKind::And(a, b) => self.short(a, b, true),
            ExprKind::Or(a, b) => self.short(a, b, false),
            ExprKind::Not(a) => {
                self.expr(a)?;
                self.ins().i32_eqz();
                Ok(())
            }
            ExprKind::Negate(a) => self.negate(a),
            ExprKind::Arith(op, a, b) => self.arith(*op, a, b),
            ExprKind::Compare(op, a, b) => self.compare(*op, a, b),
            ExprKind::Equal(a, b) => self.equal(a, b),
            ExprKind::Widen(of) => self.widened(of, &expr.ty),
            ExprKind::Narrow(of) => {
                self.expr(of)?;
                self.narrow(&of.ty, &expr.ty);
                Ok(())
            }
            ExprKind::Decode(of) => {
                self.boxed(of)?;
                self.decode(&expr.ty, "");
                self.unpack(&expr.ty);
                Ok(())
            }
            ExprKind::Call(function, arguments) => self.call_function(*function, arguments),
            ExprKind::Builtin(builtin, arguments, lambda) => {
                self.builtin(*builtin, arguments, lambda.as_deref(), &expr.ty)
            }
            _ => Err(EmitError::internal("an expression has a form that the emitter does not know")),
        }
    }

    /// A constant is put into its cell without being made first.
    fn widened(&mut self, of: &Expr, to: &Type) -> Result<(), EmitError> {
        if to.rep() == Rep::Value {
            self.boxed(of)?;
            self.fit(&of.ty, to);
        } else {
            self.expr(of)?;
            self.widen(&of.ty, to);
        }
        Ok(())
    }

    fn field(&mut self, of: &Expr, name: &str) -> Result<(), EmitError> {
        self.boxed(of)?;
        self.text(name);
        self.call(Door::Field);
        Ok(())
    }

    fn index(&mut self, of: &Expr, at: &Expr) -> Result<(), EmitError> {
        self.boxed(of)?;
        if matches!(of.ty, Type::List(_)) && at.ty.rep() == Rep::Int {
            self.expr(at)?;
            self.call(Door::Item);
        } else {
            self.boxed(at)?;
            self.call(Door::Index);
        }
        Ok(())
    }

    fn must(&mut self, of: &Expr, ty: &Type) -> Result<(), EmitError> {
        self.expr(of)?;
        if of.ty.rep() != Rep::Value {
            return Ok(());
        }
        let cell = self.temp(machine(Rep::Value));
        self.ins().local_tee(cell);
        self.is_null();
        self.then(None);
        let place = place::written(of, self).unwrap_or_default();
        self.text(&place);
        self.call(Door::Missing);
        self.fail();
        self.end();
        self.ins().local_get(cell);
        self.release(machine(Rep::Value), cell);
        self.narrow(&of.ty, ty);
        Ok(())
    }

    fn coalesce(&mut self, a: &Expr, b: &Expr, ty: &Type) -> Result<(), EmitError> {
        self.expr(a)?;
        if a.ty.rep() != Rep::Value {
            self.widen(&a.ty, ty);
            return Ok(());
        }
        let cell = self.temp(machine(Rep::Value));
        self.ins().local_tee(cell);
        self.is_null();
        self.then(Some(machine(ty.rep())));
        self.expr(b)?;
        self.otherwise();
        self.ins().local_get(cell);
        self.narrow(&a.ty, ty);
        if ty.rep() == Rep::Value {
            self.fit(&without_null(&a.ty), ty);
        }
        self.end();
        self.release(machine(Rep::Value), cell);
        Ok(())
    }

    fn conditional(&mut self, c: &Expr, a: &Expr, b: &Expr, ty: &Type) -> Result<(), EmitError> {
        self.expr(c)?;
        self.then(Some(machine(ty.rep())));
        self.expr(a)?;
        self.otherwise();
        self.expr(b)?;
        self.end();
        Ok(())
    }

    /// `a && b`, or `a || b`.
    fn short(&mut self, a: &Expr, b: &Expr, and: bool) -> Result<(), EmitError> {
        self.expr(a)?;
        self.then(Some(machine(Rep::Bool)));
        if and {
            self.expr(b)?;
        } else {
            self.ins().i32_const(1);
        }
        self.otherwise();
        if and {
            self.ins().i32_const(0);
        } else {
            self.expr(b)?;
        }
        self.end();
        Ok(())
    }

    fn call_function(&mut self, id: FunctionId, arguments: &[Expr]) -> Result<(), EmitError> {
        for argument in arguments {
            self.expr(argument)?;
        }
        let emitted = self.shared.emitted.get(id.0 as usize).copied();
        let emitted =
            emitted.ok_or_else(|| EmitError::internal("a function is called before it is defined"))?;
        self.ins().call(emitted.index);
        if emitted.fallible {
            self.check();
        }
        Ok(())
    }
}

fn without_null(ty: &Type) -> Type {
    let Type::Union(of) = ty else {
        return ty.clone();
    };
    let mut rest: Vec<Type> = of.iter().filter(|t| **t != Type::Null).cloned().collect();
    match rest.len() {
        1 => rest.remove(0),
        _ => Type::Union(rest),
    }
}
