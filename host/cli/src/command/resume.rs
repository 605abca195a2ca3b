//! `cairn resume`

use std::{collections::BTreeSet, path::PathBuf};

use cairn_host::ops::{InstanceView, State};
use clap::Args;

use super::{list, run, schedules};
use crate::{
    code::Code,
    data::{Dir, Held, verbs},
    drive::{Concluded, Ending, Follow, Report, Signals, Until, exit, interrupted, through},
    exit::Exit,
    global::Global,
    problem::{Outcome, fault, hint},
    screen::{Clock, Hints, Paint, out},
};

/// Go on with runs from their last finished step
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn resume o1                go on with o1 and show it, as `cairn run` does
  cairn resume                   go on with all that can, until each has ended or waits
  cairn resume --keep            the same, and stay until Ctrl-C for timers, events, and
                                 what starts by itself (`cairn schedule`)
  cairn resume o1 --code o.cairn move o1 to other code, after proof by replay

Exit codes: with one ID those of `cairn run`. With none or several the worst that came
of them: 70, 4, 1, else 0 (that some wait is no failure). With --keep: 0 when Ctrl-C or
SIGTERM ends it.")]
pub(crate) struct Resume {
    /// Ids of runs; all that can go on if left out
    #[arg(value_name = "ID")]
    ids: Vec<String>,

    /// Stay until Ctrl-C for timers, events and what starts by itself
    #[arg(long)]
    keep: bool,

    /// Move the run to the code in this file, after proof by replay
    #[arg(long, value_name = "FILE", conflicts_with = "keep")]
    code: Option<PathBuf>,

    /// With one ID: end with code 3 as soon as it waits
    #[arg(long, conflicts_with = "keep")]
    no_wait: bool,
}

impl Resume {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let dir = global.dir();
        dir.required()?;
        if self.code.is_some() && self.ids.len() != 1 {
            return Err(crate::problem::mistake(
                "`--code` moves one run at a time",
                "say which: `cairn resume ID --code FILE`",
            ));
        }
        let held = Held::driving(&dir).await?;
        let exit = match self.ids.as_slice() {
            [id] if !self.keep => self.one(global, &held, id).await,
            _ => self.many(global, &dir, &held).await,
        };
        held.close().await;
        exit
    }

    async fn one(&self, global: &Global, held: &Held, id: &str) -> Outcome {
        let (hints, host) = (global.dir().hints(), &held.host);
        let code = self.moved(global, held, id).await?;
        let follow = follow(global, held, &hints, false)?;
        let resumed = verbs::resume(host, Some(id.to_owned()), code).await?;
        if let (false, Some(view)) = (global.json, resumed.instances.first()) {
            out::tell(&run::head(view, false, Paint::stderr()));
        }
        let until = if self.no_wait { Until::Rest } else { Until::End };
        through(follow, host, id, until, &hints).await
    }

    /// Deploys the code that the instance is to be moved to, if any: of several workflows the one that it is of.
    async fn moved(&self, global: &Global, held: &Held, id: &str) -> Outcome<Option<String>> {
        let Some(file) = &self.code else { return Ok(None) };
        let workflow = verbs::show(&held.host, id).await?.instance.workflow;
        let code = Code::load(file, Some(&workflow), global).await?;
        Ok(Some(code.deployed(&held.host).await?.digest))
    }

    async fn many(&self, global: &Global, dir: &Dir, held: &Held) -> Outcome {
        let hints = dir.hints();
        let mut follow = follow(global, held, &hints, true)?;
        let mut ids = self.take_up(held).await?;
        if self.keep {
            if !global.json {
                let listed = verbs::schedules(&held.host).await?;
                let by_itself = schedules::next(&listed.schedules, &Clock::here());
                let told = by_itself.map_or_else(String::new, |text| format!("; {text}"));
                out::tell(&format!(
                    "{}{told}; staying for timers and events until Ctrl-C\n",
                    go_on(ids.len())
                ));
            }
            follow.ever().await?;
            follow.end();
            return Ok(Exit::Finished);
        }
        let ending = follow.all().await?;
        ids.extend(follow.seen().iter().cloned());
        let exit = if ending == Ending::Interrupted {
            follow.report().quiet();
            out::tell(&interrupted(&["resume"], &hints, Paint::stderr()));
            Exit::Interrupted
        } else {
            conclude_all(&mut follow, held, &ids, &hints).await?
        };
        if !global.json && ending == Ending::Reached {
            by_itself(held, &hints).await?;
        }
        follow.end();
        Ok(exit)
    }

    async fn take_up(&self, held: &Held) -> Outcome<BTreeSet<String>> {
        let mut ids = BTreeSet::new();
        let wanted: Vec<Option<String>> =
            if self.ids.is_empty() { vec![None] } else { self.ids.iter().cloned().map(Some).collect() };
        for id in wanted {
            let resumed = verbs::resume(&held.host, id, None).await?;
            ids.extend(resumed.instances.into_iter().map(|view| view.id));
        }
        Ok(ids)
    }
}

fn follow(global: &Global, held: &Held, hints: &Hints, named: bool) -> Outcome<Follow> {
    let signals = Signals::new().map_err(|e| fault(format!("cannot listen to signals: {e}"), "try again"))?;
    Ok(Follow::new(&held.host, signals, Report::new(global.json, hints.clone(), named)))
}

fn go_on(many: usize) -> String {
    match many {
        0 => "nothing can go on at once".to_owned(),
        1 => "1 run goes on".to_owned(),
        many => format!("{many} runs go on"),
    }
}

/// Says how all stand, and gives the worst that came of them; that one waits is as good as an end.
async fn conclude_all(follow: &mut Follow, held: &Held, ids: &BTreeSet<String>, hints: &Hints) -> Outcome {
    let (mut worst, mut views) = (Exit::Finished, Vec::new());
    for id in ids {
        let shown = verbs::show(&held.host, id).await?;
        let stopped = follow.stopped(id).map(str::to_owned);
        let exit = exit(&shown, stopped.is_some());
        let end = Concluded::new(&shown.instance, shown.outcome.as_ref(), stopped.as_deref(), exit);
        follow.report().concluded(&end)?;
        worst = worst.max(if exit == Exit::Waits { Exit::Finished } else { exit });
        views.push(shown.instance);
    }
    if !follow.report().json() {
        follow.report().quiet();
        summary(&views, hints)?;
    }
    Ok(worst)
}

/// What starts by itself does so only while somebody is there.
async fn by_itself(held: &Held, hints: &Hints) -> Outcome<()> {
    let listed = verbs::schedules(&held.host).await?;
    if let Some(text) = schedules::next(&listed.schedules, &Clock::here()) {
        let stay = hints.command(&["resume", "--keep"]);
        out::tell(&hint(Paint::stderr(), &format!("{text}; to stay for that: `{stay}`")));
    }
    Ok(())
}

fn summary(views: &[InstanceView], hints: &Hints) -> Outcome<()> {
    if views.is_empty() {
        out::tell("nothing can go on at the moment\n");
        out::tell(&hint(
            Paint::stderr(),
            &format!("what waits, and for what: `{}`", hints.command(&["list"])),
        ));
        return Ok(());
    }
    out::data(&list::rows(views, &Clock::here(), Paint::stdout()))?;
    if views.iter().any(|view| matches!(view.state, State::Waiting { .. })) {
        let stay = hints.command(&["resume", "--keep"]);
        out::tell(&hint(Paint::stderr(), &format!("to stay for timers and events: `{stay}`")));
    }
    Ok(())
}
