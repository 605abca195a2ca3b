//! What nobody names any more goes.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use cairn_replay::Json;

use super::state::State;
use crate::{
    Digest, Swept,
    format::{self, Reference},
    model::{Value, named},
};

impl State {
    pub(super) fn keep_apart(&mut self, values: Vec<(Reference, Json)>) {
        self.values.extend(values.into_iter().map(|(reference, json)| (reference.digest(), json)));
    }

    pub(super) fn keep_blob(&mut self, digest: &Digest, bytes: &[u8]) {
        let now = SystemTime::now();
        self.blobs
            .entry(digest.clone())
            .and_modify(|(_, put)| *put = now)
            .or_insert_with(|| (bytes.to_vec(), now));
    }

    pub(super) fn sweep_values(&mut self) -> Swept {
        self.unsynced.sync();
        let mut used = BTreeSet::new();
        self.entries.values().filter(|bytes| format::refers(bytes)).for_each(|bytes| named(bytes, &mut used));
        let letters = self.inbox.values().map(|letter| &letter.data);
        let kept = self.kept.values().map(|(_, value)| value);
        used.extend(letters.chain(kept).filter_map(|value| Some(value.reference()?.digest())));
        let mut swept = Swept::default();
        self.values.retain(|digest, json| {
            let stays = used.contains(digest);
            count(&mut swept, stays, json.0.len() as u64);
            stays
        });
        swept
    }

    pub(super) fn sweep_blobs(&mut self, keep: &BTreeSet<Digest>, older: Duration) -> Swept {
        self.unsynced.sync();
        let mut used = keep.clone();
        self.entries.values().for_each(|bytes| named(bytes, &mut used));
        self.values.values().for_each(|json| named(json.0.as_bytes(), &mut used));
        used.extend(self.rows.values().map(|row| row.head.digest.clone()));
        let letters = self.inbox.values().map(|letter| &letter.data);
        for value in letters.chain(self.kept.values().map(|(_, value)| value)) {
            if let Value::Here(json) = value {
                named(json.0.as_bytes(), &mut used);
            }
        }
        let (mut swept, now) = (Swept::default(), SystemTime::now());
        self.blobs.retain(|digest, (bytes, put)| {
            let young = !older.is_zero() && now.duration_since(*put).is_ok_and(|age| age < older);
            let stays = young || used.contains(digest);
            count(&mut swept, stays, bytes.len() as u64);
            stays
        });
        swept
    }
}

fn count(swept: &mut Swept, stays: bool, bytes: u64) {
    if stays {
        swept.kept += 1;
    } else {
        swept.removed += 1;
        swept.bytes += bytes;
    }
}
