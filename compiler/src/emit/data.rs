//! The data segment of a workflow: constant cells, type descriptors and lists of kinds, laid out as the runtime reads them.

use std::collections::HashMap;

use super::EmitError;
use crate::types::{Field, Lit, Type};

/// Tags of cells and type descriptors, in the order of `runtime/src/value.rs` and `runtime/src/decode.rs`.
mod tag {
    pub(super) const BOOL: u32 = 1;
    pub(super) const INT: u32 = 2;
    pub(super) const FLOAT: u32 = 3;
    pub(super) const TEXT: u32 = 5;
    pub(super) const BYTES: u32 = 6;
    pub(super) const DURATION: u32 = 7;
    pub(super) const TIME: u32 = 8;

    pub(super) const DESC_LIT: u32 = 9;
    pub(super) const DESC_LIST: u32 = 10;
    pub(super) const DESC_MAP: u32 = 11;
    pub(super) const DESC_RECORD: u32 = 12;
    pub(super) const DESC_UNION: u32 = 13;
    pub(super) const DESC_NEVER: u32 = 14;
}

/// Bytes at a known place in memory, and what is already among them.
pub(super) struct Data {
    base: u32,
    bytes: Vec<u8>,
    texts: HashMap<String, u32>,
    scalars: HashMap<(u32, u64), u32>,
    types: HashMap<String, u32>,
}

impl Data {
    /// From this address on, which is a multiple of 16.
    pub(super) fn new(base: u32) -> Self {
        Self {
            base,
            bytes: Vec::new(),
            texts: HashMap::new(),
            scalars: HashMap::new(),
            types: HashMap::new(),
        }
    }

    /// The first address behind it, aligned for whatever comes.
    pub(super) fn end(&self) -> Result<u32, EmitError> {
        let end = u32::try_from(self.bytes.len()).ok().and_then(|len| self.base.checked_add(len));
        let end = end.and_then(|end| end.checked_next_multiple_of(16)).filter(|end| *end < 1 << 31);
        end.ok_or(EmitError::TooLarge { what: "bytes of constants", found: self.bytes.len(), most: 1 << 31 })
    }

    /// Where it begins, and what it is.
    pub(super) fn parts(&self) -> (u32, &[u8]) {
        (self.base, &self.bytes)
    }

    /// Addresses that overflow are found by [`Data::end`], before anything is made of them.
    fn here(&self) -> u32 {
        self.base.wrapping_add(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX))
    }

    fn align(&mut self, to: usize) -> u32 {
        self.bytes.resize(self.bytes.len().next_multiple_of(to), 0);
        self.here()
    }

    fn word(&mut self, word: u32) {
        self.bytes.extend_from_slice(&word.to_le_bytes());
    }

    fn cell(&mut self, tag: u32, payload: u64) -> u32 {
        if let Some(at) = self.scalars.get(&(tag, payload)) {
            return *at;
        }
        let at = self.align(8);
        self.word(tag);
        self.word(0);
        self.bytes.extend_from_slice(&payload.to_le_bytes());
        self.scalars.insert((tag, payload), at);
        at
    }

    fn span(&mut self, tag: u32, bytes: &[u8]) -> u32 {
        let from = self.here();
        self.bytes.extend_from_slice(bytes);
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.cell(tag, u64::from(from) | (u64::from(len) << 32))
    }

    /// The cell of null.
    pub(super) fn null(&mut self) -> u32 {
        self.cell(0, 0)
    }

    /// The cell of a truth.
    pub(super) fn bool(&mut self, b: bool) -> u32 {
        self.cell(tag::BOOL, u64::from(b))
    }

    /// The cell of an int, or of a duration or time by its type.
    pub(super) fn int(&mut self, n: i64, ty: &Type) -> u32 {
        let tag = match ty {
            Type::Duration => tag::DURATION,
            Type::Time => tag::TIME,
            _ => tag::INT,
        };
        self.cell(tag, n.cast_unsigned())
    }

    /// The cell of a float.
    pub(super) fn float(&mut self, x: f64) -> u32 {
        self.cell(tag::FLOAT, x.to_bits())
    }

    /// The cell of a text.
    pub(super) fn text(&mut self, text: &str) -> u32 {
        if let Some(at) = self.texts.get(text) {
            return *at;
        }
        let at = self.span(tag::TEXT, text.as_bytes());
        self.texts.insert(text.to_owned(), at);
        at
    }

    /// The cell of bytes.
    pub(super) fn blob(&mut self, bytes: &[u8]) -> u32 {
        self.span(tag::BYTES, bytes)
    }

    /// The cell of a literal.
    pub(super) fn lit(&mut self, lit: &Lit) -> u32 {
        match lit {
            Lit::Bool(b) => self.bool(*b),
            Lit::Int(n) => self.int(*n, &Type::Int),
            Lit::Float(x) => self.float(*x),
            Lit::Text(text) => self.text(text),
        }
    }

    /// A slice of words: its address and length stand at the address given.
    fn slice(&mut self, words: &[u32], items: usize) -> u32 {
        let from = self.align(4);
        words.iter().for_each(|w| self.word(*w));
        let at = self.here();
        self.word(from);
        self.word(u32::try_from(items).unwrap_or(u32::MAX));
        at
    }

    /// A slice of texts.
    pub(super) fn texts(&mut self, texts: &[String]) -> u32 {
        let cells: Vec<u32> = texts.iter().map(|t| self.text(t)).collect();
        self.slice(&cells, cells.len())
    }

    /// A slice of slices of texts.
    pub(super) fn lists_of_texts<'a>(&mut self, lists: impl Iterator<Item = &'a [String]>) -> u32 {
        let mut spans = Vec::new();
        for texts in lists {
            let cells: Vec<u32> = texts.iter().map(|t| self.text(t)).collect();
            let from = self.align(4);
            cells.iter().for_each(|w| self.word(*w));
            spans.extend([from, u32::try_from(cells.len()).unwrap_or(u32::MAX)]);
        }
        self.slice(&spans, spans.len() / 2)
    }

    /// A slice of slices of numbers.
    pub(super) fn lists_of_places<'a>(&mut self, lists: impl Iterator<Item = &'a [usize]>) -> u32 {
        let mut spans = Vec::new();
        for places in lists {
            let from = self.align(4);
            places.iter().for_each(|place| self.word(u32::try_from(*place).unwrap_or(u32::MAX)));
            spans.extend([from, u32::try_from(places.len()).unwrap_or(u32::MAX)]);
        }
        self.slice(&spans, spans.len() / 2)
    }

    /// The descriptor of a type. Types that are written alike are alike.
    pub(super) fn desc(&mut self, ty: &Type) -> u32 {
        let written = ty.to_string();
        if let Some(at) = self.types.get(&written) {
            return *at;
        }
        let words = self.desc_words(ty);
        let at = self.align(4);
        words.into_iter().for_each(|w| self.word(w));
        self.types.insert(written, at);
        at
    }

    fn desc_words(&mut self, ty: &Type) -> [u32; 3] {
        match ty {
            Type::Null => [0, 0, 0],
            Type::Bool => [1, 0, 0],
            Type::Int => [2, 0, 0],
            Type::Float => [3, 0, 0],
            Type::Text => [4, 0, 0],
            Type::Bytes => [5, 0, 0],
            Type::Duration => [6, 0, 0],
            Type::Time => [7, 0, 0],
            Type::Json | Type::Secret(_) => [8, 0, 0],
            Type::Lit(lit) => [tag::DESC_LIT, self.lit(lit), 0],
            Type::List(of) => [tag::DESC_LIST, self.desc(of), 0],
            Type::Map(of) => [tag::DESC_MAP, self.desc(of), 0],
            Type::Record(fields) => self.record(fields),
            Type::Union(of) => {
                let words: Vec<u32> = of.iter().map(|t| self.desc(t)).collect();
                self.inline(tag::DESC_UNION, &words, words.len())
            }
            Type::Never => [tag::DESC_NEVER, 0, 0],
        }
    }

    fn record(&mut self, fields: &[Field]) -> [u32; 3] {
        let mut words = Vec::new();
        for field in fields {
            words.extend([self.text(&field.name), self.desc(&field.ty), u32::from(field.optional)]);
        }
        self.inline(tag::DESC_RECORD, &words, fields.len())
    }

    fn inline(&mut self, tag: u32, words: &[u32], items: usize) -> [u32; 3] {
        let from = self.align(4);
        words.iter().for_each(|w| self.word(*w));
        [tag, from, u32::try_from(items).unwrap_or(u32::MAX)]
    }
}
