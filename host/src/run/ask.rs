//! The guest asks for something.

use cairn_replay::{Command, Instant, Json, Key, Level, Note, Phase};

use super::{
    Stop,
    core::{Core, HOST_UNWIND, Mode},
    words,
};
use crate::ops::{LogLine, Progress};

/// Keys are kept for as long as the instance: this many bytes are enough for any path of names.
const LONGEST_KEY: usize = 1024;

impl Core {
    /// The guest of a scope asks for something durable; gives the key under which it stands.
    pub(crate) fn ask(&mut self, scope: Option<&Key>, key: &str, command: Command) -> Result<Key, Stop> {
        self.check_key(scope, key)?;
        self.ask_as(scope, key, command)
    }

    pub(super) fn ask_as(&mut self, scope: Option<&Key>, key: &str, command: Command) -> Result<Key, Stop> {
        self.may_go_on(scope)?;
        if key != HOST_UNWIND {
            self.room(scope)?;
            self.allowed(scope, &command)?;
        }
        let asked = self.machine.ask(scope, key, command, self.now())?;
        let was_live = self.is_live(scope);
        match asked.news {
            Some(entry) => {
                self.news(entry);
                self.go_live(scope)?;
                // Going live has begun it already.
                if was_live {
                    self.begin(&asked.key)?;
                }
            }
            None => {
                self.prove_block(&asked.key);
                self.go_live(scope)?;
            }
        }
        Ok(asked.key)
    }

    /// In a proof, what was recorded of a block is replayed as well, also if it is over.
    fn prove_block(&mut self, key: &Key) {
        let block = match self.machine.command(key) {
            Some(Command::Block { .. }) => true,
            Some(Command::UndoBlock { .. }) => {
                self.machine.has_begun(key) || self.machine.outcome(key).is_some()
            }
            _ => false,
        };
        let ended_by_host = self.machine.command(&Key::within(Some(key), HOST_UNWIND)).is_some();
        if self.mode == Mode::Prove && block && !ended_by_host {
            self.start(key, None);
        }
    }

    /// A reading of the world.
    pub(crate) fn note(&mut self, scope: Option<&Key>, key: &str, fresh: Note) -> Result<Note, Stop> {
        self.check_key(scope, key)?;
        self.may_go_on(scope)?;
        self.room(scope)?;
        let (note, news) = self.machine.note(scope, key, fresh, self.now())?;
        if let Some(entry) = news {
            self.news(entry);
        }
        self.go_live(scope)?;
        Ok(note)
    }

    /// A line of the log.
    pub(crate) fn log(
        &mut self,
        scope: Option<&Key>,
        level: Level,
        message: &str,
        fields: &Json,
    ) -> Result<(), Stop> {
        if self.mode == Mode::Prove {
            return Ok(());
        }
        self.may_go_on(scope)?;
        if !self.machine.has_logged(scope) {
            self.room(scope)?;
        }
        let at = self.now();
        if let Some(entry) = self.machine.log(scope, level, message, fields.clone(), at) {
            self.news(entry);
            self.announce(Progress::Logged(log_line(at, level, message, fields)));
        }
        Ok(())
    }

    /// Nothing is taken from a guest that is not wanted any more; in a proof, what comes behind the last recorded request is
    /// not carried out.
    pub(super) fn may_go_on(&self, scope: Option<&Key>) -> Result<(), Stop> {
        if self.closed || self.machine.paused() || self.scopes.get(scope).is_none() {
            return Err(Stop::Unload);
        }
        if self.mode == Mode::Prove && self.machine.phase(scope) == Phase::Live {
            return Err(Stop::Proven);
        }
        Ok(())
    }

    fn check_key(&self, scope: Option<&Key>, key: &str) -> Result<(), Stop> {
        check_key(scope, key)?;
        if self.machine.belongs_to_another(scope, key) {
            return Err(Stop::Refused(format!(
                "the code used the key `{key}`, which means something in another block: give the block a name of its own"
            )));
        }
        Ok(())
    }
}

pub(crate) fn log_line(at: Instant, level: Level, message: &str, fields: &Json) -> LogLine {
    LogLine {
        at: at.0,
        level: words::level(level).to_owned(),
        message: message.to_owned(),
        fields: words::value(fields),
    }
}

fn check_key(scope: Option<&Key>, key: &str) -> Result<(), Stop> {
    if key.is_empty() {
        return Err(Stop::Refused("the code used an empty key: a key names an operation".to_owned()));
    }
    if key.contains('!') {
        return Err(Stop::Refused(format!(
            "the code used the key `{key}`: those with `!` are the host's own"
        )));
    }
    let length = scope.map_or(0, |scope| scope.0.len() + 1) + key.len();
    if length > LONGEST_KEY {
        return Err(Stop::Refused(format!(
            "the code used a key of {length} bytes, more than {LONGEST_KEY}: take a shorter name for the item"
        )));
    }
    Ok(())
}
