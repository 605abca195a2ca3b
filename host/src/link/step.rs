//! `step`: calls of tools, steps of the code's own, and what undoes them.

use cairn_replay::{self as replay, Command, Key};
use wasmtime::component::Resource;

use super::{Operation, refused, types};
use crate::{
    bindings::cairn::workflow::{
        step::{Attempt, Host, Turn},
        types::{Failure, Options, Request},
    },
    ops::FailureView,
    run::{self, Guest},
    tool::Failed,
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

    async fn begin(&mut self, key: String, options: Options) -> wasmtime::Result<Turn> {
        let options = types::options(options);
        if options.cache.is_some() || options.unclear != replay::Unclear::Retry {
            return Err(refused(format!(
                "the step `{key}` is the code's own: it has neither a `cache` nor a policy of unclear outcomes"
            )));
        }
        let key = self.ask(&key, Command::Body { options })?;
        self.turn(&key).await
    }

    async fn end(&mut self, outcome: Result<String, Failure>) -> wasmtime::Result<Turn> {
        self.tell_notes()?;
        let Some(body) = self.leave_body() else {
            return Err(refused("the code ends a step that it has not begun"));
        };
        let went = match outcome {
            Ok(json) => Ok(types::value(self, json, &format!("the result of the step `{}`", body.key.0))?),
            Err(Failure { kind, message, detail }) => {
                let detail = serde_json::from_str(&detail).unwrap_or_default();
                Err(Failed::Known(FailureView { kind, message, detail }))
            }
        };
        self.activation.came(&body.key, body.number, went).await;
        self.turn(&body.key).await
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

impl Guest {
    async fn turn(&mut self, key: &Key) -> wasmtime::Result<Turn> {
        self.meter.waited();
        Ok(match self.activation.turn(self.scope.as_ref(), key).await? {
            run::Turn::Recorded => Turn::Recorded(types::outcome(self.told(key)?)),
            run::Turn::Attempt(body) => {
                let attempt = Attempt { number: body.number, idempotency_key: body.idempotency_key.clone() };
                self.enter_body(body);
                Turn::Attempt(attempt)
            }
        })
    }
}
