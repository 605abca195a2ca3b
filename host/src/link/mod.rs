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

use cairn_replay::{Command, Key, Outcome};
use wasmtime::{
    Engine,
    component::{HasSelf, Linker, Resource},
};

use crate::{
    Error,
    bindings::Workflow,
    run::{Guest, Stop},
    wasi,
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

/// Whether a component may import this: an interface of the world, as this host has it or as it was in an earlier version that only lacks what was added since.
pub(crate) fn offers(import: &str) -> bool {
    KNOWN.iter().any(|known| stands_for(known, import))
}

/// Of one interface with versions, whether what is `known` does for what is `asked`. The linker goes by the same rule, which is that of semantic versions.
fn stands_for(known: &str, asked: &str) -> bool {
    let parts = |text: &str| -> Option<(String, u32)> {
        let (of, patch) = text.rsplit_once('.')?;
        Some((of.to_owned(), patch.parse().ok()?))
    };
    known == asked
        || parts(known)
            .zip(parts(asked))
            .is_some_and(|(known, asked)| known.0 == asked.0 && known.1 >= asked.1)
}

pub(crate) fn linker(engine: &Engine) -> Result<Linker<Guest>, Error> {
    let mut linker = Linker::new(engine);
    Workflow::add_to_linker::<_, HasSelf<_>>(&mut linker, |guest| guest)
        .and_then(|()| wasi::add_to_linker(&mut linker))
        .map_err(|e| Error::fault(format!("the world cannot be linked: {e:#}")))?;
    Ok(linker)
}

impl Guest {
    /// Asks for something durable; gives the key under which it stands.
    pub(crate) fn ask(&self, key: &str, command: Command) -> wasmtime::Result<Key> {
        self.outside_bodies("ask for something durable")?;
        let mut core = self.activation.core();
        let key = core.ask(self.scope.as_ref(), key, command)?;
        if let Some(at) = core.asked_at(&key) {
            self.clock.told(at);
        }
        Ok(key)
    }

    /// What happens in a body is not recorded, and so nothing in it may be.
    fn outside_bodies(&self, what: &str) -> wasmtime::Result<()> {
        match self.body() {
            None => Ok(()),
            Some(body) => Err(refused(format!(
                "the code may not {what} within the body of its step `{}`: end the step first",
                body.key.0
            ))),
        }
    }

    /// The outcome of an operation that has ended.
    pub(crate) fn told(&self, key: &Key) -> wasmtime::Result<Outcome> {
        let core = self.activation.core();
        if let Some(at) = core.ended_at(key) {
            self.clock.told(at);
        }
        Ok(core.outcome(key)?)
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

#[cfg(test)]
mod tests {
    use super::{offers, stands_for};

    #[test]
    fn an_earlier_version_of_the_same_minor_one_will_do() {
        assert!(offers("cairn:workflow/step@0.3.0"));
        assert!(stands_for("a:b/c@0.3.2", "a:b/c@0.3.0") && stands_for("a:b/c@0.3.2", "a:b/c@0.3.2"));
        for other in ["a:b/c@0.3.3", "a:b/c@0.2.0", "a:b/d@0.3.0", "a:b/c@0.3.x", "a:b/c"] {
            assert!(!stands_for("a:b/c@0.3.2", other), "{other}");
        }
    }
}
