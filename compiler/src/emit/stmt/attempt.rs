//! `try` with all that it may have.
//!
//! A failure branches to the end of a block around the body. There the runtime says which arm takes it. If none does, it goes on
//! to the handler outside. If one does, the undos registered since the body began are run first; should they fail, that failure
//! (`undo_failed`) goes outwards instead: the arm may count on them.

use wasm_encoder::ValType;

use crate::emit::EmitError;
use crate::emit::func::Func;
use crate::emit::runtime::Door;
use crate::ir::{Catch, Deadline, Key, Stmt};

/// The parts of a `try`.
pub(super) struct Attempt<'a> {
    pub(super) body: &'a [Stmt],
    pub(super) deadline: Option<&'a Deadline>,
    pub(super) catches: &'a [Catch],
    pub(super) unwind_key: &'a Key,
    pub(super) finally: &'a [Stmt],
}

impl Func<'_, '_> {
    pub(super) fn attempt(&mut self, attempt: &Attempt<'_>) -> Result<(), EmitError> {
        let depth = self.temp(ValType::I32);
        self.call(Door::UndoDepth);
        self.ins().local_set(depth);
        if attempt.finally.is_empty() {
            self.caught(attempt, depth)?;
        } else {
            self.tidied(|func| func.caught(attempt, depth), |func| func.at_last(attempt, depth))?;
        }
        self.release(ValType::I32, depth);
        Ok(())
    }

    /// What is done at last. It fails by falling out of its end, with the failure under way.
    fn at_last(&mut self, attempt: &Attempt<'_>, depth: u32) -> Result<(), EmitError> {
        self.key(attempt.unwind_key);
        self.ins().local_get(depth);
        self.call(Door::Finally);
        let end = self.block();
        let outside = self.handle(end);
        self.stmts(attempt.finally)?;
        self.handle(outside);
        self.end();
        self.call(Door::FinallyEnd);
        Ok(())
    }

    /// The body and its arms.
    fn caught(&mut self, attempt: &Attempt<'_>, depth: u32) -> Result<(), EmitError> {
        if attempt.catches.is_empty() {
            return self.limited(attempt);
        }
        let end = self.block();
        let failed = self.block();
        let outside = self.handle(failed);
        self.limited(attempt)?;
        self.handle(outside);
        self.br(end);
        self.end();
        self.arms(attempt.catches, depth, attempt.unwind_key)?;
        self.end();
        Ok(())
    }

    /// The body within its deadline.
    fn limited(&mut self, attempt: &Attempt<'_>) -> Result<(), EmitError> {
        let Some(deadline) = attempt.deadline else {
            return self.stmts(attempt.body);
        };
        self.key(&deadline.key);
        self.expr(&deadline.span)?;
        self.call_checked(Door::DeadlineBegin);
        self.tidied(
            |func| func.stmts(attempt.body),
            |func| {
                func.call(Door::DeadlineEnd);
                Ok(())
            },
        )
    }

    fn arms(&mut self, catches: &[Catch], depth: u32, unwind_key: &Key) -> Result<(), EmitError> {
        let kinds = self.shared.link.data.lists_of_texts(catches.iter().map(|c| c.kinds.as_slice()));
        let (which, failure) = (self.temp(ValType::I32), self.temp(ValType::I32));
        self.address(kinds);
        self.call(Door::Catch);
        self.ins().local_tee(which).i32_const(0).i32_lt_s();
        self.then(None);
        self.fail();
        self.end();
        self.call(Door::Caught);
        self.ins().local_set(failure);
        self.key(unwind_key);
        self.ins().local_get(depth);
        self.call_checked(Door::Unwind);
        let end = self.block();
        for (i, catch) in (0..).zip(catches) {
            self.ins().local_get(which).i32_const(i).i32_eq();
            self.then(None);
            if let Some(id) = catch.local {
                let local = self.variable(id);
                self.ins().local_get(failure).local_set(local);
            }
            self.stmts(&catch.body)?;
            self.br(end);
            self.end();
        }
        self.end();
        self.release(ValType::I32, which);
        self.release(ValType::I32, failure);
        Ok(())
    }
}
