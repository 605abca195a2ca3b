//! The line of a lock: who may have a place in it.

use std::collections::BTreeMap;

use cairn_replay::{Instant, Key};

use crate::{InstanceId, LockChange, Place, Queued, Refusal};

/// Who stands in the line of one lock, in its order, and whether each holds a place.
pub(crate) type Line = BTreeMap<(Instant, String, Key), bool>;

/// Carries out a change, unless it would give the lock more holders than it has places.
pub(crate) fn change(line: &mut Line, id: &InstanceId, change: &LockChange) -> Result<(), Refusal> {
    let stand = (change.asked, id.instance.clone(), change.key.clone());
    match change.to {
        Place::Waits => {
            line.insert(stand, false);
        }
        Place::Holds { of } => {
            let others = line.iter().filter(|(other, holds)| **holds && **other != stand).count();
            if others >= usize::try_from(of).unwrap_or(usize::MAX) {
                return Err(Refusal::NoPlace(change.name.clone()));
            }
            line.insert(stand, true);
        }
        Place::Gone => {
            line.remove(&stand);
        }
    }
    Ok(())
}

/// The line as it is told.
pub(crate) fn told(tenant: &str, line: &Line) -> Vec<Queued> {
    let told = |((asked, instance, key), holds): (&(Instant, String, Key), &bool)| Queued {
        id: InstanceId { tenant: tenant.to_owned(), instance: instance.clone() },
        key: key.clone(),
        asked: *asked,
        holds: *holds,
    };
    line.iter().map(told).collect()
}
