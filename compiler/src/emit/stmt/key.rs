//! Keys of operations: a constant where nothing in them is worked out.

use crate::emit::func::Func;
use crate::emit::runtime::Door;
use crate::ir::{Key, KeyPart, LocalId};
use crate::types::Rep;

impl Func<'_, '_> {
    /// Leaves the key on the stack, as the cell of a text.
    pub(super) fn key(&mut self, key: &Key) {
        if let Some(text) = constant(key) {
            self.text(&text);
            return;
        }
        self.call(Door::TextNew);
        for part in &key.parts {
            match part {
                KeyPart::Text(text) => {
                    self.text(text);
                    self.call(Door::TextChunk);
                }
                KeyPart::Local(id) => self.part(*id),
            }
        }
        self.call(Door::TextEnd);
    }

    fn part(&mut self, id: LocalId) {
        let ty = self.type_of(id);
        let local = self.variable(id);
        self.ins().local_get(local);
        if ty.rep() == Rep::Int {
            self.call(Door::TextInt);
        } else {
            self.pack(ty);
            self.call(Door::TextKey);
        }
    }
}

fn constant(key: &Key) -> Option<String> {
    key.parts
        .iter()
        .map(|part| if let KeyPart::Text(text) = part { Some(text.as_str()) } else { None })
        .collect()
}
