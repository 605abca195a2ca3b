//! Ways out: the ends of loops, of the workflow and of the run, through everything that is tidied up on the way.
//!
//! What has to be tidied up is written once, behind the body, and all ways out lead there: each leaves its number in a local, and
//! goes on from there by it. So nested `finally`s do not multiply.

use wasm_encoder::ValType;

use crate::emit::EmitError;
use crate::emit::func::{Exit, Frame, Func};
use crate::emit::runtime::Door;
use crate::ir::{Expr, LoopId};

impl Func<'_, '_> {
    /// Does `tidy` whichever way `body` is left. A failure is under way there if it failed, and goes on behind it.
    pub(super) fn tidied(
        &mut self,
        body: impl FnOnce(&mut Self) -> Result<(), EmitError>,
        tidy: impl FnOnce(&mut Self) -> Result<(), EmitError>,
    ) -> Result<(), EmitError> {
        let way = self.temp(ValType::I32);
        self.ins().i32_const(0).local_set(way);
        let end = self.block();
        self.frames.push(Frame { tidy: end, way, loops: self.loops.len(), exits: Vec::new() });
        let outside = self.handle(end);
        body(self)?;
        self.handle(outside);
        self.end();
        let exits = self.frames.pop().map(|frame| frame.exits).unwrap_or_default();
        tidy(self)?;
        self.check();
        for (number, exit) in (1..).zip(exits) {
            self.ins().local_get(way).i32_const(number).i32_eq();
            self.then(None);
            self.exit(exit)?;
            self.end();
        }
        self.release(ValType::I32, way);
        Ok(())
    }

    /// Leaves, by way of what has to be tidied up.
    fn exit(&mut self, exit: Exit) -> Result<(), EmitError> {
        let loops = &self.loops;
        let out_of = |frame: &&mut Frame| match exit {
            Exit::Loop(id, _) => !loops.iter().skip(frame.loops).any(|(of, _)| *of == id),
            Exit::Return | Exit::Restart => true,
        };
        if let Some(frame) = self.frames.last_mut().filter(out_of) {
            let known = frame.exits.iter().position(|of| *of == exit);
            let place = known.unwrap_or_else(|| {
                frame.exits.push(exit);
                frame.exits.len() - 1
            });
            let (tidy, way) = (frame.tidy, frame.way);
            let number = i32::try_from(place + 1).map_err(EmitError::internal)?;
            self.ins().i32_const(number).local_set(way);
            self.br(tidy);
            return Ok(());
        }
        self.go(exit)
    }

    /// Nothing is left to tidy up.
    fn go(&mut self, exit: Exit) -> Result<(), EmitError> {
        match exit {
            Exit::Return => {
                let outcome = self.outcome();
                self.ins().local_get(outcome).return_();
            }
            Exit::Restart => {
                let outcome = self.outcome();
                self.ins().local_get(outcome);
                self.call_checked(Door::Restart);
                self.ins().unreachable();
            }
            Exit::Loop(id, out) => {
                let around = self.loops.iter().rev().find(|(of, _)| *of == id);
                let labels = around.map(|(_, labels)| *labels);
                let labels = labels
                    .ok_or_else(|| EmitError::internal("`break` or `continue` names no loop around it"))?;
                self.br(if out { labels.end } else { labels.next });
            }
        }
        Ok(())
    }

    /// `break` and `continue`.
    pub(super) fn leave(&mut self, id: LoopId, out: bool) -> Result<(), EmitError> {
        self.exit(Exit::Loop(id, out))
    }

    /// `return`
    pub(super) fn give(&mut self, value: &Expr) -> Result<(), EmitError> {
        self.boxed(value)?;
        if self.frames.is_empty() {
            self.ins().return_();
            return Ok(());
        }
        let outcome = self.outcome();
        self.ins().local_set(outcome);
        self.exit(Exit::Return)
    }

    /// `restart`
    pub(super) fn restart(&mut self, input: &Expr) -> Result<(), EmitError> {
        self.boxed(input)?;
        let outcome = self.outcome();
        self.ins().local_set(outcome);
        self.exit(Exit::Restart)
    }
}
