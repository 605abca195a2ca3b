//! `event`: messages to the instance.

use cairn_replay::{self as replay, Command};
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
        self.begin(&key, Command::Receive { subscriptions })
    }

    fn ask(&mut self, key: String, whom: String, task: String) -> wasmtime::Result<Resource<Operation>> {
        let task = types::object(self, task, "a question to a person")?;
        self.begin(&key, Command::Ask { whom, task })
    }

    fn emit(
        &mut self,
        key: String,
        event: String,
        data: String,
        to: Option<String>,
    ) -> wasmtime::Result<Resource<Operation>> {
        let data = types::object(self, data, "the data of an event")?;
        self.begin(&key, Command::Emit { event, data, to })
    }
}

fn subscription(guest: &Guest, subscription: Subscription) -> wasmtime::Result<replay::Subscription> {
    let Subscription { event, where_, condition } = subscription;
    let fields = where_
        .into_iter()
        .map(|(field, value)| Ok((field, types::json(guest, value, "a condition of an event")?)));
    let fields = fields.collect::<wasmtime::Result<_>>()?;
    let condition = condition.map(|one| types::json(guest, one, "a condition of an event")).transpose()?;
    Ok(replay::Subscription { event, fields, condition })
}
