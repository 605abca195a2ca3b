//! `--crash-everywhere`: the host dies once behind each commit, and nothing may be different.

use cairn_host::{Error, Settings};

use super::{
    case::Case,
    fault::Fault,
    judge::judge,
    tools::Call,
    words,
    world::{End, Plans, Ran, Way, run},
};

/// Each crash means a run that is as long as the plain one: where all of them together would have more commits than this, the host
/// dies behind some of them only, spread evenly; the seed says which.
const MOST: u64 = 10_000;

/// Dies everywhere; gives how often, and what was different. Where it dies while a careful step (`unclear fail`, `unclear ask`) is out, the
/// run is meant to go another way, and is not compared.
///
/// # Errors
/// A fault of the host's.
pub(super) async fn everywhere(
    case: &Case,
    settings: &Settings,
    (plans, way): (&Plans, &Way),
    plain: &Ran,
) -> Result<(u64, Vec<Fault>), Error> {
    let step = plain.commits.saturating_mul(plain.commits).div_ceil(MOST).max(1);
    let first = 1 + way.seed % step;
    let mut crashes = 0;
    for dies_behind in (first..plain.commits).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
        let way = Way { dies_behind: Some(dies_behind), as_before: plain.calls.clone(), ..way.clone() };
        let ran = run(case, settings, plans, way).await?;
        crashes += 1;
        if ran.in_doubt {
            continue;
        }
        if let Some(fault) = differs(case, settings, plain, &ran).await? {
            return Ok((crashes, vec![fault]));
        }
    }
    Ok((crashes, Vec::new()))
}

async fn differs(case: &Case, settings: &Settings, plain: &Ran, ran: &Ran) -> Result<Option<Fault>, Error> {
    let behind = ran.died_behind.as_deref().unwrap_or("an entry");
    let told = |what: String| {
        let text = format!("a crash behind {behind} makes a difference");
        Fault::new(case.test.run, text).label(what)
    };
    if let (End::Over(plain), End::Over(ran)) = (&plain.end, &ran.end)
        && plain != ran
    {
        return Ok(Some(told(format!(
            "without it, {}; with it, {}",
            words::ended(plain),
            words::ended(ran)
        ))));
    }
    if let End::Over(_) = &ran.end
        && let Some(what) = other_calls((plain, ran))
    {
        return Ok(Some(told(what)));
    }
    let faults = judge(case, settings, ran).await?;
    Ok(faults.into_iter().next().map(|fault| fault.behind(behind)))
}

/// What was called in one run and not in the other.
fn other_calls((plain, ran): (&Ran, &Ran)) -> Option<String> {
    let same = |a: &Call, b: &Call| {
        (&a.operation, &a.key, a.attempt, &a.arguments) == (&b.operation, &b.key, b.attempt, &b.arguments)
    };
    let lost = plain.settled.iter().find(|call| !ran.calls.iter().any(|other| same(call, other)));
    let new = ran.settled.iter().find(|call| !plain.calls.iter().any(|other| same(call, other)));
    match (lost, new) {
        (Some(a), Some(b)) if (&a.key, a.attempt) == (&b.key, b.attempt) => {
            Some(format!("`{}` is called with {} instead of {}", a.operation, b.arguments, a.arguments))
        }
        (Some(call), _) => Some(format!("the call of `{}` as `{}` is missing", call.operation, call.key)),
        (None, Some(call)) => Some(format!("`{}` is called once more, as `{}`", call.operation, call.key)),
        (None, None) => None,
    }
}
