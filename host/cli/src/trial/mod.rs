//! Tests of a file: each runs on a host of its own, with the journal in memory, time that nobody waits for, and tools that answer as
//! the test says.

mod case;
mod chance;
mod everywhere;
mod fault;
mod journal;
mod judge;
mod time;
mod tools;
mod values;
mod words;
mod world;

#[cfg(test)]
mod tests;

use std::time::Duration;

use cairn_compiler::{Checked, EmitError};
use cairn_host::{Error, Settings};

use case::{Case, components};
pub(crate) use fault::Fault;
use judge::judge;
use time::virtually;
pub(crate) use words::span;
use world::{Way, run};

/// A run of a test takes no longer than this, or something in it never waits.
const PATIENCE: Duration = Duration::from_secs(10);

/// How tests are run.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Where machine code is kept meanwhile, and the limits that hold.
    pub(crate) settings: Settings,
    /// Only tests with this in their title.
    pub(crate) filter: Option<String>,
    /// The host dies once behind every commit.
    pub(crate) crash_everywhere: bool,
    /// Of all chance.
    pub(crate) seed: u64,
}

/// What came of a test.
#[derive(Clone, Debug)]
pub(crate) struct Tested {
    /// Its title.
    pub(crate) title: String,
    /// Where its title stands, in bytes.
    pub(crate) at: u32,
    /// What does not hold; empty is good.
    pub(crate) faults: Vec<Fault>,
    /// Milliseconds of the run, by its own clock.
    pub(crate) elapsed: u64,
    /// Calls of tools.
    pub(crate) calls: usize,
    /// How often the host died.
    pub(crate) crashes: u64,
}

/// Why tests could not be run.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The emitter's fault.
    Emit(EmitError),
    /// The host's.
    Host(Error),
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::Host(error)
    }
}

impl From<EmitError> for Broken {
    fn from(error: EmitError) -> Self {
        Self::Emit(error)
    }
}

/// Runs the tests of a file that has no errors, one after the other; tells of each as soon as it is done.
///
/// # Errors
/// What keeps any test from being run.
pub(crate) fn tests(
    checked: &Checked,
    options: &Options,
    mut tell: impl FnMut(&Tested),
) -> Result<Vec<Tested>, Broken> {
    let wanted = |title: &str| options.filter.as_ref().is_none_or(|filter| title.contains(filter.as_str()));
    let chosen: Vec<_> = checked.tests.iter().filter(|test| wanted(&test.title)).collect();
    if chosen.is_empty() {
        return Ok(Vec::new());
    }
    let components = components(checked)?;
    let mut all = Vec::new();
    for test in chosen {
        let case = Case::new(test, &components)?;
        let tested = tested(case, options)?;
        tell(&tested);
        all.push(tested);
    }
    Ok(all)
}

fn tested(case: Case, options: &Options) -> Result<Tested, Broken> {
    let (title, span, run) = (case.test.title.clone(), case.test.span, case.test.run);
    // Each run may take so long, and there are many where the host dies everywhere.
    let patience = PATIENCE * if options.crash_everywhere { 30 } else { 1 };
    let options = options.clone();
    let done = virtually(patience, move || async move { once(&case, &options).await });
    let at = span.start;
    match done {
        Some(done) => Ok(Tested { title, at, ..done? }),
        None => {
            let found = Fault::new(run, format!("this run did not end within {} s of real time", patience.as_secs()))
                .help("does it compute for ever, or begin anew again and again? `at 30d cancel` ends a run that never ends by itself");
            Ok(Tested { title, at, faults: vec![found], elapsed: 0, calls: 0, crashes: 0 })
        }
    }
}

async fn once(case: &Case, options: &Options) -> Result<Tested, Error> {
    let settings = &options.settings;
    let (title, at) = (String::new(), 0);
    let plans = match case.plans(settings).await? {
        Ok(plans) => plans,
        Err(fault) => {
            return Ok(Tested { title, at, faults: vec![fault], elapsed: 0, calls: 0, crashes: 0 });
        }
    };
    let way = Way { seed: options.seed, ..Way::default() };
    let plain = run(case, settings, &plans, way.clone()).await?;
    let mut faults = judge(case, settings, &plain).await?;
    let mut crashes = 0;
    if options.crash_everywhere && faults.is_empty() {
        (crashes, faults) = everywhere::everywhere(case, settings, (&plans, &way), &plain).await?;
    }
    Ok(Tested { title, at, faults, elapsed: plain.elapsed, calls: plain.calls.len(), crashes })
}
