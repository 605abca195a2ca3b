//! The rows that the thread that writes has seen lately.

use std::collections::HashMap;

use crate::{InstanceId, model::Row};

/// Rows of one generation; at most twice as many are held. A row takes about half a kilobyte.
const GENERATION: usize = 16 * 1024;

/// A bounded cache in two generations: what is used moves to the young one; when that is full, the old one is dropped.
#[derive(Debug, Default)]
pub(super) struct Rows {
    young: HashMap<InstanceId, Row>,
    old: HashMap<InstanceId, Row>,
}

impl Rows {
    pub(super) fn get(&self, id: &InstanceId) -> Option<&Row> {
        self.young.get(id).or_else(|| self.old.get(id))
    }

    pub(super) fn insert(&mut self, row: Row) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(row.head.id.clone(), row);
    }
}
