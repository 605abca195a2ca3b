//! What operators do: each act is recorded once, with who and why; what is taken back, and nothing else, is gone.

use std::collections::BTreeSet;

use cairn_host::{
    journal::{Commit, InstanceId},
    replay::{Act, Command, Entry, Key},
};

use super::{Eye, TENANT, Violation, id};

/// Acts of one kind that one person did.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Acts {
    recorded: u32,
    /// The commit of the last one.
    number: u64,
}

/// As an act is called.
fn kind(act: &Act) -> &'static str {
    match act {
        Act::Pause => "pause",
        Act::Continue => "continue",
        Act::Terminate => "terminate",
        Act::Decide { .. } => "skip",
        Act::Restart { .. } => "restart",
        Act::Rewind { .. } => "rewind",
        Act::Resend { .. } => "resend",
    }
}

/// Why somebody does something, in this world.
pub(crate) fn why(by: &str) -> String {
    format!("{by} has a reason")
}

/// May these entries take the place of those? Either a next run begins, or a part was taken back.
pub(super) fn rewound(before: &[(Entry, u64)], after: &[Entry]) -> Result<(), (&'static str, String)> {
    let Some(at) = last_rewind(after) else { return begins_anew(before, after) };
    let (Some(kept), Some(Entry::Acted { act: Act::Rewind { dropped, key }, .. })) =
        (after.get(..at), after.get(at))
    else {
        return Ok(());
    };
    let mut left = kept.iter().peekable();
    let mut taken = 0;
    for (entry, _) in before {
        if left.peek() == Some(&entry) {
            left.next();
        } else {
            taken += 1;
        }
    }
    if let Some(entry) = left.next() {
        return Err(("11", format!("a part was taken back, and there is something new: {entry:?}")));
    }
    if taken != *dropped {
        return Err(("operate", format!("{taken} entries were taken back, and {dropped} are told")));
    }
    let asked: BTreeSet<&Key> = kept.iter().filter_map(call_asked).collect();
    let ended: BTreeSet<&Key> = kept.iter().filter_map(well_ended).collect();
    if asked.contains(key) {
        return Err(("operate", format!("`{}` was to be taken back, and is still asked for", key.0)));
    }
    let again = before.iter().filter_map(|(entry, _)| well_ended(entry));
    match again.filter(|key| asked.contains(key)).find(|key| !ended.contains(key)) {
        Some(key) => Err(("1", format!("`{}` stays, and what it came to was taken back", key.0))),
        None => Ok(()),
    }
}

fn begins_anew(before: &[(Entry, u64)], after: &[Entry]) -> Result<(), (&'static str, String)> {
    match after {
        [Entry::Began(_)] => Ok(()),
        [Entry::Began(_), Entry::Acted { act: Act::Restart { dropped }, .. }] => {
            let had = before.len() as u64;
            if *dropped == had {
                return Ok(());
            }
            Err(("operate", format!("{had} entries were there, and {dropped} are told")))
        }
        _ => Err(("11", "its next run begins with more than its beginning".to_owned())),
    }
}

fn last_rewind(entries: &[Entry]) -> Option<usize> {
    let at =
        entries.iter().rposition(|entry| matches!(entry, Entry::Acted { act: Act::Rewind { .. }, .. }))?;
    // What stands behind an older one was asked for since.
    let last = entries.iter().skip(at).all(|entry| matches!(entry, Entry::Acted { .. }));
    last.then_some(at)
}

fn call_asked(entry: &Entry) -> Option<&Key> {
    match entry {
        Entry::Asked { key, command: Command::Call { .. }, .. } => Some(key),
        _ => None,
    }
}

fn well_ended(entry: &Entry) -> Option<&Key> {
    match entry {
        Entry::Ended { key, outcome: Ok(_), .. } => Some(key),
        _ => None,
    }
}

/// Acts that are news with this commit.
fn new_acts(commit: &Commit) -> &[Entry] {
    let first = match last_rewind(&commit.entries) {
        Some(at) if commit.restart => at,
        _ => 0,
    };
    commit.entries.get(first..).unwrap_or_default()
}

impl Eye {
    /// Somebody wants something done.
    pub(crate) fn wanted(&mut self, by: &str) {
        *self.requested.entry(by.to_owned()).or_default() += 1;
    }

    pub(super) fn acted(&mut self, number: u64, commit: &Commit) -> Result<(), Violation> {
        for entry in new_acts(commit) {
            let Entry::Acted { by, why: reason, act, .. } = entry else { continue };
            // People who cancel, and runs that have others cancelled, have it go on with that.
            if matches!(act, Act::Continue) && !by.starts_with("op") {
                continue;
            }
            let Some(requested) = self.requested.get(by).copied() else {
                let name = &commit.id.instance;
                return Err(Violation::new("operate", format!("{by} did a {} to {name}: who?", kind(act))));
            };
            if *reason != why(by) {
                return Err(Violation::new("operate", format!("{by} did it because of `{reason}`")));
            }
            let acts = self.acts.entry((by.clone(), kind(act))).or_default();
            acts.recorded += 1;
            acts.number = number;
            if acts.recorded > requested {
                let (many, kind) = (acts.recorded, kind(act));
                let what = format!("{by} wanted a {kind} {requested} times, and {many} are recorded");
                return Err(Violation::new("operate", what));
            }
        }
        Ok(())
    }

    /// Somebody was told that something is done.
    pub(crate) fn act_acknowledged(&mut self, by: &str, kind: &'static str) -> Result<(), Violation> {
        let acts = self.acts.get(&(by.to_owned(), kind)).copied().unwrap_or_default();
        let wrong =
            |what: &str| Err(Violation::new("operate", format!("{by} was told of a {kind}, and {what}")));
        match acts {
            Acts { recorded: 0, .. } => wrong("it is not recorded"),
            Acts { number, .. } if number > self.durable => wrong("it is not sure"),
            _ => Ok(()),
        }
    }

    /// An instance was removed, with all that was kept for it.
    pub(crate) fn purged(&mut self, of: &InstanceId) -> Result<(), Violation> {
        if self.lines.get(of).is_some_and(|line| !line.is_over()) {
            return Err(Violation::new("operate", format!("{} is not over, and was removed", of.instance)));
        }
        self.lines.remove(of);
        let gone = self.mail.keys().filter(|(to, _)| to == of).cloned();
        self.removed.extend(gone);
        self.mail.retain(|(to, _), _| to != of);
        self.started.remove(of);
        self.cancelled.remove(of);
        let prefix = format!("{TENANT}/{}/", of.instance);
        self.called.retain(|key, _| !key.starts_with(&prefix));
        self.questions.retain(|question| question.instance != of.instance);
        self.news = true;
        Ok(())
    }

    /// Somebody was told that it is removed.
    pub(crate) fn purge_acknowledged(&self, instance: &str, is_there: bool) -> Result<(), Violation> {
        if is_there || self.lines.contains_key(&id(instance)) {
            return Err(Violation::new("operate", format!("{instance} was removed, and is there")));
        }
        Ok(())
    }

    /// Behind what an operator did, an earlier wish to have it stopped does not hold any more.
    pub(super) fn revived(&mut self, commit: &Commit) {
        let acted = commit.entries.iter().any(|entry| matches!(entry, Entry::Acted { .. }));
        if !(commit.restart && acted) {
            return;
        }
        self.cancelled.remove(&commit.id);
        // What was given up by what is taken back is tried again: nobody knows what became of it.
        let prefix = format!("{TENANT}/{}/", commit.id.instance);
        for (_, called) in self.called.iter_mut().filter(|(key, _)| key.starts_with(&prefix)) {
            called.life = 0;
        }
    }

    /// Operations of an instance, in the order of their keys: all that were asked for, or those that can be given an outcome.
    pub(crate) fn operations(&self, instance: &str, only_open: bool) -> Vec<(Key, Command)> {
        let Some(line) = self.lines.get(&id(instance)) else { return Vec::new() };
        let wanted = line.steps.iter().filter(|(_, step)| {
            let kind = match &step.command {
                Command::Undo { .. }
                | Command::UndoBlock { .. }
                | Command::Unlock
                | Command::Unwind { .. } => false,
                Command::Call { .. }
                | Command::Until { .. }
                | Command::Span { .. }
                | Command::Receive { .. }
                | Command::Ask { .. } => true,
                _ => !only_open,
            };
            kind && !(only_open && step.ended)
        });
        wanted.map(|(key, step)| (key.clone(), step.command.clone())).collect()
    }

    /// The idempotency key of an operation that is asked for and has not ended, if there is one: what the canaries need.
    pub(crate) fn open_call(&self, of: &InstanceId) -> Option<(String, String)> {
        let line = self.lines.get(of)?;
        let (key, step) = line.steps.iter().find(|(_, step)| {
            !step.ended && matches!(step.command, Command::Call { .. } | Command::Undo { .. })
        })?;
        let (Command::Call { request, .. } | Command::Undo { request, .. }) = &step.command else {
            return None;
        };
        let generation = match (line.run, step.rewinds) {
            (0, 0) => String::new(),
            (run, 0) => format!("!{run}/"),
            (run, rewinds) => format!("!{run}.{rewinds}/"),
        };
        Some((format!("{}/{}/{generation}{}", of.tenant, of.instance, key.0), request.tool.clone()))
    }
}
