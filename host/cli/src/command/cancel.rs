//! `cairn cancel`

use cairn_host::ops::Cancelled;
use clap::Args;
use serde_json::json;

use super::which::{Which, Who, total, would};
use crate::{
    data::{Access, Dir, Held, connect, owner_words, verbs, verbs::Handles},
    drive::{Ending, Follow, Report, Signals, Until, through},
    exit::Exit,
    global::Global,
    problem::{Outcome, fault},
    screen::{Paint, out},
};

/// Stop a run in good order: what it waits for fails with `cancelled`, what it did is undone, it ends
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn cancel o1 --why 'the customer called'
  cairn cancel --workflow order --older-than 30d --dry-run

If another process has the data directory open, that one stops the run, and this command
ends at once. Otherwise it is stopped here, and shown while its undos run.

Exit code 0: the wish is on disk and, if stopped here, the run has ended. Of several runs
those that cannot be cancelled are told, and the others are.")]
pub(crate) struct Cancel {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    who: Who,
}

/// Where runs are not named one by one: those that stand so.
const USUALLY: [&str; 4] = ["ready", "waiting", "paused", "diverged"];

impl Cancel {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let dir = global.dir();
        dir.required()?;
        if connect(&dir).await.is_some() {
            return self.there(global, &dir).await;
        }
        if self.which.dry() {
            let access = Access::any(&dir).await?;
            let told = self.dry(global, &access, &dir).await;
            access.close().await;
            return told;
        }
        let held = Held::driving(&dir).await?;
        let exit = match self.which.only() {
            Some(id) => self.here(global, &dir, &held, id).await,
            None => self.all_here(global, &dir, &held).await,
        };
        held.close().await;
        exit
    }

    async fn there(&self, global: &Global, dir: &Dir) -> Outcome {
        let access = Access::There(dir.clone());
        if let Some(id) = self.which.only() {
            let cancelled = self.wish(&access, id).await?;
            if global.json {
                out::pretty(&cancelled)?;
            } else {
                out::tell(&format!("{}; {} stops it\n", asked(id, &cancelled), owner_words(dir)));
            }
            return Ok(Exit::Finished);
        }
        if self.which.dry() {
            return self.dry(global, &access, dir).await;
        }
        let ids = self.which.ids(&access, dir, "cancel", &USUALLY).await?;
        self.each(global, &access, ids).await
    }

    async fn dry(&self, global: &Global, to: &impl Handles, dir: &Dir) -> Outcome {
        let ids = self.which.ids(to, dir, "cancel", &USUALLY).await?;
        would(global, to, "cancel", &ids).await
    }

    async fn here(&self, global: &Global, dir: &Dir, held: &Held, id: &str) -> Outcome {
        let follow = following(global, dir, held, false)?;
        let cancelled = self.wish(&held.host, id).await?;
        if !global.json {
            out::tell(&format!("{}\n", asked(id, &cancelled)));
        }
        let exit = through(follow, &held.host, id, Until::End, &dir.hints()).await?;
        // That it ends as failed is what was wanted.
        Ok(if exit == Exit::Failed { Exit::Finished } else { exit })
    }

    /// All that are meant, here, until all of them have come to rest.
    async fn all_here(&self, global: &Global, dir: &Dir, held: &Held) -> Outcome {
        let ids = self.which.ids(&held.host, dir, "cancel", &USUALLY).await?;
        let mut follow = following(global, dir, held, true)?;
        let exit = self.each(global, &held.host, ids).await?;
        let ending = follow.all().await?;
        follow.end();
        Ok(if ending == Ending::Interrupted { Exit::Interrupted } else { exit })
    }

    /// Asks each, and says what became of it.
    async fn each(&self, global: &Global, to: &impl Handles, ids: Vec<String>) -> Outcome {
        let mut results = Vec::new();
        for id in ids {
            let result = self.wish(to, &id).await;
            match &result {
                _ if global.json => {}
                Ok(cancelled) => out::tell(&format!("{}\n", asked(&id, cancelled))),
                Err(problem) => out::tell(&problem.text(Paint::stderr())),
            }
            results.push((id, result));
        }
        total(global, "cancel", &results, |done| json!(done))
    }

    async fn wish(&self, to: &impl Handles, id: &str) -> Outcome<Cancelled> {
        verbs::cancel(to, id, self.who.by(), self.who.why.clone()).await
    }
}

fn following(global: &Global, dir: &Dir, held: &Held, named: bool) -> Outcome<Follow> {
    let signals = Signals::new().map_err(|e| fault(format!("cannot listen to signals: {e}"), "try again"))?;
    Ok(Follow::new(&held.host, signals, Report::new(global.json, dir.hints(), named)))
}

fn asked(id: &str, cancelled: &Cancelled) -> String {
    let before = if cancelled.before { "had been asked to stop before" } else { "was asked to stop" };
    format!("`{id}` {before}")
}
