//! Limits: what is recorded keeps them, whoever counts.

use cairn_host::{
    Limits,
    journal::{Commit, InstanceId, MessageId},
    replay::{Command, Entry, Key},
};

use super::{Eye, Line, Violation};
use crate::canary::Canary;

/// How late clocks may be, in milliseconds.
const LATE: u64 = 1_000;

/// The one limit of a world that is tight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tight {
    Entries(u64),
    Operations(u64),
    Steps(u64),
    Children(u64),
    /// In milliseconds.
    Time(u64),
    Depth(u32),
    Inbox(usize),
    /// Of a run's journal.
    Bytes(u64),
}

impl Tight {
    /// What the host is told; the canaries forget it.
    pub(crate) fn limits(self, canary: Option<Canary>) -> Limits {
        let none = Limits::default();
        match self {
            Self::Entries(_) if canary == Some(Canary::ManyEntries) => none,
            Self::Operations(_) if canary == Some(Canary::ManyOperations) => none,
            Self::Steps(_) if canary == Some(Canary::ManySteps) => none,
            Self::Children(_) if canary == Some(Canary::ManyChildren) => none,
            Self::Time(_) if canary == Some(Canary::LongTime) => none,
            Self::Depth(_) if canary == Some(Canary::Deep) => none,
            Self::Inbox(_) if canary == Some(Canary::FullInbox) => none,
            Self::Bytes(_) if canary == Some(Canary::ManyBytes) => none,
            Self::Entries(entries) => Limits { entries, ..none },
            Self::Operations(operations) => Limits { operations, ..none },
            Self::Steps(steps) => Limits { steps, ..none },
            Self::Children(children) => Limits { children, ..none },
            Self::Time(millis) => Limits { time: Some(std::time::Duration::from_millis(millis)), ..none },
            Self::Depth(depth) => Limits { depth, ..none },
            Self::Inbox(inbox) => Limits { inbox, ..none },
            Self::Bytes(journal_bytes) => Limits { journal_bytes, ..none },
        }
    }
}

impl Eye {
    /// Does what a commit has appended keep the limit?
    pub(super) fn in_limits(&self, commit: &Commit) -> Result<(), Violation> {
        let (Some(tight), Some(line)) = (self.tight, self.lines.get(&commit.id)) else { return Ok(()) };
        if commit.restart {
            return Ok(());
        }
        let name = &commit.id.instance;
        let over =
            |what: String| Err(Violation::new("10", format!("{name}: {what}, and the limit is {tight:?}")));
        for (at, entry) in (commit.expect.0..).zip(&commit.entries) {
            let (Entry::Asked { key, .. }, Tight::Entries(most)) = (entry, tight) else { continue };
            // That half of it is used is told in front of what was allowed.
            if at > most && !line.undoes(key) {
                return over(format!("`{}` was asked for as entry {at}", key.0));
            }
        }
        if let Tight::Bytes(most) = tight
            && let Some((key, bytes)) = line.behind(most, commit.expect.0)
        {
            return over(format!("`{}` was asked for behind {bytes} bytes", key.0));
        }
        let (found, most) = match tight {
            Tight::Steps(most) => (line.count(|command| matches!(command, Command::Call { .. })), most),
            Tight::Children(most) => {
                (line.count(|command| matches!(command, Command::Child { .. } | Command::Spawn { .. })), most)
            }
            Tight::Operations(most) => (line.open_ones(), most),
            Tight::Depth(most) => (self.depth(&commit.id) + 1, u64::from(most)),
            _ => return Ok(()),
        };
        if found > most { over(format!("there are {found}")) } else { Ok(()) }
    }

    /// May a step leave so long after its run began?
    pub(super) fn in_time(&self, of: &InstanceId, key: &Key) -> Result<(), Violation> {
        let (Some(Tight::Time(most)), Some(line)) = (self.tight, self.lines.get(of)) else { return Ok(()) };
        let is_call = line.steps.get(key).is_some_and(|step| matches!(step.command, Command::Call { .. }));
        let late = self.latest.0.saturating_sub(line.began_at.0);
        if is_call && late > most + LATE && !line.undoes(key) {
            let what = format!("{}: `{}` left {late} ms after its run began", of.instance, key.0);
            return Err(Violation::new("10", format!("{what}, and it may take {most}")));
        }
        Ok(())
    }

    /// How many have started each other up to this one.
    fn depth(&self, id: &InstanceId) -> u64 {
        let (mut depth, mut of) = (0, self.lines.get(id));
        while let Some(parent) = of.and_then(|line| line.parent.clone()) {
            depth += 1;
            of = self.line(&parent);
        }
        depth
    }

    /// Is there room for what was put into an inbox?
    pub(super) fn has_room(&self, to: &InstanceId) -> Result<(), Violation> {
        let Some(Tight::Inbox(most)) = self.tight else { return Ok(()) };
        // An answer is always taken: a question has one.
        let sent = |id: &MessageId| !id.0.contains("!again:") && !id.0.starts_with("answer:");
        // What has expired takes no room; when that is depends on the host's clock.
        let waits = self
            .mail
            .iter()
            .filter(|((of, _), mail)| of == to && mail.taken_in.is_none() && mail.expires.is_none());
        let found = waits.filter(|((_, id), _)| sent(id)).count();
        if found > most {
            let what = format!("{found} messages wait for {}, and there may be {most}", to.instance);
            return Err(Violation::new("10", what));
        }
        Ok(())
    }
}

/// What an entry takes at least, in bytes: what every entry has, and what came from outside.
fn bytes(entry: &Entry) -> u64 {
    let texts = match entry {
        // That half of it is used is told in front of what was allowed.
        Entry::Logged { .. } => return 0,
        Entry::Began(began) => began.input.0.len() + began.grant.0.len(),
        Entry::Asked { key, command: Command::Call { request, .. }, .. } => {
            key.0.len() + request.arguments.0.len()
        }
        Entry::Ended { key, outcome: Ok(json), .. } => key.0.len() + json.0.len(),
        Entry::Asked { key, .. } | Entry::Ended { key, .. } | Entry::Tried { key, .. } => key.0.len(),
        _ => 0,
    };
    64 + texts as u64
}

impl Line {
    /// What was asked for, from an entry on, behind more bytes than these.
    fn behind(&self, most: u64, from: u64) -> Option<(&Key, u64)> {
        let mut before = 0;
        for (at, (entry, _)) in (0..).zip(&self.entries) {
            if let Entry::Asked { key, .. } = entry
                && at >= from
                && before > most
                && !self.undoes(key)
            {
                return Some((key, before));
            }
            before += bytes(entry);
        }
        None
    }

    /// Is it to undo something, or the host's own?
    fn undoes(&self, key: &Key) -> bool {
        let inside = |of: &Key| key.0.strip_prefix(&of.0).is_some_and(|rest| rest.starts_with('/'));
        let undo = |(of, step): (&Key, &super::line::Step)| {
            matches!(step.command, Command::UndoBlock { .. }) && inside(of)
        };
        key.0.contains('!') || self.steps.iter().any(undo)
    }

    fn count(&self, is: impl Fn(&Command) -> bool) -> u64 {
        let counts =
            |key: &Key, step: &super::line::Step| is(&step.command) && !step.given_up && !self.undoes(key);
        self.steps.iter().filter(|(key, step)| counts(key, step)).count() as u64
    }

    /// Operations that take time and have not ended, where nothing is undone yet.
    fn open_ones(&self) -> u64 {
        if self.steps.values().any(|step| matches!(step.command, Command::Unwind { .. })) {
            return 0;
        }
        let ended_around = |key: &Key| {
            key.0.match_indices('/').any(|(at, _)| {
                let of = key.0.get(..at).unwrap_or_default();
                self.steps.get(of).is_some_and(|step| step.ended)
            })
        };
        let open = self.steps.iter().filter(|(key, step)| {
            let takes_time =
                !matches!(step.command, Command::Undo { .. } | Command::UndoBlock { .. } | Command::Unlock);
            takes_time && !step.ended && !ended_around(key)
        });
        open.count() as u64
    }
}
