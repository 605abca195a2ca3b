//! What may not be removed: whoever writes down a digest holds it from before its bytes are looked for until what names it can be seen.
//!
//! A sweep cannot know of what is written down while it reads. So from when it begins on, what is held stays marked until it ends, and a file is
//! looked at and removed with the marks locked: one that is marked before is kept, and whoever marks it later finds it gone and writes it again.

use std::{
    collections::{HashMap, HashSet},
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::Digest;

/// More are forgotten: then what is put again is read once more.
const WHOLE: usize = 16 * 1024;

#[derive(Debug, Default)]
pub(super) struct Marks(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// By how many; 0 where nobody does any more, but one did since the sweep began.
    held: HashMap<Digest, usize>,
    sweeps: usize,
    /// Those whose bytes this process has written or read, and synced with their names.
    whole: HashSet<Digest>,
}

impl Marks {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn hold(self: &Arc<Self>, digest: &Digest) -> Held {
        *self.lock().held.entry(digest.clone()).or_default() += 1;
        Held { marks: Arc::clone(self), digest: digest.clone() }
    }

    /// Until it is dropped, what is let go of stays marked.
    pub(super) fn sweep(&self) -> Sweeping<'_> {
        self.lock().sweeps += 1;
        Sweeping(self)
    }

    /// Removes a file, unless its digest is marked. Gives whether it is removed.
    pub(super) fn remove(
        &self,
        digest: &Digest,
        remove: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<bool> {
        let mut inner = self.lock();
        if inner.held.contains_key(digest) {
            return Ok(false);
        }
        inner.whole.remove(digest);
        remove().map(|()| true)
    }

    pub(super) fn is_whole(&self, digest: &Digest) -> bool {
        self.lock().whole.contains(digest)
    }

    pub(super) fn whole(&self, digest: &Digest) {
        let mut inner = self.lock();
        if inner.whole.len() >= WHOLE {
            inner.whole.clear();
        }
        inner.whole.insert(digest.clone());
    }
}

/// A sweep is going on.
pub(super) struct Sweeping<'a>(&'a Marks);

impl Drop for Sweeping<'_> {
    fn drop(&mut self) {
        let mut inner = self.0.lock();
        inner.sweeps -= 1;
        if inner.sweeps == 0 {
            inner.held.retain(|_, count| *count > 0);
        }
    }
}

/// A digest that may not be removed.
#[derive(Debug)]
pub(crate) struct Held {
    marks: Arc<Marks>,
    digest: Digest,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut inner = self.marks.lock();
        let sweeping = inner.sweeps > 0;
        if let Some(count) = inner.held.get_mut(&self.digest) {
            *count = count.saturating_sub(1);
            if *count == 0 && !sweeping {
                inner.held.remove(&self.digest);
            }
        }
    }
}
