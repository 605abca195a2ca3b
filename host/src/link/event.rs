//! `event`: messages to the instance.

use cairn_replay as replay;
use wasmtime::component::Resource;

use super::{Operation, refused, types};
use crate::{
    bindings::cairn::workflow::event::{Host, Subscription},
    run::Guest,
};

impl Host for Guest {
    fn receive(
        &mut self,
        key: String,
        subscriptions: Vec<Subscription>,
    ) -> wasmtime::Result<Resource<Operation>> {
        if subscriptions.is_empty() {
            return Err(refused(format!("the code waits under `{key}` for no event at all")));
        }
        let subscriptions =
            subscriptions.into_iter().map(|one| subscription(self, one)).collect::<wasmtime::Result<_>>()?;
        let key = self.activation.core().ask(&key, replay::Command::Receive { subscriptions })?;
        self.operation(key)
    }
}

fn subscription(guest: &Guest, subscription: Subscription) -> wasmtime::Result<replay::Subscription> {
    let Subscription { event, where_ } = subscription;
    let fields = where_
        .into_iter()
        .map(|(field, value)| Ok((field, types::json(guest, value, "a condition of an event")?)));
    Ok(replay::Subscription { fields: fields.collect::<wasmtime::Result<_>>()?, event })
}
