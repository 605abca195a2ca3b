//! Work that is done at least once and recorded once.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    Failure, Operation, Options, failure,
    world::cairn::workflow::{
        step::{self as world, Turn},
        types::Request,
    },
};

/// What the body of a step is told.
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// For whatever the body asks of others: the same for all attempts at this step, and for no other step.
    pub idempotency_key: String,
}

/// Does work of this program's own once: its outcome is recorded, and the body does not run again when the code is replayed. A failure is
/// tried again as `options` say. If the host dies within the body, it runs again, with the same idempotency key.
///
/// Within the body nothing durable may be asked for.
///
/// # Errors
/// How the last attempt failed.
pub fn step<T: Serialize + DeserializeOwned>(
    key: &str,
    options: &Options,
    mut body: impl FnMut(&Attempt) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut turn = world::begin(key, &options.world());
    loop {
        match turn {
            Turn::Recorded(outcome) => {
                return failure::read(&outcome.map_err(failure::of_world)?, "the outcome of a step");
            }
            Turn::Attempt(attempt) => {
                let attempt = Attempt { number: attempt.number, idempotency_key: attempt.idempotency_key };
                let outcome = body(&attempt).and_then(|value| failure::write(&value, "the result of a step"));
                let outcome = outcome.map_err(Into::into);
                turn = world::end(outcome.as_ref().map(String::as_str));
            }
        }
    }
}

/// Asks a tool of the tenant, such as `payments.charge`, with a JSON object of arguments.
///
/// # Errors
/// The arguments cannot be written.
pub fn call<T: DeserializeOwned>(
    key: &str,
    tool: &str,
    arguments: impl Serialize,
) -> Result<Operation<T>, Failure> {
    call_with(key, tool, arguments, &Options::default())
}

/// As [`call`], as patiently as the options say.
///
/// # Errors
/// The arguments cannot be written.
pub fn call_with<T: DeserializeOwned>(
    key: &str,
    tool: &str,
    arguments: impl Serialize,
    options: &Options,
) -> Result<Operation<T>, Failure> {
    let request = request(tool, &arguments)?;
    Ok(Operation::new(world::call(key, &request, &options.world())))
}

/// Registers what undoes the work so far: the host asks this tool when the run fails or is cancelled, newest first, also when this code
/// cannot run any more.
///
/// # Errors
/// The arguments cannot be written.
pub fn undo(key: &str, tool: &str, arguments: impl Serialize, options: &Options) -> Result<(), Failure> {
    world::undo(key, &request(tool, &arguments)?, &options.world());
    Ok(())
}

/// How many undos are registered and not yet run: what [`unwind`] takes to undo only what comes from here on.
pub fn undo_depth() -> u32 {
    world::undo_depth()
}

/// Runs what was registered to undo the work above that depth, newest first; at depth 0 that is all.
///
/// # Errors
/// `undo_failed`, with those that did not succeed.
pub fn unwind(key: &str, depth: u32) -> Result<(), Failure> {
    Operation::<Value>::new(world::unwind(key, depth)).wait().map(drop)
}

fn request(tool: &str, arguments: &impl Serialize) -> Result<Request, Failure> {
    let arguments = failure::write(arguments, "the arguments of a call")?;
    Ok(Request { tool: tool.to_owned(), arguments, secrets: Vec::new() })
}
