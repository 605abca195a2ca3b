//! Writes anew what follows from entries.

use std::path::Path;

use fjall::{OwnedWriteBatch, PersistMode};

use super::{
    check::{Wrong, check},
    repair::{Repaired, did},
};
use crate::{
    Status, StoreError,
    fjall::{
        files::{
            mark::{self, Mark, Whole},
            scrub::Sound,
            witness::{Told, Witness},
        },
        keys::{self, Tag},
        names,
        tables::Tables,
        values,
    },
};

/// Opens the tables and mends what is wrong in them. `lost`: something was given up, and this is how far the log had come.
pub(super) fn rebuild(
    dir: &Path,
    sound: &Sound,
    lost: Option<u64>,
    repaired: &mut Repaired,
) -> Result<(), StoreError> {
    let tables = Tables::open(&dir.join("db"))?;
    let now = tables.mark()?;
    if lost.is_none() {
        tables.check(sound, now)?;
    }
    let mut counts = super::Counts::default();
    let found = check(&tables, dir, &mut counts)?;
    let mut batch = OwnedWriteBatch::with_capacity(tables.db.clone(), found.len());
    for wrong in &found {
        write(&tables, &mut batch, wrong);
        repaired.did.extend(did(wrong));
        if let Wrong::Entries { id, fault, aside: false, .. } = wrong {
            repaired.aside.push((id.clone(), fault.why.clone()));
        }
    }
    let number = now.map_or(0, |now| now.number).max(lost.unwrap_or(0)) + 1;
    number_it(&tables, &mut batch, number);
    let written = batch.durability(Some(PersistMode::SyncAll)).commit();
    written.map_err(|error| tables.wrong(&error))?;
    let dense = match lost {
        Some(_) => number,
        None => sound.told.as_ref().map_or(0, |told| told.dense),
    };
    Witness::create(dir, &Told::new(number, dense, names(dir)?))
}

/// The batch of a repair is numbered like every other.
fn number_it(tables: &Tables, batch: &mut OwnedWriteBatch, number: u64) {
    let whole = Whole { number, synced: number - 1, floor: tables.db.seqno(), last: [number; 3] };
    batch.insert(&tables.heads, mark::KEY, Mark::Whole(whole).write());
    let before = tables.mark().ok().flatten().unwrap_or_default().last;
    for (keyspace, before) in [&tables.entries, &tables.timers, &tables.messages].into_iter().zip(before) {
        batch.insert(keyspace, mark::KEY, Mark::Part { number, before }.write());
    }
}

fn write(tables: &Tables, batch: &mut OwnedWriteBatch, wrong: &Wrong) {
    match wrong {
        Wrong::Entries { aside: true, .. } | Wrong::Blob { .. } | Wrong::NoBlob { .. } => {}
        Wrong::Entries { id, row, .. } | Wrong::Head { id, rebuilt: row, .. } => {
            batch.insert(&tables.heads, keys::instance(Tag::Head, id), values::write_row(row));
            if row.head.status == Status::Ready {
                batch.insert(&tables.heads, keys::instance(Tag::Ready, id), Vec::new());
            }
        }
        Wrong::Timer { id, due, missing: true } => {
            batch.insert(&tables.timers, keys::timer(*due, id), Vec::new());
        }
        Wrong::Timer { id, due, missing: false } => batch.remove(&tables.timers, keys::timer(*due, id)),
        Wrong::Ready { id, missing: true } => {
            batch.insert(&tables.heads, keys::instance(Tag::Ready, id), Vec::new());
        }
        Wrong::Ready { id, missing: false } => batch.remove(&tables.heads, keys::instance(Tag::Ready, id)),
        Wrong::Message { mend: (key, value), .. } => {
            let keyspace = if *key == keys::puts() { &tables.heads } else { &tables.messages };
            match value {
                Some(value) => batch.insert(keyspace, key.clone(), value.clone()),
                None => batch.remove(keyspace, key.clone()),
            }
        }
        Wrong::Lock { key, .. } => batch.remove(&tables.messages, key.clone()),
        Wrong::Row { table, key, .. } => {
            let keyspace = match *table {
                "entries" => &tables.entries,
                "heads" => &tables.heads,
                "timers" => &tables.timers,
                _ => &tables.messages,
            };
            batch.remove(keyspace, key.clone());
        }
    }
}
