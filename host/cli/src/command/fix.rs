//! `cairn fix`

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};

use crate::{
    code,
    exit::Exit,
    global::Global,
    language::{self, Mended},
    problem::Outcome,
    rewrite::rewrite,
    screen::{Paint, out},
};

/// Lines of a diff around each change.
const CONTEXT: usize = 2;

/// Mend what certainly can be mended, and show it as a diff
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn fix order.cairn
  cairn fix --dry-run workflows/*.cairn     shows the diff and writes nothing

Only edits that mend a fault for certain are made; `cairn check` marks what it would say of the rest.
Exit code: 0 nothing wrong is left (there may be warnings), 2 something is.")]
pub(crate) struct Fix {
    /// Files in the Cairn language
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Show what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,
}

impl Fix {
    pub(crate) fn run(&self, global: &Global) -> Outcome {
        let mut all = Vec::new();
        for path in &self.files {
            all.push(self.one(path, global)?);
        }
        if global.json {
            let told = all.iter().map(|(mended, diff)| as_json(mended, diff)).collect::<Vec<_>>();
            out::pretty(&json!({ "files": told }))?;
        }
        Ok(if all.iter().any(|(mended, _)| mended.wrong) { Exit::Mistake } else { Exit::Finished })
    }

    fn one(&self, path: &Path, global: &Global) -> Outcome<(Mended, String)> {
        let source = language::read(path, code::read(path)?)?;
        let mended = language::mend(&source);
        let paint = if global.json { Paint::plain() } else { Paint::stdout() };
        let diff = diff(&source.text, &mended.text, &source.name, paint);
        if mended.text != source.text && !self.dry_run {
            rewrite(path, &mended.text)?;
        }
        if !global.json {
            out::data(&diff)?;
            out::tell(&mended.rendered);
            out::tell(&summary(&mended, &source.name, self.dry_run));
        }
        Ok((mended, diff))
    }
}

fn as_json(mended: &Mended, diff: &str) -> Value {
    json!({ "file": mended.name, "ok": !mended.wrong, "mended": mended.messages, "diff": diff })
}

fn summary(mended: &Mended, name: &str, dry: bool) -> String {
    let paint = Paint::stderr();
    let mark = if mended.wrong { paint.red("✗") } else { paint.green("✓") };
    let done = match (mended.messages.len(), dry) {
        (0, _) => "nothing to mend for certain".to_owned(),
        (many, true) => format!("{many} would be mended"),
        (many, false) => format!("{many} mended"),
    };
    let left = if mended.wrong { "; what is left is yours to decide" } else { "" };
    format!("{mark} {name}: {done}{left}\n")
}

/// A unified diff; empty where both are the same.
fn diff(old: &str, new: &str, name: &str, paint: Paint) -> String {
    let diff = TextDiff::from_lines(old, new);
    let mut shown = String::new();
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        if shown.is_empty() {
            shown = paint.bold(&format!("--- {name}\n+++ {name}\n"));
        }
        shown.push_str(&paint.cyan(&format!("{}\n", hunk.header())));
        for change in hunk.iter_changes() {
            let line = change.value().trim_end_matches('\n');
            shown.push_str(&match change.tag() {
                ChangeTag::Delete => paint.red(&format!("-{line}\n")),
                ChangeTag::Insert => paint.green(&format!("+{line}\n")),
                ChangeTag::Equal => format!(" {line}\n"),
            });
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_dsl::Source;

    #[test]
    fn a_diff_shows_what_was_mended_and_the_rest_is_told() {
        let text = "workflow w(a: int) -> int {\n  let b = a;\n  return b + c\n}\n";
        let mended = language::mend(&Source::new("w.cairn", text));
        assert!(mended.wrong && mended.rendered.contains("`c`"), "{}", mended.rendered);
        let shown = diff(text, &mended.text, "w.cairn", Paint::plain());
        let wanted = "--- w.cairn\n+++ w.cairn\n@@ -1,4 +1,4 @@\n workflow w(a: int) -> int {\n-  let b = a;\n+  let b = a\n   return b + c\n }\n";
        assert_eq!(shown, wanted);
        assert_eq!(diff(text, text, "w.cairn", Paint::plain()), "");
    }
}
