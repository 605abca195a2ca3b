//! The value runtime as it was built: a core module, read once, to which the code of a workflow is appended.

mod doors;
mod read;
mod shake;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use wasm_encoder::ValType;

use super::EmitError;
pub(in crate::emit) use doors::Door;

/// Built by `compiler/runtime/build`.
static BYTES: &[u8] = include_bytes!("../../../runtime/runtime.wasm");

/// A function's type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::emit) struct Signature {
    /// What it takes.
    pub(in crate::emit) params: Vec<ValType>,
    /// What it gives; one at most.
    pub(in crate::emit) result: Option<ValType>,
}

/// What the linker and the emitter need to know of the runtime.
pub(in crate::emit) struct Runtime {
    /// All of it.
    bytes: &'static [u8],
    /// Its sections, in their order, without those that are custom.
    sections: Vec<(u8, Range<usize>)>,
    signatures: Vec<Signature>,
    /// The signature of each function, imported ones first.
    functions: Vec<usize>,
    imported: usize,
    /// Of each function that is not imported: its body, and what it calls.
    bodies: Vec<Body>,
    /// Functions in its table, from slot 1.
    elements: Vec<u32>,
    /// Slots of its table.
    table: u64,
    /// Pages of its memory.
    pages: u64,
    exports: HashMap<String, u32>,
    /// The values of its globals, as far as they are constant addresses.
    addresses: Vec<i32>,
    doors: Vec<u32>,
}

struct Body {
    at: Range<usize>,
    calls: Vec<u32>,
    /// Signatures of calls through the table.
    indirect: Vec<usize>,
}

impl Runtime {
    /// The embedded one.
    pub(in crate::emit) fn embedded() -> Result<&'static Self, EmitError> {
        static READ: OnceLock<Result<Runtime, EmitError>> = OnceLock::new();
        READ.get_or_init(|| read::read(BYTES)).as_ref().map_err(Clone::clone)
    }

    /// The index of a door.
    pub(in crate::emit) fn door(&self, door: Door) -> u32 {
        self.doors.get(door as usize).copied().unwrap_or(u32::MAX)
    }

    /// The type of a door.
    pub(in crate::emit) fn signature(&self, door: Door) -> Option<&Signature> {
        let type_index = self.functions.get(self.door(door) as usize)?;
        self.signatures.get(*type_index)
    }

    /// How many types, functions, table slots and pages it has: where appending begins.
    pub(in crate::emit) fn type_count(&self) -> u32 {
        count(self.signatures.len())
    }

    /// Imported ones too.
    pub(in crate::emit) fn function_count(&self) -> u32 {
        count(self.functions.len())
    }

    /// As many as its table has at least.
    pub(in crate::emit) fn table_slots(&self) -> u64 {
        self.table
    }

    /// As many as its memory has at least.
    pub(in crate::emit) fn pages(&self) -> u64 {
        self.pages
    }

    /// The index of a signature that it has.
    pub(in crate::emit) fn find_type(&self, signature: &Signature) -> Option<u32> {
        self.signatures.iter().position(|s| s == signature).map(count)
    }

    /// Its sections, custom ones left out.
    pub(in crate::emit) fn sections(&self) -> impl Iterator<Item = (u8, &'static [u8])> {
        self.sections.iter().map(|(id, range)| (*id, self.bytes.get(range.clone()).unwrap_or(&[])))
    }

    /// A function that it exports.
    pub(in crate::emit) fn exported(&self, name: &str) -> Result<u32, EmitError> {
        let missing = || EmitError::internal(format!("the runtime exports no `{name}`"));
        self.exports.get(name).copied().ok_or_else(missing)
    }

    /// The address of something that it exports.
    pub(in crate::emit) fn address(&self, name: &str) -> Result<u32, EmitError> {
        let global = self.exported(name)?;
        let address = self.addresses.get(global as usize).copied();
        let address = address.and_then(|a| u32::try_from(a).ok()).filter(|a| *a != 0);
        address.ok_or_else(|| EmitError::internal(format!("`{name}` of the runtime has no address")))
    }

    /// The first byte behind its data.
    pub(in crate::emit) fn data_end(&self) -> Result<u32, EmitError> {
        self.address("__heap_base")
    }

    /// Its functions' bodies; those that nothing reaches from `roots` are empty.
    pub(in crate::emit) fn bodies(&self, roots: impl Iterator<Item = u32>) -> Vec<&'static [u8]> {
        const NOTHING: &[u8] = &[0, 0x00, 0x0b];
        let reached = shake::reached(self, roots);
        let body = |(body, reached): (&Body, bool)| {
            if reached { self.bytes.get(body.at.clone()).unwrap_or(NOTHING) } else { NOTHING }
        };
        self.bodies.iter().zip(reached.into_iter().skip(self.imported)).map(body).collect()
    }
}

/// Indices of WebAssembly have 32 bits.
fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
