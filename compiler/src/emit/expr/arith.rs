//! Arithmetic and comparison of machine numbers, with their checks in line.

use wasm_encoder::ValType;

use crate::emit::EmitError;
use crate::emit::func::Func;
use crate::emit::runtime::Door;
use crate::ir::{ArithOp, CompareOp, Expr, ExprKind};
use crate::types::{Lit, Rep, Type};

impl Func<'_, '_> {
    /// `a op b`
    pub(super) fn arith(&mut self, op: ArithOp, a: &Expr, b: &Expr) -> Result<(), EmitError> {
        if a.ty.rep() == Rep::Float {
            return self.float_arith(op, a, b);
        }
        match (op, &b.kind) {
            (ArithOp::Add, ExprKind::Int(n)) => return self.add_constant(a, *n),
            (ArithOp::Sub, ExprKind::Int(n)) if *n != i64::MIN => return self.add_constant(a, -n),
            _ => {}
        }
        let (x, y) = self.two(a, b)?;
        match op {
            ArithOp::Add | ArithOp::Sub => self.sum(op == ArithOp::Add, x, y),
            ArithOp::Mul => {
                self.ins().local_get(x).local_get(y);
                self.call_checked(Door::Mul);
            }
            ArithOp::Div => self.divide(x, y),
            ArithOp::Rem => {
                self.ins().local_get(y).i64_eqz();
                self.fail_if(Door::ByZero);
                self.ins().local_get(x).local_get(y).i64_rem_s();
            }
        }
        self.release(ValType::I64, x);
        self.release(ValType::I64, y);
        Ok(())
    }

    /// Both ints in locals.
    fn two(&mut self, a: &Expr, b: &Expr) -> Result<(u32, u32), EmitError> {
        self.expr(a)?;
        let x = self.temp(ValType::I64);
        self.ins().local_set(x);
        self.expr(b)?;
        let y = self.temp(ValType::I64);
        self.ins().local_set(y);
        Ok((x, y))
    }

    /// It overflows where the sum lies on the wrong side of the other part.
    fn add_constant(&mut self, a: &Expr, n: i64) -> Result<(), EmitError> {
        self.expr(a)?;
        let (x, sum) = (self.temp(ValType::I64), self.temp(ValType::I64));
        self.ins().local_tee(x).i64_const(n).i64_add().local_tee(sum).local_get(x);
        if n >= 0 {
            self.ins().i64_lt_s();
        } else {
            self.ins().i64_gt_s();
        }
        self.fail_if(Door::Overflow);
        self.ins().local_get(sum);
        self.release(ValType::I64, x);
        self.release(ValType::I64, sum);
        Ok(())
    }

    /// It overflows where the sign of the result is one that its parts rule out (Hacker's Delight, 2-13).
    fn sum(&mut self, add: bool, x: u32, y: u32) {
        let sum = self.temp(ValType::I64);
        self.ins().local_get(x).local_get(y);
        if add {
            self.ins().i64_add();
        } else {
            self.ins().i64_sub();
        }
        self.ins().local_tee(sum).local_get(x).i64_xor();
        self.ins().local_get(if add { sum } else { x }).local_get(y).i64_xor();
        self.ins().i64_and().i64_const(0).i64_lt_s();
        self.fail_if(Door::Overflow);
        self.ins().local_get(sum);
        self.release(ValType::I64, sum);
    }

    fn divide(&mut self, x: u32, y: u32) {
        self.ins().local_get(y).i64_eqz();
        self.fail_if(Door::ByZero);
        self.ins().local_get(x).i64_const(i64::MIN).i64_eq().local_get(y).i64_const(-1).i64_eq().i32_and();
        self.fail_if(Door::Overflow);
        self.ins().local_get(x).local_get(y).i64_div_s();
    }

    fn float_arith(&mut self, op: ArithOp, a: &Expr, b: &Expr) -> Result<(), EmitError> {
        self.expr(a)?;
        self.expr(b)?;
        if op == ArithOp::Rem {
            self.call(Door::FloatRem);
        }
        let mut ins = self.ins();
        match op {
            ArithOp::Add => ins.f64_add(),
            ArithOp::Sub => ins.f64_sub(),
            ArithOp::Mul => ins.f64_mul(),
            ArithOp::Div => ins.f64_div(),
            ArithOp::Rem => &mut ins,
        };
        self.finite();
        Ok(())
    }

    /// Fails where the float on the stack is not finite: then it minus itself is not zero.
    fn finite(&mut self) {
        let x = self.temp(ValType::F64);
        self.ins().local_tee(x).local_get(x).f64_sub().f64_const(0.0.into()).f64_ne();
        self.fail_if(Door::NotFinite);
        self.ins().local_get(x);
        self.release(ValType::F64, x);
    }

    /// `-a`
    pub(super) fn negate(&mut self, a: &Expr) -> Result<(), EmitError> {
        self.expr(a)?;
        if a.ty.rep() == Rep::Float {
            self.ins().f64_neg();
            return Ok(());
        }
        let x = self.temp(ValType::I64);
        self.ins().local_tee(x).i64_const(i64::MIN).i64_eq();
        self.fail_if(Door::Overflow);
        self.ins().i64_const(0).local_get(x).i64_sub();
        self.release(ValType::I64, x);
        Ok(())
    }

    /// `a < b` and its like.
    pub(super) fn compare(&mut self, op: CompareOp, a: &Expr, b: &Expr) -> Result<(), EmitError> {
        let rep = a.ty.rep();
        if matches!(rep, Rep::Value | Rep::Bool) {
            self.boxed(a)?;
            self.boxed(b)?;
            self.call(Door::Compare);
            self.ins().i32_const(0);
        } else {
            self.expr(a)?;
            self.expr(b)?;
        }
        let mut ins = self.ins();
        match (rep, op) {
            (Rep::Float, CompareOp::Lt) => ins.f64_lt(),
            (Rep::Float, CompareOp::Le) => ins.f64_le(),
            (Rep::Float, CompareOp::Gt) => ins.f64_gt(),
            (Rep::Float, CompareOp::Ge) => ins.f64_ge(),
            (Rep::Int, CompareOp::Lt) => ins.i64_lt_s(),
            (Rep::Int, CompareOp::Le) => ins.i64_le_s(),
            (Rep::Int, CompareOp::Gt) => ins.i64_gt_s(),
            (Rep::Int, CompareOp::Ge) => ins.i64_ge_s(),
            (_, CompareOp::Lt) => ins.i32_lt_s(),
            (_, CompareOp::Le) => ins.i32_le_s(),
            (_, CompareOp::Gt) => ins.i32_gt_s(),
            (_, CompareOp::Ge) => ins.i32_ge_s(),
        };
        Ok(())
    }

    /// `a == b`
    pub(super) fn equal(&mut self, a: &Expr, b: &Expr) -> Result<(), EmitError> {
        match (a.ty.rep(), b.ty.rep()) {
            (Rep::Int, Rep::Int) => {
                self.expr(a)?;
                self.expr(b)?;
                self.ins().i64_eq();
            }
            (Rep::Float, Rep::Float) => {
                self.expr(a)?;
                self.expr(b)?;
                self.ins().f64_eq();
            }
            (Rep::Bool, Rep::Bool) => {
                self.expr(a)?;
                self.expr(b)?;
                self.ins().i32_eq();
            }
            _ if matches!(b.kind, ExprKind::Null) => {
                self.boxed(a)?;
                self.is_null();
            }
            _ => self.equal_cells(a, b)?,
        }
        Ok(())
    }

    fn equal_cells(&mut self, a: &Expr, b: &Expr) -> Result<(), EmitError> {
        self.boxed(a)?;
        self.boxed(b)?;
        if is_scalar(&a.ty) || is_scalar(&b.ty) {
            self.call(Door::Equal);
        } else {
            self.call_checked(Door::Equal);
        }
        Ok(())
    }
}

/// Comparing it cannot fail: it does not nest.
fn is_scalar(ty: &Type) -> bool {
    match ty {
        Type::Json | Type::List(_) | Type::Map(_) | Type::Record(_) => false,
        Type::Union(of) => of.iter().all(is_scalar),
        Type::Lit(Lit::Bool(_) | Lit::Int(_) | Lit::Float(_) | Lit::Text(_)) => true,
        _ => true,
    }
}
