//! Limits of a run: the host's, and those that a workflow sets itself, whichever is lower. One that is hit ends the run, or the block that
//! hit it, with the kind `limit`; that is recorded, and a replay obeys the record: it counts nothing.

use std::time::Duration;

use cairn_journal::format::{LARGE, REFERENCE};
use cairn_replay::{Command, Entry, Failure, Instant, Json, Key, Level, Outcome, Phase};
use serde_json::json;

use super::{Stop, core::Core, words};
use crate::ops::Progress;

/// What every entry takes beside its texts, in bytes: sequence, kind, moments, chain.
const ENTRY: u64 = 64;

/// What is counted over a run.
struct Count {
    /// As it is called in `limits`.
    name: &'static str,
    found: u64,
    most: u64,
    /// Of what.
    what: &'static str,
    /// How to do with less.
    cure: &'static str,
}

impl Count {
    /// What is said once there may be no more.
    fn over(&self) -> Stop {
        let Self { found, most, what, cure, .. } = self;
        Stop::OverLimit(format!("{what} {found}, and there may be no more than {most}: {cure}"))
    }
}

impl Core {
    /// What the workflow sets itself, or else the host; the lower of the two.
    fn most(&self, name: &str, host: u64) -> u64 {
        self.limit(name).map_or(host, |own| own.min(host))
    }

    fn limit(&self, name: &str) -> Option<u64> {
        let meta = self.code.component.meta.as_ref()?;
        u64::try_from(*meta.limits.get(name)?).ok()
    }

    /// How long it may take, and whether it says so itself.
    fn time(&self) -> Option<(u64, bool)> {
        let host = self.inner.limits.time.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        match (self.limit("time"), host) {
            (Some(own), Some(host)) if host < own => Some((host, false)),
            (Some(own), _) => Some((own, true)),
            (None, host) => Some((host?, false)),
        }
    }

    /// The moment at which the run has taken as long as it may; none once nothing but undos is begun.
    pub(super) fn latest(&self) -> Option<Instant> {
        if self.stopping(None) {
            return None;
        }
        Some(Instant(self.machine.began().at.0.saturating_add(self.time()?.0)))
    }

    /// Has it taken as long as it may? It ends when its code looks.
    pub(super) fn is_late(&self) -> bool {
        self.latest().is_some_and(|latest| latest <= self.now())
    }

    /// # Errors
    /// [`Stop::OverLimit`] once it has taken too long.
    pub(super) fn in_time(&self, now: Instant) -> Result<(), Stop> {
        match self.latest() {
            Some(latest) if latest <= now => {
                let (most, own) = self.time().unwrap_or_default();
                let given = if own { "that `limits` gives it" } else { "that a run may take on this host" };
                Err(Stop::OverLimit(format!(
                    "the run has taken longer than the {} {given}: give it more, or divide it into runs that start each other",
                    words::duration(most)
                )))
            }
            _ => Ok(()),
        }
    }

    /// May there be more entries? Undos get twice as many: that the work is too long shall not keep it from being undone.
    ///
    /// # Errors
    /// [`Stop::OverLimit`] if not.
    pub(super) fn room(&mut self, scope: Option<&Key>) -> Result<(), Stop> {
        if self.machine.phase(scope) != Phase::Live {
            return Ok(());
        }
        let times = if self.machine.undoes(scope) { 2 } else { 1 };
        for mut count in self.journal() {
            if count.found >= count.most.saturating_mul(times) {
                count.most = count.most.saturating_mul(times);
                return Err(count.over());
            }
            if count.found >= count.most / 2 {
                self.warn(&count)?;
            }
        }
        Ok(())
    }

    fn journal(&self) -> [Count; 2] {
        let limits = &self.inner.limits;
        [
            Count {
                name: "entries",
                found: self.machine.next().0,
                most: self.most("entries", limits.entries),
                what: "the entries of the run's journal are",
                cure: "divide the work into several runs, do more in one step, or go on in a new run with `restart`",
            },
            Count {
                name: "journal_bytes",
                found: self.beside.bytes,
                most: self.most("journal_bytes", limits.journal_bytes),
                what: "the bytes of the run's journal are",
                cure: "let steps give references instead of what they refer to, or go on in a new run with `restart`",
            },
        ]
    }

    /// Half of it is used: that is told once in a run.
    fn warn(&mut self, count: &Count) -> Result<(), Stop> {
        let scope = Key(format!("!limit {}", count.name));
        if self.beside.reminded.contains_key(&scope) {
            return Ok(());
        }
        let Count { name, found, most, what, cure } = count;
        let message = format!("{what} {found}, half of the {most} that there may be: {cure}");
        let fields = Json(json!({ "limit": name, "found": found, "most": most }).to_string().into());
        let at = self.now();
        self.announce(Progress::Logged(super::log_line(at, Level::Warn, &message, &fields)));
        self.apply(Entry::Logged { scope: Some(scope), at, level: Level::Warn, message, fields })
    }

    /// May the code ask for this? What is recorded was allowed.
    ///
    /// # Errors
    /// [`Stop::OverLimit`] if not.
    pub(super) fn allowed(&self, scope: Option<&Key>, command: &Command) -> Result<(), Stop> {
        if self.machine.phase(scope) != Phase::Live || self.stopping(scope) || self.machine.undoes(scope) {
            return Ok(());
        }
        let counts = [self.of_its_kind(command), self.open_ones(command)];
        match counts.into_iter().flatten().find(|count| count.found >= count.most) {
            Some(count) => Err(count.over()),
            None => Ok(()),
        }
    }

    fn of_its_kind(&self, command: &Command) -> Option<Count> {
        let limits = &self.inner.limits;
        match command {
            Command::Call { .. } => Some(Count {
                name: "steps",
                found: self.beside.calls,
                most: self.most("steps", limits.steps),
                what: "the steps that the run has made are",
                cure: "give it more in `limits`, or divide the work into several runs",
            }),
            Command::Child { .. } | Command::Spawn { .. } => Some(Count {
                name: "children",
                found: self.beside.begotten,
                most: self.most("children", limits.children),
                what: "the runs that it has started are",
                cure: "let those start others in turn, or go on in a new run with `restart`",
            }),
            _ => None,
        }
    }

    fn open_ones(&self, command: &Command) -> Option<Count> {
        let takes_time = !matches!(
            command,
            Command::Undo { .. } | Command::UndoBlock { .. } | Command::Unlock | Command::Unwind { .. }
        );
        takes_time.then(|| Count {
            name: "operations",
            found: self.machine.open_operations(),
            most: self.most("operations", self.inner.limits.operations),
            what: "the operations that are under way at once are",
            cure: "begin fewer at a time, with `max` of a `parallel`, or wait for some before others are begun",
        })
    }

    /// What a step ends with whose answer is this long, if that is too much.
    pub(super) fn too_long(&self, bytes: usize) -> Option<Outcome> {
        let limits = &self.inner.limits;
        if bytes > limits.value_bytes {
            let most = limits.value_bytes;
            let message =
                format!("the answer has {bytes} bytes, more than {most}: ask for less, or for a reference");
            return Some(Err(words::fail("limit", message)));
        }
        let [_, journal] = self.journal();
        let kept = held(bytes);
        let found = journal.found.saturating_add(kept as u64);
        let message = format!(
            "with this answer of {bytes} bytes the run's journal would have {found}, more than {}: {}",
            journal.most, journal.cure
        );
        (found > journal.most && kept as u64 > ENTRY).then(|| Err(words::fail("limit", message)))
    }

    /// What a start of another run would end with that is too deep below others.
    pub(super) fn too_deep(&self, depth: u32, workflow: &str) -> Option<Failure> {
        let most = self.inner.limits.depth;
        let message = format!(
            "`{workflow}` would be the {most}th run that another one started: do they start each other without an end?"
        );
        (depth + 1 >= most).then(|| words::fail("limit", message))
    }
}

/// How long all code of one activation may compute, and what is said when it has.
pub(super) fn computed_too_long(most: Duration) -> String {
    format!(
        "the code computed for {} s in all since the run was loaded, more than it may: do less between steps, or let a tool do it",
        most.as_secs()
    )
}

/// What a value of this length takes in an entry.
fn held(bytes: usize) -> usize {
    if bytes > LARGE { REFERENCE } else { bytes }
}

fn size(json: &Json) -> usize {
    held(json.0.len())
}

/// What an entry takes, in bytes: its texts, and what every entry has.
pub(super) fn weight(entry: &Entry) -> u64 {
    let texts = match entry {
        Entry::Began(began) => size(&began.input) + size(&began.grant),
        Entry::Asked { key, command, .. } => key.0.len() + asked(command),
        Entry::Tried { key, failure, .. } => key.0.len() + failed(failure),
        Entry::Ended { key, outcome, .. } => key.0.len() + ended(outcome),
        Entry::Noted { key, .. } | Entry::ScopeCancelled { key, .. } => key.0.len(),
        Entry::Logged { message, fields, .. } => message.len() + size(fields),
        Entry::Exposed { status, .. } => size(status),
        Entry::Finished { outcome, .. } => ended(outcome),
        _ => 0,
    };
    ENTRY + texts as u64
}

fn ended(outcome: &Outcome) -> usize {
    outcome.as_ref().map_or_else(failed, size)
}

fn failed(failure: &Failure) -> usize {
    failure.kind.len() + failure.message.len() + size(&failure.detail)
}

fn asked(command: &Command) -> usize {
    match command {
        Command::Call { request, .. } | Command::Undo { request, .. } => {
            request.tool.len() + size(&request.arguments)
        }
        Command::Block { captured, .. } | Command::UndoBlock { captured, .. } => size(captured),
        Command::Child { input, .. } | Command::Spawn { input, .. } => size(input),
        Command::Emit { data, .. } => size(data),
        Command::Ask { task, .. } => size(task),
        Command::Calendar { arguments, .. } => size(arguments),
        Command::Receive { subscriptions } => {
            let texts = subscriptions.iter().map(|one| {
                let fields: usize = one.fields.iter().map(|(name, value)| name.len() + size(value)).sum();
                fields + one.event.len() + one.condition.as_ref().map_or(0, size)
            });
            texts.sum()
        }
        _ => 0,
    }
}
