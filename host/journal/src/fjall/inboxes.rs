//! Where the inboxes begin. A message that is consumed leaves a tombstone in the tables until the engine gets round to removing it: whoever looks through the inbox of
//! an instance that has taken a thousand messages would pass a thousand of them at each look.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::InstanceId;

/// Of so many instances it is known; then it is forgotten of all, and the next look at each passes all there is once more.
const MOST: usize = 4096;

/// The lowest number that a message in an inbox can have. Numbers of messages only rise, so what was true stays true.
#[derive(Debug, Default)]
pub(super) struct Inboxes(Mutex<HashMap<InstanceId, u64>>);

impl Inboxes {
    /// Where to look from.
    pub(super) fn lowest(&self, id: &InstanceId) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).copied().unwrap_or(0)
    }

    /// Somebody looked, and found nothing below this number.
    pub(super) fn raise(&self, id: &InstanceId, number: u64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lowest) = known.get_mut(id) {
            *lowest = number.max(*lowest);
            return;
        }
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(id.clone(), number);
    }
}
