//! What a store holds, as simple as it can be said.

use std::collections::{BTreeMap, BTreeSet};

use cairn_replay::{Entry, Instant, Json, Key, Seq};

use super::acts::{Act, Ask};
use crate::{
    Commit, Digest, Head, InstanceId, Keep, LockChange, Message, MessageId, Place, Purge, Put, Refusal,
    Status, Swept, TimerChange,
    format::{LARGE, Reference},
};

/// What a store answers to an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Told(Vec<Told>),
    Blob(Digest),
    /// How many are removed, and how many are left.
    Swept(u64, u64),
    Nothing,
}

/// What it answers to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Done(Result<(), Refusal>),
    Put(Put),
    Kept,
}

impl From<Swept> for Said {
    fn from(swept: Swept) -> Self {
        Self::Swept(swept.removed, swept.kept)
    }
}

/// Who stands in the line of the one lock of a tenant, and whether each holds a place.
type Line = BTreeMap<(Instant, String, Key), bool>;

#[derive(Clone, Debug, Default)]
pub(super) struct World {
    pub(super) runs: BTreeMap<InstanceId, (Head, Vec<Entry>)>,
    pub(super) timers: BTreeMap<InstanceId, Instant>,
    pub(super) inbox: BTreeMap<InstanceId, Vec<Message>>,
    pub(super) seen: BTreeSet<(InstanceId, MessageId)>,
    pub(super) lines: BTreeMap<String, Line>,
    pub(super) kept: BTreeMap<(String, String), (Instant, Json)>,
    pub(super) blobs: BTreeSet<Digest>,
    /// Large values that were ever given and not swept.
    values: BTreeSet<Digest>,
    /// The answer to the last act.
    pub(super) said: Option<Said>,
}

impl World {
    pub(super) fn then(mut self, act: &Act) -> Self {
        self.said = Some(match act {
            Act::Together(asks) => Said::Told(asks.iter().map(|ask| self.told(ask)).collect()),
            Act::Blob(bytes) => {
                let digest = crate::model::digest(bytes);
                self.blobs.insert(digest.clone());
                Said::Blob(digest)
            }
            Act::SweepBlobs => {
                let texts: String = self.texts().into_iter().filter(|text| text.len() <= LARGE).collect();
                sweep(&mut self.blobs, |digest| texts.contains(&digest.0))
            }
            Act::SweepValues => {
                let referred: BTreeSet<_> = self.texts().iter().filter_map(|text| large(text)).collect();
                sweep(&mut self.values, |digest| referred.contains(digest))
            }
            Act::Reopen | Act::Crash => Said::Nothing,
        });
        self
    }

    fn told(&mut self, ask: &Ask) -> Told {
        match ask {
            Ask::Commit(commit, _) => Told::Done(self.commit(commit)),
            Ask::Purge(purge) => Told::Done(self.purge(purge)),
            Ask::Put(message) => Told::Put(self.put(message)),
            Ask::Keep(keep) => {
                self.keep(keep);
                Told::Kept
            }
            Ask::Discard(discard) => {
                let inbox = self.inbox.entry(discard.to.clone()).or_default();
                inbox.retain(|message| !discard.messages.contains(&message.id));
                Told::Kept
            }
        }
    }

    fn commit(&mut self, commit: &Commit) -> Result<(), Refusal> {
        let kept = commit.kept.iter().map(|(_, json)| &*json.0);
        self.values.extend(commit.entries.iter().filter_map(result).chain(kept).filter_map(large));
        let begins = matches!(commit.entries.first(), Some(Entry::Began(_)));
        let next = self.runs.get(&commit.id).map(|(head, _)| head.next);
        match next {
            Some(next) if next != commit.expect || next == Seq(0) => return Err(Refusal::Conflict { next }),
            Some(_) if commit.restart && !begins => return Err(Refusal::Gone),
            None if commit.expect != Seq(0) || !begins => return Err(Refusal::Gone),
            Some(_) | None => {}
        }
        let mut inbox = self.inbox.get(&commit.id).cloned().unwrap_or_default();
        for id in &commit.consumed {
            let at = inbox.iter().position(|message| message.id == *id);
            inbox.remove(at.ok_or_else(|| Refusal::NoSuchMessage(id.clone()))?);
        }
        let mut line = self.lines.get(&commit.id.tenant).cloned().unwrap_or_default();
        commit.locks.iter().try_for_each(|change| stand(&mut line, &commit.id, change))?;
        self.inbox.insert(commit.id.clone(), inbox);
        self.lines.insert(commit.id.tenant.clone(), line);
        for (name, json) in &commit.kept {
            self.kept.insert((commit.id.tenant.clone(), name.clone()), (commit.at, json.clone()));
        }
        match commit.timer {
            TimerChange::Keep => {}
            TimerChange::Set(due) => drop(self.timers.insert(commit.id.clone(), due)),
            TimerChange::Clear => drop(self.timers.remove(&commit.id)),
        }
        if begins {
            self.runs.insert(commit.id.clone(), (first(commit), Vec::new()));
        }
        let Some((head, entries)) = self.runs.get_mut(&commit.id) else { return Err(Refusal::Gone) };
        entries.extend(commit.entries.iter().cloned());
        head.next = Seq(entries.len() as u64);
        head.changed = commit.at;
        head.status = commit.head.status.clone().unwrap_or_else(|| head.status.clone());
        Ok(())
    }

    fn put(&mut self, message: &Message) -> Put {
        self.values.extend(large(&message.data.0));
        if !self.seen.insert((message.to.clone(), message.id.clone())) {
            return Put::Duplicate;
        }
        self.inbox.entry(message.to.clone()).or_default().push(message.clone());
        Put::Accepted
    }

    fn keep(&mut self, keep: &Keep) {
        let name = (keep.tenant.clone(), keep.name.clone());
        match &keep.json {
            Some(json) => drop(self.kept.insert(name, (keep.at, json.clone()))),
            None => drop(self.kept.remove(&name)),
        }
        self.values.extend(keep.json.iter().filter_map(|json| large(&json.0)));
    }

    fn purge(&mut self, purge: &Purge) -> Result<(), Refusal> {
        let id = &purge.id;
        let mail = self.seen.iter().any(|(to, _)| to == id);
        match self.runs.get(id).map(|(head, _)| head) {
            None if mail && purge.expect == Seq(0) => {}
            None => return Err(Refusal::Gone),
            Some(head) if head.next != purge.expect => return Err(Refusal::Conflict { next: head.next }),
            Some(head) if !matches!(head.status, Status::Finished | Status::Failed(_)) => {
                return Err(Refusal::NotOver);
            }
            Some(_) => {}
        }
        self.runs.remove(id);
        self.timers.remove(id);
        self.inbox.remove(id);
        self.seen.retain(|(to, _)| to != id);
        for name in &purge.kept {
            self.kept.remove(&(id.tenant.clone(), name.clone()));
        }
        Ok(())
    }

    /// All texts in which something can be named.
    fn texts(&self) -> Vec<&str> {
        let entries = self.runs.values().flat_map(|(_, entries)| entries).filter_map(result);
        let messages = self.inbox.values().flatten().map(|message| &*message.data.0);
        entries.chain(messages).chain(self.kept.values().map(|(_, json)| &*json.0)).collect()
    }
}

fn result(entry: &Entry) -> Option<&str> {
    match entry {
        Entry::Ended { outcome: Ok(json), .. } => Some(&json.0),
        _ => None,
    }
}

fn large(text: &str) -> Option<Digest> {
    (text.len() > LARGE).then(|| Reference::to(text).digest())
}

fn sweep(there: &mut BTreeSet<Digest>, stays: impl Fn(&Digest) -> bool) -> Said {
    let before = there.len();
    there.retain(stays);
    Said::Swept((before - there.len()) as u64, there.len() as u64)
}

fn stand(line: &mut Line, id: &InstanceId, change: &LockChange) -> Result<(), Refusal> {
    let one = (change.asked, id.instance.clone(), change.key.clone());
    let others = line.iter().filter(|(other, holds)| **other != one && **holds).count();
    match change.to {
        Place::Holds { of } if others >= of as usize => return Err(Refusal::NoPlace(change.name.clone())),
        Place::Holds { .. } => drop(line.insert(one, true)),
        Place::Waits => drop(line.insert(one, false)),
        Place::Gone => drop(line.remove(&one)),
    }
    Ok(())
}

fn first(commit: &Commit) -> Head {
    Head {
        id: commit.id.clone(),
        workflow: "order".into(),
        digest: Digest(format!("sha256:{}", "0".repeat(64))),
        status: Status::Ready,
        next: Seq(0),
        started: Instant(1_000),
        changed: commit.at,
    }
}
