//! Drives one run: opens hosts, lets them die, does what the schedule says, and looks at the end.

mod act;
mod again;
mod operate;

use std::{
    cell::Cell,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use cairn_host::{
    Host,
    journal::{InstanceId, Status},
    ops::Progress,
};
use serde_json::Value;
use tokio::sync::broadcast::error::TryRecvError;

use crate::{
    canary::Canary,
    catalog::Catalog,
    disk::{self, Disk},
    expect::Expected,
    eye::{Line, Question, Violation},
    panics,
    plan::{Deed, Plan, Wanted, What},
    trace::Trace,
    world::World,
};

/// Nothing is due any more when this has passed: 400 days.
const FOR_EVER: u64 = 400 * 24 * 3_600_000;
/// What is still on its way when all is over comes within this.
const TAIL: u64 = 5_000;
/// If nothing has passed a door for so long, nothing is under way.
const QUIET: u64 = 1_000;

/// Something that is to be done.
#[derive(Clone, Debug)]
pub(crate) enum Doing {
    Planned(What),
    Answer(Question),
    /// A person has looked what became of an attempt, and has it made again.
    Decide {
        instance: String,
        key: String,
        attempt: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Waits,
    /// In this life of the host.
    UnderWay,
    Done,
}

#[derive(Clone, Debug)]
pub(crate) struct Task {
    at: u64,
    doing: Doing,
    state: State,
    /// How often it found an inbox full, or a question gone.
    refused: u32,
    /// In which life of the host somebody saw the question that it answers.
    life: u32,
}

impl Task {
    fn new(at: u64, doing: Doing) -> Self {
        Self { at, doing, state: State::Waits, refused: 0, life: 0 }
    }
}

/// How a life of the host ended.
enum End {
    Died,
    /// Nothing is left to be done.
    Over,
}

/// One run.
pub(crate) struct Driver<'c> {
    catalog: &'c Catalog,
    plan: &'c Plan,
    pub(crate) world: World,
    tasks: Arc<Mutex<Vec<Task>>>,
    /// What is left waits for what will not come any more, and may.
    may_wait: Cell<bool>,
}

/// What came of a run.
pub(crate) struct Ran {
    pub(crate) world: World,
    pub(crate) found: Option<Violation>,
    pub(crate) trace: String,
    pub(crate) deaths: u64,
}

/// Makes one run.
pub(crate) fn run(catalog: &Catalog, plan: &Plan, canary: Option<Canary>, trace: Trace) -> Ran {
    panics::forget();
    let world = World::new(plan.seed, plan.pace, canary, trace);
    {
        let mut core = world.core();
        core.eye.tight = plan.tight;
        for wanted in &plan.wanted {
            let name = wanted.id.clone().unwrap_or_else(|| wanted.program.name.clone());
            core.programs.push((name, Arc::clone(&wanted.program)));
        }
    }
    let planned = plan.deeds.iter().map(|deed| Task::new(deed.at, Doing::Planned(deed.what.clone())));
    let tasks = Arc::new(Mutex::new(planned.collect()));
    let mut driver = Driver { catalog, plan, world, tasks, may_wait: Cell::new(false) };
    let deaths = driver.lives();
    driver.judge();
    let mut core = driver.world.core();
    if let Some(message) = panics::said() {
        let violation = Violation::new("host", format!("a task of the host panicked: {message}"));
        core.found.get_or_insert(violation);
    }
    let (found, trace) = (core.found.clone(), core.trace.take());
    drop(core);
    Ran { world: driver.world, found, trace, deaths }
}

impl Driver<'_> {
    /// All lives of the host; gives how often it died.
    fn lives(&mut self) -> u64 {
        let mut deaths = self.plan.deaths.iter();
        let mut died = 0;
        loop {
            let death = deaths.next();
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
            let runtime = runtime.expect("a runtime");
            let end = runtime.block_on(async {
                let end = self.life(death.map_or(u64::MAX, |death| death.at), died > 0).await;
                // Only in here virtual time is to be had.
                self.world.core().stops();
                end
            });
            // Everything that the host was doing is gone at once.
            drop(runtime);
            let (End::Died, None) = (end, self.found()) else { return died };
            died += 1;
            let power = death.is_some_and(|death| death.power);
            self.world.is_down(death.map_or(0, |death| death.down));
            let mut core = self.world.core();
            let left = Disk::crash(&mut core, power);
            let journal = core.disk.visible.clone();
            let reopened = left.and_then(|()| core.eye.reopened(&journal));
            self.world.checks(&mut core, reopened);
            if core.found.is_some() {
                return died;
            }
        }
    }

    fn found(&self) -> Option<Violation> {
        self.world.core().found.clone()
    }

    fn tasks(&self) -> MutexGuard<'_, Vec<Task>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn life(&mut self, dies_at: u64, again: bool) -> End {
        let ports = self.world.begins(dies_at);
        tokio::spawn(disk::writes(self.world.clone()));
        let limits = self.plan.tight.map(|tight| tight.limits(self.world.core().canary));
        let stay = self.plan.stay;
        let host = self.catalog.host().beside_with(ports, |settings| {
            settings.stay = Duration::from_millis(stay.span);
            if let Some(limits) = limits {
                settings.limits = limits;
            }
            if let Some(room) = stay.room.filter(|_| stay.span > 0) {
                settings.limits.loaded = room;
            }
        });
        let mut updates = host.watch();
        for task in self.tasks().iter_mut().filter(|task| task.state == State::UnderWay) {
            task.state = State::Waits;
        }
        if again {
            self.begin(&host, None, Doing::Planned(What::Resume));
        }
        // What starts by itself does so for ever: it is no sign that anything else goes on.
        let mut rests = None;
        loop {
            loop {
                match updates.try_recv() {
                    Ok(update) => self.hear(&update.id, update.progress),
                    Err(TryRecvError::Lagged(_)) => {}
                    Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                }
            }
            if self.world.core().dead {
                return End::Died;
            }
            self.ask();
            let due = self.begin_due(&host);
            if self.is_over() {
                return self.settle(&host).await;
            }
            let now = self.world.core().passed();
            rests = due.map_or_else(|| rests.or(Some(now)), |_| None);
            let until = due.unwrap_or_else(|| rests.unwrap_or(now) + FOR_EVER);
            let left = until.saturating_sub(now);
            tokio::select! {
                biased;
                () = self.world.stopped() => {}
                () = self.world.news() => {}
                () = tokio::time::sleep(Duration::from_millis(left)) => {
                    if due.is_none() {
                        self.stuck();
                    }
                }
            }
        }
    }

    /// What the host says of itself: it may not give up.
    fn hear(&self, id: &str, progress: Progress) {
        let mut core = self.world.core();
        if core.dead {
            return;
        }
        match progress {
            Progress::Stopped { message } => {
                self.world
                    .finds(&mut core, Violation::new("host", format!("it stopped with {id}: {message}")));
            }
            Progress::Diverged { message } => {
                self.world.finds(&mut core, Violation::new("7", format!("{id} diverged: {message}")));
            }
            _ => {}
        }
    }

    /// Open questions will be answered.
    fn ask(&self) {
        let mut core = self.world.core();
        let open: Vec<Question> = core.eye.questions().to_vec();
        let mut tasks = self.tasks();
        for question in open {
            let same = |doing: &Doing| matches!(doing, Doing::Answer(of) if *of == question);
            // Where the question was lost with the power, whoever had seen it before was refused.
            let past = |task: &Task| task.refused > 0 && task.life < core.life;
            if !tasks.iter().any(|task| same(&task.doing) && !past(task)) {
                let at = core.passed() + 10 * core.takes();
                tasks.push(Task { life: core.life, ..Task::new(at, Doing::Answer(question)) });
            }
        }
        for (instance, key, attempt) in core.eye.unclear() {
            let same = |doing: &Doing| matches!(doing, Doing::Decide { instance: of, key: to, attempt: which } if (of, to, *which) == (&instance, &key, attempt));
            if !tasks.iter().any(|task| task.state != State::Done && same(&task.doing)) {
                let at = core.passed() + 1 + 10 * core.takes();
                tasks.push(Task::new(at, Doing::Decide { instance, key, attempt }));
            }
        }
    }

    /// Begins what is due; gives when the next is.
    fn begin_due(&self, host: &Host) -> Option<u64> {
        let now = self.world.core().passed();
        let mut next = None;
        let many = self.tasks().len();
        for number in 0..many {
            let Some(task) = self.tasks().get(number).filter(|task| task.state == State::Waits).cloned()
            else {
                continue;
            };
            if task.at > now {
                next = Some(next.map_or(task.at, |next: u64| next.min(task.at)));
            } else if !self.has_to_wait(number, &task) {
                self.tasks()[number].state = State::UnderWay;
                self.begin(host, Some(number), task.doing);
            }
        }
        next
    }

    /// Some programs want all that is sent to them in order, and before they begin.
    fn has_to_wait(&self, number: usize, task: &Task) -> bool {
        if let Doing::Planned(What::Operate { id, .. }) = &task.doing {
            let before = |task: &Task| {
                task.state != State::Done
                    && matches!(&task.doing, Doing::Planned(What::Operate { id: of, .. }) if of == id)
            };
            return self.tasks().iter().take(number).any(before);
        }
        if let Doing::Planned(What::Schedule { which, .. }) = &task.doing {
            let before = |task: &Task| {
                task.state != State::Done
                    && matches!(&task.doing, Doing::Planned(What::Schedule { which: of, .. }) if of == which)
            };
            return self.tasks().iter().take(number).any(before);
        }
        let to = |task: &Task| match &task.doing {
            Doing::Planned(What::Send { to, .. }) => Some(to.clone()),
            Doing::Planned(What::Start(which)) => self.plan.wanted.get(*which)?.id.clone(),
            _ => None,
        };
        let Some(id) = to(task) else { return false };
        let first =
            self.plan.wanted.iter().any(|one| one.id.as_ref() == Some(&id) && one.program.hears_first());
        let tasks = self.tasks();
        let mut before = tasks.iter().take(number).filter(|task| task.state != State::Done);
        first && before.any(|task| to(task).as_ref() == Some(&id))
    }

    fn begin(&self, host: &Host, number: Option<usize>, doing: Doing) {
        let act = act::Act {
            world: self.world.clone(),
            host: host.clone(),
            tasks: Arc::clone(&self.tasks),
            number,
            wanted: self.plan.wanted.clone(),
            stays: self.plan.stay.span > 0,
        };
        tokio::spawn(act.perform(doing));
    }

    fn is_over(&self) -> bool {
        let tasks = self.tasks();
        let begun = tasks.iter().all(|task| {
            let counts = matches!(
                task.doing,
                Doing::Planned(What::Start(_) | What::Operate { .. } | What::Schedule { .. })
            );
            task.state == State::Done || !counts
        });
        begun && (self.may_wait.get() || self.world.core().eye.all_over()) && self.owes().is_none()
    }

    /// A workflow that starts by itself, and a moment of which no run has begun that should.
    fn owes(&self) -> Option<(String, u64)> {
        let timed = self.plan.wanted.iter().filter(|wanted| wanted.program.missed().is_some());
        let core = self.world.core();
        let mut owes = timed.filter_map(|wanted| {
            let name = &wanted.program.name;
            Some((name.clone(), core.eye.owes(name, wanted.program.missed()?)?))
        });
        owes.next()
    }

    /// Events that were refused, or taken before an operator had it begin anew, do not come again.
    fn misses_events(&self, instance: &str) -> bool {
        let of = instance.split('~').next().unwrap_or_default();
        let hears = |wanted: &Wanted| {
            wanted.id.as_deref() == Some(of) && !wanted.program.events(wanted.variant).is_empty()
        };
        let operates = |deed: &Deed| matches!(&deed.what, What::Operate { id, .. } if id == of);
        self.plan.wanted.iter().any(hears) && self.plan.deeds.iter().any(operates)
    }

    fn stuck(&self) {
        if let Some((name, moment)) = self.owes() {
            let what = format!("no run of `{name}` has begun for the moment {moment}");
            let mut core = self.world.core();
            return self.world.finds(&mut core, Violation::new("5", what));
        }
        let mut core = self.world.core();
        let waits = |line: &Line| matches!(&line.status, Status::Waiting(on) if !on.events.is_empty());
        let misses = |(id, line): (&InstanceId, &Line)| {
            line.is_over() || (waits(line) && self.misses_events(&id.instance))
        };
        if core.eye.lines().all(misses) {
            self.may_wait.set(true);
            return;
        }
        let open: Vec<String> = core
            .eye
            .lines()
            .filter(|(_, line)| !line.is_over())
            .map(|(id, line)| format!("{} ({:?})", id.instance, line.status))
            .collect();
        self.world.finds(
            &mut core,
            Violation::new("liveness", format!("nothing goes on with {}", open.join(", "))),
        );
    }

    /// Everything is over: what is still under way comes to rest, and costs nothing.
    async fn settle(&self, host: &Host) -> End {
        tokio::select! {
            biased;
            () = self.world.stopped() => return End::Died,
            () = tokio::time::sleep(Duration::from_millis(TAIL)) => {}
        }
        if !self.is_over() {
            return End::Died;
        }
        let at_work = host.at_work();
        if at_work > 0 {
            let mut core = self.world.core();
            let what = format!("everything is over, and {at_work} instances are loaded");
            self.world.finds(&mut core, Violation::new("9", what));
        }
        End::Over
    }

    /// What every run has to have come to.
    fn judge(&mut self) {
        if self.found().is_some() {
            return;
        }
        let mut core = self.world.core();
        let journal = core.disk.visible.clone();
        let read = core.eye.reopened(&journal);
        self.world.checks(&mut core, read);
        drop(core);
        let clock = self.plan.deeds.iter().any(|deed| matches!(deed.what, What::Clock(_)));
        let left_alone = self.plan.wanted.iter().filter(|one| one.is_left_alone && one.program.is_exact());
        for wanted in left_alone.filter(|_| !clock && self.plan.seed != 0) {
            let expected = expected(self.catalog, wanted);
            let mut core = self.world.core();
            let compared = expected.compare(&core.eye, wanted.id.as_deref().unwrap_or_default(), true);
            self.world.checks(&mut core, compared);
        }
        if self.found().is_none() && self.plan.seed % 3 == 1 {
            again::replays(self.catalog, &self.world);
        }
    }
}

/// What a run that is left alone comes to.
pub(crate) fn expected(catalog: &Catalog, wanted: &crate::plan::Wanted) -> Arc<Expected> {
    wanted.program.expected(wanted.variant, || {
        Expected::evaluated(&wanted.program, wanted.variant).unwrap_or_else(|| {
            let calm = run(catalog, &Plan::calm(&wanted.program, wanted.variant), None, Trace::default());
            if let Some(found) = calm.found {
                let plan = Plan::calm(&wanted.program, wanted.variant);
                let trace = run(catalog, &plan, None, Trace::kept()).trace;
                panic!("undisturbed, {} finds {found:?}:\n{plan}{trace}", wanted.program.name);
            }
            Expected::seen(&calm.world.core().eye, "i00")
        })
    })
}

/// A choice that is always the same for the same question.
pub(crate) fn chosen(task: &str) -> String {
    let task: Value = serde_json::from_str(task).unwrap_or_default();
    let title = task.get("title").and_then(Value::as_str).unwrap_or_default();
    let choices = task.get("choices").and_then(Value::as_array).cloned().unwrap_or_default();
    let sum: usize = title.bytes().map(usize::from).sum();
    let choice = choices.get(sum % choices.len().max(1)).and_then(Value::as_str);
    choice.unwrap_or_default().to_owned()
}
