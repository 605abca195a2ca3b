//! The world's imports, a file an interface: they translate between the guest's types and the journal's, and delegate to
//! `run`.

mod context;
mod event;
mod flow;
mod sleep;
mod step;
mod types;

#[expect(unreachable_pub, reason = "the generated bindings name it in a public place")]
pub use types::Operation;

use cairn_replay::{Command, Key};
use wasmtime::{
    Engine,
    component::{HasSelf, Linker, Resource},
};

use crate::{
    Error,
    bindings::Workflow,
    run::{Guest, Stop},
};

/// The version of the world that this host has.
pub(crate) const WORLD: &str = "cairn:workflow@0.3.0";

/// Names of interfaces that a component may import.
pub(crate) const KNOWN: [&str; 6] = [
    "cairn:workflow/types@0.3.0",
    "cairn:workflow/step@0.3.0",
    "cairn:workflow/sleep@0.3.0",
    "cairn:workflow/event@0.3.0",
    "cairn:workflow/flow@0.3.0",
    "cairn:workflow/context@0.3.0",
];

pub(crate) fn linker(engine: &Engine) -> Result<Linker<Guest>, Error> {
    let mut linker = Linker::new(engine);
    Workflow::add_to_linker::<_, HasSelf<_>>(&mut linker, |guest| guest)
        .map_err(|e| Error::fault(format!("the world cannot be linked: {e:#}")))?;
    Ok(linker)
}

impl Guest {
    /// Asks for something durable; gives the key under which it stands.
    fn ask(&self, key: &str, command: Command) -> wasmtime::Result<Key> {
        Ok(self.activation.core().ask(self.scope.as_ref(), key, command)?)
    }

    /// It has not come to the end of what is recorded.
    fn replays(&self) -> bool {
        self.activation.core().replays(self.scope.as_ref())
    }

    /// As [`Guest::ask`], of something that is waited for.
    fn begin(&mut self, key: &str, command: Command) -> wasmtime::Result<Resource<Operation>> {
        let key = self.ask(key, command)?;
        self.operation(key)
    }

    /// A handle for the guest; its number is the place in the list of operations.
    fn operation(&mut self, key: Key) -> wasmtime::Result<Resource<Operation>> {
        let number = u32::try_from(self.operations.len())?;
        self.operations.push(key);
        Ok(Resource::new_own(number))
    }

    fn key(&self, operation: &Resource<Operation>) -> wasmtime::Result<Key> {
        let key = usize::try_from(operation.rep()).ok().and_then(|number| self.operations.get(number));
        key.cloned().ok_or_else(|| refused("the code used a handle that is none of an operation"))
    }
}

fn refused(message: impl Into<String>) -> wasmtime::Error {
    wasmtime::Error::new(Stop::Refused(message.into()))
}
