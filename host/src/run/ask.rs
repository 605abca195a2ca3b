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
    /// Something durable; gives the key under which it stands.
    pub(crate) fn ask(&mut self, key: &str, command: Command) -> Result<Key, Stop> {
        check_key(key)?;
        self.ask_as(key, command)
    }

    /// As [`Core::ask`], under the host's own key.
    pub(super) fn ask_as_host(&mut self, command: Command) -> Result<Key, Stop> {
        self.ask_as(HOST_UNWIND, command)
    }

    pub(super) fn ask_as(&mut self, key: &str, command: Command) -> Result<Key, Stop> {
        self.proven_at_news()?;
        if key != HOST_UNWIND {
            self.room()?;
            self.step_allowed(&command)?;
        }
        let asked = self.machine.ask(None, key, command, self.now())?;
        match asked.news {
            Some(entry) => {
                self.news(entry);
                self.go_live()?;
                // Going live has begun it already, unless it was live before.
                if !self.under_way(&asked.key) {
                    self.begin(&asked.key)?;
                }
            }
            None => self.go_live()?,
        }
        Ok(asked.key)
    }

    fn under_way(&self, key: &Key) -> bool {
        self.effects.contains_key(key) || self.delays.contains_key(key)
    }

    /// A reading of the world.
    pub(crate) fn note(&mut self, key: &str, fresh: Note) -> Result<Note, Stop> {
        check_key(key)?;
        self.proven_at_news()?;
        self.room()?;
        let (note, news) = self.machine.note(None, key, fresh, self.now())?;
        if let Some(entry) = news {
            self.news(entry);
        }
        self.go_live()?;
        Ok(note)
    }

    /// A line of the log.
    pub(crate) fn log(&mut self, level: Level, message: &str, fields: &Json) -> Result<(), Stop> {
        if self.mode == Mode::Prove {
            return Ok(());
        }
        self.room()?;
        let at = self.now();
        if let Some(entry) = self.machine.log(None, level, message, fields.clone(), at) {
            self.news(entry);
            self.announce(Progress::Logged(log_line(at, level, message, fields)));
        }
        Ok(())
    }

    /// May there be more entries?
    pub(super) fn room(&self) -> Result<(), Stop> {
        let (entries, most) = (self.machine.next().0, self.inner.limits.entries);
        if entries < most || self.machine.phase(None) != Phase::Live || self.ending {
            return Ok(());
        }
        Err(Stop::OverLimit(format!(
            "the journal of the run has {entries} entries, and may have no more: \
             divide the work into several runs, or do more in one step"
        )))
    }

    /// In a proof, what comes behind the last recorded request is not carried out.
    fn proven_at_news(&self) -> Result<(), Stop> {
        if self.mode == Mode::Prove && self.machine.phase(None) == Phase::Live {
            return Err(Stop::Proven);
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

fn check_key(key: &str) -> Result<(), Stop> {
    if key.is_empty() {
        return Err(Stop::Refused("the code used an empty key: a key names an operation".to_owned()));
    }
    if key.contains('!') {
        return Err(Stop::Refused(format!(
            "the code used the key `{key}`: those with `!` are the host's own"
        )));
    }
    if key.len() > LONGEST_KEY {
        return Err(Stop::Refused(format!(
            "the code used a key of {} bytes, more than {LONGEST_KEY}: take a shorter name for the item",
            key.len()
        )));
    }
    Ok(())
}
