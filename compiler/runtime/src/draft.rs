//! Texts being built. One that begins with the text built last goes on in its buffer, so that a text that grows in a loop takes memory by
//! its length, not by the square of it.

#![expect(unsafe_code, reason = "texts that begin alike share a buffer")]

use alloc::string::String;
use core::cell::Cell;
use core::mem::ManuallyDrop;

use crate::value::{self, V};

/// Shorter ones are copied.
const LONG: usize = 128;

/// The buffer of a finished text, and how far it is used. What lies behind that belongs to nobody.
#[derive(Clone, Copy)]
struct Open {
    at: *mut u8,
    used: usize,
    room: usize,
}

/// The buffer of the text that was built last, if it is long.
pub struct Last(Cell<Option<Open>>);

// SAFETY: a guest has one thread; tests have one each.
unsafe impl Sync for Last {}

impl Last {
    /// None.
    pub const fn none() -> Self {
        Self(Cell::new(None))
    }
}

/// A text being built.
pub struct Draft {
    text: ManuallyDrop<String>,
    /// Other texts lie in the buffer too: it stays where it is.
    shared: bool,
}

impl Draft {
    /// An empty one.
    pub fn new() -> Self {
        Self { text: ManuallyDrop::new(String::new()), shared: false }
    }

    /// Puts a text behind.
    pub fn push(&mut self, last: &Last, part: &str) {
        if self.text.capacity() == 0
            && let Some(open) = open(last, part)
        {
            last.0.set(None);
            // SAFETY: the buffer came of a `String` of this room, its first `used` bytes are this text, and it is nobody else's to grow.
            self.text = ManuallyDrop::new(unsafe { String::from_raw_parts(open.at, open.used, open.room) });
            self.shared = true;
            return;
        }
        self.make_room(part.len());
        self.text.push_str(part);
    }

    /// Lets something write behind; what it writes should be short.
    pub fn write<T>(&mut self, write: impl FnOnce(&mut String) -> T) -> T {
        if !self.shared {
            self.make_room(1);
            return write(&mut self.text);
        }
        let mut part = String::new();
        let written = write(&mut part);
        self.make_room(part.len());
        self.text.push_str(&part);
        written
    }

    fn make_room(&mut self, more: usize) {
        let len = self.text.len();
        if self.text.capacity() - len >= more {
            return;
        }
        if !self.shared {
            self.text.reserve(more.max(32));
            return;
        }
        let mut moved = String::with_capacity((len * 2).max(len + more));
        moved.push_str(&self.text);
        self.text = ManuallyDrop::new(moved);
        self.shared = false;
    }

    /// The text.
    pub fn end(self, last: &Last) -> V {
        let mut text = self.text;
        let (used, room) = (text.len(), text.capacity());
        if used >= LONG && room > used {
            last.0.set(Some(Open { at: text.as_mut_ptr(), used, room }));
        }
        // SAFETY: the buffer is never freed, and nobody changes its first `used` bytes any more.
        let bytes = unsafe { core::slice::from_raw_parts(text.as_ptr(), used) };
        // SAFETY: they were a `String`.
        value::text_of(unsafe { core::str::from_utf8_unchecked(bytes) })
    }
}

/// The buffer, if it is that of this text.
fn open(last: &Last, text: &str) -> Option<Open> {
    last.0.get().filter(|open| core::ptr::eq(open.at, text.as_ptr()) && open.used == text.len())
}
