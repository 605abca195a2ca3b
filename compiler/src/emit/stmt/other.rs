//! Other instances, people, places that are held, and the calendar.

use wasm_encoder::ValType;

use crate::emit::EmitError;
use crate::emit::func::Func;
use crate::emit::runtime::Door;
use crate::ir::{Ask, BlockId, Child, Deadline, Expr, Key, KeyPart, LocalId, Stmt};
use crate::types::Type;

/// The parts of a reading of the calendar.
pub(super) struct Reading<'a> {
    pub(super) local: LocalId,
    pub(super) key: &'a Key,
    pub(super) question: &'a str,
    pub(super) of: &'a Expr,
    pub(super) zone: &'a Expr,
    pub(super) arguments: &'a [Expr],
}

/// The parts of a `lock`.
pub(super) struct Held<'a> {
    pub(super) key: &'a Key,
    pub(super) name: &'a Expr,
    pub(super) places: Option<&'a Expr>,
    pub(super) body: &'a [Stmt],
}

impl Func<'_, '_> {
    pub(super) fn undo_block(&mut self, key: &Key, block: BlockId) -> Result<(), EmitError> {
        self.taking_along(key, block)?;
        self.call_checked(Door::UndoBlock);
        Ok(())
    }

    pub(super) fn child(&mut self, child: &Child) -> Result<(), EmitError> {
        self.key(&child.key);
        self.text(&child.workflow);
        self.boxed(&child.input)?;
        self.within(child.deadline.as_ref())?;
        self.result(&child.result);
        self.call_checked(Door::Child);
        self.keep(child.local, &child.result);
        Ok(())
    }

    pub(super) fn ask(&mut self, ask: &Ask) -> Result<(), EmitError> {
        self.key(&ask.key);
        self.boxed(&ask.whom)?;
        self.boxed(&ask.task)?;
        self.within(ask.deadline.as_ref())?;
        self.result(&ask.result);
        self.call_checked(Door::Ask);
        self.keep(ask.local, &ask.result);
        Ok(())
    }

    fn within(&mut self, deadline: Option<&Deadline>) -> Result<(), EmitError> {
        match deadline {
            Some(deadline) => {
                self.key(&deadline.key);
                self.expr(&deadline.span)
            }
            None => {
                self.ins().i32_const(0).i64_const(0);
                Ok(())
            }
        }
    }

    pub(super) fn spawn(
        &mut self,
        local: Option<LocalId>,
        key: &Key,
        workflow: &str,
        input: &Expr,
    ) -> Result<(), EmitError> {
        self.key(key);
        self.text(workflow);
        self.boxed(input)?;
        self.call_checked(Door::Spawn);
        self.keep(local, &Type::Text);
        Ok(())
    }

    /// Undos of the body are run before the place is given back, where a failure leaves it.
    pub(super) fn lock(&mut self, held: &Held<'_>) -> Result<(), EmitError> {
        let (key, depth) = (self.temp(ValType::I32), self.temp(ValType::I32));
        self.key(held.key);
        self.ins().local_tee(key);
        self.boxed(held.name)?;
        match held.places {
            Some(places) => self.expr(places)?,
            None => {
                self.ins().i64_const(1);
            }
        }
        self.call_checked(Door::Lock);
        self.call(Door::UndoDepth);
        self.ins().local_set(depth);
        let mut undo_key = held.key.clone();
        undo_key.parts.push(KeyPart::Text(".undo".into()));
        self.tidied(
            |func| func.stmts(held.body),
            |func| {
                func.ins().local_get(key);
                func.key(&undo_key);
                func.ins().local_get(depth);
                func.call(Door::Unlock);
                Ok(())
            },
        )?;
        self.release(ValType::I32, key);
        self.release(ValType::I32, depth);
        Ok(())
    }

    pub(super) fn send(
        &mut self,
        key: &Key,
        event: &str,
        data: &Expr,
        to: Option<&Expr>,
    ) -> Result<(), EmitError> {
        self.key(key);
        self.text(event);
        self.boxed(data)?;
        match to {
            Some(to) => self.boxed(to)?,
            None => {
                self.ins().i32_const(0);
            }
        }
        self.call_checked(Door::Emit);
        Ok(())
    }

    pub(super) fn expose(&mut self, status: &Expr) -> Result<(), EmitError> {
        self.boxed(status)?;
        self.call_checked(Door::Expose);
        Ok(())
    }

    pub(super) fn calendar(&mut self, reading: &Reading<'_>) -> Result<(), EmitError> {
        self.key(reading.key);
        self.text(reading.question);
        self.expr(reading.of)?;
        self.boxed(reading.zone)?;
        self.ins().i32_const(i32::try_from(reading.arguments.len()).map_err(EmitError::internal)?);
        self.call(Door::ListNew);
        for argument in reading.arguments {
            self.boxed(argument)?;
            self.call(Door::ListAdd);
        }
        self.call(Door::ListEnd);
        let ty = self.type_of(reading.local);
        let desc = self.shared.link.data.desc(ty);
        self.address(desc);
        self.call_checked(Door::Calendar);
        self.set_unpacked(reading.local);
        Ok(())
    }
}
