//! Statements. The source is structured, and so is WebAssembly: each becomes blocks, loops and branches one to one.

mod attempt;
mod effect;
mod flow;
mod fork;
mod key;
mod leave;
mod other;
mod wait;

use crate::emit::EmitError;
use crate::emit::func::Func;
use crate::emit::runtime::Door;
use crate::ir::{Expr, LocalId, LogLevel, Stmt, StmtKind};
use crate::types::Type;
use attempt::Attempt;
pub(in crate::emit) use fork::capture_name;
use other::{Held, Reading};

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
            StmtKind::Try { body, deadline, catches, unwind_key, finally } => {
                let deadline = deadline.as_ref();
                self.attempt(&Attempt { body, deadline, catches, unwind_key, finally })
            }
            StmtKind::UndoAll { key } => {
                self.key(key);
                self.ins().i32_const(0);
                self.call_checked(Door::Unwind);
                Ok(())
            }
            StmtKind::Expose(status) => self.expose(status),
            StmtKind::Log { level, message, fields } => self.log(*level, message, fields),
            StmtKind::Return(value) => self.give(value),
            StmtKind::Restart(input) => self.restart(input),
            StmtKind::Fail { kind, message, detail } => self.raise(kind, message, detail),
            StmtKind::Refail(caught) => {
                let caught = self.variable(*caught);
                self.ins().local_get(caught);
                self.call(Door::RaiseAgain);
                self.fail();
                Ok(())
            }
            _ => self.beyond(stmt),
        }
    }

    /// What goes beyond this instance, or this thread of it.
    fn beyond(&mut self, stmt: &StmtKind) -> Result<(), EmitError> {
        match stmt {
            StmtKind::Fork(fork) => self.fork(fork),
            StmtKind::ForkEach(each) => self.fork_each(each),
            StmtKind::UndoBlock { key, block } => self.undo_block(key, *block),
            StmtKind::Child(child) => self.child(child),
            StmtKind::Spawn { local, key, workflow, input } => self.spawn(*local, key, workflow, input),
            StmtKind::Ask(ask) => self.ask(ask),
            StmtKind::Lock { key, name, places, body } => {
                self.lock(&Held { key, name, places: places.as_ref(), body })
            }
            StmtKind::Emit { key, event, data, to } => self.send(key, event, data, to.as_ref()),
            StmtKind::Calendar { local, key, question, of, zone, arguments } => {
                self.calendar(&Reading { local: *local, key, question, of, zone, arguments })
            }
            other => Err(EmitError::internal(format!("{other:?}"))),
        }
    }

    /// Sets a variable, if there is one, to the cell on the stack, which is of this type.
    fn keep(&mut self, local: Option<LocalId>, from: &Type) {
        let Some(id) = local else {
            self.ins().drop();
            return;
        };
        self.fit(from, self.type_of(id));
        self.set_unpacked(id);
    }

    /// The type that an outcome is decoded to, on the stack.
    fn result(&mut self, of: &Type) {
        let desc = match of {
            Type::Json => 0,
            of => self.shared.link.data.desc(of),
        };
        self.address(desc);
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
