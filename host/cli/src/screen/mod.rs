//! What people see: pure, but for the two places that write ([`out`] and [`Status`]).

mod grants;
mod hints;
mod log;
mod open;
pub(crate) mod out;
mod paint;
pub(crate) mod shell;
mod state;
mod status;
mod story;
mod table;
mod template;
mod timeline;
mod words;

pub(crate) use grants::with_flags;
pub(crate) use hints::Hints;
pub(crate) use log::log_line;
pub(crate) use open::{Open, open, wanted};
pub(crate) use paint::Paint;
pub(crate) use state::{digest, state};
pub(crate) use status::Status;
pub(crate) use story::Story;
pub(crate) use table::table;
pub(crate) use template::{brief, one_line, template};
pub(crate) use timeline::{failure_words, timeline};
pub(crate) use words::{Clock, duration, now};
