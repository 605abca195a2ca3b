//! The way to the one thread that writes: bounded by bytes, first come first served.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

/// Bytes that may wait. Whoever would go beyond has to wait for room: with a disk of 100 MB/s for less than a second.
const CAPACITY: usize = 64 * 1024 * 1024;
/// A group is closed when it has this many bytes: what one sync costs is then small against what it carries.
const GROUP: usize = 1024 * 1024;

struct Inner<T> {
    waiting: VecDeque<(usize, T)>,
    bytes: usize,
    open: bool,
}

/// A queue of `T`s with a weight in bytes each.
pub(super) struct Queue<T> {
    inner: Mutex<Inner<T>>,
    came: Condvar,
    went: Condvar,
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        let inner = Inner { waiting: VecDeque::new(), bytes: 0, open: true };
        Self { inner: Mutex::new(inner), came: Condvar::new(), went: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands over an item; blocks while there is no room. One that is too large for the whole queue waits until it is
    /// empty. Gives it back if the queue is closed.
    pub(super) fn push(&self, weight: usize, item: T) -> Result<(), T> {
        let full = |inner: &mut Inner<T>| inner.open && inner.bytes > 0 && inner.bytes + weight > CAPACITY;
        let mut inner = self.went.wait_while(self.lock(), full).unwrap_or_else(PoisonError::into_inner);
        if !inner.open {
            return Err(item);
        }
        inner.bytes += weight;
        inner.waiting.push_back((weight, item));
        drop(inner);
        self.came.notify_one();
        Ok(())
    }

    /// Waits for the first item, then takes what is there up to a group. `None` once it is closed and empty.
    pub(super) fn take(&self) -> Option<Vec<T>> {
        let idle = |inner: &mut Inner<T>| inner.open && inner.waiting.is_empty();
        let mut inner = self.came.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
        let (mut group, mut bytes) = (Vec::new(), 0);
        while bytes < GROUP {
            let Some((weight, item)) = inner.waiting.pop_front() else { break };
            bytes += weight;
            group.push(item);
        }
        inner.bytes -= bytes;
        drop(inner);
        self.went.notify_all();
        (!group.is_empty()).then_some(group)
    }

    /// Lets nothing more in; what is there can still be taken.
    pub(super) fn close(&self) {
        self.lock().open = false;
        self.came.notify_all();
        self.went.notify_all();
    }

    /// Closes it and drops what is there.
    pub(super) fn abandon(&self) {
        self.close();
        let dropped = std::mem::take(&mut self.lock().waiting);
        drop(dropped);
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, thread, time::Duration};

    use super::*;

    #[test]
    fn a_group_ends_with_the_item_that_fills_it() {
        let queue = Queue::new();
        for item in 0..5 {
            queue.push(GROUP / 2, item).unwrap();
        }
        assert_eq!(queue.take(), Some(vec![0, 1]));
        assert_eq!(queue.take(), Some(vec![2, 3]));
        assert_eq!(queue.take(), Some(vec![4]));
        queue.close();
        assert_eq!((queue.take(), queue.push(1, 9)), (None, Err(9)));
    }

    #[test]
    fn a_full_queue_makes_its_callers_wait() {
        let queue = Arc::new(Queue::new());
        queue.push(2 * CAPACITY, 0).unwrap();
        let later = thread::spawn({
            let queue = Arc::clone(&queue);
            move || queue.push(1, 1)
        });
        thread::sleep(Duration::from_millis(20));
        assert!(!later.is_finished(), "there was no room");
        assert_eq!(queue.take(), Some(vec![0]));
        later.join().unwrap().unwrap();
        assert_eq!(queue.take(), Some(vec![1]));
    }
}
