//! Arithmetic in a time zone.

use cairn_replay::{Command, Json, Key};

use super::{Stop, core::Core, words};
use crate::calendar;

impl Core {
    /// A computation is asked for: it ends at once.
    pub(super) fn begin_calendar(&mut self, key: &Key) -> Result<(), Stop> {
        let Some(Command::Calendar { question, of, zone, arguments }) = self.machine.command(key) else {
            return Ok(());
        };
        let answer = calendar::answer(question, *of, zone, &words::value(arguments));
        let outcome =
            answer.map(|value| Json(value.to_string().into())).map_err(|why| words::fail("bad_data", why));
        self.end(key, outcome)
    }
}
