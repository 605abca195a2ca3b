//! `flow`: several things at once, other instances, and a long life.

use cairn_replay::{Command, Json};
use wasmtime::component::Resource;

use super::{Operation, refused, types};
use crate::{bindings::cairn::workflow::flow::Host, run::Guest};

impl Host for Guest {
    async fn first(&mut self, of: Vec<Resource<Operation>>) -> wasmtime::Result<u32> {
        self.meter.waited();
        self.outside_bodies("wait")?;
        if of.is_empty() {
            return Err(refused("the code waits for the first of no operations"));
        }
        let keys = of.iter().map(|operation| self.key(operation)).collect::<wasmtime::Result<Vec<_>>>()?;
        let first = self.activation.wait(self.scope.as_ref(), &keys).await?;
        if let Some(at) = keys.get(first).and_then(|key| self.activation.core().ended_at(key)) {
            self.clock.told(at);
        }
        Ok(u32::try_from(first)?)
    }

    fn block(&mut self, key: String, number: u32, captured: String) -> wasmtime::Result<Resource<Operation>> {
        let captured = self.captured(captured)?;
        self.begin(&key, Command::Block { number, captured })
    }

    fn undo_block(&mut self, key: String, number: u32, captured: String) -> wasmtime::Result<()> {
        let captured = self.captured(captured)?;
        self.ask(&key, Command::UndoBlock { number, captured })?;
        Ok(())
    }

    fn child(
        &mut self,
        key: String,
        workflow: String,
        input: String,
    ) -> wasmtime::Result<Resource<Operation>> {
        let input = types::object(self, input, "the input of another workflow")?;
        self.begin(&key, Command::Child { workflow, input })
    }

    fn spawn(
        &mut self,
        key: String,
        workflow: String,
        input: String,
    ) -> wasmtime::Result<Resource<Operation>> {
        let input = types::object(self, input, "the input of another workflow")?;
        self.begin(&key, Command::Spawn { workflow, input })
    }

    fn lock(&mut self, key: String, name: String, places: u32) -> wasmtime::Result<Resource<Operation>> {
        if places == 0 {
            return Err(refused(format!("the code asks for one of no places of `{name}`")));
        }
        self.begin(&key, Command::Lock { name, places })
    }

    fn unlock(&mut self, key: String) -> wasmtime::Result<()> {
        Ok(self.activation.core().unlock(self.scope.as_ref(), &key)?)
    }

    fn restart(&mut self, input: String) -> wasmtime::Result<()> {
        if self.scope.is_some() {
            return Err(refused("the code wants another run from inside of a block"));
        }
        let input = types::object(self, input, "the input of the next run")?;
        Err(wasmtime::Error::new(self.activation.core().restart(input)))
    }
}

impl Guest {
    /// What a block captured.
    fn captured(&self, captured: String) -> wasmtime::Result<Json> {
        if !self.has_blocks {
            return Err(refused("the code begins a block, but its component exports none"));
        }
        types::object(self, captured, "captured values of a block")
    }
}
