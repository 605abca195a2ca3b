//! A run as it is told while it goes on: updates in, lines out. Pure, but for the clock that it is given.

use std::collections::{BTreeMap, BTreeSet};

use cairn_host::EventMeta;
use cairn_host::ops::{FailureView, InstanceView, LogLine, OutcomeView, Progress, State, Update};

use super::{
    Clock, Hints, Open, Paint, brief, log, state, table,
    timeline::{failure_words, given_up},
    wanted, words,
};

/// Whose lines these are, and what is under way.
#[derive(Debug)]
pub(crate) struct Story {
    paint: Paint,
    hints: Hints,
    /// More than one instance is told about: each line says which.
    named: bool,
    /// The widest key and tool so far; they only grow, so that what follows stays aligned.
    widths: (usize, usize),
    under_way: BTreeMap<Step, UnderWay>,
    /// Steps whose next attempt has been told.
    pausing: BTreeSet<Step>,
    /// What was said last about what an instance waits for.
    waits: BTreeMap<String, String>,
    seen: BTreeSet<String>,
}

/// An instance and a key.
type Step = (String, String);

/// An attempt that has not come back.
#[derive(Clone, Debug)]
struct UnderWay {
    what: String,
    attempt: u32,
    since: u64,
    told: bool,
}

/// Columns grow up to this; what is longer stands over.
const WIDEST: usize = 28;

/// After so long a step that has not come back is mentioned, where no status line shows it anyway.
const LONG_MS: u64 = 3_000;

impl Story {
    /// Nothing has happened yet.
    pub(crate) fn new(paint: Paint, hints: Hints, named: bool) -> Self {
        Self {
            paint,
            hints,
            named,
            widths: (16, 20),
            under_way: BTreeMap::new(),
            pausing: BTreeSet::new(),
            waits: BTreeMap::new(),
            seen: BTreeSet::new(),
        }
    }

    /// Takes down how events look, for what can be sent.
    pub(crate) fn events(&mut self, events: &[EventMeta]) {
        self.hints.events(events);
    }

    /// The lines that tell of an update; none where there is nothing new to say.
    pub(crate) fn lines(&mut self, update: &Update, clock: &Clock, now: u64) -> Vec<String> {
        let id = update.id.as_str();
        let told = match &update.progress {
            Progress::Loaded { replayed } => self.loaded(id, *replayed),
            Progress::Step { key, what, attempt } => self.begun(id, key, what, *attempt, now),
            Progress::Tried { key, attempt, failure, again } => {
                self.tried(id, key, *attempt, failure, *again, clock)
            }
            Progress::Ended { key, what, attempt, took, outcome } => {
                self.ended(id, key, what, *attempt, *took, outcome)
            }
            // Of a single one this is told when it is at rest: by [`Story::rests`].
            Progress::Waiting { until, events, on, keys } if self.named => {
                self.waiting(id, &Wait { until: *until, events, on }, keys, clock, &[])
            }
            Progress::Waiting { .. } => Vec::new(),
            Progress::Logged(line) => self.logged(line),
            Progress::Unclear { key, what, message } => self.unclear(id, key, what, message),
            Progress::Asks { key, whom, title, choices } => self.asks(id, key, whom, title, choices),
            Progress::Exposed { status } => vec![self.paint.dim(&format!("· now {}", brief(status, STATUS)))],
            Progress::Restarted { run } => vec![format!("↻ begins anew: run {} of `{id}`", run + 1)],
            // The line of the log says it.
            Progress::Reminded { .. } => Vec::new(),
            // The end of a single one is told by whoever follows it, from what is on disk.
            end => {
                if self.named {
                    self.over(id, end)
                } else {
                    Vec::new()
                }
            }
        };
        told.into_iter().map(|line| self.placed(id, &line)).collect()
    }

    /// The lines that tell what an instance waits for, from its journal; none where that was told already.
    pub(crate) fn rests(&mut self, view: &InstanceView, open: &[Open], clock: &Clock) -> Vec<String> {
        let State::Waiting { until, events, on } = &view.state else { return Vec::new() };
        let keys: Vec<String> = open.iter().filter(|one| !one.pauses).map(|one| one.key.clone()).collect();
        if keys.is_empty() && !open.is_empty() {
            return Vec::new(); // that another attempt is due was told with the failed one
        }
        let told = self.waiting(&view.id, &Wait { until: *until, events, on }, &keys, clock, open);
        told.into_iter().map(|line| self.placed(&view.id, &line)).collect()
    }

    /// What is under way, in one line for the bottom of a terminal; none where nothing is.
    pub(crate) fn status(&self, now: u64) -> Option<String> {
        let ((_, key), first) = self.under_way.iter().min_by_key(|(_, step)| step.since)?;
        let others = self.under_way.len() - 1;
        let more = if others == 0 { String::new() } else { format!(" and {others} more") };
        let attempt = if first.attempt > 1 { format!(", attempt {}", first.attempt) } else { String::new() };
        let since = words::duration(now.saturating_sub(first.since));
        Some(format!("  → {key}  {}{attempt}, {since}{more}", first.what))
    }

    /// Lines for steps that take long and were not mentioned yet: for a stderr that is no terminal.
    pub(crate) fn overdue(&mut self, now: u64) -> Vec<String> {
        let late = |step: &UnderWay| !step.told && now.saturating_sub(step.since) >= LONG_MS;
        let keys: Vec<Step> =
            self.under_way.iter().filter(|(_, s)| late(s)).map(|(step, _)| step.clone()).collect();
        keys.iter().filter_map(|step| self.mention(step, now)).collect()
    }

    fn mention(&mut self, step: &Step, now: u64) -> Option<String> {
        let begun = self.under_way.get_mut(step)?;
        begun.told = true;
        let (what, since) = (begun.what.clone(), words::duration(now.saturating_sub(begun.since)));
        let line = self.columns("→", &step.1, &what, &format!("under way for {since}"));
        Some(self.placed(&step.0, &line))
    }

    fn loaded(&mut self, id: &str, replayed: u64) -> Vec<String> {
        let first = self.seen.insert(id.to_owned());
        if !first || replayed == 0 {
            return Vec::new();
        }
        let operations = if replayed == 1 { "operation" } else { "operations" };
        vec![self.paint.dim(&format!("↻ goes on behind {replayed} recorded {operations}"))]
    }

    fn begun(&mut self, id: &str, key: &str, what: &str, attempt: u32, now: u64) -> Vec<String> {
        let step = (id.to_owned(), key.to_owned());
        self.pausing.remove(&step);
        let what = plain(what).to_owned();
        self.under_way.insert(step, UnderWay { what, attempt, since: now, told: false });
        Vec::new()
    }

    fn tried(
        &mut self,
        id: &str,
        key: &str,
        attempt: u32,
        failure: &FailureView,
        again: u64,
        clock: &Clock,
    ) -> Vec<String> {
        let step = (id.to_owned(), key.to_owned());
        let what = self.under_way.remove(&step).map(|step| step.what).unwrap_or_default();
        self.pausing.insert(step);
        let mark = self.paint.yellow("!");
        let text = format!("attempt {attempt}: {}; again {}", failure_words(failure), clock.ahead(again));
        vec![self.columns(&mark, key, &what, &text)]
    }

    fn ended(
        &mut self,
        id: &str,
        key: &str,
        what: &str,
        attempt: u32,
        took: u64,
        outcome: &OutcomeView,
    ) -> Vec<String> {
        let step = (id.to_owned(), key.to_owned());
        self.under_way.remove(&step);
        self.pausing.remove(&step);
        self.waits.remove(id);
        let took = table::right(&words::duration(took), 8);
        let attempts = if attempt > 1 { format!("  ({attempt} attempts)") } else { String::new() };
        let (mark, end) = match outcome {
            OutcomeView::Result(_) => (self.paint.green("✓"), String::new()),
            // The arm of a `wait` that another one overtook: nobody has to know that it was there.
            OutcomeView::Failure(failure) if given_up(failure) && attempt == 0 => return Vec::new(),
            OutcomeView::Failure(failure) if given_up(failure) => ("–".to_owned(), "  given up".to_owned()),
            OutcomeView::Failure(failure) => {
                (self.paint.red("✗"), format!("  {}", self.paint.red(&failure_words(failure))))
            }
        };
        vec![self.columns(&mark, key, arrived(what, outcome), &format!("{took}{attempts}{end}"))]
    }

    fn waiting(
        &mut self,
        id: &str,
        wait: &Wait<'_>,
        keys: &[String],
        clock: &Clock,
        open: &[Open],
    ) -> Vec<String> {
        let Wait { until, events, on } = *wait;
        let pauses = |key: &String| self.pausing.contains(&(id.to_owned(), key.clone()));
        if events.is_empty() && !keys.is_empty() && keys.iter().all(pauses) {
            return Vec::new();
        }
        let sleeps = !open.is_empty() && open.iter().all(|one| one.what.starts_with("sleep"));
        let verb = if sleeps { "… sleeps" } else { "… waits" };
        let how = state::waits(until, events, on, clock);
        // What is left of the time changes from one wait to the next; the same moment is the same wait.
        let same = format!("{until:?} {events:?} {on:?} {keys:?}");
        if self.waits.insert(id.to_owned(), same.clone()) == Some(same) {
            return Vec::new();
        }
        let line = format!("{verb} {how}");
        // Of many, `show` says how; here it would drown the rest.
        let told = if self.named { &[] } else { events };
        let sends =
            told.iter().map(|event| format!("    {}", self.hints.send(id, event, wanted(open, event))));
        let unclear = on.iter().filter(|_| !self.named).filter_map(|one| one.strip_prefix("unclear "));
        let decides = unclear.flat_map(|key| {
            let again = self.hints.command(&["retry", id, "--key", key]);
            let given = self.hints.command(&["skip", id, key, "--result", "…"]);
            [format!("    {again}"), format!("    {given}")]
        });
        std::iter::once(self.paint.yellow(line.trim_end())).chain(sends).chain(decides).collect()
    }

    /// An attempt of which nobody knows what came of it; how that is decided is told with the wait.
    fn unclear(&mut self, id: &str, key: &str, what: &str, message: &str) -> Vec<String> {
        self.under_way.remove(&(id.to_owned(), key.to_owned()));
        vec![self.columns(&self.paint.yellow("?"), key, plain(what), message)]
    }

    /// A question to a person, and how it is answered.
    fn asks(&self, id: &str, key: &str, whom: &str, title: &str, choices: &[String]) -> Vec<String> {
        let asked = self.paint.yellow(&format!("? {whom} is asked: {title}"));
        let answers: Vec<String> = match choices {
            [] => vec!["…".to_owned()],
            choices => choices.to_vec(),
        };
        let answer = |choice: &String| format!("    {}", self.hints.command(&["answer", id, key, choice]));
        std::iter::once(asked).chain(answers.iter().map(answer)).collect()
    }

    fn over(&mut self, id: &str, end: &Progress) -> Vec<String> {
        self.under_way.retain(|(other, _), _| other != id);
        let line = match end {
            Progress::Finished { outcome: OutcomeView::Result(_) } => self.paint.green("finished"),
            Progress::Finished { outcome: OutcomeView::Failure(failure) } => {
                format!("{} {}", self.paint.red("failed:"), failure_words(failure))
            }
            Progress::Diverged { message } => format!("{} {message}", self.paint.red("diverged:")),
            Progress::Refused { why } => format!("{} {why}", self.paint.red("not started:")),
            Progress::Stopped { message } => format!("{} {message}", self.paint.red("cannot go on here:")),
            _ => return Vec::new(),
        };
        vec![line]
    }

    fn logged(&self, line: &LogLine) -> Vec<String> {
        log::log_line(line, self.paint)
            .lines()
            .map(|line| format!("{} {line}", self.paint.dim("·")))
            .collect()
    }

    fn columns(&mut self, mark: &str, key: &str, what: &str, end: &str) -> String {
        self.widths.0 = self.widths.0.max(table::shown(key).min(WIDEST));
        self.widths.1 = self.widths.1.max(table::shown(what).min(WIDEST));
        let line = format!(
            "{mark} {}  {}  {end}",
            table::left(key, self.widths.0),
            table::left(what, self.widths.1)
        );
        line.trim_end().to_owned()
    }

    fn placed(&self, id: &str, line: &str) -> String {
        if self.named { format!("{}  {line}", self.paint.bold(id)) } else { format!("  {line}") }
    }
}

/// What an instance waits for.
struct Wait<'w> {
    until: Option<u64>,
    events: &'w [String],
    on: &'w [String],
}

/// Characters of a status that are shown.
const STATUS: usize = 100;

/// The event that ended a `wait`; else as [`plain`].
fn arrived<'a>(what: &'a str, outcome: &'a OutcomeView) -> &'a str {
    match outcome {
        OutcomeView::Result(value) if what.starts_with("wait ") => {
            value.get("event").and_then(serde_json::Value::as_str).unwrap_or(what)
        }
        _ => plain(what),
    }
}

/// `payments.charge` of `call payments.charge`: that it is a call goes without saying.
fn plain(what: &str) -> &str {
    what.strip_prefix("call ").unwrap_or(what)
}

#[cfg(test)]
mod tests;
