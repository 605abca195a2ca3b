//! Records and maps: entries in the order written, found by name.

use alloc::vec::Vec;

use crate::hash::fnv;
use crate::value::{NULL, V};

/// Up to this many entries are looked through one by one.
const FEW: usize = 8;
const EMPTY: u32 = u32::MAX;

/// An entry.
#[derive(Clone, Copy)]
pub struct Entry {
    /// What it is called.
    pub name: &'static str,
    /// What it holds.
    pub value: V,
}

/// The entries of a record or map. Names are unique: a later value takes the place of an earlier one.
pub struct Table {
    entries: Vec<Entry>,
    /// Open addressing, a power of two and at most half full; empty while there are few entries.
    slots: Vec<u32>,
    /// Of a failure as a value: the detail that it was made with, so that it can be raised again unchanged.
    pub origin: Option<V>,
}

impl Table {
    /// An empty one with room.
    pub fn new(room: usize) -> Self {
        Self { entries: Vec::with_capacity(room), slots: Vec::new(), origin: None }
    }

    /// In the order written.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<V> {
        self.place(name).and_then(|at| self.entries.get(at)).map(|e| e.value)
    }

    /// The value of a name, or null.
    pub fn get_or_null(&self, name: &str) -> V {
        self.get(name).unwrap_or(&NULL)
    }

    /// Sets a name; it keeps the place that it had.
    pub fn put(&mut self, name: &'static str, value: V) {
        if let Some(entry) = self.place(name).and_then(|at| self.entries.get_mut(at)) {
            entry.value = value;
            return;
        }
        self.entries.push(Entry { name, value });
        let len = self.entries.len();
        if len > FEW {
            if len * 2 > self.slots.len() {
                self.index(len * 4);
            } else {
                self.link(len - 1, name);
            }
        }
    }

    fn place(&self, name: &str) -> Option<usize> {
        if self.slots.is_empty() {
            return self.entries.iter().position(|e| same(e.name, name));
        }
        let mask = self.slots.len() - 1;
        let mut slot = hashed(name) & mask;
        loop {
            let at = self.slots.get(slot).copied().filter(|at| *at != EMPTY)? as usize;
            if self.entries.get(at).is_some_and(|e| same(e.name, name)) {
                return Some(at);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn index(&mut self, at_least: usize) {
        self.slots = alloc::vec![EMPTY; at_least.next_power_of_two()];
        for at in 0..self.entries.len() {
            let name = self.entries.get(at).map_or("", |e| e.name);
            self.link(at, name);
        }
    }

    fn link(&mut self, at: usize, name: &str) {
        let mask = self.slots.len() - 1;
        let mut slot = hashed(name) & mask;
        while self.slots.get(slot).is_some_and(|s| *s != EMPTY) {
            slot = (slot + 1) & mask;
        }
        if let Some(s) = self.slots.get_mut(slot) {
            *s = at as u32;
        }
    }
}

/// Names come mostly from the same constant, so the address decides before the bytes do.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && (core::ptr::eq(a.as_ptr(), b.as_ptr()) || a == b)
}

fn hashed(name: &str) -> usize {
    fnv(name.as_bytes()) as usize
}
