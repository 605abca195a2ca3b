//! Append-only linking: the runtime's sections as they are, what a workflow adds behind them, so that no index changes.

use std::collections::HashMap;

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, Encode, ExportKind, ExportSection,
    MemorySection, MemoryType, Module, NameMap, NameSection, RawSection, RefType, TableSection, TableType,
    ValType,
};

use super::EmitError;
use super::data::Data;
use super::runtime::{Runtime, Signature};

/// How large a function may be, and how many locals it may have: limits that engines share.
const MOST_BYTES: usize = 7_654_321;
const MOST_LOCALS: usize = 50_000;
const PAGE: u64 = 65_536;

/// Ids of sections that are appended to.
mod section {
    pub(super) const TYPE: u8 = 1;
    pub(super) const FUNCTION: u8 = 3;
    pub(super) const TABLE: u8 = 4;
    pub(super) const MEMORY: u8 = 5;
    pub(super) const EXPORT: u8 = 7;
    pub(super) const ELEMENT: u8 = 9;
    pub(super) const CODE: u8 = 10;
    pub(super) const DATA: u8 = 11;
    pub(super) const DATA_COUNT: u8 = 12;
}

/// What the component exports of the world, and which function it is.
pub(super) type Entry = (&'static str, u32);

/// A function that a workflow adds: its index is known before its code is.
struct Added {
    type_index: u32,
    body: Vec<u8>,
    name: String,
}

/// A workflow's module while it is being made.
pub(super) struct Link {
    /// What it is appended to.
    pub(super) runtime: &'static Runtime,
    /// Its constants.
    pub(super) data: Data,
    types: Vec<Signature>,
    known: HashMap<Signature, u32>,
    functions: Vec<Added>,
    table: Vec<u32>,
}

impl Link {
    /// Nothing but the runtime.
    pub(super) fn new(runtime: &'static Runtime) -> Result<Self, EmitError> {
        let base = runtime.data_end()?.next_multiple_of(16);
        Ok(Self {
            runtime,
            data: Data::new(base),
            types: Vec::new(),
            known: HashMap::new(),
            functions: Vec::new(),
            table: Vec::new(),
        })
    }

    fn type_index(&mut self, signature: Signature) -> u32 {
        if let Some(index) = self.known.get(&signature) {
            return *index;
        }
        let index = self.runtime.find_type(&signature).unwrap_or_else(|| {
            self.types.push(signature.clone());
            self.runtime.type_count() + small(self.types.len()) - 1
        });
        self.known.insert(signature, index);
        index
    }

    /// A new function, which gets its code later.
    pub(super) fn declare(&mut self, signature: Signature, name: impl Into<String>) -> u32 {
        let type_index = self.type_index(signature);
        self.functions.push(Added { type_index, body: Vec::new(), name: name.into() });
        self.runtime.function_count() + small(self.functions.len()) - 1
    }

    /// Gives a declared function its code.
    pub(super) fn define(&mut self, function: u32, locals: &[ValType], code: &[u8]) -> Result<(), EmitError> {
        if locals.len() > MOST_LOCALS {
            return Err(EmitError::TooLarge { what: "variables", found: locals.len(), most: MOST_LOCALS });
        }
        let mut function_body = wasm_encoder::Function::new_with_locals_types(locals.iter().copied());
        function_body.raw(code.iter().copied());
        let body = function_body.into_raw_body();
        if body.len() > MOST_BYTES {
            return Err(EmitError::TooLarge {
                what: "bytes of code in one function",
                found: body.len(),
                most: MOST_BYTES,
            });
        }
        let place = (function - self.runtime.function_count()) as usize;
        let added = self
            .functions
            .get_mut(place)
            .ok_or_else(|| EmitError::internal("a function was never declared"))?;
        added.body = body;
        Ok(())
    }

    /// Puts a function into the table: its slot.
    pub(super) fn in_table(&mut self, function: u32) -> u32 {
        self.table.push(function);
        small(self.runtime.table_slots() as usize + self.table.len()) - 1
    }

    /// The core module: `entries` are its exports. `called` are the runtime's functions that the added ones call.
    pub(super) fn finish(self, entries: &[Entry], called: &[u32]) -> Result<Vec<u8>, EmitError> {
        let mut module = Module::new();
        for (id, bytes) in self.runtime.sections() {
            self.section(&mut module, id, bytes, entries, called)?;
        }
        module.section(&self.names());
        Ok(module.finish())
    }

    fn section(
        &self,
        module: &mut Module,
        id: u8,
        bytes: &[u8],
        entries: &[Entry],
        called: &[u32],
    ) -> Result<(), EmitError> {
        match id {
            section::TYPE => raw(module, id, &grown(bytes, self.types.len(), &self.type_bytes())?),
            section::FUNCTION => {
                let mut added = Vec::new();
                self.functions.iter().for_each(|f| f.type_index.encode(&mut added));
                raw(module, id, &grown(bytes, self.functions.len(), &added)?);
            }
            section::TABLE => self.table(module),
            section::MEMORY => self.memory(module)?,
            section::EXPORT => self.exports(module, entries)?,
            section::ELEMENT => self.elements(module, bytes)?,
            section::CODE => self.code(module, called)?,
            section::DATA => self.data(module, bytes)?,
            section::DATA_COUNT => return Err(EmitError::internal("the runtime counts its data segments")),
            _ => raw(module, id, bytes),
        }
        Ok(())
    }

    fn type_bytes(&self) -> Vec<u8> {
        let mut section = wasm_encoder::TypeSection::new();
        for signature in &self.types {
            section.ty().function(signature.params.iter().copied(), signature.result);
        }
        items(&section)
    }

    fn table(&self, module: &mut Module) {
        let slots = self.runtime.table_slots() + self.table.len() as u64;
        let mut section = TableSection::new();
        section.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: slots,
            maximum: Some(slots),
            shared: false,
        });
        module.section(&section);
    }

    fn memory(&self, module: &mut Module) -> Result<(), EmitError> {
        let pages = u64::from(self.data.end()?).div_ceil(PAGE).max(self.runtime.pages());
        let mut section = MemorySection::new();
        section.memory(MemoryType {
            minimum: pages,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        module.section(&section);
        Ok(())
    }

    fn exports(&self, module: &mut Module, entries: &[Entry]) -> Result<(), EmitError> {
        let mut section = ExportSection::new();
        section.export("memory", ExportKind::Memory, 0);
        section.export("cabi_realloc", ExportKind::Func, self.runtime.exported("cabi_realloc")?);
        for (name, function) in entries {
            section.export(name, ExportKind::Func, *function);
        }
        module.section(&section);
        Ok(())
    }

    fn elements(&self, module: &mut Module, bytes: &[u8]) -> Result<(), EmitError> {
        if self.table.is_empty() {
            raw(module, section::ELEMENT, bytes);
            return Ok(());
        }
        let mut section = ElementSection::new();
        let slot = ConstExpr::i32_const(small(self.runtime.table_slots() as usize).cast_signed());
        section.active(None, &slot, Elements::Functions(self.table.as_slice().into()));
        raw(module, section::ELEMENT, &grown(bytes, 1, &items(&section))?);
        Ok(())
    }

    fn code(&self, module: &mut Module, called: &[u32]) -> Result<(), EmitError> {
        let roots = called.iter().copied().chain([self.runtime.exported("cabi_realloc")?]);
        let mut section = CodeSection::new();
        for body in self.runtime.bodies(roots) {
            section.raw(body);
        }
        for function in &self.functions {
            section.raw(&function.body);
        }
        module.section(&section);
        Ok(())
    }

    /// Two segments more: the constants, and the address behind them, at which the runtime begins to allocate.
    fn data(&self, module: &mut Module, bytes: &[u8]) -> Result<(), EmitError> {
        let heap = self.runtime.address("rt_heap")?;
        let (base, constants) = self.data.parts();
        let mut section = DataSection::new();
        section.active(0, &ConstExpr::i32_const(base.cast_signed()), constants.iter().copied());
        section.active(0, &ConstExpr::i32_const(heap.cast_signed()), self.data.end()?.to_le_bytes());
        raw(module, section::DATA, &grown(bytes, 2, &items(&section))?);
        Ok(())
    }

    fn names(&self) -> NameSection {
        let mut functions = NameMap::new();
        for (function, index) in self.functions.iter().zip(self.runtime.function_count()..) {
            functions.append(index, &function.name);
        }
        let mut names = NameSection::new();
        names.functions(&functions);
        names
    }
}

fn raw(module: &mut Module, id: u8, data: &[u8]) {
    module.section(&RawSection { id, data });
}

/// A section's items, encoded, without its size and count.
fn items(section: &impl Encode) -> Vec<u8> {
    let mut bytes = Vec::new();
    section.encode(&mut bytes);
    let count = skip_leb(&bytes);
    let items = count + skip_leb(bytes.get(count..).unwrap_or(&[]));
    bytes.split_off(items)
}

/// A section of a count and items, with more of them.
fn grown(bytes: &[u8], more: usize, items: &[u8]) -> Result<Vec<u8>, EmitError> {
    let mut reader = wasmparser::BinaryReader::new(bytes, 0);
    let count = reader.read_var_u32().map_err(EmitError::internal)?;
    let rest = bytes.get(skip_leb(bytes)..).unwrap_or(&[]);
    let mut out = Vec::with_capacity(bytes.len() + items.len() + 4);
    (count + small(more)).encode(&mut out);
    out.extend_from_slice(rest);
    out.extend_from_slice(items);
    Ok(out)
}

/// How many bytes the number takes that stands in front.
fn skip_leb(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| **b >= 0x80).count() + 1
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
