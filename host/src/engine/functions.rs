//! Machine code of single functions that were compiled in this process. Workflows that one compiler made share the most of theirs: only what
//! is new in a component has to be compiled.

use std::{
    borrow::Cow,
    collections::HashMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use wasmtime::CacheStore;

/// What each of the two generations may hold, in bytes. The code of one workflow is about 300 KB.
const MOST: usize = 32 << 20;

/// In memory and by content: the key that comes from the engine is a hash over the function as it goes into the code generator, and over
/// its settings, so nobody's code can be taken for another's.
#[derive(Debug, Default)]
pub(super) struct Functions(Mutex<Generations>);

/// What is used stays: it moves from the old generation into the young one. What is old when the young one is full is let go.
#[derive(Debug, Default)]
struct Generations {
    young: HashMap<Vec<u8>, Vec<u8>>,
    old: HashMap<Vec<u8>, Vec<u8>>,
    bytes: usize,
}

impl Functions {
    fn kept(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn insert(&mut self, key: Vec<u8>, code: Vec<u8>) {
        if self.bytes > MOST {
            self.old = mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += key.len() + code.len();
        self.young.insert(key, code);
    }

    fn get(&mut self, key: &[u8]) -> Option<Vec<u8>> {
        if let Some((key, code)) = self.old.remove_entry(key) {
            self.insert(key, code);
        }
        self.young.get(key).cloned()
    }
}

impl CacheStore for Functions {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        self.kept().get(key).map(Cow::Owned)
    }

    fn insert(&self, key: &[u8], value: Vec<u8>) -> bool {
        self.kept().insert(key.to_vec(), value);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_what_is_not_goes() {
        let functions = Functions::default();
        functions.insert(b"used", vec![1]);
        functions.insert(b"unused", vec![2]);
        for n in 0_usize..40 {
            functions.insert(&n.to_le_bytes(), vec![0; 4 << 20]);
            assert_eq!(functions.get(b"used").as_deref(), Some(&[1][..]), "after {n}");
        }
        assert_eq!(functions.get(b"unused"), None);
        let kept = functions.kept();
        let bytes: usize = kept.young.values().chain(kept.old.values()).map(Vec::len).sum();
        assert!(bytes <= 2 * MOST + (8 << 20), "{bytes} bytes are kept");
    }
}
