//! The course of one activation: load, replay, run, and what becomes of it.

use std::{
    convert::Infallible,
    future,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use cairn_journal::{InstanceId, Status};
use cairn_replay::{Damage, Divergence, Entry, Machine, Outcome, Seq};
use tokio::sync::SemaphorePermit;

use super::{
    Activation, Begin, Claim, Mode, Stop,
    beside::Beside,
    commit::{Purpose, settled, store},
    core::Core,
    ending, restart,
    supervise::supervise,
    turn,
};
use crate::{Error, crash, host::Inner, ops::Progress, tool::Grant};

/// How long whoever hurries an instance may take to say why.
const A_WHILE: Duration = Duration::from_secs(1);

/// Cuts off what is out when an activation ends, however it does.
pub(super) struct Closing(pub(super) Arc<Activation>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.core().close();
    }
}

/// Loads the instance and runs it until it waits or is over.
///
/// # Errors
/// What keeps the host from going on; the instance stays as it is on disk.
pub(crate) async fn activate(inner: &Arc<Inner>, claim: &Claim) -> Result<(), Error> {
    claim.again.store(false, Ordering::SeqCst);
    let (_turn, hurried) = turn_to_load(inner, claim).await?;
    let Some(loaded) = load(inner, claim).await? else { return Ok(()) };
    let activation = Arc::clone(&loaded.activation);
    let went = run(inner, claim, loaded, hurried).await;
    // Whoever has the claim next reads what the journal shows.
    let last = activation.core().last();
    if let Some(last) = last {
        // If it was refused, whoever comes next sees why.
        last.await.map(drop).map_err(|e| store(&e))?;
    }
    went
}

async fn run(inner: &Arc<Inner>, claim: &Claim, loaded: Loaded, hurried: bool) -> Result<(), Error> {
    let activation = Arc::clone(&loaded.activation);
    let closing = Closing(Arc::clone(&activation));
    claim.loaded(&activation);
    if hurried {
        // Whoever hurries it is about to say why: until then it does nothing.
        let _ = tokio::time::timeout(A_WHILE, activation.until_hurried(None)).await;
    }
    activation.core().announce(Progress::Loaded { replayed: loaded.replayed });
    if !turn::has_come(inner, &activation).await? {
        return Ok(());
    }
    // Whoever hurried it may have ended what it waits for: then its code goes on.
    let rests = if loaded.waited { activation.core().rest(loaded.next) } else { Ok(()) };
    let end = match rests {
        Ok(()) => supervise(inner, &activation).await,
        Err(stop) => Err(stop),
    };
    drop(closing);
    match end {
        Ok(()) => Ok(()),
        Err(Stop::Unload) => {
            crash::point("wait:after-unload");
            Ok(())
        }
        Err(Stop::Diverged(divergence)) => diverged(inner, claim, &activation, &divergence).await,
        Err(Stop::Restart) => {
            restart::next_run(inner, &activation).await?;
            claim.again.store(true, Ordering::SeqCst);
            Ok(())
        }
        Err(Stop::Fault(error)) => Err(error),
        Err(stop @ (Stop::Refused(_) | Stop::OverLimit(_) | Stop::Unwanted(_) | Stop::Proven)) => {
            Err(Error::fault(format!("stopped for no reason: {stop}")))
        }
    }
}

/// One that is to stop waits for nobody's turn.
async fn turn_to_load<'i>(inner: &'i Inner, claim: &Claim) -> Result<(SemaphorePermit<'i>, bool), Error> {
    let hurried = async {
        claim.hurry.notified().await;
        inner.hurried.acquire().await
    };
    // Once this one is in the line: from then on nobody stays who could leave.
    let makes_room = async {
        inner.stays.one_leaves();
        future::pending::<Infallible>().await
    };
    let turn = tokio::select! {
        biased;
        turn = inner.loaded.acquire() => turn.map(|turn| (turn, false)),
        turn = hurried => turn.map(|turn| (turn, true)),
        never = makes_room => match never {},
    };
    // The last place is for whoever comes: nobody stays in it.
    if inner.loaded.available_permits() == 0 {
        inner.stays.one_leaves();
    }
    turn.map_err(|_| Error::fault("the host is closing"))
}

struct Loaded {
    activation: Arc<Activation>,
    /// How many recorded requests will be answered.
    replayed: u64,
    /// All its scopes were parked, and wait for something.
    waited: bool,
    /// The sequence of its next entry.
    next: Seq,
}

/// `None` if it is over, or was removed since somebody wanted it to be looked at: its child may end after that.
async fn load(inner: &Arc<Inner>, claim: &Claim) -> Result<Option<Loaded>, Error> {
    let id = &claim.id;
    let head = inner.ports.journal.head(id).map_err(|e| store(&e))?;
    let Some(head) = head else { return Ok(None) };
    if matches!(head.status, Status::Paused | Status::Finished | Status::Failed(_)) {
        return Ok(None);
    }
    let history = inner.ports.journal.load(id, Seq(0)).map_err(|e| store(&e))?;
    let replayed = history.iter().filter(|e| matches!(e, Entry::Asked { .. } | Entry::Noted { .. })).count();
    let asleep = head.status != Status::Ready;
    let begin = begin(inner, id, history, asleep).await?;
    let waited = matches!(head.status, Status::Waiting(_)) && begin.machine.open(None).next().is_some();
    let next = begin.machine.next();
    let activation = Activation::new(begin, Arc::clone(&claim.again));
    Ok(Some(Loaded { activation, replayed: replayed as u64, waited, next }))
}

/// What an activation needs, from a history.
pub(super) async fn begin(
    inner: &Arc<Inner>,
    id: &InstanceId,
    history: Vec<Entry>,
    asleep: bool,
) -> Result<Begin, Error> {
    let mut beside = Beside::of(&history);
    beside.turn = turn::of(inner, id)?;
    let machine = Machine::new(history).map_err(|damage| damaged(id, &damage))?;
    let code = inner.registry.code(&*inner.ports.journal, machine.digest()).await?;
    let grant: Grant = serde_json::from_str(&machine.began().grant.0)
        .map_err(|e| Error::fault(format!("the grant of `{}` cannot be read: {e}", id.instance)))?;
    let grant = Arc::new(grant);
    Ok(Begin {
        inner: Arc::clone(inner),
        id: id.clone(),
        code,
        grant,
        machine,
        mode: Mode::Run,
        asleep,
        beside,
    })
}

fn damaged(id: &InstanceId, damage: &Damage) -> Error {
    Error::fault(format!("the journal of `{}` is damaged: {damage}", id.instance))
        .help("keep a copy of the data directory as it is; nothing was written over it")
}

/// The run is over, and everybody is told once that is on disk.
pub(super) async fn over(activation: &Activation, outcome: Outcome) -> Result<(), Stop> {
    let answer = activation.core().finish(outcome.clone())?;
    settled(answer).await.map_err(Stop::Fault)?;
    crash::point("finish:after-commit");
    let core = activation.core();
    core.inner.over(&core.id);
    core.inner.undrive(&core.id);
    core.announce(Progress::Finished { outcome: core.shown(&outcome) });
    Ok(())
}

impl Core {
    fn finish(&mut self, outcome: Outcome) -> Result<super::core::Answer, Stop> {
        if self.closed || self.machine.paused() {
            return Err(Stop::Unload);
        }
        if let Some(entry) = self.machine.finish(None, outcome.clone(), self.now())? {
            self.news(entry);
        }
        crash::point("finish:before-commit");
        let status = match outcome {
            Ok(_) => Status::Finished,
            Err(failure) => Status::Failed(failure.kind),
        };
        self.beside.leave_all(true);
        let answer = self.commit(Purpose::Over(status));
        self.close();
        Ok(answer)
    }
}

/// The message, with the place in the source.
pub(super) fn message(core: &Core, divergence: &Divergence) -> String {
    let place = divergence.at.key.as_ref().and_then(|key| core.code.component.place(&key.0));
    match place {
        Some(place) => format!("{divergence}\n  source: {place}"),
        None => divergence.to_string(),
    }
}

async fn diverged(
    inner: &Arc<Inner>,
    claim: &Claim,
    activation: &Arc<Activation>,
    divergence: &Divergence,
) -> Result<(), Error> {
    let cancelled = activation.core().cancelled();
    if cancelled.is_some() {
        return ending::cancelled(inner, claim).await;
    }
    let message = message(&activation.core(), divergence);
    let answer = {
        let mut core = activation.core();
        core.forget_pending();
        core.commit(Purpose::Diverged(message.clone()))
    };
    settled(answer).await?;
    activation.core().announce(Progress::Diverged { message });
    Ok(())
}
