//! All that is outside of the host, behind one lock: time, disk, tools, and the eye that watches them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cairn_host::{
    port::{Entropy, Ports},
    replay::Instant,
};
use cairn_oracle::Random;
use tokio::{sync::Notify, time::Instant as Tick};

use crate::{
    canary::Canary,
    catalog::Program,
    disk::{Disk, Store},
    eye::{Eye, Violation},
    time::Wall,
    tools::Outside,
    trace::Trace,
};

/// Where the wall clock begins: 2026-01-01T00:00:00Z.
pub(crate) const BEGINNING: u64 = 1_767_225_600_000;
/// A run that passes its doors more often than this does not come to an end.
const MOST_PASSINGS: u64 = 60_000;

/// How punctual the world is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Everything at once.
    Calm,
    /// Within a few milliseconds.
    Quick,
    /// Now and then something takes long.
    Uneven,
}

/// The world of one run.
#[derive(Clone)]
pub(crate) struct World(Arc<Shared>);

struct Shared {
    core: Mutex<Core>,
    /// The host dies, or something was found.
    stops: Notify,
    /// There is something to write.
    work: Notify,
    /// The wall clock was set.
    jumped: Notify,
    /// Something happened that whoever drives the run wants to know.
    news: Notify,
}

pub(crate) struct Core {
    pub(crate) canary: Option<Canary>,
    pub(crate) pace: Pace,
    /// Of all delays.
    pub(crate) dice: Random,
    /// The host's own.
    entropy: Random,
    pub(crate) trace: Trace,
    /// Milliseconds of earlier lives, and between them.
    before: u64,
    /// When this life began.
    began: Option<Tick>,
    /// What was added to the wall clock, in all.
    set: i64,
    pub(crate) life: u32,
    /// How often something passed a door in this life, and in which passing the host dies.
    passings: u64,
    dies_at: u64,
    pub(crate) dead: bool,
    pub(crate) disk: Disk,
    pub(crate) eye: Eye,
    pub(crate) found: Option<Violation>,
    /// Calls of tools that are under way.
    pub(crate) calling: u32,
    /// When something last passed a door other than the clock's.
    pub(crate) active: u64,
    /// All passings of all lives.
    pub(crate) passed_doors: u64,
    /// What each instance is a run of, by the name that it was started with.
    pub(crate) programs: Vec<(String, Arc<Program>)>,
}

impl World {
    pub(crate) fn new(seed: u64, pace: Pace, canary: Option<Canary>, trace: Trace) -> Self {
        let core = Core {
            canary,
            pace,
            dice: Random::seeded(seed ^ 0xd1ce),
            entropy: Random::seeded(seed ^ 0xe47),
            trace,
            before: 0,
            began: None,
            set: 0,
            life: 0,
            passings: 0,
            dies_at: u64::MAX,
            dead: false,
            disk: Disk::default(),
            eye: Eye::default(),
            found: None,
            calling: 0,
            active: 0,
            passed_doors: 0,
            programs: Vec::new(),
        };
        Self(Arc::new(Shared {
            core: Mutex::new(core),
            stops: Notify::new(),
            work: Notify::new(),
            jumped: Notify::new(),
            news: Notify::new(),
        }))
    }

    pub(crate) fn core(&self) -> MutexGuard<'_, Core> {
        self.0.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A life of the host begins, within its runtime.
    pub(crate) fn begins(&self, dies_at: u64) -> Ports {
        {
            let mut core = self.core();
            core.began = Some(Tick::now());
            core.life += 1;
            core.passings = 0;
            core.dies_at = dies_at;
            core.dead = false;
            core.calling = 0;
        }
        Ports {
            journal: Arc::new(Store(self.clone())),
            clock: Arc::new(Wall(self.clone())),
            entropy: Arc::new(self.clone()),
            tools: Arc::new(Outside(self.clone())),
        }
    }

    /// The host is dead for so many milliseconds.
    pub(crate) fn is_down(&self, millis: u64) {
        let mut core = self.core();
        core.before += millis;
    }

    /// Something passes a door; `false`: the host is dead, and it does not.
    pub(crate) fn passes(&self, core: &mut Core, what: &str) -> bool {
        if core.dead {
            return false;
        }
        core.passings += 1;
        core.passed_doors += 1;
        core.active = core.passed();
        if core.passings >= core.dies_at {
            core.dead = true;
            let passing = core.passings;
            core.say(|| format!("DIES at passing {passing}: {what}"));
            self.0.stops.notify_one();
            return false;
        }
        if core.passings > MOST_PASSINGS {
            self.finds(core, Violation::new("liveness", "the run does not come to an end".to_owned()));
            return false;
        }
        true
    }

    /// Something does not hold.
    pub(crate) fn finds(&self, core: &mut Core, violation: Violation) {
        core.say(|| format!("FOUND {}: {}", violation.promise, violation.what));
        core.found.get_or_insert(violation);
        core.dead = true;
        self.0.stops.notify_one();
    }

    /// As [`World::finds`], if there is something.
    pub(crate) fn checks(&self, core: &mut Core, result: Result<(), Violation>) {
        if let Err(violation) = result {
            self.finds(core, violation);
        }
    }

    pub(crate) async fn stopped(&self) {
        while !self.core().dead {
            self.0.stops.notified().await;
        }
    }

    pub(crate) fn has_work(&self) {
        self.0.work.notify_one();
    }

    pub(crate) async fn work(&self) {
        self.0.work.notified().await;
    }

    pub(crate) fn has_news(&self) {
        self.0.news.notify_one();
    }

    pub(crate) async fn news(&self) {
        self.0.news.notified().await;
    }

    /// The wall clock is set forward, or back.
    pub(crate) fn sets_clock(&self, by: i64) {
        let mut core = self.core();
        let shown = core.wall();
        core.eye.saw(shown);
        core.set += by;
        core.say(|| format!("the wall clock is set by {by} ms"));
        drop(core);
        self.0.jumped.notify_waiters();
    }

    pub(crate) async fn jumped(&self) {
        self.0.jumped.notified().await;
    }
}

impl Core {
    /// Milliseconds since the beginning, whatever the wall clock says.
    pub(crate) fn passed(&self) -> u64 {
        let now = self.began.map_or(0, |began| began.elapsed().as_millis());
        self.before + u64::try_from(now).unwrap_or(u64::MAX)
    }

    /// No time passes until the next life begins.
    pub(crate) fn stops(&mut self) {
        self.before = self.passed();
        self.began = None;
    }

    /// The wall clock shows this.
    pub(crate) fn is_at(&mut self, moment: Instant) {
        self.before = moment.0.saturating_sub(BEGINNING);
    }

    /// What the wall clock shows.
    pub(crate) fn wall(&self) -> Instant {
        Instant((BEGINNING + self.passed()).saturating_add_signed(self.set))
    }

    pub(crate) fn say(&mut self, text: impl FnOnce() -> String) {
        let passed = self.passed();
        self.trace.line(self.life, passed, text);
    }

    /// How late something is, in milliseconds.
    pub(crate) fn late(&mut self) -> u64 {
        match self.pace {
            Pace::Calm => 0,
            Pace::Quick => self.dice.below(3),
            Pace::Uneven => match self.dice.below(24) {
                0 => self.dice.below(400),
                1..=8 => 0,
                _ => self.dice.below(9),
            },
        }
    }

    /// How long a tool takes.
    pub(crate) fn takes(&mut self) -> u64 {
        match self.pace {
            Pace::Calm => 0,
            Pace::Quick => self.dice.below(20),
            Pace::Uneven => match self.dice.below(12) {
                0 => self.dice.below(15_000),
                1..=4 => 0,
                _ => self.dice.below(60),
            },
        }
    }

    pub(crate) fn is(&self, canary: Canary) -> bool {
        self.canary == Some(canary)
    }
}

impl Entropy for World {
    fn bits(&self) -> u64 {
        self.core().entropy.number()
    }
}
