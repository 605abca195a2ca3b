//! Waiting: on a clock it is a durable sleep, under the key `sleep`. Outside of the bodies of steps nothing else is ever waited for.

use std::{
    future::{Future, pending, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
};

use cairn_replay::{Command, Instant};
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::p2::{
    DynPollable, Pollable,
    bindings::io::poll::{Host, HostPollable},
    subscribe,
};

use super::{Clock, Journaled};
use crate::run::{Body, Stop};

/// The key under which the journal has a sleep.
const KEY: &str = "sleep";

/// A moment that a guest may wait for.
pub(super) struct Nap {
    due: Instant,
    clock: Clock,
}

impl Nap {
    pub(super) fn new(due: Instant, clock: &Clock) -> Self {
        Self { due, clock: clock.clone() }
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Nap {
    /// The clock moves only between two looks at it: see [`Journaled::poll`].
    async fn ready(&mut self) {
        if self.clock.now() < self.due {
            pending::<()>().await;
        }
    }
}

impl Journaled<'_> {
    pub(super) fn nap(&mut self, nap: Nap) -> wasmtime::Result<Resource<DynPollable>> {
        let due = nap.due;
        let wasi = self.0.wasi();
        let nap = wasi.table.push(nap)?;
        let pollable = subscribe(&mut wasi.table, nap)?;
        wasi.naps.insert(pollable.rep(), due);
        Ok(pollable)
    }

    /// Sleeps until the first of these moments; one that was slept for before is over at once.
    async fn sleep(&mut self, of: &[Resource<DynPollable>]) -> wasmtime::Result<()> {
        let naps = &self.0.wasi().naps;
        let due = of.iter().filter_map(|one| naps.get(&one.rep())).min().copied();
        if let Some(body) = self.0.body().cloned() {
            return self.waits(of, &body, due).await;
        }
        let Some(due) = due else {
            let message =
                "the code waits for input that a workflow never has: events come by `event.receive`";
            return Err(wasmtime::Error::new(Stop::Refused(message.to_owned())));
        };
        let guest = &mut *self.0;
        guest.meter.waited();
        let key = guest.ask(KEY, Command::Until { due })?;
        guest.activation.wait(guest.scope.as_ref(), std::slice::from_ref(&key)).await?;
        // Whoever sleeps in this way cannot be told that it is to stop.
        let slept = guest.told(&key)?;
        slept.map_err(|failure| wasmtime::Error::new(Stop::Unwanted(failure)))?;
        guest.clock.told(due);
        Ok(())
    }
}

impl Journaled<'_> {
    /// Waits within a body, where answers of servers are waited for too.
    async fn waits(
        &mut self,
        of: &[Resource<DynPollable>],
        body: &Body,
        due: Option<Instant>,
    ) -> wasmtime::Result<()> {
        let guest = &mut *self.0;
        guest.meter.waited();
        let (activation, scope) = (Arc::clone(&guest.activation), guest.scope.clone());
        let due = due.unwrap_or(body.until);
        let now = tokio::select! {
            biased;
            found = any(&mut guest.wasi().table, of) => found.map(|()| activation.core().clock())?,
            now = activation.naps(scope.as_ref(), body, due) => now?,
        };
        guest.clock.told(now);
        guest.tell_notes()
    }
}

/// Resolves when one is ready; those of the clock never are by themselves.
async fn any(table: &mut ResourceTable, of: &[Resource<DynPollable>]) -> wasmtime::Result<()> {
    let of = of.iter().map(|one| Resource::new_borrow(one.rep())).collect();
    Host::poll(table, of).await.map(drop)
}

/// Those that are ready now, by their place.
async fn ready(table: &mut ResourceTable, of: &[Resource<DynPollable>]) -> wasmtime::Result<Vec<u32>> {
    let of = of.iter().map(|one| Resource::new_borrow(one.rep())).collect();
    let mut look = pin!(Host::poll(table, of));
    poll_fn(|context| match look.as_mut().poll(context) {
        Poll::Ready(found) => Poll::Ready(found),
        Poll::Pending => Poll::Ready(Ok(Vec::new())),
    })
    .await
}

impl Host for Journaled<'_> {
    async fn poll(&mut self, of: Vec<Resource<DynPollable>>) -> wasmtime::Result<Vec<u32>> {
        loop {
            let found = ready(&mut self.0.wasi().table, &of).await?;
            if !found.is_empty() {
                return Ok(found);
            }
            self.sleep(&of).await?;
        }
    }
}

impl HostPollable for Journaled<'_> {
    async fn block(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        self.poll(vec![pollable]).await.map(drop)
    }

    async fn ready(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<bool> {
        Ok(!ready(&mut self.0.wasi().table, &[pollable]).await?.is_empty())
    }

    fn drop(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        let wasi = self.0.wasi();
        wasi.naps.remove(&pollable.rep());
        HostPollable::drop(&mut wasi.table, pollable)
    }
}
