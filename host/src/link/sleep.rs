//! `sleep`: until a moment, or for a while.

use cairn_replay::{Command, Instant, Span};
use wasmtime::component::Resource;

use super::Operation;
use crate::{bindings::cairn::workflow::sleep::Host, run::Guest};

impl Host for Guest {
    fn until(&mut self, key: String, due: u64) -> wasmtime::Result<Resource<Operation>> {
        self.begin(&key, Command::Until { due: Instant(due) })
    }

    fn span(&mut self, key: String, span: u64) -> wasmtime::Result<Resource<Operation>> {
        self.begin(&key, Command::Span { span: Span(span) })
    }
}
