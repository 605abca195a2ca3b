//! Something durable that takes time.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::{Failure, failure, world::cairn::workflow::types};

/// It began when it was made: begin several, then wait for each, and they take as long as the longest.
#[must_use = "it has begun, and nobody waits for it"]
pub struct Operation<T> {
    pub(crate) handle: types::Operation,
    gives: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Operation<T> {
    pub(crate) fn new(handle: types::Operation) -> Self {
        Self { handle, gives: PhantomData }
    }

    /// Waits for its outcome. Asking again gives the same one.
    ///
    /// # Errors
    /// How it failed; `bad_data` if what it gave is no `T`.
    pub fn wait(&self) -> Result<T, Failure> {
        let json = self.handle.outcome().map_err(failure::of_world)?;
        failure::read(&json, "an outcome")
    }

    /// Gives up waiting: what is not recorded by now fails `cancelled`.
    pub fn cancel(&self) {
        self.handle.cancel();
    }
}
