//! Events that the code sends: once everything before them is on disk, and to each receiver once.

use std::sync::Arc;

use cairn_journal::MessageId;
use cairn_replay::{Command, Json, Key};

use super::{
    Stop,
    commit::{Purpose, settled},
    core::Core,
    words,
};
use crate::{
    Error, crash,
    ops::{Letter, deliver},
};

impl Core {
    /// An event is to be sent.
    pub(super) fn begin_emit(&mut self, key: &Key) -> Result<(), Stop> {
        if self.effects.contains_key(key) {
            return Ok(());
        }
        let Some(Command::Emit { event, data, to }) = self.machine.command(key) else { return Ok(()) };
        if event.starts_with('!') {
            let message =
                format!("`{event}` cannot be the name of an event: those with `!` are the host's own");
            return self.end(key, Err(words::fail("bad_data", message)));
        }
        let letter = Letter {
            message: MessageId(format!("emit:{}", self.idempotency_key(key))),
            tenant: self.id.tenant.clone(),
            event: event.clone(),
            data: data.clone(),
            to: to.clone(),
            expires: None,
        };
        let receipt = self.commit(Purpose::EffectLeaves);
        let (me, inner, of) = (self.me.clone(), Arc::clone(&self.inner), key.clone());
        let task = tokio::spawn(async move {
            let sent = match settled(receipt).await {
                Ok(()) => deliver(&inner, &letter).await.map(drop),
                Err(error) => Err(error),
            };
            crash::point("emit:after");
            if let Some(activation) = me.upgrade() {
                let outcome = match sent {
                    Ok(()) => Ok(Ok(Json("null".into()))),
                    Err(Error::Mistake(full)) => Ok(Err(words::fail("limit", full.message))),
                    Err(error) => Err(error),
                };
                activation.settles(&of, outcome).await;
            }
        });
        self.effects.insert(key.clone(), task.abort_handle());
        Ok(())
    }
}
