//! `cairn verify`

use std::path::PathBuf;

use cairn_host::journal::{Counts, Finding, StoreError, Verified, verify};
use clap::Args;
use serde_json::{Value, json};

use crate::{
    data::{Dir, owner_words},
    exit::Exit,
    global::Global,
    problem::{Outcome, Problem, hint, mistake},
    screen::{Paint, out},
};

/// Look through a data directory that is not in use: its files, and every run's history
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn verify
  cairn verify /backups/monday --json

Reads everything: the write-ahead log, the tables, each run's entries (none missing, none
altered, chained to one another), heads, timers, messages, locks, components and large
values against their digests. Changes nothing.

Exit code 0: nothing is wrong but what is known; 70: something is damaged.")]
pub(crate) struct Verify {
    /// The data directory, if it is not the usual one
    dir: Option<PathBuf>,
}

impl Verify {
    pub(crate) fn run(&self, global: &Global) -> Outcome {
        let dir = self.dir.as_deref().map_or_else(|| global.dir(), Dir::new);
        dir.required()?;
        let verified = verify(dir.path()).map_err(|error| told(&dir, &error, "verify"))?;
        if global.json {
            out::pretty(&as_json(&verified))?;
        } else {
            out::data(&(counts(&verified.counts) + &findings(&verified, Paint::stdout())))?;
        }
        Ok(exit(&verified))
    }
}

/// What the process ends with.
pub(super) fn exit(verified: &Verified) -> Exit {
    if verified.clean() { Exit::Finished } else { Exit::Fault }
}

/// Why a directory could not be looked at.
pub(super) fn told(dir: &Dir, error: &StoreError, verb: &str) -> Problem {
    match error {
        StoreError::Locked(_) => mistake(
            format!("the data directory `{}` is held by {}", dir.path().display(), owner_words(dir)),
            format!(
                "`cairn {verb}` works on one that is not in use: end that process first (Ctrl-C loses nothing)\n\
                 or look at a copy of this moment: `cairn backup {} TO`, then `cairn verify TO`",
                dir.path().display()
            ),
        ),
        StoreError::Newer { .. } | StoreError::ReadOnly(_) => mistake(error.to_string(), error.advice()),
        _ => crate::problem::fault(error.to_string(), error.advice()),
    }
}

fn as_json(verified: &Verified) -> Value {
    let counts = &verified.counts;
    json!({
        "clean": verified.clean(),
        "complete": verified.complete,
        "checked": {
            "log": { "files": counts.log_files, "batches": counts.log_batches, "bytes": counts.log_bytes },
            "tables": { "files": counts.tables, "bytes": counts.table_bytes },
            "instances": counts.instances,
            "entries": counts.entries,
            "timers": counts.timers,
            "messages": counts.messages,
            "locks": counts.locks,
            "kept": counts.kept,
            "blobs": { "files": counts.blobs, "values": counts.values, "bytes": counts.blob_bytes },
            "set_aside": counts.aside,
        },
        "findings": verified.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

/// A finding as JSON.
fn finding(finding: &Finding) -> Value {
    let Finding { place, found, means, cure, stays } = finding;
    json!({ "place": place, "found": found, "means": means, "cure": cure, "known": stays })
}

fn counts(counts: &Counts) -> String {
    let Counts { log_files, log_batches, log_bytes, tables, table_bytes, .. } = counts;
    format!(
        "log        {log_files} files, {log_batches} batches, {log_bytes} bytes\n\
         tables     {tables} files, {table_bytes} bytes\n\
         runs       {} with {} entries, {} set aside\n\
         waiting    {} timers, {} messages, {} places in locks, {} kept outcomes\n\
         blobs      {} files, {} large values, {} bytes\n",
        counts.instances,
        counts.entries,
        counts.aside,
        counts.timers,
        counts.messages,
        counts.locks,
        counts.kept,
        counts.blobs,
        counts.values,
        counts.blob_bytes
    )
}

/// All findings in words, or that there are none.
pub(super) fn findings(verified: &Verified, paint: Paint) -> String {
    if verified.findings.is_empty() {
        return "everything is as it was written\n".to_owned();
    }
    let one = |finding: &Finding| {
        let Finding { place, found, means, cure, stays } = finding;
        let word = if *stays { paint.dim("known:") } else { paint.red("damaged:") };
        format!("\n{word} {place}: {found}\n{means}\n{}", hint(paint, cure))
    };
    let mut text: String = verified.findings.iter().map(one).collect();
    if !verified.complete {
        text += "\nthe histories of runs were not looked at: what is damaged above comes first\n";
    }
    text
}
