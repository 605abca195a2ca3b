//! `try` and `catch`.
//!
//! A failure branches to the end of a block around the body. There the runtime says which arm takes it. If none does, it goes on
//! to the handler outside. If one does, the undos registered since the body began are run first; should they fail, that failure
//! (`undo_failed`) goes outwards instead: the arm may count on them.

use wasm_encoder::ValType;

use crate::emit::EmitError;
use crate::emit::func::Func;
use crate::emit::runtime::Door;
use crate::ir::{Catch, Key, Stmt};

impl Func<'_, '_> {
    pub(super) fn attempt(
        &mut self,
        body: &[Stmt],
        catches: &[Catch],
        unwind_key: &Key,
    ) -> Result<(), EmitError> {
        let depth = self.temp(ValType::I32);
        self.call(Door::UndoDepth);
        self.ins().local_set(depth);
        let end = self.block();
        let failed = self.block();
        let outside = self.handle(failed);
        self.stmts(body)?;
        self.handle(outside);
        self.br(end);
        self.end();
        self.caught(catches, depth, unwind_key)?;
        self.end();
        self.release(ValType::I32, depth);
        Ok(())
    }

    fn caught(&mut self, catches: &[Catch], depth: u32, unwind_key: &Key) -> Result<(), EmitError> {
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
        for (i, catch) in (0..).zip(catches) {
            self.ins().local_get(which).i32_const(i).i32_eq();
            self.then(None);
            if let Some(id) = catch.local {
                let local = self.variable(id);
                self.ins().local_get(failure).local_set(local);
            }
            self.stmts(&catch.body)?;
            self.end();
        }
        self.release(ValType::I32, which);
        self.release(ValType::I32, failure);
        Ok(())
    }
}
