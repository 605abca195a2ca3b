//! Following what a host does until it is at rest, or somebody wants to end.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    pin::Pin,
    time::Duration,
};

use cairn_host::{
    Host,
    ops::{InstanceView, Progress, Shown, State, Update},
};
use tokio::{
    sync::broadcast::{
        Receiver,
        error::{RecvError, TryRecvError},
    },
    time::{MissedTickBehavior, interval},
};

use super::{Report, Signals};
use crate::{
    data::verbs::{self, TENANT},
    problem::Outcome,
};

/// How often the status line moves.
const TICK: Duration = Duration::from_millis(250);

/// Until when one instance is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// It has ended.
    End,
    /// It has ended or waits.
    Rest,
}

/// Why following ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// As far as was wanted.
    Reached,
    /// By a signal.
    Interrupted,
}

/// Follows a host. To be made before anything is started, so that nothing is missed.
pub(crate) struct Follow {
    host: Host,
    updates: Receiver<Update>,
    signals: Signals,
    report: Report,
    /// Instances that something happened in.
    seen: BTreeSet<String>,
    /// Instances that the host could not go on with, and why.
    stopped: BTreeMap<String, String>,
    /// Something happened since this was last looked at.
    stirred: bool,
}

type Resting<T> = Pin<Box<dyn Future<Output = T> + std::marker::Send>>;

impl Follow {
    /// From now on.
    pub(crate) fn new(host: &Host, signals: Signals, report: Report) -> Self {
        Self {
            host: host.clone(),
            updates: host.watch(),
            signals,
            report,
            seen: BTreeSet::new(),
            stopped: BTreeMap::new(),
            stirred: false,
        }
    }

    /// One instance, until it has come so far: how it stood then, also if something has woken it since. None: by a signal.
    ///
    /// # Errors
    ///
    /// The host's; a fault where stdout cannot be written.
    pub(crate) async fn one(&mut self, id: &str, until: Until) -> Outcome<Option<Shown>> {
        loop {
            // What comes from here on may be news to the view that comes: then it is asked for again.
            self.stirred = false;
            let Some(view) = self.step(rest(self.host.clone(), id.to_owned())).await? else {
                return Ok(None);
            };
            let shown = Shown { instance: view?, ..verbs::show(&self.host, id).await? };
            let waits =
                matches!(shown.instance.state, State::Waiting { .. }) && !self.stopped.contains_key(id);
            if !waits {
                return Ok(Some(shown));
            }
            self.report.rests(&shown, !self.seen.contains(id))?;
            if until == Until::Rest {
                return Ok(Some(shown));
            }
            if self.stir().await?.is_none() {
                return Ok(None);
            }
        }
    }

    /// Everything that this process drives, until nothing of it is loaded.
    ///
    /// # Errors
    ///
    /// A fault where stdout cannot be written.
    pub(crate) async fn all(&mut self) -> Outcome<Ending> {
        let host = self.host.clone();
        let idle: Resting<()> = Box::pin(async move { host.idle().await });
        Ok(if self.step(idle).await?.is_some() { Ending::Reached } else { Ending::Interrupted })
    }

    /// Everything that this process drives, until a signal comes.
    ///
    /// # Errors
    ///
    /// A fault where stdout cannot be written.
    pub(crate) async fn ever(&mut self) -> Outcome<()> {
        self.step(Box::pin(std::future::pending::<()>())).await.map(|_| ())
    }

    /// Instances that something happened in.
    pub(crate) fn seen(&self) -> &BTreeSet<String> {
        &self.seen
    }

    /// Why the host could not go on with this one, if so.
    pub(crate) fn stopped(&self, id: &str) -> Option<&str> {
        self.stopped.get(id).map(String::as_str)
    }

    /// Where it is told.
    pub(crate) fn report(&mut self) -> &mut Report {
        &mut self.report
    }

    /// No more is told; a signal ends the process at once now.
    pub(crate) fn end(mut self) {
        self.report.quiet();
        self.signals.end_at_the_next();
    }

    /// Tells what happens until the future is done; none if a signal comes first.
    async fn step<T>(&mut self, mut done: Resting<T>) -> Outcome<Option<T>> {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                biased;
                () = self.signals.come() => return Ok(None),
                update = self.updates.recv() => self.received(update)?,
                value = &mut done => {
                    self.drain()?;
                    return Ok(Some(value));
                }
                _ = tick.tick() => self.report.tick(),
            }
        }
    }

    /// Waits until something happens, or has happened since it was last looked; none if a signal comes first.
    async fn stir(&mut self) -> Outcome<Option<()>> {
        let mut tick = interval(TICK);
        while !std::mem::take(&mut self.stirred) {
            tokio::select! {
                biased;
                () = self.signals.come() => return Ok(None),
                update = self.updates.recv() => self.received(update)?,
                _ = tick.tick() => self.report.tick(),
            }
        }
        Ok(Some(()))
    }

    fn drain(&mut self) -> Outcome<()> {
        loop {
            match self.updates.try_recv() {
                Ok(update) => self.received(Ok(update))?,
                Err(TryRecvError::Lagged(many)) => self.received(Err(RecvError::Lagged(many)))?,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Ok(()),
            }
        }
    }

    fn received(&mut self, update: Result<Update, RecvError>) -> Outcome<()> {
        self.stirred = true;
        match update {
            Ok(update) => {
                if !matches!(update.progress, Progress::Refused { .. }) {
                    self.seen.insert(update.id.clone());
                }
                match &update.progress {
                    Progress::Stopped { message } => {
                        self.stopped.insert(update.id.clone(), message.clone());
                    }
                    Progress::Loaded { .. } => {
                        self.stopped.remove(&update.id);
                    }
                    _ => {}
                }
                self.report.update(&update)
            }
            Err(RecvError::Lagged(many)) => {
                self.report.missed(many);
                Ok(())
            }
            // The host has gone; whoever asked it for something is told so there.
            Err(RecvError::Closed) => Ok(()),
        }
    }
}

fn rest(host: Host, id: String) -> Resting<Result<InstanceView, cairn_host::Error>> {
    Box::pin(async move { host.at_rest(TENANT, &id).await })
}
