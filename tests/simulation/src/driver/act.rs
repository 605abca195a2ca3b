//! What people and other programs do to the host, and what they are told.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use cairn_host::{
    Error, Host,
    ops::{Answer, Cancel, Done, Reply, Request, Resume, Send, Start},
};

use super::{Doing, QUIET, State, Task, chosen, operate};
use crate::{
    canary::Canary,
    catalog::grant,
    eye::{Line, TENANT, Tight, Violation},
    plan::{Wanted, What},
    world::{Core, World},
};

/// Whoever finds an inbox full comes again when so many milliseconds have passed, and later each time.
const AGAIN: u64 = 60_000;

/// One who does something.
pub(super) struct Act {
    pub(super) world: World,
    pub(super) host: Host,
    pub(super) tasks: Arc<Mutex<Vec<Task>>>,
    /// Which task it is; none is what begins a life.
    pub(super) number: Option<usize>,
    pub(super) wanted: Vec<Wanted>,
    /// Those that wait stay loaded in this world.
    pub(super) stays: bool,
}

impl Act {
    pub(super) async fn perform(self, doing: Doing) {
        match &doing {
            Doing::Planned(What::Clock(by)) => self.world.sets_clock(*by),
            Doing::Planned(What::Look) => self.look().await,
            _ => return self.handle(doing).await,
        }
        self.done();
    }

    fn done(&self) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = self.number.and_then(|number| tasks.get_mut(number)) {
            task.state = State::Done;
        }
        drop(tasks);
        self.world.has_news();
    }

    async fn handle(self, doing: Doing) {
        let Some(request) = self.request(&doing) else { return self.done() };
        if self.world.core().is(Canary::LosesCancel) && matches!(request, Request::Cancel(_)) {
            return self.loses(&doing);
        }
        let Some(twice) = self.wants(&doing) else { return self.done() };
        if twice {
            drop(self.host.handle(request.clone()).await);
        }
        let answer = self.host.handle(request).await;
        let mut core = self.world.core();
        if !self.world.passes(&mut core, "somebody is told") {
            return;
        }
        core.say(|| format!("told of {doing:?}: {}", words(&answer)));
        if answer.is_err() && self.sends_again(&core, &doing) {
            drop(core);
            return self.world.has_news();
        }
        let kept = match (answer, &doing) {
            (answer, Doing::Planned(What::Operate { .. }) | Doing::Decide { .. }) => {
                operate::told(&mut core, &doing, &answer)
            }
            (Ok(Reply::Schedule(done)), _) => core.eye.schedule_acknowledged(&done.schedule.name),
            (Ok(Reply::Start(started)), _) => core.eye.start_acknowledged(&started.instance.id),
            (Ok(Reply::Send(_)), Doing::Planned(What::Send { to, message, .. })) => {
                core.eye.message_acknowledged(to, message)
            }
            (Ok(Reply::Cancel(cancelled)), _) => core.eye.cancel_acknowledged(&cancelled.instance.id),
            (Err(Error::Mistake(_)), Doing::Answer(_)) => {
                self.is_refused();
                Ok(())
            }
            (Ok(_) | Err(Error::Mistake(_)), _) => Ok(()),
            (Err(error), _) => Err(Violation::new("host", format!("{doing:?} failed: {error}"))),
        };
        self.world.checks(&mut core, kept);
        drop(core);
        self.done();
    }

    /// Nobody asks, or somebody else has answered.
    fn is_refused(&self) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = self.number.and_then(|number| tasks.get_mut(number)) {
            task.refused += 1;
        }
    }

    /// Whoever finds an inbox full comes again.
    fn sends_again(&self, core: &Core, doing: &Doing) -> bool {
        let (Some(Tight::Inbox(_)), Doing::Planned(What::Send { to, .. })) = (core.eye.tight, doing) else {
            return false;
        };
        if core.eye.line(to).is_some_and(Line::is_over) {
            return false;
        }
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        let task = self.number.and_then(|number| tasks.get_mut(number));
        let Some(task) = task else { return false };
        task.refused += 1;
        // A run may be paused for a month.
        (task.at, task.state) = (core.passed() + (AGAIN << task.refused.min(12)), State::Waits);
        true
    }

    /// An operator wants something; none: by a canary nobody hears of it. Or else it is done twice.
    fn wants(&self, doing: &Doing) -> Option<bool> {
        let by = match doing {
            Doing::Planned(What::Operate { by, .. }) => by,
            Doing::Decide { instance, key, .. } => {
                self.world.core().eye.wanted(&operate::decider(instance, key));
                return Some(false);
            }
            _ => return Some(false),
        };
        let mut core = self.world.core();
        core.eye.wanted(by);
        if core.is(Canary::LosesAct) {
            let told = Ok(Reply::Done(Done { instance: None, did: String::new(), before: false }));
            let kept = operate::told(&mut core, doing, &told);
            self.world.checks(&mut core, kept);
            return None;
        }
        Some(core.is(Canary::ActsTwice))
    }

    /// The canary: it is told that it is cancelled, and nobody has heard of it.
    fn loses(&self, doing: &Doing) {
        let mut core = self.world.core();
        if let Doing::Planned(What::Cancel(id)) = doing
            && core.eye.line(id).is_some_and(|line| !line.is_over())
        {
            let kept = core.eye.cancel_acknowledged(id);
            self.world.checks(&mut core, kept);
        }
        drop(core);
        self.done();
    }

    /// Those that wait hold no memory.
    async fn look(&self) {
        if self.stays && self.loaded() > 0 {
            // One has stayed long enough at this very moment, and is being unloaded.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let loaded = self.loaded();
        if loaded > 0 {
            let what = format!("everything waits, and {loaded} instances are loaded");
            self.world.finds(&mut self.world.core(), Violation::new("9", what));
        }
    }

    /// How many are at work where nothing has happened for a while, and all wait.
    fn loaded(&self) -> usize {
        let core = self.world.core();
        let quiet =
            core.passed().saturating_sub(core.active) >= QUIET && core.calling == 0 && core.disk.is_idle();
        if quiet && core.eye.all_wait() { self.host.at_work() } else { 0 }
    }

    fn request(&self, doing: &Doing) -> Option<Request> {
        let tenant = TENANT.to_owned();
        Some(match doing {
            Doing::Planned(What::Start(which)) => {
                let wanted = self.wanted.get(*which)?;
                let (program, id) = (&wanted.program, wanted.id.clone());
                Request::Start(Start {
                    tenant,
                    id,
                    digest: program.digest.clone(),
                    input: program.input(wanted.variant),
                    grant: grant(),
                    peers: program.peers.clone(),
                })
            }
            Doing::Planned(What::Send { to, event, data, message, expires_in }) => Request::Send(Send {
                tenant,
                id: to.clone(),
                event: event.clone(),
                data: data.clone(),
                message: Some(message.clone()),
                early: true,
                expires_in: *expires_in,
            }),
            Doing::Planned(What::Cancel(id)) => {
                Request::Cancel(Cancel { tenant, id: id.clone(), by: "ada".to_owned(), why: String::new() })
            }
            Doing::Planned(What::Operate { id, verb, by }) => self.operates(id, *verb, by)?,
            Doing::Planned(What::Schedule { which, act, by }) => {
                operate::schedules(&self.wanted.get(*which)?.program, *act, by)
            }
            Doing::Planned(What::Resume) => Request::Resume(Resume { tenant, id: None, code: None }),
            Doing::Planned(What::Clock(_) | What::Look) => return None,
            Doing::Decide { instance, key, .. } => operate::decides(instance, key),
            Doing::Answer(question) => Request::Answer(Answer {
                tenant,
                id: question.instance.clone(),
                key: Some(question.key.clone()),
                choice: chosen(&question.task),
                by: "ada".to_owned(),
                note: None,
            }),
        })
    }
}

fn words(answer: &Result<Reply, Error>) -> String {
    match answer {
        Ok(Reply::Start(started)) => format!("started {} {}", started.instance.id, started.existed),
        Ok(Reply::Send(sent)) => format!("kept, a duplicate: {}", sent.duplicate),
        Ok(Reply::Cancel(cancelled)) => format!("to be cancelled, before: {}", cancelled.before),
        Ok(Reply::Done(done)) => done.did.clone(),
        Ok(_) => "done".to_owned(),
        Err(error) => format!("refused: {error}"),
    }
}
