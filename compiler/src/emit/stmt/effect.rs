//! Steps, undos, sleeps, and recorded readings.

use crate::emit::EmitError;
use crate::emit::func::Func;
use crate::emit::runtime::Door;
use crate::ir::{Backoff, Call, CallOptions, Expr, Key, LocalId, Recorded, Retry, Tool, Undo};
use crate::types::{Rep, Type};

impl Func<'_, '_> {
    pub(super) fn step(&mut self, call: &Call) -> Result<(), EmitError> {
        let Tool::Named(tool) = &call.tool else {
            return Err(EmitError::internal("a tool that is chosen at run time"));
        };
        self.request(&call.key, tool, &call.arguments, &call.options)?;
        let desc = match &call.result {
            Type::Json => 0,
            result => self.shared.link.data.desc(result),
        };
        self.address(desc);
        self.call_checked(Door::Call);
        match call.local {
            Some(id) if self.type_of(id).rep() == Rep::Value => {
                self.fit(&call.result, self.type_of(id));
                self.set_unpacked(id);
            }
            Some(id) => self.set_unpacked(id),
            None => {
                self.ins().drop();
            }
        }
        call.undo.as_ref().map_or(Ok(()), |undo| self.register(undo))
    }

    fn register(&mut self, undo: &Undo) -> Result<(), EmitError> {
        self.request(&undo.key, &undo.tool, &undo.arguments, &undo.options)?;
        self.call_checked(Door::Undo);
        Ok(())
    }

    /// Key, tool and arguments on the stack, and the options where the runtime looks for those of the next request.
    fn request(
        &mut self,
        key: &Key,
        tool: &str,
        arguments: &Expr,
        options: &CallOptions,
    ) -> Result<(), EmitError> {
        self.key(key);
        self.text(tool);
        self.boxed(arguments)?;
        if let Some(timeout) = &options.timeout {
            self.expr(timeout)?;
            self.call(Door::Timeout);
        }
        options.retry.as_ref().map_or(Ok(()), |retry| self.retry(retry))
    }

    fn retry(&mut self, retry: &Retry) -> Result<(), EmitError> {
        self.expr(&retry.attempts)?;
        self.expr(&retry.delay)?;
        self.ins().i32_const(match retry.backoff {
            Backoff::Constant => 0,
            Backoff::Linear => 1,
            Backoff::Exponential => 2,
        });
        self.expr(&retry.factor)?;
        self.expr(&retry.longest_delay)?;
        self.expr(&retry.jitter)?;
        let on = self.shared.link.data.texts(&retry.on);
        self.address(on);
        self.call(Door::Retry);
        Ok(())
    }

    pub(super) fn sleep(&mut self, key: &Key, until: bool, value: &Expr) -> Result<(), EmitError> {
        self.key(key);
        self.ins().i32_const(i32::from(until));
        self.expr(value)?;
        self.call_checked(Door::Sleep);
        Ok(())
    }

    pub(super) fn recorded(&mut self, id: LocalId, what: Recorded, key: &Key) {
        self.key(key);
        self.call(match what {
            Recorded::Now => Door::Now,
            Recorded::Random => Door::Random,
        });
        let local = self.variable(id);
        self.ins().local_set(local);
    }
}
