//! A host under load, for those who kill it: many runs at once, and a line on standard output for all that the world outside could have
//! seen of it, written before anything else happens.
//!
//! `cairn-load write DIR FIRST` begins runs `r{FIRST}`, `r{FIRST+1}` … and goes on until it is killed. `cairn-load check DIR LAST` says what is
//! in the journals, for events up to that of `r{LAST}`, takes everything up, and runs each ended run once more from its journal alone. A bug's
//! name behind either gives the host a journal that has it.
//!
//! | line | what |
//! |---|---|
//! | `began ID` | a start was acknowledged |
//! | `sent ID` | its event was acknowledged |
//! | `left KEY` | an attempt at a step left the host under this idempotency key |
//! | `over ID OUTCOME` | how a run ended was told |
//! | `found ID`, `heard ID`, `asked KEY`, `recorded KEY`, `ended ID` | what the journals hold when they are opened: runs, their events, steps, outcomes of those, outcomes |
//! | `again ID OUTCOME` | what a run came to when nothing but its journal answered |
//! | `opened`, `done` | it holds the directory; it has come to its end |
//! | `stopped WHY` | it cannot go on |

mod bug;
mod check;
mod tools;
mod world;
mod write;

use std::{io::Write, path::Path, process::ExitCode};

use bug::Bug;

/// One `write`, so that a reader has it whole or not at all, also when the process is killed in the next moment.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(format!("{line}\n").as_bytes());
    let _ = out.flush();
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match done(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(&format!("stopped {}", why.replace('\n', " ")));
            ExitCode::FAILURE
        }
    }
}

fn done(words: &[&str]) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| format!("no runtime: {error}"))?;
    let [verb, dir, number, bug @ ..] = words else {
        return Err(
            "write `cairn-load write DIR FIRST [BUG]` or `cairn-load check DIR LAST [BUG]`".to_owned()
        );
    };
    let (dir, bug) = (Path::new(dir), bug.first().map(|name| Bug::named(name)).transpose()?);
    let number = number.parse().map_err(|_| format!("`{number}` is no number of a run"))?;
    match *verb {
        "write" => runtime.block_on(write::write(dir, number, bug)),
        "check" => runtime.block_on(check::check(dir, number, bug)),
        _ => Err(format!("`{verb}` is neither `write` nor `check`")),
    }
}
