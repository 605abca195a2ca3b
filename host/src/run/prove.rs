//! Replays a history with other code, without effects and without writing: would it go on?

use std::sync::Arc;

use cairn_journal::InstanceId;
use cairn_replay::{Entry, Phase};

use super::{
    Activation, Mode, Stop, ending,
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
    let input = begin.machine.began().input.clone();
    let activation = Activation::new(begin, Arc::default());
    let _closing = Closing(Arc::clone(&activation));
    let ran = guest::run(inner, &code, Arc::clone(&activation), &input).await;
    let mut core = activation.core();
    let outcome = match ran {
        Ran::Stopped(Stop::Proven) => return Ok(()),
        Ran::Stopped(Stop::Diverged(divergence)) => {
            return Err(Error::Diverged(life::message(&core, &divergence)));
        }
        Ran::Stopped(Stop::Fault(error)) => return Err(error),
        Ran::Stopped(stop) => return Err(Error::fault(format!("the proof was stopped: {stop}"))),
        Ran::Returned(outcome) => outcome,
        Ran::Broke(failure) if core.machine.phase(None) == Phase::Live => {
            return Err(Error::mistake(format!(
                "the other code agrees with all that is recorded, and then breaks: {}",
                failure.message
            )));
        }
        Ran::Broke(failure) => Err(failure),
    };
    let now = core.now();
    let end = core.machine.finish(None, outcome, now).map(drop);
    end.map_err(|divergence| Error::Diverged(life::message(&core, &divergence)))
}
