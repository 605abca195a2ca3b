//! Waits: for one of several events, or a timer.

use wasm_encoder::ValType;

use crate::emit::EmitError;
use crate::emit::func::Func;
use crate::emit::runtime::Door;
use crate::ir::{Expr, Key, Stmt, WaitArm};

/// A moment or a duration, and what is done then.
type After = (bool, Expr, Vec<Stmt>);

impl Func<'_, '_> {
    pub(super) fn wait(
        &mut self,
        key: &Key,
        timer_key: &Key,
        arms: &[WaitArm],
        after: Option<&After>,
    ) -> Result<(), EmitError> {
        match after {
            Some((until, value, body)) if arms.is_empty() => {
                self.sleep(timer_key, *until, value)?;
                self.stmts(body)
            }
            _ if arms.is_empty() => Err(EmitError::internal("a wait waits for nothing")),
            _ => {
                self.wanted(key, arms)?;
                self.timer(timer_key, after)?;
                self.came(arms, after)
            }
        }
    }

    /// The key and what is waited for.
    fn wanted(&mut self, key: &Key, arms: &[WaitArm]) -> Result<(), EmitError> {
        self.key(key);
        self.call(Door::WantedNew);
        for arm in arms {
            self.text(&arm.subscription.event);
            self.call(Door::WantedEvent);
            for (name, value) in &arm.subscription.fields {
                self.text(name);
                self.boxed(value)?;
                self.call(Door::WantedField);
            }
            if let Some(condition) = &arm.subscription.condition {
                self.boxed(condition)?;
                self.call(Door::WantedWhere);
            }
        }
        Ok(())
    }

    fn timer(&mut self, key: &Key, after: Option<&After>) -> Result<(), EmitError> {
        match after {
            Some((until, value, _)) => {
                self.key(key);
                self.ins().i32_const(i32::from(*until));
                self.expr(value)?;
            }
            None => {
                self.ins().i32_const(0).i32_const(0).i64_const(0);
            }
        }
        Ok(())
    }

    /// Does what the arm says whose event came, or the timer's.
    fn came(&mut self, arms: &[WaitArm], after: Option<&After>) -> Result<(), EmitError> {
        let which = self.temp(ValType::I32);
        self.call_checked(Door::Wait);
        self.ins().local_set(which);
        let end = self.block();
        for (i, arm) in (0..).zip(arms) {
            self.ins().local_get(which).i32_const(i).i32_eq();
            self.then(None);
            if let Some(id) = arm.local {
                self.call(Door::Event);
                self.decode(self.type_of(id), "");
                self.set_unpacked(id);
            }
            self.stmts(&arm.body)?;
            self.br(end);
            self.end();
        }
        if let Some((_, _, body)) = after {
            self.stmts(body)?;
        }
        self.end();
        self.release(ValType::I32, which);
        Ok(())
    }
}
