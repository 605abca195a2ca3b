//! `cairn cancel`

use cairn_host::ops::Cancelled;
use clap::Args;

use crate::{
    data::{Access, Dir, Held, connect, owner_words, verbs},
    drive::{Follow, Report, Signals, Until, through},
    exit::Exit,
    global::Global,
    problem::{Outcome, fault},
    screen::out,
};

/// Stop a run in good order: what it waits for fails with `cancelled`, what it did is undone, it ends
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn cancel o1 --why 'the customer called'

If another process has the data directory open, that one stops the run, and this command
ends at once. Otherwise it is stopped here, and shown while its undos run.

Exit code 0: the wish is on disk and, if stopped here, the run has ended.")]
pub(crate) struct Cancel {
    /// The run's id
    id: String,

    /// Why, for the record
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
}

impl Cancel {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let dir = global.dir();
        dir.required()?;
        if connect(&dir).await.is_some() {
            return self.there(global, &dir).await;
        }
        let held = Held::driving(&dir).await?;
        let exit = self.here(global, &dir, &held).await;
        held.close().await;
        exit
    }

    async fn there(&self, global: &Global, dir: &Dir) -> Outcome {
        let access = Access::There(dir.clone());
        let cancelled = verbs::cancel(&access, &self.id, by(), self.why.clone()).await?;
        if global.json {
            out::pretty(&cancelled)?;
        } else {
            out::tell(&format!("{}; {} stops it\n", self.asked(&cancelled), owner_words(dir)));
        }
        Ok(Exit::Finished)
    }

    async fn here(&self, global: &Global, dir: &Dir, held: &Held) -> Outcome {
        let signals =
            Signals::new().map_err(|e| fault(format!("cannot listen to signals: {e}"), "try again"))?;
        let follow = Follow::new(&held.host, signals, Report::new(global.json, dir.hints(), false));
        let cancelled = verbs::cancel(&held.host, &self.id, by(), self.why.clone()).await?;
        if !global.json {
            out::tell(&format!("{}\n", self.asked(&cancelled)));
        }
        let exit = through(follow, &held.host, &self.id, Until::End, &dir.hints()).await?;
        // That it ends as failed is what was wanted.
        Ok(if exit == Exit::Failed { Exit::Finished } else { exit })
    }

    fn asked(&self, cancelled: &Cancelled) -> String {
        let before = if cancelled.before { "had been asked to stop before" } else { "was asked to stop" };
        format!("`{}` {before}", self.id)
    }
}

/// Who asks, for the record.
fn by() -> String {
    std::env::var("USER").ok().filter(|user| !user.is_empty()).unwrap_or_else(|| "the operator".to_owned())
}
