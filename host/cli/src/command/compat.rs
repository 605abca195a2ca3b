//! `cairn compat`

use std::path::{Path, PathBuf};

use cairn_compiler::view::{Comparison, Verdict};
use clap::Args;

use super::check::Format;
use crate::{
    code,
    exit::Exit,
    global::Global,
    language::{self, File},
    problem::{Outcome, Problem},
    screen::{Paint, out, table},
    views,
};

/// Compare two versions of a workflow: which keys change, and whether instances could be moved
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn compat old.cairn new.cairn
  git show main:order.cairn > old.cairn && cairn compat old.cairn order.cairn --format json

What can be seen in the code is compared. When an instance is really moved (`cairn resume ID --code
NEW`), replay proves it entry by entry, and a move that does not fit is refused without harm.

Exit code: 0 compatible: every waiting instance could be moved and nobody outside has to change;
1 not; 2 a file cannot be compiled.")]
pub(crate) struct Compat {
    /// The code that instances run
    old: PathBuf,

    /// The code that they would be moved to
    new: PathBuf,

    /// Which workflow, if the files hold several
    #[arg(long, value_name = "NAME")]
    workflow: Option<String>,

    /// As text for people, or as JSON for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Compat {
    pub(crate) fn run(&self, global: &Global) -> Outcome {
        let (old, new) = (checked(&self.old)?, checked(&self.new)?);
        let compared = views::compare(&old, &new, self.workflow.as_deref())?;
        if global.json || self.format == Format::Json {
            let (ok, compared) = (compared.is_compatible(), &compared);
            out::pretty(&serde_json::json!({ "compatible": ok, "comparison": compared }))?;
        } else {
            out::data(&page(&compared, Paint::stdout()))?;
        }
        Ok(if compared.is_compatible() { Exit::Finished } else { Exit::Failed })
    }
}

/// A file that can be compiled; what is wrong with it is shown.
fn checked(path: &Path) -> Outcome<File> {
    let file = File::check(&language::read(path, code::read(path)?)?);
    if file.wrong() {
        out::tell(&file.rendered(Paint::stderr()));
        return Err(Problem::Shown);
    }
    Ok(file)
}

fn page(compared: &Comparison, paint: Paint) -> String {
    let line = |line: Option<u32>| line.map(|line| line.to_string()).unwrap_or_default();
    let changes: Vec<Vec<String>> = compared
        .changes
        .iter()
        .map(|change| {
            let mark = if change.breaking { paint.red("!") } else { " ".to_owned() };
            let places = match (line(change.old_line), line(change.new_line)) {
                (old, new) if old.is_empty() && new.is_empty() => String::new(),
                (old, new) => format!("line {old} → {new}").replace("  ", " "),
            };
            vec![format!("{mark} {}", change.code), change.message.clone(), places]
        })
        .collect();
    let waiting: Vec<Vec<String>> = compared
        .waiting
        .iter()
        .map(|place| {
            let verdict = match place.verdict {
                Verdict::Yes => paint.green("can move"),
                Verdict::Maybe => "it depends".to_owned(),
                Verdict::No => paint.red("has to stay"),
            };
            let where_ = format!("{} `{}` (line {})", place.kind, place.key, place.line);
            vec![format!("  {where_}"), verdict, place.why.join("; ")]
        })
        .collect();
    let mut text = format!("{}\n", paint.bold(&compared.workflow));
    if changes.is_empty() {
        text.push_str("  nothing changed that a journal or anybody outside could see\n");
    }
    text.push_str(&table(&changes));
    if !waiting.is_empty() {
        text.push_str("\nAn instance that waits at\n");
        text.push_str(&table(&waiting));
    }
    text
}
