//! Statements. The source is structured, and so is WebAssembly: each becomes blocks, loops and branches one to one.

mod attempt;
mod effect;
mod flow;
mod key;
mod wait;

use crate::emit::EmitError;
use crate::emit::func::Func;
use crate::emit::runtime::Door;
use crate::ir::{Expr, LocalId, LogLevel, Stmt, StmtKind};
use crate::types::Type;

impl Func<'_, '_> {
    /// One behind the other.
    pub(super) fn stmts(&mut self, stmts: &[Stmt]) -> Result<(), EmitError> {
        stmts.iter().try_for_each(|stmt| self.stmt(&stmt.kind))
    }

    fn stmt(&mut self, stmt: &StmtKind) -> Result<(), EmitError> {
        match stmt {
            StmtKind::Set(local, value) => self.set(*local, value),
            StmtKind::Append(local, value) => self.append(*local, value),
            StmtKind::Record { local, what, key } => {
                self.recorded(*local, *what, key);
                Ok(())
            }
            StmtKind::Call(call) => self.step(call),
            StmtKind::Sleep { key, until, value } => self.sleep(key, *until, value),
            StmtKind::Wait { key, timer_key, arms, after } => self.wait(key, timer_key, arms, after.as_ref()),
            StmtKind::If { condition, then, otherwise } => self.if_else(condition, then, otherwise),
            StmtKind::Match { value, arms } => self.match_arms(*value, arms),
            StmtKind::Loop { id, counter, max, body } => self.counted(*id, *counter, max.as_ref(), body),
            StmtKind::For { id, items, counter, item, body } => self.each(*id, *items, *counter, *item, body),
            StmtKind::Break(id) => self.leave(*id, true),
            StmtKind::Continue(id) => self.leave(*id, false),
            StmtKind::Try { body, catches, unwind_key, .. } => self.attempt(body, catches, unwind_key),
            StmtKind::UndoAll { key } => {
                self.key(key);
                self.ins().i32_const(0);
                self.call_checked(Door::Unwind);
                Ok(())
            }
            StmtKind::Log { level, message, fields } => self.log(*level, message, fields),
            StmtKind::Return(value) => {
                self.boxed(value)?;
                self.ins().return_();
                Ok(())
            }
            StmtKind::Fail { kind, message, detail } => self.raise(kind, message, detail),
            StmtKind::Refail(caught) => {
                let caught = self.variable(*caught);
                self.ins().local_get(caught);
                self.call(Door::RaiseAgain);
                self.fail();
                Ok(())
            }
            other => Err(EmitError::internal(format!("{other:?}"))),
        }
    }

    fn set(&mut self, id: LocalId, value: &Expr) -> Result<(), EmitError> {
        self.expr(value)?;
        let to = self.type_of(id);
        if to.rep() != value.ty.rep() {
            self.widen(&value.ty, to);
        }
        let local = self.variable(id);
        self.ins().local_set(local);
        Ok(())
    }

    /// Sets a variable to what the cell on the stack holds, which is of the variable's type.
    pub(super) fn set_unpacked(&mut self, id: LocalId) {
        self.unpack(self.type_of(id));
        let local = self.variable(id);
        self.ins().local_set(local);
    }

    fn append(&mut self, id: LocalId, value: &Expr) -> Result<(), EmitError> {
        let list = self.variable(id);
        self.ins().local_get(list);
        self.boxed(value)?;
        if let Type::List(of) = self.type_of(id) {
            self.fit(&value.ty, of);
        }
        self.call(Door::Append);
        self.ins().local_set(list);
        Ok(())
    }

    fn log(&mut self, level: LogLevel, message: &Expr, fields: &Expr) -> Result<(), EmitError> {
        self.ins().i32_const(match level {
            LogLevel::Debug => 0,
            LogLevel::Info => 1,
            LogLevel::Warn => 2,
            LogLevel::Error => 3,
        });
        self.boxed(message)?;
        self.boxed(fields)?;
        self.call_checked(Door::Log);
        Ok(())
    }

    fn raise(&mut self, kind: &str, message: &Expr, detail: &Expr) -> Result<(), EmitError> {
        self.text(kind);
        self.boxed(message)?;
        self.boxed(detail)?;
        self.call(Door::Raise);
        self.fail();
        Ok(())
    }
}
