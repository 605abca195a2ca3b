//! The host: what an embedder holds.

mod inner;

use std::sync::Arc;

use cairn_journal::{FjallJournal, InstanceId};
pub(crate) use inner::Inner;
use tokio::sync::broadcast;

use crate::{
    Component, Deployed, Error, Limits, Settings,
    component::read,
    crash::JournalPoints,
    ops::{self, InstanceView, Reply, Request, Update},
    port::{Ports, SystemTools},
    run::store,
    tool::known_imports,
};

/// A host with its data directory open. Cheap to clone.
///
/// What it does goes on in tasks of the tokio runtime that it was opened in, also when all clones are dropped;
/// [`Host::close`] ends them. The directory is free for another process when that has returned and no clone is left.
#[derive(Clone)]
pub struct Host {
    inner: Arc<Inner>,
}

impl Host {
    /// How many components are kept ready.
    #[cfg(test)]
    pub(crate) fn components(&self) -> usize {
        self.inner.registry.len()
    }

    /// Opens (and makes) the data directory: lock, format version, journal, engine. Drives nothing by itself.
    ///
    /// # Errors
    /// A fault that names the path: another process has it open, its journal is damaged or of a newer version, the disk
    /// refuses.
    pub async fn open(settings: Settings) -> Result<Self, Error> {
        let dir = settings.data.clone();
        let opened = tokio::task::spawn_blocking(move || FjallJournal::open_with(&dir, JournalPoints)).await;
        let journal =
            opened.map_err(|e| Error::fault(format!("opening the journal did not come to its end: {e}")))?;
        let journal = journal.map_err(|e| store(&e))?;
        let tools = SystemTools { folder: Some(settings.data.join("ci")) };
        let ports = Ports { tools: Arc::new(tools), ..Ports::system(Arc::new(journal)) };
        Self::with_ports(settings, ports)
    }

    /// As [`Host::open`], with doors of the embedder's choice: of the data directory only `cache/` is used. Must be called
    /// within a tokio runtime.
    ///
    /// # Errors
    /// A fault if the engine or the directory cannot be made.
    pub fn with_ports(settings: Settings, ports: Ports) -> Result<Self, Error> {
        Ok(Self { inner: Inner::new(settings, ports)? })
    }

    /// Another host with these doors, and with the limits and all the code that this one has ready: nothing is compiled again. They
    /// know nothing else of each other. Must be called within a tokio runtime.
    #[must_use]
    pub fn beside(&self, ports: Ports) -> Self {
        self.beside_with(ports, |_| ())
    }

    /// As [`Host::beside`], with settings of its own. What a guest may have of memory and stack, and the size of a component, stay as they
    /// are where the code was made ready; nothing is kept in a directory.
    #[must_use]
    pub fn beside_with(&self, ports: Ports, change: impl FnOnce(&mut Settings)) -> Self {
        Self { inner: self.inner.beside(ports, change) }
    }

    /// Checks a component (is it one, are all its imports known, is it small enough, does it compile) and keeps it by its
    /// digest. A second time is free.
    ///
    /// # Errors
    /// A mistake that says what is wrong with it; then nothing is kept.
    pub async fn deploy(&self, component: &[u8]) -> Result<Deployed, Error> {
        ops::deploy(&self.inner, component.to_vec()).await
    }

    /// As [`Host::deploy`], of a component that is a tool: `component:` and the digest is then what [`Grant::bind`](crate::tool::Grant) names.
    ///
    /// # Errors
    /// A mistake that says what is wrong with it; then nothing is kept.
    pub async fn deploy_tool(&self, component: &[u8]) -> Result<Deployed, Error> {
        ops::deploy_tool(&self.inner, component.to_vec()).await
    }

    /// As [`Host::inspect`], of a component that is to be a tool.
    ///
    /// # Errors
    /// As of [`Host::inspect`], or it imports what a tool does not have.
    pub fn inspect_tool(component: &[u8]) -> Result<Component, Error> {
        let found = read(component, &Limits::default())?;
        known_imports(&found)?;
        Ok(found)
    }

    /// What a component says of itself, without a host: checked and measured with the default [`Limits`], not compiled.
    ///
    /// # Errors
    /// A mistake: it is no component, is not valid or too large, or its own sections cannot be read.
    pub fn inspect(component: &[u8]) -> Result<Component, Error> {
        read(component, &Limits::default())
    }

    /// Carries out a verb.
    ///
    /// # Errors
    /// As the verb says.
    pub async fn handle(&self, request: Request) -> Result<Reply, Error> {
        ops::handle(&self.inner, request).await
    }

    /// How many guests were loaded since it was opened.
    #[cfg(test)]
    pub(crate) fn guests(&self) -> u64 {
        self.inner.guests.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Whether an instance is loaded, at work or not.
    #[cfg(test)]
    pub(crate) fn is_loaded(&self, id: &cairn_journal::InstanceId) -> bool {
        self.inner.slots.is_taken(id)
    }

    /// What happens from now on, in all instances that this process drives. A watcher that falls far behind misses updates
    /// and is told so by the channel.
    #[must_use]
    pub fn watch(&self) -> broadcast::Receiver<Update> {
        self.inner.updates.subscribe()
    }

    /// Resolves when the instance is not loaded and not about to be: it waits, has ended, diverged, or stopped. Gives where
    /// it stands.
    ///
    /// # Errors
    /// A mistake if there is no such instance.
    pub async fn at_rest(&self, tenant: &str, id: &str) -> Result<InstanceView, Error> {
        let id = InstanceId { tenant: tenant.to_owned(), instance: id.to_owned() };
        loop {
            self.inner.slots.until_at_rest(&id).await;
            let head = self.inner.head(&id)?;
            // A timer may have fired, or an event have come, in between: then it is not at rest.
            if !self.inner.slots.is_at_work(&id) {
                return Ok(ops::resting(&head));
            }
        }
    }

    /// How many instances are loaded, or about to be, or just being unloaded.
    #[must_use]
    pub fn at_work(&self) -> usize {
        self.inner.slots.count()
    }

    /// Resolves when nothing that this process drives is loaded.
    pub async fn idle(&self) {
        self.inner.slots.until_idle().await;
    }

    /// Takes nothing new up, lets commits finish, unloads (effects under way are cut off, as by a crash), closes the journal
    /// if this is the last clone.
    pub async fn close(self) {
        self.inner.begin_closing();
        self.inner.slots.abort();
        self.inner.slots.until_empty().await;
        // The journal writes what was handed over and syncs when it is dropped: not on this thread.
        let _ = tokio::task::spawn_blocking(move || drop(self)).await;
    }
}
