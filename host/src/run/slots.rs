//! Which instances are at work: never twice at once, and no wish to wake one is lost.

use std::{
    collections::HashMap,
    mem,
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
    /// Those whose claim was dropped after somebody rang; see [`Slots::missed`].
    missed: Mutex<Vec<InstanceId>>,
    misses: Notify,
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

/// The right to work on an instance; dropping it gives it back, and whoever rang meanwhile is heard all the same.
pub(crate) struct Claim {
    /// None once it was given back.
    slots: Option<Arc<Slots>>,
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
        Some(Claim { slots: Some(Arc::clone(self)), id: id.clone(), again, hurry })
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

    /// Resolves with instances that were to be looked at again, and are worked on by nobody now.
    pub(crate) async fn missed(&self) -> Vec<InstanceId> {
        loop {
            let missed = mem::take(&mut *self.missed.lock().unwrap_or_else(PoisonError::into_inner));
            if !missed.is_empty() {
                return missed;
            }
            self.misses.notified().await;
        }
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
        let Some(slots) = &self.slots else { return };
        if let Some(slot) = slots.taken().get_mut(&self.id) {
            slot.activation = Arc::downgrade(activation);
        }
    }

    /// Gives the claim back, unless something changed in the meantime: then there is more to do.
    pub(crate) fn release(mut self) -> Option<Self> {
        let slots = self.slots.take()?;
        let mut taken = slots.taken();
        if self.again.swap(false, Ordering::SeqCst) {
            drop(taken);
            self.slots = Some(slots);
            return Some(self);
        }
        taken.remove(&self.id);
        drop(taken);
        slots.freed.notify_waiters();
        None
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let Some(slots) = self.slots.take() else { return };
        slots.taken().remove(&self.id);
        slots.freed.notify_waiters();
        // Without a slot nobody rings here any more.
        if self.again.load(Ordering::SeqCst) {
            slots.missed.lock().unwrap_or_else(PoisonError::into_inner).push(self.id.clone());
            slots.misses.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn whoever_rings_at_a_claim_is_heard_also_where_it_is_dropped() {
        let slots = Arc::<Slots>::default();
        let id = |name: &str| InstanceId { tenant: "acme".to_owned(), instance: name.to_owned() };
        drop(slots.claim(&id("quiet")).unwrap());
        let rung = slots.claim(&id("rung")).unwrap();
        assert!(slots.ring(&id("rung")));
        drop(rung);
        assert!(!slots.is_taken(&id("rung")));
        let missed = tokio::time::timeout(Duration::from_secs(9), slots.missed()).await;
        assert_eq!(missed.unwrap(), [id("rung")]);
        let looks = slots.claim(&id("looks")).unwrap();
        slots.ring(&id("looks"));
        let looks = looks.release().expect("there is more to do");
        assert!(looks.release().is_none());
        assert!(slots.missed.lock().unwrap().is_empty(), "it looked itself");
    }
}
