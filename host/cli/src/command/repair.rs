//! `cairn repair`

use std::path::PathBuf;

use cairn_host::journal::{self, Repaired, StoreError, repair};
use clap::Args;
use serde_json::json;

use super::verify;
use crate::{
    data::Dir,
    exit::Exit,
    global::Global,
    problem::{Outcome, fault},
    screen::{Paint, out},
};

/// Mend a damaged data directory that is not in use; it is copied first
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn repair
  cairn repair /var/lib/cairn

Copies the directory beside itself (DIR.before-repair-TIME), then does the least: cuts off a
torn end of the log, writes anew what follows from the runs' histories, and sets aside runs
whose history is damaged. Those are kept as they are and do not run; all others do.

Where something is lost that had been acknowledged, nothing is changed without --accept-loss:
a run whose last entries are lost may repeat steps that it had done.

Exit code 0: it can be used again; 70: what is damaged cannot be mended, restore a backup.")]
pub(crate) struct Repair {
    /// The data directory, if it is not the usual one
    dir: Option<PathBuf>,

    /// Give up what was acknowledged and cannot be read any more
    #[arg(long)]
    accept_loss: bool,
}

impl Repair {
    pub(crate) fn run(&self, global: &Global) -> Outcome {
        let dir = self.dir.as_deref().map_or_else(|| global.dir(), Dir::new);
        dir.required()?;
        let how = journal::Repair { accept_loss: self.accept_loss };
        let done = match repair(dir.path(), how) {
            Ok(done) => done,
            Err(error @ StoreError::Corrupt { .. }) if !self.accept_loss => {
                return Err(fault(
                    error.to_string(),
                    "nothing was changed: something is lost that had been acknowledged; restore a backup if there is one\n\
                     `cairn repair --accept-loss` gives it up, and runs whose last entries are lost may repeat steps",
                ));
            }
            Err(error) => return Err(verify::told(&dir, &error, "repair")),
        };
        if global.json {
            out::pretty(&json!({
                "before": done.before,
                "did": done.did,
                "set_aside": done.aside.iter().map(|(id, why)| json!({ "id": id.instance, "tenant": id.tenant, "why": why })).collect::<Vec<_>>(),
                "clean": done.now.clean(),
            }))?;
        } else {
            out::data(&words(&done, Paint::stdout()))?;
        }
        Ok(if done.now.clean() { Exit::Finished } else { Exit::Fault })
    }
}

fn words(done: &Repaired, paint: Paint) -> String {
    let Some(before) = &done.before else {
        return "nothing has to be mended\n".to_owned() + &known(done, paint);
    };
    let mut text = format!("as it was, it is kept in `{}`\n", before.display());
    for line in &done.did {
        text += &format!("{line}\n");
    }
    text + &known(done, paint)
}

/// What stays as it is.
fn known(done: &Repaired, paint: Paint) -> String {
    if done.now.findings.is_empty() { String::new() } else { verify::findings(&done.now, paint) }
}
