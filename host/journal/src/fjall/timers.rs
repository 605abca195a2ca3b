//! Where the earliest timer is, without looking for it from the beginning: a cleared timer leaves a tombstone in the index
//! until the engine gets round to removing it, and behind many of them a look at the first key takes a millisecond.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is known about the first key of the index.
#[derive(Debug, PartialEq, Eq)]
enum First {
    /// It is this one.
    Known(Vec<u8>),
    /// None lies in front of this one, which may be gone itself.
    From(Vec<u8>),
    /// There is none.
    Nowhere,
}

/// The cursor. Whoever writes tells it after its batch is visible and before it answers; so what it says may be behind for
/// those only who have no answer yet.
#[derive(Debug)]
pub(super) struct Cursor(Mutex<First>);

impl Cursor {
    /// Nothing is known yet: looks from the beginning, once.
    pub(super) fn new() -> Self {
        Self(Mutex::new(First::From(Vec::new())))
    }

    fn first(&self) -> MutexGuard<'_, First> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn cleared(&self, key: &[u8]) {
        let mut first = self.first();
        if matches!(&*first, First::Known(known) if known == key) {
            *first = First::From(key.to_vec());
        }
    }

    pub(super) fn set(&self, key: Vec<u8>) {
        let mut first = self.first();
        match &*first {
            First::Nowhere => *first = First::Known(key),
            First::Known(known) if key < *known => *first = First::Known(key),
            First::From(from) if key < *from => *first = First::From(key),
            First::Known(_) | First::From(_) => {}
        }
    }

    /// The first key. `look` gives the first one from a key on. It is called under the lock, so that what a writer tells
    /// comes before or after it; see the tests for why each order is right.
    pub(super) fn get<E>(
        &self,
        look: impl FnOnce(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Option<Vec<u8>>, E> {
        let mut first = self.first();
        if let First::From(from) = &*first {
            *first = look(from)?.map_or(First::Nowhere, First::Known);
        }
        Ok(match &*first {
            First::Known(key) => Some(key.clone()),
            First::From(_) | First::Nowhere => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, convert::Infallible};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Each step changes a model; the cursor is told later, in order; looks come anywhere. Whenever it has been told
        /// all, it knows the first key.
        #[test]
        fn it_knows_the_first_once_it_was_told(steps in prop::collection::vec((any::<bool>(), 0_u8..8, 0_u8..3), 0..60)) {
            let (cursor, mut keys, mut untold) = (Cursor::new(), BTreeSet::new(), Vec::new());
            let look = |keys: &BTreeSet<Vec<u8>>, from: &[u8]| -> Result<_, Infallible> {
                Ok(keys.range(from.to_vec()..).next().cloned())
            };
            for (set, key, then) in steps {
                let changed = if set { keys.insert(vec![key]) } else { keys.remove(&vec![key]) };
                if changed {
                    untold.push((set, vec![key]));
                }
                if then > 0 {
                    let _ = cursor.get(|from| look(&keys, from));
                }
                if then > 1 {
                    for (set, key) in untold.drain(..) {
                        if set { cursor.set(key) } else { cursor.cleared(&key) }
                    }
                    prop_assert_eq!(cursor.get(|from| look(&keys, from)), Ok(keys.first().cloned()));
                }
            }
        }
    }

    #[test]
    fn it_does_not_look_twice() {
        let cursor = Cursor::new();
        assert_eq!(cursor.get(|_| Ok::<_, ()>(Some(vec![5]))), Ok(Some(vec![5])));
        assert_eq!(cursor.get(|_| Err("looked again")), Ok(Some(vec![5])));
        cursor.cleared(&[5]);
        assert_eq!(
            cursor.get(|from| if from == [5] { Ok(None) } else { Err("looked from elsewhere") }),
            Ok(None)
        );
    }
}
