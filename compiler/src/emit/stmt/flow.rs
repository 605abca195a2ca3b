//! `if`, `match`, `loop`, `for`, `break` and `continue`.

use wasm_encoder::ValType;

use crate::emit::EmitError;
use crate::emit::func::{Func, Label, LoopLabels};
use crate::emit::runtime::Door;
use crate::ir::{Expr, LocalId, LoopId, MatchArm, Stmt, Test};
use crate::types::{Lit, Rep};

impl Func<'_, '_> {
    pub(super) fn if_else(
        &mut self,
        condition: &Expr,
        then: &[Stmt],
        otherwise: &[Stmt],
    ) -> Result<(), EmitError> {
        self.expr(condition)?;
        self.then(None);
        self.stmts(then)?;
        if !otherwise.is_empty() {
            self.otherwise();
            self.stmts(otherwise)?;
        }
        self.end();
        Ok(())
    }

    pub(super) fn match_arms(&mut self, value: LocalId, arms: &[MatchArm]) -> Result<(), EmitError> {
        let end = self.block();
        for arm in arms {
            let next = self.block();
            self.tests(value, &arm.tests, next);
            self.stmts(&arm.bind)?;
            if let Some(guard) = &arm.guard {
                self.expr(guard)?;
                self.ins().i32_eqz();
                self.br_if(next);
            }
            self.stmts(&arm.body)?;
            self.br(end);
            self.end();
        }
        // The checker proved that one of them fits.
        self.ins().unreachable();
        self.end();
        Ok(())
    }

    /// Goes to `next` unless one of the tests holds.
    fn tests(&mut self, value: LocalId, tests: &[Test], next: Label) {
        for (i, test) in tests.iter().enumerate() {
            self.test(value, test);
            if i > 0 {
                self.ins().i32_or();
            }
        }
        if !tests.is_empty() {
            self.ins().i32_eqz();
            self.br_if(next);
        }
    }

    /// Whether the variable holds this.
    fn test(&mut self, value: LocalId, test: &Test) {
        let rep = self.type_of(value).rep();
        let local = self.variable(value);
        self.ins().local_get(local);
        match (test, rep) {
            (Test::Null, Rep::Value) => self.is_null(),
            (Test::Lit(lit), Rep::Value) => {
                let cell = self.shared.link.data.lit(lit);
                self.address(cell);
                self.call(Door::Equal);
            }
            (Test::Lit(Lit::Int(n)), Rep::Int) => {
                self.ins().i64_const(*n).i64_eq();
            }
            (Test::Lit(Lit::Float(x)), Rep::Float) => {
                self.ins().f64_const((*x).into()).f64_eq();
            }
            (Test::Lit(Lit::Bool(b)), Rep::Bool) => {
                self.ins().i32_const(i32::from(*b)).i32_eq();
            }
            // A machine number is neither null nor a literal of another kind.
            _ => {
                self.ins().drop().i32_const(0);
            }
        }
    }

    /// Loops, with rounds counted from 0.
    pub(super) fn counted(
        &mut self,
        id: LoopId,
        counter: LocalId,
        max: Option<&Expr>,
        body: &[Stmt],
    ) -> Result<(), EmitError> {
        let max = match max {
            None => None,
            Some(max) => {
                self.expr(max)?;
                let local = self.temp(ValType::I64);
                self.ins().local_set(local);
                Some(local)
            }
        };
        let counter = self.variable(counter);
        self.rounds(id, counter, max, |_| {}, body)?;
        if let Some(local) = max {
            self.release(ValType::I64, local);
        }
        Ok(())
    }

    pub(super) fn each(
        &mut self,
        id: LoopId,
        items: LocalId,
        counter: LocalId,
        item: LocalId,
        body: &[Stmt],
    ) -> Result<(), EmitError> {
        let list = self.variable(items);
        let counter = self.variable(counter);
        let len = self.temp(ValType::I64);
        self.ins().local_get(list);
        self.call(Door::ListLen);
        self.ins().local_set(len);
        let take = |func: &mut Self| {
            func.ins().local_get(list).local_get(counter);
            func.call(Door::Item);
            func.set_unpacked(item);
        };
        self.rounds(id, counter, Some(len), take, body)?;
        self.release(ValType::I64, len);
        Ok(())
    }

    fn rounds(
        &mut self,
        id: LoopId,
        counter: u32,
        max: Option<u32>,
        begin: impl FnOnce(&mut Self),
        body: &[Stmt],
    ) -> Result<(), EmitError> {
        self.ins().i64_const(0).local_set(counter);
        let end = self.block();
        let round = self.round();
        if let Some(max) = max {
            self.ins().local_get(counter).local_get(max).i64_ge_s();
            self.br_if(end);
        }
        begin(self);
        let next = self.block();
        self.loops.push((id, LoopLabels { end, next }));
        self.stmts(body)?;
        self.loops.pop();
        self.end();
        self.ins().local_get(counter).i64_const(1).i64_add().local_set(counter);
        self.br(round);
        self.end();
        self.end();
        Ok(())
    }
}
