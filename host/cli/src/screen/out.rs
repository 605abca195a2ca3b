//! Writing to stdout and stderr without falling over a reader that has gone (`cairn list | head`).

use std::io::{self, ErrorKind, Write};

use serde::Serialize;

use crate::problem::{Outcome, fault};

/// Whether somebody still reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// As far as is known.
    Listens,
    /// The pipe is closed: what follows would be in vain.
    Gone,
}

/// Data, to stdout.
///
/// # Errors
///
/// A fault where stdout cannot be written for another reason than a closed pipe, such as a full disk.
pub(crate) fn data(text: &str) -> Outcome<Reader> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(Reader::Listens),
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(Reader::Gone),
        Err(e) => Err(fault(
            format!("cannot write to stdout: {e}"),
            "look at where the output goes: is its disk full?",
        )),
    }
}

/// A value as indented JSON, to stdout.
///
/// # Errors
///
/// As [`data`].
pub(crate) fn pretty(value: &impl Serialize) -> Outcome<Reader> {
    data(&(json(serde_json::to_string_pretty(value))? + "\n"))
}

/// A value as JSON in one line, to stdout.
///
/// # Errors
///
/// As [`data`].
pub(crate) fn line(value: &impl Serialize) -> Outcome<Reader> {
    data(&(json(serde_json::to_string(value))? + "\n"))
}

fn json(text: serde_json::Result<String>) -> Outcome<String> {
    text.map_err(|e| cairn_host::Error::fault(format!("cannot write an answer as JSON: {e}")).into())
}

/// Everything that is not data, to stderr. There is nowhere to say that this failed.
pub(crate) fn tell(text: &str) {
    let mut err = io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}
