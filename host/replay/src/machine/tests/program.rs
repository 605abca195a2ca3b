//! Little guest programs, and a world that drives the machine as the host does. The world decides by the machine's state
//! alone, so that the same program has one history.

use std::collections::{BTreeMap, VecDeque};

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
    /// Begins a block, which does this beside everything else, and says how it ends.
    Block(&'static str, u32, Program, bool),
    /// Gives up what was made so long ago, if it is a block.
    GiveUp(usize),
}

pub(super) type Program = Vec<Act>;

/// Few, so that some are used again.
const KEYS: [&str; 6] = ["a", "a#2", "b", "c[1]/x", "d", "e"];
/// Of blocks: none of them stands in front of a key of another kind.
const BLOCKS: [&str; 3] = ["one", "one#2", "f/two"];

pub(super) fn request(tool: &str, arguments: u8) -> Request {
    Request {
        tool: tool.into(),
        arguments: Json(format!("{{\"n\":{arguments}}}").into()),
        secrets: Vec::new(),
    }
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
        1 => (0_u32..4).prop_map(|number| Command::UndoBlock { number, captured: Json("{}".into()) }),
        1 => prop::sample::select(vec!["paid", "late"]).prop_map(|event| {
            let one = Subscription { event: event.into(), fields: Vec::new(), condition: None };
            Command::Receive { subscriptions: vec![one] }
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

/// Blocks, and blocks in blocks.
fn act_with_blocks() -> impl Strategy<Value = Act> {
    let leaf = prop_oneof![8 => act(), 1 => (0_usize..4).prop_map(Act::GiveUp)];
    leaf.prop_recursive(2, 24, 6, |act| {
        let block = (prop::sample::select(BLOCKS.to_vec()), 0_u32..4, prop::collection::vec(act.clone(), 0..6));
        prop_oneof![
            3 => act,
            1 => (block, any::<bool>()).prop_map(|((key, number, acts), well)| Act::Block(key, number, acts, well)),
        ]
    })
}

pub(super) fn program() -> impl Strategy<Value = Program> {
    prop::collection::vec(act_with_blocks(), 0..16)
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
    /// What each guest saw: values, outcomes, depths. The same on every replay.
    pub(super) seen: BTreeMap<Option<Key>, Vec<String>>,
}

/// The code of one scope, and how far it has come.
#[derive(Clone)]
struct Guest {
    scope: Option<Key>,
    rest: VecDeque<Act>,
    well: bool,
    made: Vec<Key>,
}

/// The host in small: a machine, and the journal that it appends to.
struct Host {
    machine: Machine,
    history: Vec<Entry>,
    /// The world asks for a stop when the journal has this many entries.
    stop: Option<usize>,
    seen: BTreeMap<Option<Key>, Vec<String>>,
    /// Blocks that have begun and not ended, in the order in which they began.
    blocks: Vec<Guest>,
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
    fn end(&mut self, key: &Key) -> Result<(), Divergence> {
        while self.machine.outcome(key).is_none() {
            let stop = self.stop.is_some_and(|stop| self.history.len() >= stop);
            let undo = self.machine.next_undo(key);
            // While blocks run, the world's own wishes would come in between where they do not on another way there.
            if let NextUndo::Await(block) = undo {
                self.end_block(&block)?;
            } else if matches!(self.machine.command(key), Some(Command::Block { .. })) {
                self.end_block(key)?;
            } else if stop && self.machine.cancelled().is_none() {
                self.apply(Entry::CancelAsked { at: self.now(), by: "ops".into(), why: "why not".into() });
            } else if let NextUndo::Run(undo) = undo {
                self.finish(&undo, Ok(Json("\"undone\"".into())));
            } else {
                self.attempt(key);
            }
        }
        Ok(())
    }

    /// A call of odd arguments fails once before it succeeds; all fail once they are cancelled.
    fn attempt(&mut self, key: &Key) {
        let failure = Failure { kind: "network".into(), message: "no".into(), detail: Json("null".into()) };
        let odd = matches!(self.machine.command(key), Some(Command::Call { request, .. })
            if request.arguments.0.contains(['1', '3']));
        let stops = self.machine.is_cancelled(self.machine.scope_of(key));
        if odd && self.machine.tries(key).is_none() {
            let (at, again) = (self.now(), self.now());
            self.apply(Entry::Tried { key: key.clone(), at, attempt: 1, failure, again });
        } else if odd && stops {
            self.finish(key, Err(failure));
        } else {
            self.finish(key, Ok(Json(format!("\"{}\"", key.0).into())));
        }
    }

    fn finish(&mut self, key: &Key, outcome: Outcome) {
        self.apply(Entry::Ended { key: key.clone(), at: self.now(), outcome });
    }

    /// Runs a block to its end. One within a block that is over does not run any more: it ends as given up.
    fn end_block(&mut self, key: &Key) -> Result<(), Divergence> {
        self.run_block(key)?;
        if self.machine.outcome(key).is_none() {
            let given_up =
                Failure { kind: "cancelled".into(), message: String::new(), detail: Json("null".into()) };
            self.finish(key, Err(given_up));
        }
        Ok(())
    }

    /// Runs a block to its end.
    fn run_block(&mut self, key: &Key) -> Result<(), Divergence> {
        while let Some(at) = self.blocks.iter().position(|guest| guest.scope.as_ref() == Some(key)) {
            self.step(at)?;
        }
        Ok(())
    }

    /// One block does one thing.
    fn step(&mut self, at: usize) -> Result<(), Divergence> {
        let mut guest = self.blocks.remove(at);
        if let Some(act) = guest.rest.pop_front() {
            self.act(&act, &mut guest)?;
            // What it waited for may have run this one's neighbours to their ends.
            let at = at.min(self.blocks.len());
            self.blocks.insert(at, guest);
            return Ok(());
        }
        let failure = Failure { kind: "broken".into(), message: String::new(), detail: Json("null".into()) };
        let outcome = if guest.well { Ok(Json("\"well\"".into())) } else { Err(failure) };
        let news = self.machine.finish(guest.scope.as_ref(), outcome, self.now())?;
        self.append(news);
        // Nothing within it goes on.
        let key = guest.scope.unwrap();
        self.blocks.retain(|other| !other.scope.as_ref().unwrap().0.starts_with(&format!("{}/", key.0)));
        Ok(())
    }

    fn saw(&mut self, guest: &Guest, what: String) {
        self.seen.entry(guest.scope.clone()).or_default().push(what);
    }

    fn act(&mut self, act: &Act, guest: &mut Guest) -> Result<(), Divergence> {
        let at = self.now();
        let scope = guest.scope.clone();
        let scope = scope.as_ref();
        match act {
            Act::Ask(key, command) => {
                let key = self.ask(key, command.clone(), guest)?;
                if !matches!(command, Command::Undo { .. } | Command::UndoBlock { .. }) {
                    guest.made.push(key);
                }
            }
            Act::Block(key, number, acts, well) => {
                let command = Command::Block { number: *number, captured: Json("{}".into()) };
                let key = self.ask(key, command, guest)?;
                guest.made.push(key.clone());
                if self.machine.outcome(&key).is_none() {
                    self.machine.enter(Some(&key));
                    let rest = acts.iter().cloned().collect();
                    self.blocks.push(Guest { scope: Some(key), rest, well: *well, made: Vec::new() });
                }
            }
            Act::Note(key, clock) => {
                let fresh = if *clock { Note::Now(at.0) } else { Note::Random(at.0 * 7) };
                let (note, news) = self.machine.note(scope, key, fresh, at)?;
                self.append(news);
                self.saw(guest, format!("{note:?}"));
            }
            Act::Log(text) => {
                let news = self.machine.log(scope, Level::Info, text, Json("{}".into()), at);
                self.append(news);
            }
            Act::Wait(back) => self.wait(back, guest)?,
            Act::GiveUp(back) => self.give_up(*back, guest),
        }
        Ok(())
    }

    fn ask(&mut self, key: &str, command: Command, guest: &Guest) -> Result<Key, Divergence> {
        let asked = self.machine.ask(guest.scope.as_ref(), key, command, self.now())?;
        self.append(asked.news);
        let depth = self.machine.undo_depth(guest.scope.as_ref());
        self.saw(guest, format!("{} {depth}", asked.key.0));
        Ok(asked.key)
    }

    fn give_up(&mut self, back: usize, guest: &Guest) {
        let Some(key) = guest.made.iter().rev().nth(back) else { return };
        let block = matches!(self.machine.command(key), Some(Command::Block { .. }));
        let live = self.machine.phase(guest.scope.as_ref()) == Phase::Live;
        if block && live && self.machine.outcome(key).is_none() && !self.machine.is_cancelled(Some(key)) {
            self.apply(Entry::ScopeCancelled { key: key.clone(), at: self.now() });
        }
    }

    fn wait(&mut self, back: &[usize], guest: &Guest) -> Result<(), Divergence> {
        let made = &guest.made;
        let keys: Vec<_> = back.iter().filter_map(|back| made.iter().rev().nth(*back).cloned()).collect();
        let Some(oldest) = keys.iter().min_by_key(|key| made.iter().position(|one| one == *key)) else {
            return Ok(());
        };
        if self.machine.wait(guest.scope.as_ref(), &keys)?.is_none() {
            self.end(&oldest.clone())?;
        }
        let first = self.machine.first(&keys).unwrap();
        let saw = format!("{first} {:?}", self.machine.outcome(&keys[first]));
        self.saw(guest, saw);
        Ok(())
    }

    /// Everything runs, in turns, until the run itself is over.
    fn run(&mut self, program: &[Act]) -> Result<(), Divergence> {
        let mut root =
            Guest { scope: None, rest: program.iter().cloned().collect(), well: true, made: Vec::new() };
        while let Some(act) = root.rest.pop_front() {
            self.act(&act, &mut root)?;
            for at in (0..self.blocks.len()).rev() {
                if at < self.blocks.len() {
                    self.step(at)?;
                }
            }
        }
        while let Some(key) = self.blocks.first().and_then(|guest| guest.scope.clone()) {
            self.run_block(&key)?;
        }
        let news = self.machine.finish(None, Ok(Json("\"done\"".into())), self.now())?;
        self.append(news);
        Ok(())
    }
}

/// Runs a program on a history, to its end.
pub(super) fn run(program: &[Act], history: &[Entry], stop: Option<usize>) -> Run {
    let machine = Machine::new(history.to_vec()).unwrap();
    let (seen, blocks) = (BTreeMap::new(), Vec::new());
    let mut host = Host { machine, history: history.to_vec(), stop, seen, blocks };
    let end = host.run(program);
    Run {
        news: host.history.len() - history.len(),
        phase: host.machine.phase(None),
        history: host.history,
        end,
        seen: host.seen,
    }
}
