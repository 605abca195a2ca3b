//! The host: what an embedder holds.

use crate::{
    Component, Deployed, Error, Limits, Settings,
    component::read,
    ops::{InstanceView, Reply, Request, Update},
    port::Ports,
};
use tokio::sync::broadcast;

/// A host with its data directory open. Cheap to clone; the directory is free again when [`Host::close`] has returned and
/// all clones are gone.
#[derive(Clone)]
pub struct Host {
    updates: broadcast::Sender<Update>,
}
impl Host {
    /// Opens (and makes) the data directory: lock, format version, journal, engine. Drives nothing by itself.
    ///
    /// # Errors
    /// A fault that names the path: another process has it open, its journal is damaged or of a newer version.
    pub async fn open(settings: Settings) -> Result<Self, Error> {
        let _ = settings;
        Err(Error::fault("the journal is not there yet"))
    }

    /// As [`Host::open`], with doors of the embedder's choice; of the directory only `cache/` is used.
    ///
    /// # Errors
    /// A fault if the engine cannot be made.
    pub fn with_ports(settings: Settings, ports: Ports) -> Result<Self, Error> {
        let _ = (settings, ports);
        Ok(Self { updates: broadcast::channel(16).0 })
    }

    /// Checks a component (is it one, are all its imports known, is it small enough, does it compile) and keeps it by its
    /// digest. A second time is free.
    ///
    /// # Errors
    /// A mistake that says what is wrong with it; then nothing is kept.
    pub async fn deploy(&self, component: &[u8]) -> Result<Deployed, Error> {
        Ok(Deployed { digest: String::new(), component: Self::inspect(component)? })
    }

    /// What a component says of itself, without a host.
    ///
    /// # Errors
    /// A mistake: it is no component, is not valid, or its own sections cannot be read.
    pub fn inspect(component: &[u8]) -> Result<Component, Error> {
        read(component, &Limits::default())
    }

    /// Carries out a verb.
    ///
    /// # Errors
    /// As the verb says.
    pub async fn handle(&self, request: Request) -> Result<Reply, Error> {
        let _ = request;
        Err(Error::fault("the verbs are not there yet"))
    }

    /// What happens from now on, in all instances that this process drives.
    #[must_use]
    pub fn watch(&self) -> broadcast::Receiver<Update> {
        self.updates.subscribe()
    }

    /// Resolves when the instance is not loaded and not about to be: it waits, has ended, diverged, or stopped. Gives where
    /// it stands.
    ///
    /// # Errors
    /// A mistake if there is no such instance.
    pub async fn at_rest(&self, tenant: &str, id: &str) -> Result<InstanceView, Error> {
        Err(Error::fault(format!("{tenant}/{id}: not there yet")))
    }

    /// Resolves when nothing that this process drives is loaded.
    pub async fn idle(&self) {}

    /// Takes nothing new up, lets commits finish, unloads (effects under way are cut off, as by a crash), closes the
    /// journal.
    pub async fn close(self) {}
}
