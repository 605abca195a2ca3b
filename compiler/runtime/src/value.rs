//! Values: cells of sixteen bytes that never move and are never freed while an activation lasts.
//!
//! Compiled code reads cells directly: the tag at offset 0, the payload at offset 8. It also writes constant cells into its data
//! segment, so the layouts here (`repr(C)`) are a contract with the emitter.

#![expect(
    unsafe_code,
    reason = "cells are read by address from compiled code; lifetimes are the activation's"
)]

use alloc::{boxed::Box, string::String, vec::Vec};
use core::cell::Cell;

use crate::table::Table;

/// A value, by address.
pub type V = &'static Value;

/// A cell.
#[repr(C, u32)]
pub enum Value {
    /// Null.
    Null,
    /// A truth: 0 or 1.
    Bool(u32),
    /// An int.
    Int(i64),
    /// A finite float.
    Float(f64),
    /// A JSON number that is no [`Value::Int`], as its text: so it comes out as it went in.
    Number(Str),
    /// A text.
    Text(Str),
    /// Bytes.
    Bytes(Slice<u8>),
    /// Milliseconds.
    Duration(i64),
    /// Milliseconds since the Unix epoch.
    Time(i64),
    /// A list.
    List(List),
    /// A record or map.
    Record(&'static Table),
}

// SAFETY: a guest has one thread; tests share only the scalar statics below.
unsafe impl Sync for Value {}

/// The one null that the runtime makes; compiled code may have cells of its own.
pub static NULL: Value = Value::Null;
static TRUE: Value = Value::Bool(1);
static FALSE: Value = Value::Bool(0);

/// A slice whose layout is known: address, then length.
#[repr(C)]
pub struct Slice<T: 'static> {
    at: *const T,
    len: usize,
}

impl<T> Clone for Slice<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Slice<T> {}

impl<T> Slice<T> {
    /// Of something that stays.
    pub const fn new(of: &'static [T]) -> Self {
        Self { at: of.as_ptr(), len: of.len() }
    }

    /// The slice.
    pub const fn get(self) -> &'static [T] {
        // SAFETY: made by `new`, or by the emitter over its own data segment.
        unsafe { core::slice::from_raw_parts(self.at, self.len) }
    }
}

/// A text whose layout is known.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Str(Slice<u8>);

impl Str {
    /// Of something that stays.
    pub const fn new(text: &'static str) -> Self {
        Self(Slice::new(text.as_bytes()))
    }

    /// The text.
    pub const fn get(self) -> &'static str {
        // SAFETY: made of a `str`, or by the emitter of one.
        unsafe { core::str::from_utf8_unchecked(self.0.get()) }
    }
}

/// A list: the first `len` items of a buffer. Lists of different length may share one, so that growing by one is cheap.
#[derive(Clone, Copy)]
pub struct List {
    buffer: &'static Buffer,
    len: usize,
}

struct Buffer {
    items: *mut V,
    room: usize,
    used: Cell<usize>,
}

impl List {
    /// Of these items.
    pub fn new(items: Vec<V>) -> Self {
        let items = items.leak();
        let len = items.len();
        let buffer = Buffer { items: items.as_mut_ptr(), room: len, used: Cell::new(len) };
        Self { buffer: keep(buffer), len }
    }

    /// Its items.
    pub fn items(self) -> &'static [V] {
        // SAFETY: the first `used` items are written and never change; `len` is at most `used`.
        unsafe { core::slice::from_raw_parts(self.buffer.items, self.len) }
    }

    /// The list with one more item; in place if nothing was put behind it yet and there is room.
    pub fn grown(self, item: V) -> Self {
        let buffer = self.buffer;
        if buffer.used.get() == self.len && self.len < buffer.room {
            // SAFETY: below `room`, and no list covers it yet.
            unsafe { buffer.items.add(self.len).write(item) };
            buffer.used.set(self.len + 1);
            return Self { buffer, len: self.len + 1 };
        }
        let mut items = Vec::with_capacity((self.len * 2).max(4));
        items.extend_from_slice(self.items());
        items.push(item);
        Self::open(items)
    }

    /// Of these items, with the room behind them.
    fn open(items: Vec<V>) -> Self {
        let room = items.capacity();
        let len = items.len();
        let items = items.leak().as_mut_ptr();
        Self { buffer: keep(Buffer { items, room, used: Cell::new(len) }), len }
    }
}

impl List {
    /// The list with more items; as [`List::grown`].
    pub fn grown_by(self, more: &[V]) -> Self {
        let mut list = self;
        if more.len() > self.buffer.room - self.len {
            let room = (self.len * 2).max(self.len + more.len());
            let mut items = Vec::with_capacity(room);
            items.extend_from_slice(self.items());
            list = Self::open(items);
        }
        more.iter().fold(list, |list, item| list.grown(item))
    }
}

/// Puts something where it stays.
pub fn keep<T>(it: T) -> &'static T {
    Box::leak(Box::new(it))
}

/// A truth.
pub fn truth(is: bool) -> V {
    if is { &TRUE } else { &FALSE }
}

/// An int.
pub fn int(n: i64) -> V {
    keep(Value::Int(n))
}

/// A count as an int.
pub fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A float.
pub fn float(x: f64) -> V {
    keep(Value::Float(x))
}

/// A text.
pub fn text(text: String) -> V {
    text_of(text.leak())
}

/// A text that stays by itself.
pub fn text_of(text: &'static str) -> V {
    keep(Value::Text(Str::new(text)))
}

/// A list.
pub fn list(items: Vec<V>) -> V {
    keep(Value::List(List::new(items)))
}

/// A record or map.
pub fn record(table: Table) -> V {
    keep(Value::Record(keep(table)))
}

impl Value {
    /// It is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text; of anything else an empty one.
    pub fn as_text(&self) -> &'static str {
        match self {
            Self::Text(text) => text.get(),
            _ => "",
        }
    }

    /// The items; of anything else none.
    pub fn items(&self) -> &'static [V] {
        match self {
            Self::List(list) => list.items(),
            _ => &[],
        }
    }

    /// The entries, if it is a record or map.
    pub fn as_record(&self) -> Option<&'static Table> {
        match self {
            Self::Record(table) => Some(table),
            _ => None,
        }
    }

    /// The truth; of anything else false.
    pub fn as_bool(&self) -> bool {
        matches!(self, Self::Bool(1))
    }
}
