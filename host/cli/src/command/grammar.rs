//! `cairn grammar`

use clap::Args;

use crate::{
    exit::Exit,
    global::Global,
    language::{self, Notation},
    problem::Outcome,
    screen::out,
};

/// Print the grammar of the language in a notation that constrains what a model writes
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn grammar --gbnf > cairn.gbnf     for llama.cpp and what follows it
  cairn grammar --lark > cairn.lark     for what takes Lark

Both accept every file that `cairn fmt` has laid out: words are told apart by a blank there. What
only looking ahead can tell they do not forbid; `cairn check` has the last word.")]
#[group(required = true, multiple = false)]
pub(crate) struct Grammar {
    /// As GBNF
    #[arg(long)]
    gbnf: bool,
    /// As Lark, for its Earley parser
    #[arg(long)]
    lark: bool,
}

impl Grammar {
    pub(crate) fn run(&self, _: &Global) -> Outcome {
        let notation = if self.lark { Notation::Lark } else { Notation::Gbnf };
        out::data(&language::grammar(notation))?;
        Ok(Exit::Finished)
    }
}
