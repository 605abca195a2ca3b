//! Which instances are at work: never twice at once, and no wish to wake one is lost.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use cairn_journal::InstanceId;
use tokio::{sync::Notify, task::AbortHandle};

use super::Activation;

/// The instances that are at work.
#[derive(Default)]
pub(crate) struct Slots {
    taken: Mutex<HashMap<InstanceId, Slot>>,
    /// One was freed, or has come to rest.
    freed: Notify,
}

#[derive(Clone, Default)]
struct Slot {
    /// Something may have changed since its guest last looked.
    again: Arc<AtomicBool>,
    activation: Weak<Activation>,
    task: Option<AbortHandle>,
    /// Rings when it is to stop.
    hurry: Arc<Notify>,
}

/// The right to work on an instance; dropping it gives it back.
pub(crate) struct Claim {
    slots: Arc<Slots>,
    pub(crate) id: InstanceId,
    /// See [`Slot::again`].
    pub(crate) again: Arc<AtomicBool>,
    /// See [`Slot::hurry`].
    pub(crate) hurry: Arc<Notify>,
}

impl Slots {
    fn taken(&self) -> MutexGuard<'_, HashMap<InstanceId, Slot>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The right to work on an instance, if nobody has it.
    pub(crate) fn claim(self: &Arc<Self>, id: &InstanceId) -> Option<Claim> {
        let mut taken = self.taken();
        if taken.contains_key(id) {
            return None;
        }
        let slot = Slot::default();
        let (again, hurry) = (Arc::clone(&slot.again), Arc::clone(&slot.hurry));
        taken.insert(id.clone(), slot);
        Some(Claim { slots: Arc::clone(self), id: id.clone(), again, hurry })
    }

    /// If somebody works on it: it will be looked at again, at once or when it is unloaded.
    pub(crate) fn ring(&self, id: &InstanceId) -> bool {
        let activation = {
            let taken = self.taken();
            let Some(slot) = taken.get(id) else { return false };
            slot.again.store(true, Ordering::SeqCst);
            slot.activation.upgrade()
        };
        // Not under the lock: whoever holds a core may want a slot.
        if let Some(activation) = activation {
            activation.ring();
        }
        true
    }

    /// Whoever works on it is to stop it: that waits for nobody's turn.
    pub(crate) fn hurry(&self, id: &InstanceId) {
        if let Some(slot) = self.taken().get(id) {
            slot.hurry.notify_one();
        }
    }

    pub(crate) fn is_taken(&self, id: &InstanceId) -> bool {
        self.taken().contains_key(id)
    }

    /// Is it loaded, or about to be, and not one that only stays?
    pub(crate) fn is_at_work(&self, id: &InstanceId) -> bool {
        let slot = self.taken().get(id).cloned();
        slot.is_some_and(|slot| slot.is_at_work())
    }

    /// How many are at work.
    pub(crate) fn count(&self) -> usize {
        let slots: Vec<Slot> = self.taken().values().cloned().collect();
        slots.iter().filter(|slot| slot.is_at_work()).count()
    }

    /// The loaded activation of an instance.
    pub(crate) fn activation(&self, id: &InstanceId) -> Option<Arc<Activation>> {
        self.taken().get(id)?.activation.upgrade()
    }

    /// Resolves when it is not at work.
    pub(crate) async fn until_at_rest(&self, id: &InstanceId) {
        self.until(|| !self.is_at_work(id)).await;
    }

    /// Resolves when nothing is at work.
    pub(crate) async fn until_idle(&self) {
        self.until(|| self.count() == 0).await;
    }

    /// One that stays has come to rest.
    pub(crate) fn one_rests(&self) {
        self.freed.notify_waiters();
    }

    /// Resolves when nothing is loaded.
    pub(crate) async fn until_empty(&self) {
        self.until(|| self.taken().is_empty()).await;
    }

    async fn until(&self, there: impl Fn() -> bool) {
        loop {
            let freed = self.freed.notified();
            tokio::pin!(freed);
            freed.as_mut().enable();
            if there() {
                return;
            }
            freed.await;
        }
    }

    /// Cuts off all work, as a crash would.
    pub(crate) fn abort(&self) {
        for slot in self.taken().values() {
            if let Some(task) = &slot.task {
                task.abort();
            }
        }
    }
}

impl Slot {
    /// Asks its core: not under the lock of the slots.
    fn is_at_work(&self) -> bool {
        let stays = self.activation.upgrade().is_some_and(|activation| activation.is_at_rest());
        !stays || self.again.load(Ordering::SeqCst)
    }
}

impl Claim {
    /// The task that works under this claim.
    pub(crate) fn works(slots: &Slots, id: &InstanceId, task: AbortHandle) {
        if let Some(slot) = slots.taken().get_mut(id) {
            slot.task = Some(task);
        }
    }

    /// It is loaded.
    pub(crate) fn loaded(&self, activation: &Arc<Activation>) {
        if let Some(slot) = self.slots.taken().get_mut(&self.id) {
            slot.activation = Arc::downgrade(activation);
        }
    }

    /// Gives the claim back, unless something changed in the meantime: then there is more to do.
    pub(crate) fn release(self) -> Option<Self> {
        let mut taken = self.slots.taken();
        if self.again.swap(false, Ordering::SeqCst) {
            drop(taken);
            return Some(self);
        }
        taken.remove(&self.id);
        drop(taken);
        // Dropping it now must not free the slot of whoever claims it next.
        let slots = Arc::clone(&self.slots);
        self.forget();
        slots.freed.notify_waiters();
        None
    }

    fn forget(mut self) {
        self.slots = Arc::default();
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.slots.taken().remove(&self.id);
        self.slots.freed.notify_waiters();
    }
}
