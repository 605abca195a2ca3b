//! Replays a history with other code, without effects and without writing: would it go on?

use std::sync::Arc;

use cairn_journal::InstanceId;
use cairn_replay::{Entry, Key, Phase};

use super::{
    Activation, Mode, Stop,
    core::Core,
    ending,
    guest::{self, Ran},
    life::{self, Closing},
};
use crate::{Error, host::Inner, registry::Code};

/// Replays the whole history of an instance with `code`.
///
/// # Errors
/// [`Error::Diverged`] with the whole message; a mistake if the code cannot go on behind the history.
pub(crate) async fn prove(
    inner: &Arc<Inner>,
    id: &InstanceId,
    history: Vec<Entry>,
    code: Arc<Code>,
) -> Result<(), Error> {
    if ending::begun(&history) {
        return Err(Error::mistake(format!(
            "`{}` is ending: its undos run, which no other code can change",
            id.instance
        )));
    }
    let mut begin = life::begin(inner, id, history, true).await?;
    begin.code = Arc::clone(&code);
    begin.mode = Mode::Prove;
    let activation = Activation::new(begin, Arc::default());
    let _closing = Closing(Arc::clone(&activation));
    loop {
        let next = activation.core().next_to_prove();
        let Some(scope) = next else { return Ok(()) };
        prove_scope(inner, &activation, &code, scope.as_ref()).await?;
    }
}

/// Replays the entries of one scope.
async fn prove_scope(
    inner: &Inner,
    activation: &Arc<Activation>,
    code: &Code,
    scope: Option<&Key>,
) -> Result<(), Error> {
    let entry = {
        let mut core = activation.core();
        core.enter(scope).map_err(|stop| Error::fault(stop.to_string()))?;
        core.entry(scope).1
    };
    let ran = guest::run(inner, code, Arc::clone(activation), entry).await;
    let mut core = activation.core();
    let outcome = match ran {
        Ran::Stopped(Stop::Proven) => return Ok(()),
        Ran::Stopped(Stop::Diverged(divergence)) => {
            return Err(Error::Diverged(life::message(&core, &divergence)));
        }
        Ran::Stopped(Stop::Fault(error)) => return Err(error),
        Ran::Stopped(stop) => return Err(Error::fault(format!("the proof was stopped: {stop}"))),
        Ran::Returned(outcome) => outcome,
        Ran::Broke(failure) if core.machine.phase(scope) == Phase::Live => {
            return Err(Error::mistake(format!(
                "the other code agrees with all that is recorded, and then breaks: {}",
                failure.message
            )));
        }
        Ran::Broke(failure) => Err(failure),
    };
    let now = core.now();
    let end = core.machine.finish(scope, outcome, now).map(drop);
    end.map_err(|divergence| Error::Diverged(life::message(&core, &divergence)))
}

impl Core {
    fn next_to_prove(&mut self) -> Option<Option<Key>> {
        self.scopes.next_queued()
    }
}
