//! A simulation of the whole host: what runs, what happens, who is faster and where it dies is decided by a seed, and can be had
//! again with it, byte by byte.
//!
//! | file | what |
//! |---|---|
//! | `plan` | what a seed decides |
//! | `catalog` | the programs |
//! | `world`, `time`, `disk`, `tools` | the host's doors, and what is behind them: late, in another order, dying |
//! | `eye` | stands at the doors and checks the promises in lockstep |
//! | `driver` | one run: lives of the host, what people do to it, and what has to hold at the end |
//! | `expect` | what a run comes to where nothing goes wrong: by the evaluator, or by a run in peace |
//! | `canary` | deliberate bugs that have to be found |
//! | `shrink` | the smallest schedule that still finds it |
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is wrong here is wrong with the simulation itself, and nobody goes on from there"
)]

mod canary;
mod catalog;
mod disk;
mod driver;
mod expect;
mod eye;
mod panics;
mod plan;
mod shrink;
mod time;
mod tools;
mod trace;
mod words;
mod world;

use std::{
    fmt,
    ops::Range,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

pub use canary::Canary;
pub use catalog::Catalog;
use plan::Plan;
use trace::Trace;

/// So much of a trace is shown.
const SHOWN: usize = 60;

/// A promise that did not hold, and how to see it again.
#[derive(Debug)]
pub struct Found {
    /// The seed of the run.
    pub seed: u64,
    /// Which promise: a number of `ARCHITECTURE.md`, or a word.
    pub promise: String,
    /// What was seen.
    pub what: String,
    /// The smallest schedule that shows it.
    pub schedule: String,
    /// The end of its trace.
    pub trace: String,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, promise, what, schedule, trace } = self;
        writeln!(f, "seed {seed}: promise {promise} does not hold: {what}")?;
        writeln!(f, "\nthe smallest schedule that shows it:\n{schedule}\nthe end of its trace:\n{trace}")?;
        write!(f, "\nagain: cairn-simulate 1 {seed}")
    }
}

impl std::error::Error for Found {}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Runs.
    pub runs: u64,
    /// How often a host died in them.
    pub deaths: u64,
    /// Instances that came to an end.
    pub instances: u64,
    /// What passed between hosts and their worlds.
    pub doors: u64,
}

/// Makes the run of a seed.
///
/// # Errors
/// What did not hold, with the smallest schedule that shows it.
pub fn simulate(catalog: &Catalog, seed: u64, canary: Option<Canary>) -> Result<Figures, Box<Found>> {
    let plan = Plan::of(seed, catalog);
    let ran = prepared(catalog, &plan, canary, Trace::default());
    let Some(violation) = ran.found else { return Ok(figures(&ran)) };
    let smallest = shrink::shrink(catalog, &plan, canary, violation.promise);
    let again = driver::run(catalog, &smallest, canary, Trace::kept());
    let shown = again.found.unwrap_or(violation);
    let lines: Vec<&str> = again.trace.lines().collect();
    let end = lines.get(lines.len().saturating_sub(SHOWN)..).unwrap_or_default().join("\n");
    let promise = shown.promise.to_owned();
    Err(Box::new(Found { seed, promise, what: shown.what, schedule: smallest.to_string(), trace: end }))
}

/// What a run finds, in a line, without making it smaller.
///
/// # Errors
/// What did not hold.
pub fn glance(catalog: &Catalog, seed: u64, canary: Option<Canary>) -> Result<Figures, String> {
    let plan = Plan::of(seed, catalog);
    let ran = prepared(catalog, &plan, canary, Trace::default());
    match &ran.found {
        Some(found) => Err(format!("promise {}: {}", found.promise, found.what)),
        None => Ok(figures(&ran)),
    }
}

/// Of one run.
fn figures(ran: &driver::Ran) -> Figures {
    let core = ran.world.core();
    let instances = core.eye.lines().count() as u64;
    Figures { runs: 1, deaths: ran.deaths, instances, doors: core.passed_doors }
}

/// What runs come to that are left alone is worked out before.
fn prepared(catalog: &Catalog, plan: &Plan, canary: Option<Canary>, trace: Trace) -> driver::Ran {
    for wanted in plan.wanted.iter().filter(|wanted| wanted.program.is_exact()) {
        driver::expected(catalog, wanted);
    }
    driver::run(catalog, plan, canary, trace)
}

/// The whole trace of a run.
#[must_use]
pub fn trace(catalog: &Catalog, seed: u64, canary: Option<Canary>) -> String {
    let plan = Plan::of(seed, catalog);
    let ran = prepared(catalog, &plan, canary, Trace::kept());
    format!("{plan}\n{}", ran.trace)
}

/// Makes the runs of these seeds, on so many threads; stops at the first that finds something.
///
/// # Errors
/// What did not hold.
pub fn simulate_all(catalog: &Catalog, seeds: Range<u64>, threads: usize) -> Result<Figures, Box<Found>> {
    let all = Mutex::new(Ok(Figures::default()));
    each(seeds, threads, |seed| {
        let one = simulate(catalog, seed, None);
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        match (one, all.as_mut()) {
            (Ok(one), Ok(sum)) => sum.add(one),
            (Err(found), Ok(_)) => *all = Err(found),
            (_, Err(_)) => {}
        }
        all.is_ok()
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the runs of all these seeds, on so many threads, whatever they find: it is told of each seed, and gives the sum of those that find nothing.
pub fn survey(
    catalog: &Catalog,
    seeds: Range<u64>,
    threads: usize,
    tell: impl Fn(u64, &Figures, Option<&str>) + Sync,
) -> Figures {
    let all = Mutex::new(Figures::default());
    each(seeds, threads, |seed| {
        let one = glance(catalog, seed, None);
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        match one {
            Ok(one) => {
                all.add(one);
                tell(seed, &all, None);
            }
            Err(found) => tell(seed, &all, Some(&found)),
        }
        true
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Goes through seeds, on so many threads, as long as that is wanted.
fn each(seeds: Range<u64>, threads: usize, makes: impl Fn(u64) -> bool + Sync) {
    let next = AtomicU64::new(seeds.start);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= seeds.end || stop.load(Ordering::SeqCst) {
                        return;
                    }
                    if !makes(seed) {
                        stop.store(true, Ordering::SeqCst);
                    }
                }
            });
        }
    });
}

impl Figures {
    fn add(&mut self, one: Self) {
        self.runs += one.runs;
        self.deaths += one.deaths;
        self.instances += one.instances;
        self.doors += one.doors;
    }
}
