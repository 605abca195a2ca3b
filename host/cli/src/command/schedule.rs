//! `cairn schedule`

use std::{collections::BTreeMap, path::PathBuf};

use cairn_host::ops::{self, ScheduleAct, ScheduleDone};
use clap::{ArgGroup, Args};

use super::{
    allowed::{Allowance, Allowed},
    schedules,
    which::Who,
};
use crate::{
    code::Code,
    data::{Access, verbs},
    exit::Exit,
    global::Global,
    problem::{Outcome, Problem, hint, mistake},
    screen::{Clock, Paint, out},
};

/// Have a workflow start by itself, at the times and by the events that its head names
#[derive(Args, Debug)]
#[command(
    group = ArgGroup::new("act").required(true).args(["file", "pause", "go_on", "remove"]),
    after_help = "Examples:
  cairn schedule nightly.cairn --allow http=https://warehouse.example
  cairn schedules                                when each is due, and what came of the last time
  cairn resume --keep                            be there to start them
  cairn schedule --pause nightly --why 'the warehouse moves'
  cairn schedule --continue nightly              from now: what was due meanwhile is not started
  cairn schedule --remove nightly

At the head of the workflow stands `on schedule \"0 2 * * *\" zone \"Europe/Paris\" start (…)`, or
`on event shop.placed as e start (…)`. Registering the file again takes its new code from then
on; times that are written as before go on from where they were. What is registered stays
until it is removed; something is started while `cairn resume --keep` runs, and by each
`cairn resume` what is due. What was due while nobody was there is started once, as of the
last moment (`missed once`); for each (`missed all`), or not at all (`missed skip`), where
the workflow says so."
)]
pub(crate) struct Schedule {
    /// A .cairn file, or a component
    #[arg(value_name = "FILE|WASM")]
    file: Option<PathBuf>,

    /// Which workflow, if the file holds several; the first if left out
    #[arg(long, value_name = "NAME", requires = "file")]
    workflow: Option<String>,

    #[command(flatten)]
    allowed: Allowed,

    /// Start nothing of it any more, until it is continued
    #[arg(long, value_name = "WORKFLOW")]
    pause: Option<String>,

    /// Start it again, from now on
    #[arg(long = "continue", value_name = "WORKFLOW")]
    go_on: Option<String>,

    /// Forget it; its runs stay as they are
    #[arg(long, value_name = "WORKFLOW")]
    remove: Option<String>,

    #[command(flatten)]
    who: Who,
}

impl Schedule {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let dir = global.dir();
        let done = match &self.file {
            Some(file) => {
                self.register(global, Code::load(file, self.workflow.as_deref(), global).await?).await?
            }
            None => {
                self.says_nothing_of_code()?;
                let access = Access::any(&dir).await?;
                let done = self.act(&access, self.named()?).await;
                access.close().await;
                done?
            }
        };
        if global.json {
            out::pretty(&done)?;
            return Ok(Exit::Finished);
        }
        out::tell(&format!("`{}` {}\n", done.schedule.name, done.did));
        if self.remove.is_none() {
            out::tell(&schedules::rows(
                std::slice::from_ref(&done.schedule),
                &Clock::here(),
                Paint::stderr(),
            ));
            if !done.driven && !done.schedule.paused {
                let command = dir.hints().command(&["resume", "--keep"]);
                out::tell(&hint(Paint::stderr(), &format!("{}: `{command}`", schedules::NOBODY)));
            }
        }
        Ok(Exit::Finished)
    }

    async fn register(&self, global: &Global, code: Code) -> Outcome<ScheduleDone> {
        let allowance = self.allowed.grant(&code, "schedule", global).await?;
        let access = Access::made(&global.dir()).await?;
        let done = self.registered(&access, &code, allowance).await;
        access.close().await;
        done
    }

    async fn registered(&self, access: &Access, code: &Code, allowance: Allowance) -> Outcome<ScheduleDone> {
        let main = access.deploy(&code.bytes).await?;
        let mut peers = BTreeMap::from([(main.component.workflow().to_owned(), main.digest.clone())]);
        for peer in &code.peers {
            let peer = access.deploy(peer).await?;
            peers.insert(peer.component.workflow().to_owned(), peer.digest);
        }
        for tool in &allowance.tools {
            access.deploy_tool(tool).await?;
        }
        self.act(access, ScheduleAct::Register { digest: main.digest, grant: allowance.grant, peers }).await
    }

    async fn act(&self, access: &Access, act: ScheduleAct) -> Outcome<ScheduleDone> {
        let (by, why) = (self.who.by(), self.who.why.clone());
        verbs::schedule(access, ops::Schedule { tenant: String::new(), act, by, why }).await
    }

    fn named(&self) -> Outcome<ScheduleAct> {
        match (&self.pause, &self.go_on, &self.remove) {
            (Some(name), _, _) => Ok(ScheduleAct::Pause { name: name.clone() }),
            (_, Some(name), _) => Ok(ScheduleAct::Continue { name: name.clone() }),
            (_, _, Some(name)) => Ok(ScheduleAct::Remove { name: name.clone() }),
            (None, None, None) => Err(nothing()),
        }
    }

    fn says_nothing_of_code(&self) -> Outcome<()> {
        if self.allowed.is_empty() {
            return Ok(());
        }
        Err(mistake(
            "`--allow`, `--bind` and `--secret` are for the code that is registered",
            "give the file too: `cairn schedule FILE --allow …`",
        ))
    }
}

fn nothing() -> Problem {
    mistake("nothing is to be done", "name a file, or say `--pause`, `--continue` or `--remove`")
}
