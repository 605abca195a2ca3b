//! What a seed decides: what is run, what happens to it, and how the host dies.

use std::{fmt, sync::Arc};

use cairn_oracle::Random;
use serde_json::Value;

use crate::{
    catalog::{Catalog, Program, VARIANTS},
    eye::Tight,
    world::Pace,
};

/// An instance that is to be started.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub(crate) program: Arc<Program>,
    pub(crate) variant: u64,
    /// Its name; that of its key where none is given.
    pub(crate) id: Option<String>,
    /// Nothing happens to it but crashes: what it comes to is determined.
    pub(crate) is_left_alone: bool,
}

/// A happening.
#[derive(Clone, Debug)]
pub(crate) enum What {
    Start(usize),
    Send {
        to: String,
        event: String,
        data: Value,
        message: String,
        expires_in: Option<u64>,
    },
    Cancel(String),
    /// A workflow starts by itself, or does not.
    Schedule {
        which: usize,
        act: Timing,
        by: String,
    },
    /// The wall clock is set.
    Clock(i64),
    /// It is looked whether those that wait cost anything.
    Look,
    /// All is taken up once more, as a second `cairn resume` does.
    Resume,
    /// An operator does something to an instance.
    Operate {
        id: String,
        verb: Verb,
        by: String,
    },
}

/// What is done about a workflow that starts by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timing {
    Register,
    Pause,
    Continue,
}

/// What an operator does; numbers choose among the operations that there are at that moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Pause,
    Continue,
    Terminate,
    Restart,
    From(u64),
    Retry,
    Skip(u64),
    Purge,
}

#[derive(Clone, Debug)]
pub(crate) struct Deed {
    /// Milliseconds since the beginning.
    pub(crate) at: u64,
    pub(crate) what: What,
}

/// How a life of the host ends.
#[derive(Clone, Debug)]
pub(crate) struct Death {
    /// In which passing of a door.
    pub(crate) at: u64,
    /// The power is cut: what was not synced may be lost.
    pub(crate) power: bool,
    /// How long nobody is there.
    pub(crate) down: u64,
}

/// A schedule.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) pace: Pace,
    pub(crate) wanted: Vec<Wanted>,
    pub(crate) deeds: Vec<Deed>,
    pub(crate) deaths: Vec<Death>,
    /// The limit of this world that is tight.
    pub(crate) tight: Option<Tight>,
    /// Those that wait stay loaded.
    pub(crate) stay: Stay,
}

/// Whether those that wait stay loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stay {
    /// For so many milliseconds.
    pub(crate) span: u64,
    /// So many have room; as many as there are where none is given.
    pub(crate) room: Option<usize>,
}

impl Plan {
    /// The schedule of a seed.
    pub(crate) fn of(seed: u64, catalog: &Catalog) -> Self {
        let mut random = Random::seeded(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x51);
        let pace = if random.once_in(3) { Pace::Quick } else { Pace::Uneven };
        let mut plan = Self {
            seed,
            pace,
            wanted: Vec::new(),
            deeds: Vec::new(),
            deaths: Vec::new(),
            tight: None,
            stay: Stay::default(),
        };
        plan.wants(&mut random, catalog);
        for which in 0..plan.wanted.len() {
            plan.happens(&mut random, which);
        }
        plan.others(&mut random);
        plan.dies(&mut random);
        for which in 0..plan.wanted.len() {
            plan.operates(&mut random, which);
        }
        plan.tightens(&mut random);
        plan.stays(&mut random);
        plan.expires(&mut random);
        plan.deeds.sort_by_key(|deed| deed.at);
        plan
    }

    /// One instance alone, in a world without faults.
    pub(crate) fn calm(program: &Arc<Program>, variant: u64) -> Self {
        let program = Arc::clone(program);
        let wanted = Wanted { program, variant, id: Some("i00".to_owned()), is_left_alone: true };
        let mut plan = Self {
            seed: 0,
            pace: Pace::Calm,
            wanted: vec![wanted],
            deeds: Vec::new(),
            deaths: Vec::new(),
            tight: None,
            stay: Stay::default(),
        };
        plan.events(&mut Random::seeded(0), 0, 0);
        plan.deeds.push(Deed { at: 0, what: What::Start(0) });
        plan
    }

    fn wants(&mut self, random: &mut Random, catalog: &Catalog) {
        for number in 0..1 + random.below(4) {
            let program = if random.once_in(4) {
                catalog.generated(self.seed, random.number())
            } else {
                Arc::clone(random.of(catalog.written()))
            };
            let copies = if program.is_keyed() { 2 + random.below(3) } else { 1 };
            for copy in 0..copies {
                let named = !program.is_keyed() && program.missed().is_none();
                let id = named.then(|| format!("i{number:02}"));
                let variant = if program.is_keyed() { copy } else { random.below(VARIANTS) };
                self.wanted.push(Wanted { program: Arc::clone(&program), variant, id, is_left_alone: true });
            }
        }
    }

    fn happens(&mut self, random: &mut Random, which: usize) {
        if self.wanted[which].program.missed().is_some() {
            return self.is_timed(random, which);
        }
        let begins = random.below(3_000);
        let until = 1 + random.below(20_000);
        self.events(random, which, until);
        let wanted = &mut self.wanted[which];
        let begins = if wanted.program.hears_first() { until + 60_000 } else { begins };
        if random.once_in(6)
            && let Some(id) = wanted.id.clone()
        {
            wanted.is_left_alone = false;
            let span = *random.of(&[500, 5_000, 200_000, 8_000_000]);
            let at = begins + random.below(span);
            if random.once_in(3) {
                self.deeds.push(Deed { at: at + random.below(3), what: What::Cancel(id.clone()) });
            }
            self.deeds.push(Deed { at, what: What::Cancel(id) });
        }
        self.deeds.push(Deed { at: begins, what: What::Start(which) });
    }

    /// It is registered, and somebody thinks better of it now and then.
    fn is_timed(&mut self, random: &mut Random, which: usize) {
        self.wanted[which].is_left_alone = false;
        self.deeds.push(Deed { at: 0, what: What::Resume });
        let mut at = below(random, &[1_000, 1_000_000, 5_000_000]);
        let mut acts = vec![Timing::Register];
        if random.once_in(3) {
            acts.push(Timing::Register);
        }
        if random.once_in(3) {
            acts.extend([Timing::Pause, Timing::Continue]);
        }
        for (number, act) in acts.into_iter().enumerate() {
            let by = format!("op{which}-{number}");
            self.deeds.push(Deed { at, what: What::Schedule { which, act, by } });
            at += below(random, &[20, 5_000, 3_000_000]);
        }
    }

    /// Its events come at any time up to a moment, some of them twice.
    fn events(&mut self, random: &mut Random, which: usize, until: u64) {
        let Some(wanted) = self.wanted.get(which) else { return };
        let Some(to) = wanted.id.clone() else { return };
        for (number, (event, data)) in wanted.program.events(wanted.variant).into_iter().enumerate() {
            let message = format!("m{which}-{number}");
            let send = What::Send { to: to.clone(), event, data, message, expires_in: None };
            let at = match until {
                0 => 0,
                // What it comes to depends on their order.
                _ if wanted.program.hears_first() => number as u64,
                _ => random.below(until),
            };
            if until > 0 && random.once_in(3) {
                let later = at + below(random, &[10, 1_000, 120_000]);
                self.deeds.push(Deed { at: later, what: send.clone() });
            }
            self.deeds.push(Deed { at, what: send });
        }
    }

    /// In every fifth world some events come once more as messages of their own, which nobody is to take any more after a while.
    fn expires(&mut self, random: &mut Random) {
        // Where a run takes one of them, what it leaves fills its inbox: whoever finds a small one full would come again for ever.
        if !self.seed.is_multiple_of(5) || matches!(self.tight, Some(Tight::Inbox(_))) {
            return;
        }
        let mut more = Vec::new();
        for (number, deed) in self.deeds.iter().enumerate() {
            let What::Send { to, event, data, .. } = &deed.what else { continue };
            let wanted = self.wanted.iter_mut().find(|wanted| wanted.id.as_ref() == Some(to));
            let Some(wanted) = wanted.filter(|wanted| !wanted.program.hears_first()) else { continue };
            if random.once_in(2) {
                // It may have taken one of these, and leaves one of those.
                wanted.is_left_alone = false;
                let expires_in = Some(below(random, &[1, 50, 5_000, 100_000]));
                let (to, event, data) = (to.clone(), event.clone(), data.clone());
                let what = What::Send { to, event, data, message: format!("late{number}"), expires_in };
                more.push(Deed { at: below(random, &[20_000, 100_000, 4_000_000]), what });
            }
        }
        self.deeds.extend(more);
    }

    fn others(&mut self, random: &mut Random) {
        for _ in 0..random.below(4) {
            let at = below(random, &[3_000, 60_000, 4_000_000]);
            self.deeds.push(Deed { at, what: What::Look });
        }
        if random.once_in(4) {
            self.deeds.push(Deed { at: random.below(30_000), what: What::Resume });
        }
        // A clock that is set changes what takes too long: then it is only looked at what holds always.
        if random.once_in(5) {
            self.wanted.iter_mut().for_each(|wanted| wanted.is_left_alone = false);
            for _ in 0..1 + random.below(3) {
                let by = *random.of(&[1_000, 70_000, 3_600_000, 90_000_000, -1, -40, -3_000]);
                self.deeds.push(Deed { at: random.below(10_000), what: What::Clock(by) });
            }
        }
    }

    /// Operators come to some of them.
    fn operates(&mut self, random: &mut Random, which: usize) {
        let wanted = &mut self.wanted[which];
        let Some(id) = wanted.id.clone().filter(|_| random.once_in(4)) else { return };
        wanted.is_left_alone = false;
        // Whoever begins anew has no events any more that were taken before.
        let hears = !wanted.program.events(wanted.variant).is_empty();
        let begins = self.deeds.iter().find(|deed| matches!(deed.what, What::Start(of) if of == which));
        let mut at = begins.map_or(0, |deed| deed.at);
        for number in 0..1 + random.below(4) {
            at += below(random, &[20, 500, 5_000, 200_000, 8_000_000, 100_000_000]);
            let by = format!("op{which}-{number}");
            let verb = match random.below(12) {
                0..=3 => Verb::Pause,
                4 => Verb::Terminate,
                5 if hears => Verb::Retry,
                5 => Verb::Restart,
                6 | 7 => Verb::From(random.number()),
                8 => Verb::Retry,
                9 | 10 => Verb::Skip(random.number()),
                _ => Verb::Purge,
            };
            self.deeds.push(Deed { at, what: What::Operate { id: id.clone(), verb, by: by.clone() } });
            if verb == Verb::Pause {
                at += below(random, &[20, 5_000, 8_000_000, 4_000_000_000]);
                let what = What::Operate { id: id.clone(), verb: Verb::Continue, by: format!("{by}c") };
                self.deeds.push(Deed { at, what });
            }
        }
    }

    /// Some worlds have a limit that is hit.
    fn tightens(&mut self, random: &mut Random) {
        if !random.once_in(6) {
            return;
        }
        let clock = self.deeds.iter().any(|deed| matches!(deed.what, What::Clock(_)));
        let tight = match random.below(8) {
            0 => Tight::Entries(3 + random.below(20)),
            1 => Tight::Operations(1 + random.below(5)),
            2 => Tight::Steps(1 + random.below(6)),
            3 => Tight::Children(1 + random.below(3)),
            4 if !clock => Tight::Time(1 + below(random, &[3_000, 200_000, 4_000_000])),
            5 => Tight::Depth(1),
            7 => Tight::Bytes(600 + random.below(4_000)),
            // Some want all that is sent to them before they begin, and some never take what fills the inbox.
            _ if self.wanted.iter().any(|one| one.program.hears_first() || one.program.name == "hears") => {
                Tight::Steps(1 + random.below(6))
            }
            _ => Tight::Inbox(1 + usize::try_from(random.below(2)).unwrap_or(0)),
        };
        self.tight = Some(tight);
        self.wanted.iter_mut().for_each(|wanted| wanted.is_left_alone = false);
    }

    /// In three of five worlds.
    fn stays(&mut self, random: &mut Random) {
        let span = *random.of(&[0, 0, 40, 5_000, 100_000_000]);
        let room = random.once_in(3).then_some(2);
        self.stay = Stay { span, room };
    }

    fn dies(&mut self, random: &mut Random) {
        for _ in 0..random.below(5) {
            let at = 1 + below(random, &[8, 40, 150, 400]);
            let down = below(random, &[2, 50, 5_000, 600_000]);
            self.deaths.push(Death { at, power: !random.once_in(3), down });
        }
    }
}

/// A number below one of these.
fn below(random: &mut Random, ends: &[u64]) -> u64 {
    let end = *random.of(ends);
    random.below(end)
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}, {:?}", self.seed, self.pace)?;
        if let Some(tight) = self.tight {
            writeln!(f, "  with a limit: {tight:?}")?;
        }
        if self.stay.span > 0 {
            writeln!(f, "  what waits stays loaded: {:?}", self.stay)?;
        }
        for wanted in &self.wanted {
            let name = wanted.id.as_deref().unwrap_or("(by its key)");
            let input = wanted.program.input(wanted.variant);
            writeln!(f, "  {name}: {} {input}", wanted.program.name)?;
        }
        for deed in &self.deeds {
            writeln!(f, "  at {} ms: {:?}", deed.at, deed.what)?;
        }
        for death in &self.deaths {
            let how = if death.power { "its power is cut" } else { "it is killed" };
            writeln!(f, "  {how} at passing {}; {} ms later it comes back", death.at, death.down)?;
        }
        Ok(())
    }
}
