//! A host under load, for those who kill it: many runs at once, and a line on standard output for all that the world outside could have
//! seen of it, written before anything else happens.
//!
//! `cairn-load write DIR FIRST` begins runs `r{FIRST}`, `r{FIRST+1}` … and goes on until it is killed. `cairn-load check DIR` says what is
//! in the journals, takes everything up, and runs each ended run once more from its journal alone.
//!
//! | line | what |
//! |---|---|
//! | `began ID` | a start was acknowledged |
//! | `sent ID` | its event was acknowledged |
//! | `left KEY` | an attempt at a step left the host under this idempotency key |
//! | `over ID OUTCOME` | how a run ended was told |
//! | `found ID`, `asked KEY`, `recorded KEY` | what the journals hold when they are opened |
//! | `again ID OUTCOME` | what a run came to when nothing but its journal answered |
//! | `opened`, `done` | it holds the directory; it has come to its end |
//! | `stopped WHY` | it cannot go on |

mod check;
mod tools;
mod world;
mod write;

use std::{io::Write, path::Path, process::ExitCode};

/// One `write`, so that a reader has it whole or not at all, also when the process is killed in the next moment.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(format!("{line}\n").as_bytes());
    let _ = out.flush();
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match (tokio::runtime::Runtime::new(), words.as_slice()) {
        (Err(error), _) => Err(format!("no runtime: {error}")),
        (Ok(runtime), ["write", dir, first]) => match first.parse() {
            Ok(first) => runtime.block_on(write::write(Path::new(dir), first)),
            Err(_) => Err(format!("`{first}` is no number of a run")),
        },
        (Ok(runtime), ["check", dir]) => runtime.block_on(check::check(Path::new(dir))),
        _ => Err("write `cairn-load write DIR FIRST` or `cairn-load check DIR`".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(&format!("stopped {}", why.replace('\n', " ")));
            ExitCode::FAILURE
        }
    }
}
