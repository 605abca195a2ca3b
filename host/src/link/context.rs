//! `context`: who runs, what time it is, and the log.

use cairn_replay as replay;

use super::{refused, types};
use crate::{
    bindings::cairn::workflow::{
        context::{Host, Identity, Level},
        types::Failure,
    },
    run::Guest,
};

impl Host for Guest {
    fn who(&mut self) -> wasmtime::Result<Identity> {
        let core = self.activation.core();
        let began = core.began();
        Ok(Identity {
            tenant: began.tenant.clone(),
            workflow: began.workflow.clone(),
            version: core.digest().to_owned(),
            instance: began.instance.clone(),
            started: began.at.0,
        })
    }

    fn now(&mut self, key: String) -> wasmtime::Result<u64> {
        self.outside_bodies("read the recorded clock")?;
        match self.activation.core().read_clock(self.scope.as_ref(), &key)? {
            replay::Note::Now(now) => {
                self.clock.told(replay::Instant(now));
                Ok(now)
            }
            replay::Note::Random(_) => Err(refused("the journal has a random number where a time should be")),
        }
    }

    fn random(&mut self, key: String) -> wasmtime::Result<u64> {
        self.outside_bodies("draw a recorded number")?;
        match self.activation.core().read_chance(self.scope.as_ref(), &key)? {
            replay::Note::Random(bits) => Ok(bits),
            replay::Note::Now(_) => Err(refused("the journal has a time where a random number should be")),
        }
    }

    fn log(&mut self, level: Level, message: String, fields: String) -> wasmtime::Result<()> {
        let fields = types::json(self, fields, "fields of a line of the log")?;
        let level = match level {
            Level::Debug => replay::Level::Debug,
            Level::Info => replay::Level::Info,
            Level::Warn => replay::Level::Warn,
            Level::Error => replay::Level::Error,
        };
        Ok(self.activation.core().log(self.scope.as_ref(), level, &message, &fields)?)
    }

    fn expose(&mut self, status: String) -> wasmtime::Result<()> {
        self.outside_bodies("expose a status")?;
        let status = types::json(self, status, "a status")?;
        Ok(self.activation.core().expose(self.scope.as_ref(), &status)?)
    }

    fn calendar(
        &mut self,
        key: String,
        question: String,
        of: u64,
        zone: String,
        arguments: String,
    ) -> wasmtime::Result<Result<String, Failure>> {
        let arguments = types::json(self, arguments, "arguments of the calendar")?;
        let of = replay::Instant(of);
        let key = self.ask(&key, replay::Command::Calendar { question, of, zone, arguments })?;
        Ok(types::outcome(self.told(&key)?))
    }
}
