//! The command line of Cairn: the only room that sees compiler and host.

mod code;
mod command;
mod data;
mod drive;
mod exit;
mod global;
mod json_arg;
mod language;
mod problem;
mod process;
mod rewrite;
mod screen;
mod trial;
mod usage;
mod views;

use std::process::ExitCode;

use clap::Parser;

/// Runs the command line of this process: the whole program, so that another binary can be the same.
pub fn main() -> ExitCode {
    process::panics_end_it();
    process::logging();
    let cli = match command::Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => return usage::shown(&usage).into(),
    };
    match cli.run() {
        Ok(exit) => exit.into(),
        Err(problem) => {
            screen::out::tell(&problem.text(screen::Paint::stderr()));
            problem.exit().into()
        }
    }
}
