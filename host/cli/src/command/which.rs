//! Which runs a verb is for, who wants it and why; and how it is done to each of them.

use std::time::Duration;

use cairn_host::ops::{Done, Filter, Order, Request, STATUSES};
use clap::Args;
use serde_json::{Value, json};

use crate::{
    data::{Access, Dir, verbs},
    exit::Exit,
    global::Global,
    problem::{Outcome, Problem, hint, mistake},
    screen::{Clock, Paint, now, out, state},
};

/// What runs have to have in common.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Which runs")]
pub(crate) struct Meant {
    /// Those that stand so: ready, waiting, paused, finished, failed, failed:KIND or diverged
    #[arg(long, value_name = "STATUS,…", value_delimiter = ',', value_parser = status)]
    status: Vec<String>,

    /// Those of this workflow
    #[arg(long, value_name = "NAME")]
    workflow: Option<String>,

    /// Those that have not changed for so long: 90s, 30m, 12h, 7d
    #[arg(long, value_name = "TIME", value_parser = span)]
    older_than: Option<Duration>,

    /// Those whose ids fit: `*` stands for any text, `?` for one character
    #[arg(long, value_name = "PATTERN")]
    ids: Option<String>,
}

/// The runs, by name or by what they have in common.
#[derive(Args, Clone, Debug)]
pub(crate) struct Which {
    /// The ids of the runs
    #[arg(value_name = "ID")]
    named: Vec<String>,

    #[command(flatten)]
    meant: Meant,

    /// Only say what would be done
    #[arg(long, help_heading = "Which runs")]
    dry_run: bool,
}

/// Who wants something done, and why: it is recorded with what is done.
#[derive(Args, Clone, Debug)]
pub(crate) struct Who {
    /// Who wants it, for the record [default: the user who runs this]
    #[arg(long, value_name = "NAME", help_heading = "For the record")]
    by: Option<String>,

    /// Why, for the record
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true,
        help_heading = "For the record"
    )]
    pub(crate) why: String,
}

impl Who {
    pub(crate) fn by(&self) -> String {
        let of = |name| std::env::var(name).ok().filter(|user| !user.is_empty());
        let by = self.by.clone().or_else(|| of("USER")).or_else(|| of("LOGNAME"));
        by.unwrap_or_else(|| "the operator".to_owned())
    }

    /// The wish about one instance.
    pub(crate) fn order(&self, id: &str, drive: bool) -> Order {
        let (tenant, id) = (verbs::TENANT.to_owned(), id.to_owned());
        Order { tenant, id, by: self.by(), why: self.why.clone(), drive }
    }
}

/// A verb, as it is done to each of several runs.
pub(crate) struct Verb<'v> {
    /// `pause`
    pub(crate) name: &'static str,
    /// Where runs are not named one by one and no status is given: those that stand so. Empty: a status has to be given.
    pub(crate) usually: &'static [&'static str],
    /// It leaves runs that can go on.
    pub(crate) goes_on: bool,
    /// The wish about one of them; whether a process is there to take it up.
    pub(crate) request: &'v dyn Fn(&str, bool) -> Request,
}

impl Meant {
    pub(crate) fn filter(&self) -> Filter {
        Filter {
            status: self.status.clone(),
            workflow: self.workflow.clone(),
            unchanged_since: self.older_than.map(|span| now().saturating_sub(millis(span))),
            ids: self.ids.clone(),
        }
    }
}

impl Which {
    /// This one.
    pub(crate) fn one(id: &str) -> Self {
        Self { named: vec![id.to_owned()], meant: Meant::default(), dry_run: false }
    }

    /// One run alone, by its name.
    pub(crate) fn only(&self) -> Option<&str> {
        match self.named.as_slice() {
            [one] if self.meant.filter().is_empty() && !self.dry_run => Some(one),
            _ => None,
        }
    }

    pub(crate) fn dry(&self) -> bool {
        self.dry_run
    }

    /// The ids of the runs that are meant; those that are named need not be there.
    ///
    /// # Errors
    ///
    /// A mistake where nobody says which; the host's.
    pub(crate) async fn ids(
        &self,
        access: &impl verbs::Handles,
        dir: &Dir,
        name: &str,
        usually: &[&str],
    ) -> Outcome<Vec<String>> {
        let mut filter = self.meant.filter();
        if self.named.is_empty() && (filter.is_empty() || (filter.status.is_empty() && usually.is_empty())) {
            return Err(unsaid(dir, name, usually, filter.is_empty()));
        }
        if filter.is_empty() {
            let mut once: Vec<String> = Vec::new();
            for id in &self.named {
                if !once.contains(id) {
                    once.push(id.clone());
                }
            }
            return Ok(once);
        }
        if filter.status.is_empty() {
            filter.status = usually.iter().map(|status| (*status).to_owned()).collect();
        }
        let found = verbs::list(access, filter).await?;
        let found = found.into_iter().map(|view| view.id);
        Ok(found.filter(|id| self.named.is_empty() || self.named.contains(id)).collect())
    }
}

fn unsaid(dir: &Dir, name: &str, usually: &[&str], nothing: bool) -> Problem {
    let example = match usually.first() {
        Some(_) => dir.hints().command(&[name, "--ids", "*"]),
        None => dir.hints().command(&[name, "--status", "failed"]),
    };
    let found = if nothing { "nobody says which runs" } else { "nobody says how the runs stand" };
    mistake(
        format!("{found} to {name}"),
        format!(
            "name them, or say what they have in common: `{example}`; add `--dry-run` to see which that are"
        ),
    )
}

/// Does it to all that are meant, and says what became of each.
///
/// # Errors
///
/// That of the verb, where it is for one run alone; else they are told, and it goes on.
pub(crate) async fn each(global: &Global, which: &Which, verb: &Verb<'_>) -> Outcome {
    let dir = global.dir();
    let access = Access::any(&dir).await?;
    let done = all(global, &dir, &access, which, verb).await;
    access.close().await;
    done
}

async fn all(global: &Global, dir: &Dir, access: &Access, which: &Which, verb: &Verb<'_>) -> Outcome {
    let there = matches!(access, Access::There(_));
    if let Some(id) = which.only() {
        let done = verbs::done(access, (verb.request)(id, there)).await?;
        if !global.json {
            out::tell(&format!("`{id}` {}\n", done.did));
        }
        return finish(global, dir, verb, there, &[(id.to_owned(), Ok(done))]);
    }
    let ids = which.ids(access, dir, verb.name, verb.usually).await?;
    if which.dry_run {
        return would(global, access, verb.name, &ids).await;
    }
    let mut results = Vec::new();
    for id in ids {
        let result = verbs::done(access, (verb.request)(&id, there)).await;
        if !global.json {
            told(&id, &result);
        }
        results.push((id, result));
    }
    finish(global, dir, verb, there, &results)
}

/// What would be done, and to whom.
///
/// # Errors
///
/// That a run is not there; the host's.
pub(crate) async fn would(global: &Global, to: &impl verbs::Handles, name: &str, ids: &[String]) -> Outcome {
    let mut views = Vec::new();
    for id in ids {
        views.push(verbs::show(to, id).await?.instance);
    }
    if global.json {
        out::pretty(&json!({ "would": name, "runs": ids }))?;
        return Ok(Exit::Finished);
    }
    let clock = Clock::here();
    for view in &views {
        out::tell(&format!("would {name} `{}`: {}\n", view.id, state(&view.state, &clock, Paint::stderr())));
    }
    out::tell(&format!("{}; nothing was done\n", runs(views.len())));
    Ok(Exit::Finished)
}

/// What came of each.
pub(crate) type Results<T> = [(String, Outcome<T>)];

pub(crate) fn told(id: &str, result: &Outcome<Done>) {
    match result {
        Ok(done) => out::tell(&format!("`{id}` {}\n", done.did)),
        Err(problem) => out::tell(&problem.text(Paint::stderr())),
    }
}

/// The last words, and the exit code: the worst that came of any.
fn finish(global: &Global, dir: &Dir, verb: &Verb<'_>, there: bool, results: &Results<Done>) -> Outcome {
    let alone = if let [(id, Ok(_))] = results { Some(id.as_str()) } else { None };
    let done = results.iter().filter(|(_, result)| result.is_ok()).count();
    let exit = total(global, verb.name, results, |done| json!(done))?;
    if verb.goes_on && !there && done > 0 && !global.json {
        let command = match alone {
            Some(id) => dir.hints().command(&["resume", id]),
            None => dir.hints().command(&["resume"]),
        };
        let text = format!("nothing runs here at the moment; to go on: `{command}`");
        out::tell(&hint(Paint::stderr(), &text));
    }
    Ok(exit)
}

/// How many there were, and what came of them; for programs, all of it.
pub(crate) fn total<T>(
    global: &Global,
    name: &str,
    results: &Results<T>,
    show: impl Fn(&T) -> Value,
) -> Outcome {
    let refused = results.iter().filter(|(_, result)| result.is_err()).count();
    let done = results.len() - refused;
    if global.json {
        let one = |(id, result): &(String, Outcome<T>)| match result {
            Ok(done) => json!({ "id": id, "done": show(done) }),
            Err(problem) => json!({ "id": id, "error": problem.message() }),
        };
        let runs: Vec<Value> = results.iter().map(one).collect();
        out::pretty(&json!({ "verb": name, "runs": runs, "done": done, "refused": refused }))?;
    } else if results.is_empty() {
        out::tell("no run is meant; nothing was done\n");
    } else if results.len() > 1 || refused > 0 {
        let rest = if refused == 0 { String::new() } else { format!(", {refused} refused") };
        out::tell(&format!("{name}: {} done{rest}\n", runs(done)));
    }
    let worst = results.iter().filter_map(|(_, result)| result.as_ref().err()).map(Problem::exit).max();
    Ok(worst.unwrap_or(Exit::Finished))
}

fn runs(many: usize) -> String {
    if many == 1 { "1 run".to_owned() } else { format!("{many} runs") }
}

fn status(text: &str) -> Result<String, String> {
    let word = text.split_once(':').map_or(text, |(word, _)| word);
    let failed = !text.contains(':') || word == "failed";
    if STATUSES.contains(&word) && failed {
        return Ok(text.to_owned());
    }
    Err(format!("it is one of {}, or `failed:` and a kind", STATUSES.join(", ")))
}

/// The whole of a time, in milliseconds.
pub(crate) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// `90s`, `30m`, `12h`, `7d`, `2w`.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    let units =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000)];
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = units.iter().find(|(name, _)| *name == unit).map(|(_, millis)| *millis);
    let millis = number.parse::<u64>().ok().zip(unit).and_then(|(number, unit)| number.checked_mul(unit));
    let millis = millis.ok_or("write a number and a unit: 90s, 30m, 12h, 7d or 2w")?;
    Ok(Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_statuses_are_read() {
        assert_eq!(span("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(span("2w"), Ok(Duration::from_hours(336)));
        for wrong in ["", "7", "d", "1y", "-1d", "1.5h", "99999999999999999999d"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
        assert_eq!(status("failed:timeout"), Ok("failed:timeout".to_owned()));
        assert!(status("paused").is_ok() && status("ready:x").is_err() && status("done").is_err());
    }
}
