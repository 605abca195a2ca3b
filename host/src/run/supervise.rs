//! Runs the guests of an instance, one for each of its scopes, until the run is over or nothing is left to do.

use std::{future, sync::Arc};

use cairn_replay::{Command, Failure, Instant, Key, Outcome};
use tokio::{
    sync::SemaphorePermit,
    task::{JoinError, JoinSet},
};

use super::{
    Activation, Stop,
    commit::settled,
    core::Core,
    ending,
    guest::{self, Entry, Ran},
    life,
    operate::halted,
    scopes::Entered,
    stays::Rests,
};
use crate::{Error, crash, host::Inner};

/// What is to be done.
pub(super) struct Look {
    /// Guests that are to be run.
    start: Vec<Option<Key>>,
    /// When it is to be looked again at the latest.
    next: Option<Instant>,
}

/// How a guest came to its end for now.
enum Left {
    /// The run is over.
    Over,
    /// It is unloaded, or only a block is over.
    Rests,
}

/// Runs guests until the run is over.
///
/// # Errors
/// [`Stop`]: why it is not. [`Stop::Unload`] if nothing is left to be done for now.
pub(super) async fn supervise(inner: &Arc<Inner>, activation: &Arc<Activation>) -> Result<(), Stop> {
    let bell = Arc::clone(&activation.core().scopes.bell);
    let mut guests = JoinSet::new();
    loop {
        halted(activation, &mut guests).await?;
        let look = activation.look()?;
        for scope in look.start {
            guests.spawn(run(Arc::clone(inner), Arc::clone(activation), scope));
        }
        let unloaded = guests.is_empty();
        if rests(inner, activation, unloaded).await? {
            if unloaded {
                return Err(Stop::Unload);
            }
            continue;
        }
        let due = look.next.map(|next| activation.core().clock_until(next));
        tokio::select! {
            // In this order: no chance decides what a host does.
            biased;
            Some(left) = guests.join_next() => {
                if matches!(joined(left)?, Left::Over) {
                    return Ok(());
                }
            }
            () = bell.notified() => {}
            () = async { match due { Some(due) => due.await, None => future::pending().await } } => {}
        }
    }
}

/// If nothing of it is out, and its guests are unloaded or stay, that is on disk now. Gives whether it is news, or the end.
async fn rests(inner: &Inner, activation: &Activation, unloaded: bool) -> Result<bool, Stop> {
    let rests = {
        let mut core = activation.core();
        let now = core.now();
        if unloaded { core.unload(now)? } else { core.rest_loaded(now)? }
    };
    let Some(Rests { answer, until }) = rests else { return Ok(false) };
    let news = answer.is_some();
    if let Some(answer) = answer {
        settled(answer).await.map_err(Stop::Fault)?;
        activation.rested();
    }
    // Not before the journal has it: what is due late is looked for there.
    if let Some(until) = until.filter(|_| news || unloaded) {
        let id = activation.core().id.clone();
        inner.timers.add(until, &id);
    }
    inner.slots.one_rests();
    Ok(news || unloaded)
}

fn joined(left: Result<Result<Left, Stop>, JoinError>) -> Result<Left, Stop> {
    left.map_err(|error| {
        Stop::Fault(Error::fault(format!("a guest's task did not come to its end: {error}")))
    })?
}

/// Runs the guest of one scope.
async fn run(inner: Arc<Inner>, activation: Arc<Activation>, scope: Option<Key>) -> Result<Left, Stop> {
    let turn = match &scope {
        Some(_) => Some(turn(&inner, &activation, scope.as_ref()).await?),
        None => None,
    };
    let scope = scope.as_ref();
    let entered = activation.core().enter(scope)?;
    let outcome = match entered {
        Entered::Gone => return Ok(Left::Rests),
        Entered::Ending => Err(ending::why(&activation, scope)),
        Entered::Code => match code(&inner, &activation, scope).await? {
            Some(outcome) => outcome,
            None => return Ok(Left::Rests),
        },
    };
    let ended = ended(&activation, scope, outcome).await;
    drop(turn);
    match ended {
        Err(Stop::Unload) => Ok(Left::Rests),
        Ok(()) if scope.is_none() => Ok(Left::Over),
        Ok(()) => {
            activation.keep_soon().await;
            crash::point("block:after-end");
            Ok(Left::Rests)
        }
        Err(stop) => Err(stop),
    }
}

/// A turn to be loaded. Who has one and only waits for blocks gives it back when there is none left.
async fn turn<'i>(
    inner: &'i Inner,
    activation: &Activation,
    scope: Option<&Key>,
) -> Result<SemaphorePermit<'i>, Stop> {
    if let Ok(turn) = inner.blocks.try_acquire() {
        return Ok(turn);
    }
    activation.ring();
    let hurried = async {
        activation.until_hurried(scope).await;
        inner.hurried_blocks.acquire().await
    };
    let turn = tokio::select! {
        biased;
        turn = inner.blocks.acquire() => turn,
        turn = hurried => turn,
    };
    turn.map_err(|_| Stop::Fault(Error::fault("the host is closing")))
}

/// Runs the code of a scope; none if it is unloaded.
async fn code(
    inner: &Inner,
    activation: &Arc<Activation>,
    scope: Option<&Key>,
) -> Result<Option<Outcome>, Stop> {
    let (code, entry) = activation.core().entry(scope);
    match guest::run(inner, &code, Arc::clone(activation), entry).await {
        Ran::Returned(outcome) => Ok(Some(outcome)),
        Ran::Stopped(Stop::Unload) => Ok(None),
        Ran::Stopped(stop) => Err(stop),
        Ran::Broke(failure) => {
            let mut core = activation.core();
            if core.is_live(scope) {
                Ok(Some(Err(failure)))
            } else {
                Err(core.broke_in_replay(scope, failure))
            }
        }
    }
}

/// A scope has come to its end; if it failed, once its undos have run.
async fn ended(activation: &Arc<Activation>, scope: Option<&Key>, outcome: Outcome) -> Result<(), Stop> {
    let outcome = match outcome {
        Err(failure) => Err(ending::undone(activation, scope, failure).await?),
        outcome => outcome,
    };
    match scope {
        None => life::over(activation, outcome).await,
        Some(block) => activation.core().end_block(block, outcome),
    }
}

impl Core {
    pub(super) fn look(&mut self) -> Result<Look, Stop> {
        if let Some(error) = &self.broken {
            return Err(Stop::Fault(error.clone()));
        }
        let now = self.now();
        self.launch_due(now);
        self.wake_due(now)?;
        self.end_unwindings(now)?;
        let delays = self.delays.values().map(|(due, _)| *due).min();
        let next = delays.into_iter().chain(self.scopes.next()).chain(self.unwinding_ends()).min();
        Ok(Look { start: self.scopes.take_queue(), next })
    }

    /// What the guest of a scope is to run, and with what.
    pub(super) fn entry(&self, scope: Option<&Key>) -> (Arc<crate::registry::Code>, Entry) {
        let entry = match scope.and_then(|block| self.machine.command(block)) {
            Some(Command::Block { number, captured } | Command::UndoBlock { number, captured }) => {
                Entry::Block { scope: scope.cloned(), number: *number, captured: captured.clone() }
            }
            _ => Entry::Run { input: self.machine.began().input.clone() },
        };
        (Arc::clone(&self.code), entry)
    }

    /// The code broke before it had come to the end of what is recorded: the recorded run went on there.
    fn broke_in_replay(&mut self, scope: Option<&Key>, failure: Failure) -> Stop {
        if failure.kind == "limit" && !self.stops_in_replay(scope) {
            let message =
                format!("the replay hit a limit that the recorded run did not: {}", failure.message);
            return Stop::Fault(Error::fault(message).help("give it the limits that it ran with before"));
        }
        match self.machine.finish(scope, Err(failure), self.now()) {
            Err(divergence) => divergence.into(),
            Ok(_) => Stop::Fault(Error::fault("the code broke where its recorded run ended")),
        }
    }
}
