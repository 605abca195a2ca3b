//! Large values among blobs.

use std::{
    collections::{BTreeSet, HashMap},
    fs::File,
    io::{self, ErrorKind, Read},
};

use cairn_replay::Json;

use super::{Blobs, Held};
use crate::{
    Digest, StoreError,
    fjall::errors,
    format::{Lost, Reference, Values},
    model,
};

/// So much of a value is looked through at a time, in bytes.
const PART: u64 = 1 << 20;

impl Blobs {
    /// Keeps values that are about to be referred to; they stay for as long as what this gives is held.
    pub(in crate::fjall) fn keep_all(&self, values: &[(Reference, Json)]) -> Result<Vec<Held>, StoreError> {
        values.iter().map(|(reference, json)| self.keep(&reference.digest(), json.0.as_bytes())).collect()
    }

    /// Every digest that stands in a value.
    pub(in crate::fjall) fn named(&self, found: &mut BTreeSet<Digest>) -> Result<(), StoreError> {
        for (_, path) in self.list()? {
            let wrong = |error: io::Error| errors::of_io(&path, &error);
            let (mut file, mut part) = (File::open(&path).map_err(wrong)?, Vec::new());
            loop {
                let read = (&mut file).take(PART).read_to_end(&mut part).map_err(wrong)?;
                model::named(&part, found);
                if read == 0 {
                    break;
                }
                // One may lie across the edge.
                part.drain(..part.len().saturating_sub(model::DIGEST));
            }
        }
        Ok(())
    }

    /// For as long as entries are read.
    pub(in crate::fjall) fn reading(&self) -> Reading<'_> {
        Reading { blobs: self, read: HashMap::new() }
    }

    fn value(&self, reference: Reference) -> Result<Json, Lost> {
        let path = self.path(&reference.digest()).ok_or(Lost::Missing)?;
        let unreadable = |error: io::Error| match error.kind() {
            ErrorKind::NotFound => Lost::Missing,
            kind => Lost::Unreadable(kind),
        };
        let file = File::open(path).map_err(unreadable)?;
        if file.metadata().map_err(unreadable)?.len() != reference.length {
            return Err(Lost::Altered);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(reference.length).unwrap_or_default());
        file.take(reference.length).read_to_end(&mut bytes).map_err(unreadable)?;
        // Neither of the two copies it.
        let text = String::from_utf8(bytes).map_err(|_| Lost::Altered)?;
        if Reference::to(&text) == reference { Ok(Json(text.into())) } else { Err(Lost::Altered) }
    }
}

/// Reads each value once: all who refer to it share it.
pub(in crate::fjall) struct Reading<'a> {
    blobs: &'a Blobs,
    read: HashMap<Reference, Json>,
}

impl Values for Reading<'_> {
    fn value(&mut self, reference: Reference) -> Result<Json, Lost> {
        if let Some(json) = self.read.get(&reference) {
            return Ok(json.clone());
        }
        let json = self.blobs.value(reference)?;
        self.read.insert(reference, json.clone());
        Ok(json)
    }
}
