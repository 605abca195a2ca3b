//! The book of one instance: what its journal has to be.

use std::collections::BTreeMap;

use cairn_host::{
    journal::{Commit, Status},
    replay::{Act, Began, Command, Entry, Instant, Key, Outcome, Unclear},
};

use super::{Violation, operate};

/// An operation.
#[derive(Debug)]
pub(crate) struct Step {
    /// The numbers of the commits in which it was asked for and last failed.
    asked: u64,
    tried_in: u64,
    pub(crate) tried: u32,
    pub(crate) ended: bool,
    at: Instant,
    pub(crate) command: Command,
    /// How often a part of the run had been taken back when it was asked for.
    pub(crate) rewinds: u64,
    /// Nobody wanted it any more: it may never have left.
    pub(crate) given_up: bool,
    /// Of a step to which it matters whether an attempt that was cut off had left: the commit that says of the last one that it leaves.
    sent_in: Option<u64>,
    /// An operator had paused the run before that.
    sent_in_a_pause: bool,
}

/// An instance.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) run: u32,
    pub(crate) workflow: String,
    pub(crate) parent: Option<String>,
    pub(crate) digest: String,
    /// Each with the number of its commit.
    pub(crate) entries: Vec<(Entry, u64)>,
    pub(crate) steps: BTreeMap<Key, Step>,
    pub(crate) status: Status,
    pub(crate) cancelled: bool,
    /// An operator wants nothing of it to run.
    pub(crate) paused: bool,
    /// How often a part of the run was taken back.
    pub(crate) rewinds: u64,
    /// The operation that a person has just given an outcome to.
    pub(super) decided: Option<Key>,
    /// The commit that began this run.
    pub(crate) began_in: u64,
    /// When it began.
    pub(crate) began_at: Instant,
    pub(crate) outcome: Option<Outcome>,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            run: 0,
            workflow: String::new(),
            parent: None,
            digest: String::new(),
            entries: Vec::new(),
            steps: BTreeMap::new(),
            status: Status::Ready,
            cancelled: false,
            paused: false,
            rewinds: 0,
            decided: None,
            began_in: 0,
            began_at: Instant(0),
            outcome: None,
        }
    }
}

/// Why an attempt may not leave.
pub(crate) struct MayNot(&'static str, &'static str);

impl MayNot {
    /// It has left, and after a crash nothing is known of it.
    pub(crate) fn lost() -> Self {
        Self("3", "it is lost from the journal")
    }

    pub(crate) fn of(&self, key: &str) -> Violation {
        Violation::new(self.0, format!("{key} left the host, and {}", self.1))
    }
}

impl Line {
    pub(crate) fn is_over(&self) -> bool {
        self.outcome.is_some()
    }

    /// A person is to decide about a step that is unclear.
    pub(crate) fn asks(&self) -> bool {
        matches!(&self.status, Status::Waiting(waiting) if waiting.on.iter().any(|on| on.starts_with("unclear ")))
    }

    /// May an attempt at this step leave? Gives how often it has failed.
    pub(crate) fn may_leave(&self, key: &Key, durable: u64) -> Result<u32, MayNot> {
        if self.is_over() {
            return Err(MayNot("terminate", "its run is over"));
        }
        let step = self.steps.get(key).ok_or(MayNot("3", "it is not in the journal"))?;
        // Of one that is recorded as sent nobody would know any more that it was held back.
        let is_out = step.sent_in.is_some() && !step.sent_in_a_pause;
        if self.paused && !is_out {
            return Err(MayNot("pause", "its run is paused"));
        }
        if step.ended {
            return Err(MayNot("1", "its outcome is recorded"));
        }
        if step.asked > durable {
            return Err(MayNot("3", "that it was asked for is not sure"));
        }
        if step.tried_in > durable {
            return Err(MayNot("3", "that it failed before is not sure"));
        }
        let unwinds = |step: &Step| matches!(step.command, Command::Unwind { .. }) && step.asked <= durable;
        if step.is_careful() && step.sent_in.is_none_or(|sent| sent > durable) {
            return Err(MayNot("2", "that it leaves is not sure"));
        }
        if matches!(step.command, Command::Undo { .. }) && !self.steps.values().any(unwinds) {
            return Err(MayNot("3", "that it is to be undone is not sure"));
        }
        Ok(step.tried)
    }

    /// A commit was carried out.
    pub(crate) fn commit(&mut self, number: u64, commit: &Commit, latest: Instant) -> Result<(), Violation> {
        let name = &commit.id.instance;
        let wrong = |promise, what: &str| Err(Violation::new(promise, format!("{name}: {what}")));
        if self.is_over() && !commit.entries.is_empty() && !commit.restart {
            return wrong("7", "something follows the end");
        }
        if commit.expect.0 != self.entries.len() as u64 {
            return wrong("11", "the journal is not dense");
        }
        if commit.restart {
            return self.restarts(number, commit, latest);
        }
        if let Some(digest) = &commit.head.digest {
            return wrong("6", &format!("its code becomes {}", digest.0));
        }
        self.appends(number, commit, latest)
    }

    /// Other entries take the place of its journal: those of its next run, or what is left where a part was taken back.
    fn restarts(&mut self, number: u64, commit: &Commit, latest: Instant) -> Result<(), Violation> {
        let name = &commit.id.instance;
        let wrong = |promise, what: String| Err(Violation::new(promise, format!("{name}: {what}")));
        let by_operator = commit.entries.iter().skip(1).any(|entry| matches!(entry, Entry::Acted { .. }));
        if self.cancelled && !by_operator {
            return wrong("4", "it was to be cancelled, and begins anew".to_owned());
        }
        if let Err((promise, what)) = operate::rewound(&self.entries, &commit.entries) {
            return wrong(promise, what);
        }
        let again = matches!(commit.entries.first(), Some(Entry::Began(began)) if began.run == self.run);
        let run = if again { self.run } else { self.run + 1 };
        let digest = std::mem::take(&mut self.digest);
        *self = Self { run, digest, ..Self::default() };
        self.appends(number, commit, latest)
    }

    fn appends(&mut self, number: u64, commit: &Commit, latest: Instant) -> Result<(), Violation> {
        let name = &commit.id.instance;
        let wrong = |promise, what: &str| Err(Violation::new(promise, format!("{name}: {what}")));
        // What stays of a journal of which a part was taken back has its moments behind it.
        let latest = (!commit.restart).then_some(latest);
        for entry in &commit.entries {
            self.take(entry, number, latest)
                .map_err(|(promise, what)| Violation::new(promise, format!("{name}: {what}")))?;
        }
        if let Some(status) = &commit.head.status {
            if let Status::Diverged(message) = status {
                return wrong("7", &format!("it diverges, and its code is the same: {message}"));
            }
            self.status = status.clone();
        }
        Ok(())
    }

    /// An entry; without a clock where it is read again after a crash.
    pub(crate) fn take(
        &mut self,
        entry: &Entry,
        number: u64,
        latest: Option<Instant>,
    ) -> Result<(), (&'static str, String)> {
        let is_first = self.entries.is_empty();
        match entry {
            Entry::Began(began) => self.begin(began, number, is_first)?,
            _ if is_first => return Err(("11", "it does not begin with `began`".to_owned())),
            Entry::Asked { key, command, at } => {
                let (at, command) = (*at, command.clone());
                let rewinds = self.rewinds;
                let step = Step {
                    asked: number,
                    tried_in: 0,
                    tried: 0,
                    ended: false,
                    at,
                    command,
                    rewinds,
                    given_up: false,
                    sent_in: None,
                    sent_in_a_pause: false,
                };
                if self.steps.insert(key.clone(), step).is_some() {
                    return Err(("7", format!("`{}` was asked for twice", key.0)));
                }
            }
            Entry::Tried { key, attempt, .. } => {
                let step = self.open(key)?;
                if *attempt != step.tried + 1 {
                    let (tried, key) = (step.tried, &key.0);
                    return Err((
                        "1",
                        format!("attempt {attempt} at `{key}` failed, and before it {tried} had"),
                    ));
                }
                (step.tried, step.tried_in, step.sent_in) = (*attempt, number, None);
            }
            Entry::Ended { key, outcome, .. } => self.ends(key, outcome, latest)?,
            Entry::Sent { key, attempt, .. } => self.sends(key, *attempt, number)?,
            Entry::CancelAsked { .. } => self.cancelled = true,
            Entry::Acted { act, .. } => self.acts(act, number)?,
            Entry::Moved { .. } => return Err(("6", "it moved to other code".to_owned())),
            Entry::Finished { outcome, .. } => self.outcome = Some(outcome.clone()),
            _ => {}
        }
        self.entries.push((entry.clone(), number));
        Ok(())
    }

    fn ends(
        &mut self,
        key: &Key,
        outcome: &Outcome,
        latest: Option<Instant>,
    ) -> Result<(), (&'static str, String)> {
        let decided = self.decided.take().is_some_and(|of| of == *key);
        let step = self.open(key)?;
        let unclear = outcome.as_ref().is_err_and(|failure| failure.kind == "unclear");
        if unclear && step.is_careful() && step.sent_in.is_none() {
            return Err(("2", format!("`{}` is said to be unclear, and had not left", key.0)));
        }
        step.ended = true;
        step.given_up = outcome.as_ref().is_err_and(|failure| failure.kind == "cancelled");
        match (latest, step.due(), outcome) {
            (Some(latest), Some(due), Ok(_)) if latest < due && !decided => {
                Err(("timer", format!("`{}` ended {} ms early", key.0, due.0 - latest.0)))
            }
            _ => Ok(()),
        }
    }

    /// An attempt is about to leave, of a step to which that matters.
    fn sends(&mut self, key: &Key, attempt: u32, number: u64) -> Result<(), (&'static str, String)> {
        let paused = self.paused;
        let step = self.open(key)?;
        if !step.is_careful() || attempt != step.tried + 1 {
            return Err(("2", format!("attempt {attempt} at `{}` was to leave", key.0)));
        }
        (step.sent_in, step.sent_in_a_pause) = (Some(number), paused);
        Ok(())
    }

    fn acts(&mut self, act: &Act, number: u64) -> Result<(), (&'static str, String)> {
        match act {
            Act::Pause => self.paused = true,
            Act::Continue => self.paused = false,
            Act::Rewind { .. } => self.rewinds += 1,
            Act::Decide { key } => self.decided = Some(key.clone()),
            Act::Resend { key } => {
                let step = self.open(key)?;
                if step.sent_in.take().is_none() {
                    return Err(("2", format!("`{}` is made again, and was not unclear", key.0)));
                }
                (step.tried, step.tried_in) = (step.tried + 1, number);
            }
            Act::Terminate | Act::Restart { .. } => {}
        }
        Ok(())
    }

    fn open(&mut self, key: &Key) -> Result<&mut Step, (&'static str, String)> {
        match self.steps.get_mut(key) {
            Some(step) if !step.ended => Ok(step),
            Some(_) => Err(("1", format!("`{}` was recorded twice", key.0))),
            None => Err(("7", format!("`{}` ended, and nobody had asked for it", key.0))),
        }
    }

    fn begin(&mut self, began: &Began, number: u64, is_first: bool) -> Result<(), (&'static str, String)> {
        if !is_first {
            return Err(("11", "it begins twice".to_owned()));
        }
        if !self.digest.is_empty() && self.digest != began.digest {
            return Err(("6", "its next run has other code".to_owned()));
        }
        if began.run != self.run {
            return Err(("11", format!("run {} begins where run {} should", began.run, self.run)));
        }
        self.digest.clone_from(&began.digest);
        self.workflow.clone_from(&began.workflow);
        self.parent = began.parent.clone().map(|(parent, _)| parent);
        (self.began_in, self.began_at) = (number, began.at);
        Ok(())
    }
}

impl Step {
    /// It matters whether an attempt that was cut off had left.
    pub(crate) fn is_careful(&self) -> bool {
        self.policy() != Unclear::Retry
    }

    fn policy(&self) -> Unclear {
        match &self.command {
            Command::Call { options, .. } | Command::Undo { options, .. } => options.unclear,
            _ => Unclear::Retry,
        }
    }

    /// Nobody can know what came of its last attempt, and a person is to decide; gives which it was.
    pub(crate) fn asks(&self) -> Option<u32> {
        let unclear = self.policy() == Unclear::Ask && !self.ended && self.sent_in.is_some();
        unclear.then_some(self.tried + 1)
    }

    /// When a sleep is over.
    fn due(&self) -> Option<Instant> {
        match &self.command {
            Command::Until { due } => Some(*due),
            Command::Span { span } => Some(Instant(self.at.0.saturating_add(span.0))),
            _ => None,
        }
    }
}
