//! The suite that every store has to pass: a file and a function for each of the trait's numbered promises; and, for the stores of this crate,
//! random acts on a store and on a model of one (`machine`). A store's tests give it a [`Subject`].
//!
//! What is promised is asserted; a store that breaks a promise makes the function panic with the promise in words.

mod atomic;
mod closed;
mod cursors;
mod damaged;
mod dense;
mod durable;
mod kept;
mod large;
mod locks;
#[cfg(test)]
pub(crate) mod machine;
pub(crate) mod make;
mod messages;
mod own_writes;
mod purge;
mod restart;
mod timers;

pub use atomic::promise_1;
pub use closed::promise_9;
pub use cursors::promise_7;
pub use damaged::promise_8;
pub use dense::promise_3;
pub use durable::promise_2;
pub use kept::{promise_12, promise_14};
pub use large::promise_15;
pub use locks::promise_10;
pub use messages::promise_5;
pub use own_writes::promise_4;
pub use purge::promise_13;
pub use restart::promise_11;
pub use timers::promise_6;

use std::{
    fmt::Display,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use cairn_replay::{Json, Seq};

use crate::{Digest, InstanceId, Journal, StoreError};

/// A store under test, and what can befall it.
pub trait Subject {
    /// The store.
    type Store: Journal;

    /// Opens it: empty the first time, later with what was there. The one opened before has been dropped.
    ///
    /// # Errors
    /// The store's own.
    fn open(&mut self) -> Result<Self::Store, StoreError>;

    /// A crash: what the store did not write is gone. What is opened next is what the crash left.
    fn crash(&mut self, store: Self::Store);

    /// Puts bytes in the place of an entry, or removes it (`None`), behind the store's back.
    fn damage(&mut self, store: &Self::Store, id: &InstanceId, seq: Seq, bytes: Option<Vec<u8>>);

    /// Puts another in the place of a large value, or removes it (`None`), behind the store's back.
    fn damage_value(&mut self, store: &Self::Store, digest: &Digest, json: Option<Json>);

    /// The disk breaks: the next write fails with [`StoreError::Io`], if the store tries it. Opening anew mends it.
    fn break_disk(&mut self, store: &Self::Store);
}

/// Waits for a receipt, on any thread, without a runtime.
pub fn wait<T>(receipt: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut receipt = pin!(receipt);
    loop {
        match receipt.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(answer) => return answer,
            Poll::Pending => thread::park(),
        }
    }
}

/// What has to have gone well.
#[expect(clippy::panic, reason = "a suite says with a panic that it was not passed")]
fn sure<T, E: Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("the store refused what it promises: {error}"))
}

#[cfg(test)]
mod tests;
