//! A function being written: code, locals, labels, and where failures go.

use std::collections::HashMap;

use wasm_encoder::{BlockType, InstructionSink, MemArg, ValType};

use super::EmitError;
use super::link::Link;
use super::runtime::Door;
use crate::ir::{Block, Function, Local, LocalId, LoopId};
use crate::types::{Rep, Type};

/// Offset of the payload in a cell.
pub(super) const PAYLOAD: u64 = 8;

/// What all functions of a workflow share.
pub(super) struct Shared<'p> {
    /// The module that they are put into.
    pub(super) link: Link,
    /// The `fn`s, and which index and manners each has.
    pub(super) functions: &'p [Function],
    /// What runs in an instance of its own, by [`crate::ir::BlockId`].
    pub(super) blocks: &'p [Block],
    /// By [`crate::ir::FunctionId`], as far as they are emitted.
    pub(super) emitted: Vec<Emitted>,
    /// The runtime's functions that are called.
    pub(super) called: Vec<u32>,
    /// Where the runtime keeps the failure under way.
    pub(super) failed: u32,
}

/// A `fn` that callers may call.
#[derive(Clone, Copy)]
pub(super) struct Emitted {
    /// Its index.
    pub(super) index: u32,
    /// Callers have to look whether it failed.
    pub(super) fallible: bool,
}

/// A block that can be branched to: how deep it is nested.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Label(u32);

/// Where `break` and `continue` go.
#[derive(Clone, Copy)]
pub(super) struct LoopLabels {
    /// Behind the loop.
    pub(super) end: Label,
    /// Behind the body.
    pub(super) next: Label,
}

/// A way out of something that has to be tidied up first, other than its end and a failure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// The function ends, with the value in [`Func::outcome`].
    Return,
    /// The run ends, and the next begins with the value in [`Func::outcome`].
    Restart,
    /// Out of a loop, or to its next round.
    Loop(LoopId, bool),
}

/// Something that has to be tidied up whichever way it is left.
pub(super) struct Frame {
    /// Where that is done.
    pub(super) tidy: Label,
    /// An int: the place of the way out in `exits`, from 1; 0 where it ended or failed.
    pub(super) way: u32,
    /// How many loops were around it.
    pub(super) loops: usize,
    /// The ways out that are taken.
    pub(super) exits: Vec<Exit>,
}

/// A function being written.
pub(super) struct Func<'s, 'p> {
    /// The module around it.
    pub(super) shared: &'s mut Shared<'p>,
    /// What is known of its variables.
    pub(super) info: &'p [Local],
    code: Vec<u8>,
    params: u32,
    locals: Vec<ValType>,
    free: Vec<(ValType, u32)>,
    variables: HashMap<LocalId, u32>,
    depth: u32,
    handler: Label,
    /// Loops around the place.
    pub(super) loops: Vec<(LoopId, LoopLabels)>,
    /// What is tidied up around the place, the innermost last.
    pub(super) frames: Vec<Frame>,
    outcome: Option<u32>,
    fallible: bool,
}

/// The machine's type of a representation.
pub(super) fn machine(rep: Rep) -> ValType {
    match rep {
        Rep::Bool | Rep::Value => ValType::I32,
        Rep::Int => ValType::I64,
        Rep::Float => ValType::F64,
    }
}

/// An address within memory 0.
pub(super) fn memory(offset: u64, align: u32) -> MemArg {
    MemArg { offset, align, memory_index: 0 }
}

impl<'s, 'p> Func<'s, 'p> {
    /// A function of so many parameters, whose failures leave it.
    pub(super) fn new(shared: &'s mut Shared<'p>, info: &'p [Local], params: u32) -> Self {
        let mut func = Self {
            shared,
            info,
            code: Vec::new(),
            params,
            locals: Vec::new(),
            free: Vec::new(),
            variables: HashMap::new(),
            depth: 0,
            handler: Label(0),
            loops: Vec::new(),
            frames: Vec::new(),
            outcome: None,
            fallible: false,
        };
        func.handler = func.block();
        func
    }

    /// To write instructions.
    pub(super) fn ins(&mut self) -> InstructionSink<'_> {
        InstructionSink::new(&mut self.code)
    }

    /// Ends the function: whoever fails within it comes out with `dummy`.
    pub(super) fn finish(
        mut self,
        index: u32,
        dummy: impl FnOnce(&mut InstructionSink<'_>),
    ) -> Result<bool, EmitError> {
        self.ins().return_().end();
        dummy(&mut self.ins());
        self.ins().end();
        self.shared.link.define(index, &self.locals, &self.code)?;
        Ok(self.fallible)
    }

    // Locals.

    /// A new local.
    pub(super) fn local(&mut self, of: ValType) -> u32 {
        self.locals.push(of);
        self.params + u32::try_from(self.locals.len()).unwrap_or(u32::MAX) - 1
    }

    /// A local for a while; [`Func::release`] gives it back.
    pub(super) fn temp(&mut self, of: ValType) -> u32 {
        match self.free.iter().position(|(ty, _)| *ty == of) {
            Some(at) => self.free.swap_remove(at).1,
            None => self.local(of),
        }
    }

    /// Others may have the local now.
    pub(super) fn release(&mut self, of: ValType, local: u32) {
        self.free.push((of, local));
    }

    /// Says where a variable is.
    pub(super) fn bind(&mut self, id: LocalId, local: u32) {
        self.variables.insert(id, local);
    }

    /// Where a variable is.
    pub(super) fn variable(&mut self, id: LocalId) -> u32 {
        if let Some(local) = self.variables.get(&id) {
            return *local;
        }
        let of = machine(self.type_of(id).rep());
        let local = self.local(of);
        self.bind(id, local);
        local
    }

    /// The type of a variable.
    pub(super) fn type_of(&self, id: LocalId) -> &'p Type {
        self.info.get(id.0 as usize).map_or(&Type::Never, |local| &local.ty)
    }

    /// The name of a variable.
    pub(super) fn name_of(&self, id: LocalId) -> &'p str {
        self.info.get(id.0 as usize).map_or("", |local| &local.name)
    }

    /// Where a value waits that leaves through what is tidied up.
    pub(super) fn outcome(&mut self) -> u32 {
        if let Some(local) = self.outcome {
            return local;
        }
        let local = self.local(ValType::I32);
        self.outcome = Some(local);
        local
    }

    // Labels.

    fn open(&mut self) -> Label {
        self.depth += 1;
        Label(self.depth)
    }

    /// Begins a block.
    pub(super) fn block(&mut self) -> Label {
        self.ins().block(BlockType::Empty);
        self.open()
    }

    /// Begins a loop; branching to it goes round.
    pub(super) fn round(&mut self) -> Label {
        self.ins().loop_(BlockType::Empty);
        self.open()
    }

    /// Takes a truth from the stack: what follows is done where it holds.
    pub(super) fn then(&mut self, gives: Option<ValType>) {
        self.ins().if_(gives.map_or(BlockType::Empty, BlockType::Result));
        self.open();
    }

    /// What follows is done where it does not hold.
    pub(super) fn otherwise(&mut self) {
        self.ins().else_();
    }

    /// Ends the innermost block.
    pub(super) fn end(&mut self) {
        self.ins().end();
        self.depth -= 1;
    }

    fn distance(&self, to: Label) -> u32 {
        self.depth - to.0
    }

    /// Goes to a label.
    pub(super) fn br(&mut self, to: Label) {
        let distance = self.distance(to);
        self.ins().br(distance);
    }

    /// Goes to a label if the truth on the stack holds.
    pub(super) fn br_if(&mut self, to: Label) {
        let distance = self.distance(to);
        self.ins().br_if(distance);
    }

    /// Failures go to this label from now on: the one before.
    pub(super) fn handle(&mut self, by: Label) -> Label {
        std::mem::replace(&mut self.handler, by)
    }

    // The runtime.

    /// Calls a door that cannot fail.
    pub(super) fn call(&mut self, door: Door) {
        let index = self.shared.link.runtime.door(door);
        self.shared.called.push(index);
        self.ins().call(index);
    }

    /// Calls a door that can.
    pub(super) fn call_checked(&mut self, door: Door) {
        self.call(door);
        self.check();
    }

    /// Leaves for the handler if there is a failure under way.
    pub(super) fn check(&mut self) {
        let failed = self.shared.failed.cast_signed();
        self.ins().i32_const(failed).i32_load(memory(0, 2));
        self.fallible = true;
        let handler = self.handler;
        self.br_if(handler);
    }

    /// Leaves for the handler: a failure is under way.
    pub(super) fn fail(&mut self) {
        self.fallible = true;
        let handler = self.handler;
        self.br(handler);
    }

    /// Fails by a door that only says how, if the truth on the stack holds.
    pub(super) fn fail_if(&mut self, door: Door) {
        self.then(None);
        self.call(door);
        self.fail();
        self.end();
    }

    /// An address on the stack.
    pub(super) fn address(&mut self, at: u32) {
        self.ins().i32_const(at.cast_signed());
    }

    /// The cell of a text on the stack.
    pub(super) fn text(&mut self, text: &str) {
        let at = self.shared.link.data.text(text);
        self.address(at);
    }

    /// Takes a value from the stack: whether it is null.
    pub(super) fn is_null(&mut self) {
        self.ins().i32_load(memory(0, 2)).i32_eqz();
    }
}
