//! `flow`: several things at once.

use wasmtime::component::Resource;

use super::{Operation, refused};
use crate::{bindings::cairn::workflow::flow::Host, run::Guest};

impl Host for Guest {
    async fn first(&mut self, of: Vec<Resource<Operation>>) -> wasmtime::Result<u32> {
        self.meter.waited();
        if of.is_empty() {
            return Err(refused("the code waits for the first of no operations"));
        }
        let keys = of.iter().map(|operation| self.key(operation)).collect::<wasmtime::Result<Vec<_>>>()?;
        Ok(u32::try_from(self.activation.wait(&keys).await?)?)
    }
}
