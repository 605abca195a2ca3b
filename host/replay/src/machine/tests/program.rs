//! Little guest programs, and a world that drives the machine as the host does. The world decides by the machine's state
//! alone, so that the same program has one history.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::{
    Began, Command, Divergence, Entry, Failure, Instant, Json, Key, Level, Machine, NextUndo, Note, Options,
    Outcome, Phase, Request, Span, Subscription,
};

/// One thing that a guest does. `usize`s choose among the operations made so far, from the newest back.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    Ask(&'static str, Command),
    Note(&'static str, bool),
    Log(&'static str),
    /// Waits for the outcome of one of these.
    Wait(Vec<usize>),
}

pub(super) type Program = Vec<Act>;

/// Few, so that some are used again.
const KEYS: [&str; 6] = ["a", "a#2", "b", "c[1]/x", "d", "e"];

pub(super) fn request(tool: &str, arguments: u8) -> Request {
    Request { tool: tool.into(), arguments: Json(format!("{{\"n\":{arguments}}}")), secrets: Vec::new() }
}

pub(super) fn call(arguments: u8) -> Command {
    Command::Call { request: request("t.do", arguments), options: Options::default() }
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => (0_u8..4).prop_map(call),
        2 => (0_u8..4).prop_map(|n| Command::Undo { request: request("t.undo", n), options: Options::default() }),
        1 => (0_u32..3).prop_map(|depth| Command::Unwind { depth }),
        1 => (0_u64..4).prop_map(|due| Command::Until { due: Instant(due) }),
        1 => (0_u64..4).prop_map(|span| Command::Span { span: Span(span) }),
        1 => prop::sample::select(vec!["paid", "late"]).prop_map(|event| {
            Command::Receive { subscriptions: vec![Subscription { event: event.into(), fields: Vec::new(), condition: None }] }
        }),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let key = || prop::sample::select(KEYS.to_vec());
    prop_oneof![
        5 => (key(), command()).prop_map(|(key, command)| Act::Ask(key, command)),
        1 => (key(), any::<bool>()).prop_map(|(key, clock)| Act::Note(key, clock)),
        1 => prop::sample::select(vec!["x", "y"]).prop_map(Act::Log),
        4 => prop::collection::vec(0_usize..4, 1..3).prop_map(Act::Wait),
    ]
}

pub(super) fn program() -> impl Strategy<Value = Program> {
    prop::collection::vec(act(), 0..16)
}

pub(super) fn began() -> Entry {
    Entry::Began(Began {
        at: Instant(0),
        tenant: "acme".into(),
        workflow: "order".into(),
        instance: "o-1".into(),
        digest: "sha256:1".into(),
        input: Json("{}".into()),
        grant: Json("{}".into()),
        peers: BTreeMap::new(),
        parent: None,
        run: 0,
    })
}

/// What one activation did.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) history: Vec<Entry>,
    /// How many of them were appended by this activation.
    pub(super) news: usize,
    pub(super) end: Result<(), Divergence>,
    pub(super) phase: Phase,
    /// What the guest saw: values, outcomes, depths. The same on every replay.
    pub(super) seen: Vec<String>,
}

/// The host in small: a machine, and the journal that it appends to.
struct Host {
    machine: Machine,
    history: Vec<Entry>,
    /// The world asks for a stop when the journal has this many entries.
    stop: Option<usize>,
    seen: Vec<String>,
}

impl Host {
    fn append(&mut self, entry: Option<Entry>) {
        self.history.extend(entry);
        assert_eq!(self.machine.next().0, self.history.len() as u64, "machine and journal count the same");
    }

    fn apply(&mut self, entry: Entry) {
        self.machine.apply(entry.clone()).unwrap();
        self.append(Some(entry));
    }

    fn now(&self) -> Instant {
        Instant(self.history.len() as u64)
    }

    /// The world ends an operation that the guest waits for, an entry at a time, each decided by the state alone.
    fn end(&mut self, key: &Key) {
        while self.machine.outcome(key).is_none() {
            let stop = self.stop.is_some_and(|stop| self.history.len() >= stop);
            let undo = self.machine.next_undo(key);
            if stop && self.machine.cancelled().is_none() {
                self.apply(Entry::CancelAsked { at: self.now(), by: "ops".into(), why: "why not".into() });
            } else if let NextUndo::Run(undo) = undo {
                self.finish(&undo, Ok(Json("\"undone\"".into())));
            } else {
                self.attempt(key);
            }
        }
    }

    /// A call of odd arguments fails once before it succeeds; all fail once a stop is asked for.
    fn attempt(&mut self, key: &Key) {
        let failure = Failure { kind: "network".into(), message: "no".into(), detail: Json("null".into()) };
        let odd = matches!(self.machine.command(key), Some(Command::Call { request, .. })
            if request.arguments.0.contains(['1', '3']));
        if odd && self.machine.tries(key).is_none() {
            let (at, again) = (self.now(), self.now());
            self.apply(Entry::Tried { key: key.clone(), at, attempt: 1, failure, again });
        } else if odd && self.machine.cancelled().is_some() {
            self.finish(key, Err(failure));
        } else {
            self.finish(key, Ok(Json(format!("\"{}\"", key.0))));
        }
    }

    fn finish(&mut self, key: &Key, outcome: Outcome) {
        self.apply(Entry::Ended { key: key.clone(), at: self.now(), outcome });
    }

    fn act(&mut self, act: &Act, made: &mut Vec<Key>) -> Result<(), Divergence> {
        let at = self.now();
        match act {
            Act::Ask(key, command) => {
                let asked = self.machine.ask(None, key, command.clone(), at)?;
                self.append(asked.news);
                self.seen.push(format!("{} {}", asked.key.0, self.machine.undo_depth(None)));
                if !matches!(command, Command::Undo { .. }) {
                    made.push(asked.key);
                }
            }
            Act::Note(key, clock) => {
                let fresh = if *clock { Note::Now(at.0) } else { Note::Random(at.0 * 7) };
                let (note, news) = self.machine.note(None, key, fresh, at)?;
                self.append(news);
                self.seen.push(format!("{note:?}"));
            }
            Act::Log(text) => {
                let news = self.machine.log(None, Level::Info, text, Json("{}".into()), at);
                self.append(news);
            }
            Act::Wait(back) => self.wait(back, made)?,
        }
        Ok(())
    }

    fn wait(&mut self, back: &[usize], made: &[Key]) -> Result<(), Divergence> {
        let keys: Vec<_> = back.iter().filter_map(|back| made.iter().rev().nth(*back).cloned()).collect();
        let Some(oldest) = keys.iter().min_by_key(|key| made.iter().position(|one| one == *key)) else {
            return Ok(());
        };
        if self.machine.wait(None, &keys)?.is_none() {
            self.end(&oldest.clone());
        }
        let first = self.machine.first(&keys).unwrap();
        self.seen.push(format!("{first} {:?}", self.machine.outcome(&keys[first])));
        Ok(())
    }
}

/// Runs a program on a history, to its end.
pub(super) fn run(program: &[Act], history: &[Entry], stop: Option<usize>) -> Run {
    let machine = Machine::new(history.to_vec()).unwrap();
    let mut host = Host { machine, history: history.to_vec(), stop, seen: Vec::new() };
    let mut made = Vec::new();
    let mut end = program.iter().try_for_each(|act| host.act(act, &mut made));
    if end.is_ok() {
        let at = host.now();
        end = host.machine.finish(None, Ok(Json("\"done\"".into())), at).map(|news| host.append(news));
    }
    Run {
        news: host.history.len() - history.len(),
        phase: host.machine.phase(None),
        history: host.history,
        end,
        seen: host.seen,
    }
}
