//! What all clones of a host share.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use cairn_journal::{Head, InstanceId};
use tokio::{
    sync::{Semaphore, broadcast},
    task::{AbortHandle, JoinHandle},
};

use crate::{
    Error, Limits, Settings, did_you_mean,
    engine::{Cache, HURRIED, shared},
    ops::Update,
    port::Ports,
    registry::Registry,
    run::{Lines, Slots, Stays, store, take_up_missed, wake},
    schedules::{self, Schedules},
    timers::{self, Timers},
    tool::Kit,
};

/// Updates that a slow watcher may fall behind by, before it misses some.
const UPDATES: usize = 4096;
/// As [`UPDATES`], of a host beside another one: they are many, and live shortly.
const FEW_UPDATES: usize = 128;
/// Ids that are looked through for a similar one.
const SIMILAR: usize = 1000;

pub(crate) struct Inner {
    pub(crate) limits: Limits,
    pub(crate) ports: Ports,
    pub(crate) registry: Arc<Registry>,
    pub(crate) slots: Arc<Slots>,
    pub(crate) timers: Arc<Timers>,
    /// What starts workflows by itself.
    pub(crate) schedules: Arc<Schedules>,
    pub(crate) updates: broadcast::Sender<Update>,
    /// Turns to be loaded.
    pub(crate) loaded: Semaphore,
    /// Turns of blocks to be loaded.
    pub(crate) blocks: Semaphore,
    /// Turns beyond those, for instances that are to stop.
    pub(crate) hurried: Semaphore,
    /// As [`Inner::hurried`], for blocks.
    pub(crate) hurried_blocks: Semaphore,
    /// How many guests were loaded since the host was opened.
    pub(crate) guests: AtomicU64,
    /// See [`Settings::ride_along`].
    pub(crate) ride_along: Duration,
    /// See [`Settings::preempts`].
    pub(crate) preempts: bool,
    /// See [`Settings::stay`].
    pub(crate) stay: Duration,
    /// Those that wait and are loaded all the same.
    pub(crate) stays: Arc<Stays>,
    /// Places of locks that are just being taken.
    pub(crate) lines: Lines,
    /// Held while it is decided about a start of a key.
    pub(crate) keyed: tokio::sync::Mutex<()>,
    /// Who waits for the end of whom.
    waiting: Mutex<BTreeMap<InstanceId, BTreeSet<InstanceId>>>,
    driven: Mutex<Driven>,
    /// How many messages are on their way into each inbox.
    coming: Mutex<BTreeMap<InstanceId, usize>>,
    closing: AtomicBool,
    /// What goes on for as long as it is open.
    tasks: Mutex<Vec<AbortHandle>>,
}

/// What this process takes up by itself.
#[derive(Default)]
struct Driven {
    /// By tenant; without more than their names, for they may be many.
    ids: BTreeMap<String, HashSet<Box<str>>>,
    /// All instances of these.
    tenants: HashSet<String>,
}

impl Inner {
    /// With its timers running: must be called within a tokio runtime.
    pub(crate) fn new(settings: Settings, ports: Ports) -> Result<Arc<Self>, Error> {
        let engine = shared(&settings.limits)?;
        let folder = settings.data.join("cache");
        let cache = Cache::open(folder.clone(), &engine)?;
        let kit = Kit::new(folder, settings.limits.clone());
        let registry = Registry::new(engine, cache, kit, settings.limits.clone())?;
        Ok(Self::on(settings, ports, Arc::new(registry), UPDATES))
    }

    /// With the code that is ready already.
    pub(crate) fn beside(&self, ports: Ports, change: impl FnOnce(&mut Settings)) -> Arc<Self> {
        let (limits, data) = (self.limits.clone(), PathBuf::new());
        let (ride_along, preempts, stay) = (self.ride_along, self.preempts, self.stay);
        let mut settings = Settings { limits, ride_along, preempts, stay, data };
        change(&mut settings);
        Self::on(settings, ports, Arc::clone(&self.registry), FEW_UPDATES)
    }

    fn on(settings: Settings, ports: Ports, registry: Arc<Registry>, updates: usize) -> Arc<Self> {
        let Settings { limits, ride_along, preempts, stay, .. } = settings;
        let inner = Arc::new(Self {
            registry,
            slots: Arc::default(),
            timers: Arc::default(),
            schedules: Arc::default(),
            updates: broadcast::channel(updates).0,
            loaded: Semaphore::new(limits.loaded),
            blocks: Semaphore::new(limits.blocks),
            hurried: Semaphore::new(HURRIED),
            hurried_blocks: Semaphore::new(HURRIED),
            guests: AtomicU64::new(0),
            ride_along,
            preempts,
            stay,
            stays: Arc::default(),
            lines: Lines::default(),
            keyed: tokio::sync::Mutex::default(),
            waiting: Mutex::default(),
            driven: Mutex::default(),
            coming: Mutex::default(),
            closing: AtomicBool::new(false),
            tasks: Mutex::default(),
            limits,
            ports,
        });
        let clock = Arc::clone(&inner.ports.clock);
        let fires = timers::run(Arc::clone(&inner.timers), Arc::clone(&clock), Arc::downgrade(&inner));
        let starts = schedules::run(Arc::clone(&inner.schedules), clock, Arc::downgrade(&inner));
        let missed = take_up_missed(Arc::clone(&inner.slots), Arc::downgrade(&inner));
        let tasks = [tokio::spawn(fires), tokio::spawn(starts), tokio::spawn(missed)];
        let tasks = tasks.iter().map(JoinHandle::abort_handle).collect();
        *inner.tasks.lock().unwrap_or_else(PoisonError::into_inner) = tasks;
        inner
    }

    fn driven(&self) -> MutexGuard<'_, Driven> {
        self.driven.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on this process takes the instance up whenever it can go on.
    pub(crate) fn drive(&self, id: &InstanceId) {
        let mut driven = self.driven();
        if !driven.tenants.contains(&id.tenant) {
            driven.ids.entry(id.tenant.clone()).or_default().insert(id.instance.as_str().into());
        }
    }

    pub(crate) fn drive_all(&self, tenant: &str) {
        self.driven().tenants.insert(tenant.to_owned());
    }

    /// Whether all instances of a tenant are taken up here.
    pub(crate) fn drives_all(&self, tenant: &str) -> bool {
        self.driven().tenants.contains(tenant)
    }

    pub(crate) fn undrive(&self, id: &InstanceId) {
        if let Some(ids) = self.driven().ids.get_mut(&id.tenant) {
            ids.remove(id.instance.as_str());
        }
    }

    pub(crate) fn drives(&self, id: &InstanceId) -> bool {
        let driven = self.driven();
        let named = || driven.ids.get(&id.tenant).is_some_and(|ids| ids.contains(id.instance.as_str()));
        driven.tenants.contains(&id.tenant) || named()
    }

    /// How many messages are on their way into an inbox, and not seen there yet.
    pub(crate) fn coming(&self, to: &InstanceId) -> usize {
        self.coming.lock().unwrap_or_else(PoisonError::into_inner).get(to).copied().unwrap_or(0)
    }

    /// One more, or one less, is on its way.
    pub(crate) fn comes(&self, to: &InstanceId, more: bool) {
        let mut coming = self.coming.lock().unwrap_or_else(PoisonError::into_inner);
        let many = coming.entry(to.clone()).or_default();
        *many = if more { *many + 1 } else { many.saturating_sub(1) };
        if *many == 0 {
            coming.remove(to);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<InstanceId, BTreeSet<InstanceId>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `parent` is to be woken when `child` is over.
    pub(crate) fn waits_for(&self, child: &InstanceId, parent: &InstanceId) {
        self.waiting().entry(child.clone()).or_default().insert(parent.clone());
    }

    /// An instance is over, and its journal says so: whoever waits for that looks.
    pub(crate) fn over(self: &Arc<Self>, id: &InstanceId) {
        let parents = self.waiting().remove(id).unwrap_or_default();
        for parent in parents.iter().filter(|parent| self.drives(parent)) {
            wake(self, parent);
        }
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
    }

    /// Nothing new is taken up.
    pub(crate) fn begin_closing(&self) {
        self.closing.store(true, Ordering::SeqCst);
        for task in self.tasks.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            task.abort();
        }
    }

    pub(crate) fn find(&self, id: &InstanceId) -> Result<Option<Head>, Error> {
        self.ports.journal.head(id).map_err(|e| store(&e))
    }

    /// The head of an instance that somebody named.
    pub(crate) fn head(&self, id: &InstanceId) -> Result<Head, Error> {
        self.find(id)?.ok_or_else(|| self.unknown(id))
    }

    /// There is no such instance.
    pub(crate) fn unknown(&self, id: &InstanceId) -> Error {
        let error = Error::mistake(format!("no instance is called `{}`", id.instance));
        let page =
            self.ports.journal.list(&id.tenant, None, SIMILAR).map(|page| page.items).unwrap_or_default();
        let names: Vec<&str> = page.iter().map(|head| head.id.instance.as_str()).collect();
        match did_you_mean(&id.instance, &names) {
            Some(name) => error.help(format!("did you mean `{name}`?")),
            None if names.is_empty() => error.help("there are no instances yet"),
            None => error.help("a list of all instances shows their names"),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.begin_closing();
    }
}
