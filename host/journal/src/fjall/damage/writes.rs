//! A disk that fails while it is written to.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::Acknowledged;
use crate::{Faults, FjallJournal, StoreError, fjall::tests::Folder};

/// Fails at the n-th passing of any point, once.
#[derive(Clone)]
struct Once {
    passed: Arc<AtomicU64>,
    at: u64,
    kind: io::ErrorKind,
}

impl Faults for Once {
    fn point(&self, _name: &'static str) -> io::Result<()> {
        if self.passed.fetch_add(1, Ordering::SeqCst) == self.at { Err(self.kind.into()) } else { Ok(()) }
    }
}

/// However it fails, and whenever: it stops, tries nothing again, and keeps all that was acknowledged.
#[test]
fn promise_9_a_disk_that_fails_once_at_any_write_stops_the_store_and_loses_nothing() {
    for kind in [io::ErrorKind::StorageFull, io::ErrorKind::Other] {
        for at in 0..24 {
            let (folder, passed) = (Folder::new(), Arc::new(AtomicU64::new(0)));
            let store =
                FjallJournal::open_with(&folder.0, Once { passed: Arc::clone(&passed), at, kind }).unwrap();
            let mut acknowledged = Acknowledged::default();
            let failed = (0..).find_map(|number| acknowledged.go_on(&store, number).err()).unwrap();
            match kind {
                io::ErrorKind::StorageFull => assert!(matches!(failed, StoreError::Full(_)), "{failed}"),
                _ => assert!(matches!(failed, StoreError::Io(_)), "{failed}"),
            }
            let after = passed.load(Ordering::SeqCst);
            for number in 0..3 {
                assert!(matches!(acknowledged.clone().go_on(&store, number), Err(StoreError::Closed(_))));
            }
            assert_eq!(passed.load(Ordering::SeqCst), after, "nothing is tried again");
            drop(store);
            let store = FjallJournal::open(&folder.0).unwrap();
            // What was not acknowledged may be there, in full.
            for (id, entries) in &acknowledged.entries {
                let found = crate::Journal::load(&store, id, cairn_replay::Seq(0)).unwrap();
                assert!(found.len() <= entries.len() + 1 && found.starts_with(entries), "{id:?} at {at}");
            }
        }
    }
}
