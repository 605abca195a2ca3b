//! Several things at once, other workflows, and a long life.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Failure, Operation, failure, world::cairn::workflow::flow as world, world::cairn::workflow::types,
};

/// Waits until one of these has ended and gives its place, from 0: the one whose outcome was recorded first, also on every replay.
///
/// ```ignore
/// match cairn::first(&[&paid, &too_late]) { 0 => …, _ => … }
/// ```
pub fn first(of: &[&dyn Waited]) -> usize {
    let handles: Vec<&types::Operation> = of.iter().map(|one| one.handle()).collect();
    usize::try_from(world::first(&handles)).unwrap_or(usize::MAX)
}

/// Any operation, whatever it gives.
pub trait Waited {
    #[doc(hidden)]
    fn handle(&self) -> &types::Operation;
}

impl<T> Waited for Operation<T> {
    fn handle(&self) -> &types::Operation {
        &self.handle
    }
}

/// Starts another workflow, deployed together with this one, and waits for its result.
///
/// # Errors
/// The input cannot be written.
pub fn run<T: DeserializeOwned>(
    key: &str,
    workflow: &str,
    input: &impl Serialize,
) -> Result<Operation<T>, Failure> {
    Ok(Operation::new(world::child(key, workflow, &failure::write(input, "an input")?)))
}

/// As [`run`], and lets it go its own way: gives its id.
///
/// # Errors
/// The input cannot be written.
pub fn spawn(key: &str, workflow: &str, input: &impl Serialize) -> Result<Operation<String>, Failure> {
    Ok(Operation::new(world::spawn(key, workflow, &failure::write(input, "an input")?)))
}

/// Holds one of so many places under a name of the tenant while `body` runs.
///
/// # Errors
/// Those of `body`; `cancelled` while it waits.
pub fn lock<T>(
    key: &str,
    name: &str,
    places: u32,
    body: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    Operation::<()>::new(world::lock(key, name, places)).wait()?;
    let outcome = body();
    world::unlock(key);
    outcome
}

/// Ends this run and begins the next under the same id, with this input and an empty journal.
///
/// # Errors
/// The input cannot be written. It does not return otherwise.
pub fn restart<T>(input: &impl Serialize) -> Result<T, Failure> {
    world::restart(&failure::write(input, "an input")?);
    Err(Failure::new("restarted", "the run was to begin anew, and went on"))
}
