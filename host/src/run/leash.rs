//! Bodies that wait for the network: whoever waits there looks at nothing else, and is stopped from outside.

use std::sync::{Arc, Mutex, PoisonError};

use cairn_replay::Key;
use tokio::sync::Notify;

use super::{Activation, Body, Standing, Stop};

/// The body that a guest is in, for those who watch over it.
#[derive(Default)]
pub(super) struct Leash {
    body: Mutex<Option<Body>>,
    changed: Notify,
}

impl Leash {
    /// It enters a body, or leaves it.
    pub(super) fn hold(&self, body: Option<&Body>) {
        *self.body.lock().unwrap_or_else(PoisonError::into_inner) = body.cloned();
        self.changed.notify_one();
    }

    fn body(&self) -> Option<Body> {
        self.body.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Resolves when a guest that waits within a body is to do so no longer: the attempt has taken as long as it may, or the run is to stop. What it had
/// begun there is dropped with it.
pub(super) async fn outlives(leash: Arc<Leash>, activation: Arc<Activation>, scope: Option<Key>) -> Stop {
    let scope = scope.as_ref();
    loop {
        let Some(body) = leash.body() else {
            leash.changed.notified().await;
            continue;
        };
        let late = activation.core().clock_until(body.until);
        tokio::select! {
            biased;
            () = leash.changed.notified() => {}
            () = activation.until_unwanted(scope) => return activation.core().unwanted(),
            () = late => {
                if let Some(stop) = activation.core().stops_body(scope, &body) {
                    return stop;
                }
            }
        }
    }
}

impl Activation {
    /// Resolves when a scope is to stop.
    async fn until_unwanted(&self, scope: Option<&Key>) {
        let hurry = Arc::clone(&self.core().hurry);
        loop {
            let told = hurry.notified();
            tokio::pin!(told);
            told.as_mut().enable();
            if matches!(self.core().standing(scope), Standing::Stops) {
                return;
            }
            told.await;
        }
    }
}
