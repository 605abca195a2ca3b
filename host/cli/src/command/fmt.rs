//! `cairn fmt`

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::json;

use crate::{
    code,
    exit::Exit,
    global::Global,
    language,
    problem::{Outcome, mistake},
    rewrite::rewrite,
    screen::{Paint, out},
};

/// Lay workflow files out in the one style; comments and meaning stay
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn fmt order.cairn
  cairn fmt --check workflows/*.cairn     writes nothing; names the files that are not in the style
  cairn fmt - < order.cairn               from stdin to stdout, for editors

Exit code: 0 all are in the style (now), 2 some are not (with --check), or cannot be read.")]
pub(crate) struct Fmt {
    /// Files in the Cairn language; `-` is stdin, laid out to stdout
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write nothing, and fail if a file is not in the style
    #[arg(long)]
    check: bool,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    AsItWas,
    LaidOut,
    Unreadable,
}

impl Fmt {
    pub(crate) fn run(&self, global: &Global) -> Outcome {
        let mut all = Vec::new();
        for path in &self.files {
            all.push((path, self.one(path, global)?));
        }
        let crooked = |state: State| state == State::Unreadable || (self.check && state == State::LaidOut);
        if global.json {
            let told = |(path, state): &(&PathBuf, State)| json!({ "file": path, "state": word(*state) });
            out::pretty(&json!({ "files": all.iter().map(told).collect::<Vec<_>>() }))?;
        }
        Ok(if all.iter().any(|(_, state)| crooked(*state)) { Exit::Mistake } else { Exit::Finished })
    }

    fn one(&self, path: &Path, global: &Global) -> Outcome<State> {
        let stdin = path == Path::new("-");
        let source = language::read(path, if stdin { from_stdin()? } else { code::read(path)? })?;
        let Some(text) = language::format(&source) else { return Ok(State::Unreadable) };
        let state = if text == source.text { State::AsItWas } else { State::LaidOut };
        match (stdin, self.check) {
            (true, false) if !global.json => drop(out::data(&text)?),
            (false, false) if state == State::LaidOut => rewrite(path, &text)?,
            _ => {}
        }
        if state == State::LaidOut && !stdin && !global.json {
            let done = if self.check { "not in the style" } else { "laid out" };
            out::tell(&format!("{} {}\n", Paint::stderr().yellow(done), path.display()));
        }
        Ok(state)
    }
}

fn word(state: State) -> &'static str {
    match state {
        State::AsItWas => "unchanged",
        State::LaidOut => "changed",
        State::Unreadable => "unreadable",
    }
}

fn from_stdin() -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(|e| {
        mistake(format!("cannot read stdin: {e}"), "give a file, or pipe one in: `cairn fmt - < order.cairn`")
    })?;
    Ok(bytes)
}
