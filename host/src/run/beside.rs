//! What an activation keeps count of beside its machine: things that other instances share, and things that are counted over
//! the whole run.

use std::{collections::BTreeMap, mem};

use cairn_journal::{LockChange, Place};
use cairn_replay::{Act, Command, Entry, Instant, Json, Key};

use super::{child::Child, commit::Along, large::Large, limits::weight};

/// What follows the suffix of the key under which a place is given back.
pub(super) const UNLOCK: &str = "!unlock";

/// Where the instance stands in the line of a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stand {
    pub(super) name: String,
    pub(super) places: u32,
    pub(super) asked: Instant,
    pub(super) held: bool,
}

/// What is to be told once a commit is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// There may be a place of this lock for somebody else.
    Free(String),
    /// A place of this lock was taken, under this key.
    Taken(String, Key),
}

/// See the module.
#[derive(Default)]
pub(crate) struct Beside {
    /// Steps that were asked for.
    pub(super) calls: u64,
    /// Other runs that it has started.
    pub(super) begotten: u64,
    /// What its entries take; see [`weight`].
    pub(super) bytes: u64,
    /// How often people were reminded of each question.
    pub(super) reminded: BTreeMap<Key, u64>,
    /// How often each part of the code has shown where it stands: recorded, and in this activation.
    pub(super) exposed: BTreeMap<Option<Key>, (u64, u64)>,
    /// Locks that are waited for or held.
    pub(super) stands: BTreeMap<Key, Stand>,
    /// The instance's own turn, among those of its key.
    pub(super) turn: Option<(Key, Stand)>,
    /// Other instances that it has started and waits for.
    pub(super) children: BTreeMap<Key, Child>,
    /// How deep it is below an instance that nobody else started, once it is known.
    pub(super) depth: Option<u32>,
    /// Large values of its entries.
    pub(super) large: Large,
    /// What the next run is to begin with.
    pub(super) next_run: Option<Json>,
    /// What goes along with the next commit.
    along: Along,
    news: Vec<News>,
}

impl Beside {
    /// As a history leaves it.
    pub(crate) fn of(history: &[Entry]) -> Self {
        let mut beside = Self::default();
        history.iter().for_each(|entry| beside.take(entry));
        // All of that is on disk already.
        beside.along = Along::default();
        beside.news.clear();
        beside
    }

    /// A part of the code begins anew, and shows again where it stands.
    pub(super) fn replays(&mut self, scope: Option<&Key>) {
        if let Some((_, made)) = self.exposed.get_mut(&scope.cloned()) {
            *made = 0;
        }
    }

    /// Was somebody told that the last attempt at this step is unclear?
    pub(super) fn told_unclear(&self, step: &Key) -> bool {
        self.reminded.contains_key(step)
    }

    /// An entry was taken in.
    pub(super) fn take(&mut self, entry: &Entry) {
        self.bytes += weight(entry);
        self.large.take(entry);
        match entry {
            Entry::Asked { key, at, command } => self.asked(key, *at, command),
            Entry::Ended { key, outcome, .. } => self.ended(key, outcome.is_ok()),
            // Of the attempt that leaves now nobody was told anything.
            Entry::Sent { key, .. } => drop(self.reminded.remove(key)),
            Entry::Logged { scope: Some(of), .. } => *self.reminded.entry(of.clone()).or_default() += 1,
            Entry::Acted { act: Act::Pause, .. } => self.steps_aside(),
            Entry::Exposed { scope, .. } => self.exposed.entry(scope.clone()).or_default().0 += 1,
            _ => {}
        }
    }

    fn asked(&mut self, key: &Key, at: Instant, command: &Command) {
        match command {
            Command::Call { .. } | Command::Body { .. } => self.calls += 1,
            Command::Child { .. } | Command::Spawn { .. } => self.begotten += 1,
            Command::Lock { name, places } => {
                let stand = Stand { name: name.clone(), places: *places, asked: at, held: false };
                self.along.locks.push(change(key, &stand, Place::Waits));
                self.stands.insert(key.clone(), stand);
            }
            Command::Unlock => self.unlocked(key),
            _ => {}
        }
    }

    fn ended(&mut self, key: &Key, well: bool) {
        self.children.remove(key);
        let Some(stand) = self.stands.get_mut(key) else { return };
        if well {
            stand.held = true;
            let place = Place::Holds { of: stand.places };
            self.along.locks.push(change(key, stand, place));
            self.news.push(News::Taken(stand.name.clone(), key.clone()));
        } else {
            self.leave(&key.clone());
        }
    }

    /// The newest place that was got under the name of the key.
    fn unlocked(&mut self, key: &Key) {
        let name = key.0.split(UNLOCK).next().unwrap_or_default();
        let of = |held: &&Key| {
            held.0.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
        };
        let held = self.stands.iter().filter(|(_, stand)| stand.held);
        let newest =
            held.filter(|(key, _)| of(key)).max_by_key(|(key, stand)| (stand.asked, key.0.len(), *key));
        if let Some(key) = newest.map(|(key, _)| key.clone()) {
            self.leave(&key);
        }
    }

    fn leave(&mut self, key: &Key) {
        if let Some(stand) = self.stands.remove(key) {
            self.along.locks.push(change(key, &stand, Place::Gone));
            self.news.push(News::Free(stand.name));
        }
    }

    /// It is paused: in the lines where it waits it holds up nobody.
    fn steps_aside(&mut self) {
        let stands = self.stands.values().chain(self.turn.as_ref().map(|(_, stand)| stand));
        let waits = stands.filter(|stand| !stand.held);
        self.news.extend(waits.map(|stand| News::Free(stand.name.clone())));
    }

    /// The run is over: it leaves all lines, its own turn included where it is not to be run again.
    pub(super) fn leave_all(&mut self, with_turn: bool) {
        for key in self.stands.keys().cloned().collect::<Vec<_>>() {
            self.leave(&key);
        }
        if let Some((key, stand)) = self.turn.take_if(|_| with_turn) {
            self.along.locks.push(change(&key, &stand, Place::Gone));
            self.news.push(News::Free(stand.name));
        }
    }

    /// How its places in lines change where its journal becomes another one; those of a run that is over are gone already.
    pub(super) fn becomes(&mut self, next: &Self, over: bool) {
        for (key, stand) in &self.stands {
            if !over && !next.stands.contains_key(key) {
                self.along.locks.push(change(key, stand, Place::Gone));
                self.news.push(News::Free(stand.name.clone()));
            }
        }
        for (key, stand) in &next.stands {
            let to = if stand.held { Place::Holds { of: stand.places } } else { Place::Waits };
            if stand.held {
                self.news.push(News::Taken(stand.name.clone(), key.clone()));
            }
            self.along.locks.push(change(key, stand, to));
        }
    }

    /// It is its turn.
    pub(super) fn take_turn(&mut self) {
        if let Some((key, stand)) = &mut self.turn {
            stand.held = true;
            self.along.locks.push(change(key, stand, Place::Holds { of: stand.places }));
            self.news.push(News::Taken(stand.name.clone(), key.clone()));
        }
    }

    /// A success that will do for others.
    pub(super) fn keep(&mut self, name: String, json: Json) {
        self.along.kept.push((name, json));
    }

    /// What goes along with a commit, and what is to be told when that is there.
    pub(super) fn along(&mut self) -> (Along, Vec<News>) {
        (mem::take(&mut self.along), mem::take(&mut self.news))
    }
}

fn change(key: &Key, stand: &Stand, to: Place) -> LockChange {
    LockChange { name: stand.name.clone(), key: key.clone(), asked: stand.asked, to }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(key: &str, at: u64, command: Command) -> Entry {
        Entry::Asked { key: Key(key.into()), at: Instant(at), command }
    }

    fn ended(key: &str, outcome: cairn_replay::Outcome) -> Entry {
        Entry::Ended { key: Key(key.into()), at: Instant(9), outcome }
    }

    fn lock(key: &str, at: u64) -> Entry {
        asked(key, at, lock_of("deploy"))
    }

    fn lock_of(name: &str) -> Command {
        Command::Lock { name: name.into(), places: 2 }
    }

    #[test]
    fn an_unlock_gives_back_the_newest_place_that_was_got() {
        let null = || Ok(Json("null".into()));
        let gone = || Err(super::super::words::fail("cancelled", ""));
        let mut history = vec![lock("a", 1), ended("a", null()), lock("a#2", 2), ended("a#2", gone())];
        let held = |history: &[Entry]| {
            let stands = Beside::of(history).stands;
            stands.into_iter().map(|(key, stand)| (key.0, stand.held)).collect::<Vec<_>>()
        };
        assert_eq!(held(&history), [("a".to_owned(), true)], "one that was given up holds nothing");
        history.extend([lock("a#3", 3), lock("ab", 4), ended("ab", null()), ended("a#3", null())]);
        history.push(asked("a!unlock", 5, Command::Unlock));
        assert_eq!(held(&history), [("a".to_owned(), true), ("ab".to_owned(), true)]);
        history.push(asked("a!unlock#2", 6, Command::Unlock));
        assert_eq!(held(&history), [("ab".to_owned(), true)]);
    }

    #[test]
    fn one_that_is_paused_tells_the_lines_in_which_it_only_waits() {
        let held = ended("a", Ok(Json("null".into())));
        let mut beside = Beside::of(&[lock("a", 1), held, asked("b", 2, lock_of("other"))]);
        let (by, why) = ("ada".to_owned(), String::new());
        beside.take(&Entry::Acted { at: Instant(3), by, why, act: Act::Pause });
        assert_eq!(beside.along(), (Along::default(), vec![News::Free("other".into())]));
    }

    #[test]
    fn what_is_on_disk_does_not_go_along_again() {
        let mut beside = Beside::of(&[lock("a", 1)]);
        assert_eq!(beside.along(), (Along::default(), Vec::new()));
        beside.take(&lock("b", 2));
        beside.leave_all(true);
        let (along, news) = beside.along();
        let told = along.locks.iter().map(|one| (one.key.0.as_str(), one.to)).collect::<Vec<_>>();
        assert_eq!(told, [("b", Place::Waits), ("a", Place::Gone), ("b", Place::Gone)]);
        assert_eq!(news, [News::Free("deploy".into()), News::Free("deploy".into())]);
    }
}
