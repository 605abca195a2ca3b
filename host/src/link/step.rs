//! `step`: calls of tools, and what undoes them.

use cairn_replay::Command;
use wasmtime::component::Resource;

use super::{Operation, types};
use crate::{
    bindings::cairn::workflow::{
        step::Host,
        types::{Options, Request},
    },
    run::Guest,
};

impl Host for Guest {
    fn call(
        &mut self,
        key: String,
        request: Request,
        options: Options,
    ) -> wasmtime::Result<Resource<Operation>> {
        let command =
            Command::Call { request: types::request(self, request)?, options: types::options(options) };
        self.begin(&key, command)
    }

    fn undo(&mut self, key: String, request: Request, options: Options) -> wasmtime::Result<()> {
        let command =
            Command::Undo { request: types::request(self, request)?, options: types::options(options) };
        self.ask(&key, command)?;
        Ok(())
    }

    fn undo_depth(&mut self) -> wasmtime::Result<u32> {
        Ok(self.activation.core().undo_depth(self.scope.as_ref()))
    }

    fn unwind(&mut self, key: String, depth: u32) -> wasmtime::Result<Resource<Operation>> {
        self.begin(&key, Command::Unwind { depth })
    }
}
