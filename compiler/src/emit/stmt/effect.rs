//! Steps, undos, sleeps, and recorded readings.

use crate::emit::EmitError;
use crate::emit::func::Func;
use crate::emit::runtime::Door;
use crate::ir::{Backoff, Call, CallOptions, Expr, Key, LocalId, Recorded, Retry, Tool, Unclear, Undo};

impl Func<'_, '_> {
    pub(super) fn step(&mut self, call: &Call) -> Result<(), EmitError> {
        self.key(&call.key);
        match &call.tool {
            Tool::Named(tool) => self.text(tool),
            Tool::Chosen(tool) => self.boxed(tool)?,
        }
        self.request(&call.arguments, &call.secrets, &call.options)?;
        self.result(&call.result);
        self.call_checked(Door::Call);
        self.keep(call.local, &call.result);
        call.undo.as_ref().map_or(Ok(()), |undo| self.register(undo))
    }

    fn register(&mut self, undo: &Undo) -> Result<(), EmitError> {
        self.key(&undo.key);
        self.text(&undo.tool);
        self.request(&undo.arguments, &undo.secrets, &undo.options)?;
        self.call_checked(Door::Undo);
        Ok(())
    }

    /// Arguments on the stack, and the options where the runtime looks for those of the next request.
    fn request(
        &mut self,
        arguments: &Expr,
        secrets: &[String],
        options: &CallOptions,
    ) -> Result<(), EmitError> {
        self.boxed(arguments)?;
        if !secrets.is_empty() {
            let pointers = self.shared.link.data.texts(secrets);
            self.address(pointers);
            self.call(Door::Secrets);
        }
        if let Some(timeout) = &options.timeout {
            self.expr(timeout)?;
            self.call(Door::Timeout);
        }
        if let Some(cache) = &options.cache {
            self.boxed(&cache.key)?;
            self.expr(&cache.age)?;
            self.call(Door::Cache);
        }
        let unclear = match options.unclear {
            Unclear::Retry => None,
            Unclear::Fail => Some(1),
            Unclear::Ask => Some(2),
        };
        if let Some(unclear) = unclear {
            self.ins().i32_const(unclear);
            self.call(Door::Unclear);
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
