//! `cairn check`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::{
    code,
    exit::Exit,
    global::Global,
    language::{self, File},
    problem::{Outcome, hint},
    screen::{Paint, out, table},
};

/// Check workflow files and say what is wrong, where, and what to write instead
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn check order.cairn
  cairn check workflows/*.cairn --format json
  cairn check order.cairn --capabilities       what it may do, before it runs

Exit code: 0 all can be compiled (there may be warnings), 2 some cannot.")]
pub(crate) struct Check {
    /// Files in the Cairn language
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// As text for people, or as JSON for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Also what each workflow needs to be granted: tools, addresses, programs, events, secrets, workflows, locks
    #[arg(long)]
    capabilities: bool,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Check {
    pub(crate) fn run(&self, global: &Global) -> Outcome {
        let read = |path: &PathBuf| Ok(File::check(&language::read(path, code::read(path)?)?));
        let files = self.files.iter().map(read).collect::<Outcome<Vec<File>>>()?;
        if global.json || self.format == Format::Json {
            let all = files.iter().map(as_json).collect::<Outcome<Vec<Value>>>()?;
            out::pretty(&json!({ "files": all }))?;
        } else {
            out::tell(&files.iter().map(|file| told(file, Paint::stderr())).collect::<String>());
            if self.capabilities {
                out::data(&files.iter().map(capabilities).collect::<String>())?;
            }
        }
        Ok(if files.iter().any(File::wrong) { Exit::Mistake } else { Exit::Finished })
    }
}

fn as_json(file: &File) -> Outcome<Value> {
    let (ok, diagnostics) = (!file.wrong(), file.located());
    Ok(json!({ "file": file.name(), "ok": ok, "diagnostics": diagnostics, "workflows": file.metas()? }))
}

/// What the workflows of a file need, a line for each kind of thing.
fn capabilities(file: &File) -> String {
    let mut text = String::new();
    for program in &file.checked().workflows {
        let needs = &program.meta.needs;
        let rows: Vec<Vec<String>> = [
            ("tools", &needs.tools),
            ("http", &needs.http),
            ("exec", &needs.exec),
            ("waits for", &needs.events),
            ("sends", &needs.emits),
            ("secrets", &needs.secrets),
            ("starts", &needs.workflows),
            ("locks", &needs.locks),
        ]
        .into_iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(what, list)| vec![format!("  {what}"), list.join(", ")])
        .collect();
        let nothing = if rows.is_empty() { "  needs nothing\n" } else { "" };
        text.push_str(&format!("{}\n{}{nothing}", program.meta.workflow, table(&rows)));
    }
    text
}

fn told(file: &File, paint: Paint) -> String {
    let (errors, warnings) = file.counts();
    let name = file.name();
    let counts = match (errors, warnings) {
        (0, 0) => format!("{} {name}\n", paint.green("✓")),
        (0, warnings) => format!("{} {name}: {}\n", paint.green("✓"), count(warnings, "warning")),
        (errors, 0) => format!("{} {name}: {}\n", paint.red("✗"), count(errors, "error")),
        (errors, warnings) => {
            format!("{} {name}: {}, {}\n", paint.red("✗"), count(errors, "error"), count(warnings, "warning"))
        }
    };
    let explain = match file.codes().as_slice() {
        [] => String::new(),
        [first, ..] => hint(paint, &format!("more about it: `cairn explain {first}`")),
    };
    file.rendered(paint) + &counts + &explain
}

fn count(many: usize, what: &str) -> String {
    if many == 1 { format!("1 {what}") } else { format!("{many} {what}s") }
}
