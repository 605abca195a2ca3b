//! A schedule that finds something, made smaller for as long as it still does.

use crate::{
    canary::Canary,
    catalog::Catalog,
    driver,
    plan::{Plan, Stay, Verb, What},
    trace::Trace,
    world::Pace,
};

/// So many smaller schedules are tried at most.
const TRIES: usize = 120;

/// The smallest schedule that was found, which finds the same promise broken.
pub(crate) fn shrink(catalog: &Catalog, plan: &Plan, canary: Option<Canary>, promise: &str) -> Plan {
    let mut best = plan.clone();
    let mut tries = 0;
    let mut finds = |plan: &Plan| {
        tries += 1;
        let found = driver::run(catalog, plan, canary, Trace::default()).found;
        (found.is_some_and(|found| found.promise == promise), tries < TRIES)
    };
    let mut step = 0;
    // Without what it waits for nothing goes on, and nothing is wrong with that.
    let needs_all = promise == "liveness";
    while let Some(smaller) = smaller(&best, step, needs_all) {
        step += 1;
        let Some(smaller) = smaller else { continue };
        let (found, goes_on) = finds(&smaller);
        if found {
            best = smaller;
            step = 0;
        }
        if !goes_on {
            break;
        }
    }
    best
}

/// The schedule without its `step`-th part; none if it has not so many, an inner none if nothing is smaller without that one.
fn smaller(plan: &Plan, step: usize, needs_all: bool) -> Option<Option<Plan>> {
    let mut smaller = plan.clone();
    if step == 0 {
        smaller.pace = Pace::Quick;
        return Some((plan.pace != Pace::Quick).then_some(smaller));
    }
    if step == 1 {
        smaller.stay = Stay::default();
        return Some((plan.stay.span > 0).then_some(smaller));
    }
    let step = step - 2;
    if step < plan.deaths.len() {
        smaller.deaths.remove(step);
        return Some(Some(smaller));
    }
    let step = step - plan.deaths.len();
    if step < plan.wanted.len() {
        let id = plan.wanted[step].id.clone();
        smaller.deeds.retain(|deed| match &deed.what {
            What::Start(which) | What::Schedule { which, .. } => *which != step,
            What::Send { to, .. } | What::Cancel(to) | What::Operate { id: to, .. } => {
                Some(to) != id.as_ref()
            }
            _ => true,
        });
        smaller.wanted[step].is_left_alone = false;
        let fewer = smaller.deeds.len() < plan.deeds.len();
        return Some(fewer.then_some(smaller));
    }
    let extra: Vec<usize> = (0..plan.deeds.len())
        .filter(|number| match plan.deeds[*number].what {
            What::Start(_) | What::Schedule { .. } => false,
            // Whoever does not resume all starts nothing by itself.
            What::Resume => plan.wanted.iter().all(|wanted| wanted.program.missed().is_none()),
            What::Send { .. } | What::Operate { verb: Verb::Continue, .. } => !needs_all,
            _ => true,
        })
        .collect();
    smaller.deeds.remove(*extra.get(step - plan.wanted.len())?);
    Some(Some(smaller))
}
