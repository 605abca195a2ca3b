//! Blocks side by side: which is begun next, whose end is waited for, and what they come to.
//!
//! It is driven from outside: [`Fork::next`] says what to begin, whoever drives begins it ([`Fork::begun`]) and asks again, until
//! there is nothing left. So what a block takes along is worked out at the moment when it is begun.

use alloc::vec::Vec;

use crate::fault::{Failure, Fault};
use crate::table::Table;
use crate::value::{self, NULL, V};

/// A block under way.
pub trait Block: Sized {
    /// The place of the one that ended first.
    ///
    /// # Errors
    /// Where something around all of them came first.
    fn first(of: &[&Self]) -> Result<usize, Fault>;
    /// Gives it up.
    fn cancel(&self);
    /// How it ended; waits until it has.
    fn outcome(&self) -> Result<V, Fault>;
}

/// How they are run.
#[derive(Clone, Copy)]
pub struct Plan {
    /// So many at once, 1 or more.
    pub max: usize,
    /// When so many have ended well the others are given up.
    pub first: Option<usize>,
    /// A failure fails nothing.
    pub settle: bool,
}

enum State<B> {
    Waiting,
    Running(B),
    Well(V),
    Failed(Fault),
    GivenUp,
}

struct Branch<B> {
    name: V,
    after: &'static [u32],
    state: State<B>,
}

/// Blocks side by side.
pub struct Fork<B> {
    plan: Plan,
    branches: Vec<Branch<B>>,
    /// Places, in the order of their beginning.
    running: Vec<usize>,
    /// Nothing in front of it waits.
    waiting: usize,
    well: usize,
    lost: usize,
    winner: Option<usize>,
}

impl<B: Block> Fork<B> {
    /// So many: the name of each, and the places of those that have to end well before it is begun.
    ///
    /// # Errors
    /// `missing` where more are to end well than there are.
    pub fn new(plan: Plan, count: usize, of: impl Fn(usize) -> (V, &'static [u32])) -> Result<Self, Fault> {
        if plan.first.is_some_and(|first| first > count) && !plan.settle {
            return Err(Failure::plain("missing", "more are to end well than there are"));
        }
        let branch = |at| {
            let (name, after) = of(at);
            Branch { name, after, state: State::Waiting }
        };
        let branches = (0..count).map(branch).collect();
        Ok(Self { plan, branches, running: Vec::new(), waiting: 0, well: 0, lost: 0, winner: None })
    }

    /// What to begin now; none when all is over. Waits where nothing can be begun.
    ///
    /// # Errors
    /// The failure of a block that fails the whole, or what came first around all. Then nothing runs any more.
    pub fn next(&mut self) -> Result<Option<usize>, Fault> {
        loop {
            if self.plan.first.is_some_and(|first| self.well >= first) {
                self.stop();
                return Ok(None);
            }
            if self.running.len() < self.plan.max
                && let Some(ready) = self.ready()
            {
                return Ok(Some(ready));
            }
            if self.running.is_empty() {
                return Ok(None);
            }
            if let Err(fault) = self.wait() {
                self.stop();
                return Err(fault);
            }
        }
    }

    /// What [`Fork::next`] named runs.
    pub fn begun(&mut self, at: usize, block: B) {
        self.set(at, State::Running(block));
        self.running.push(at);
    }

    /// It is called this.
    pub fn name(&mut self, at: usize, name: V) {
        if let Some(branch) = self.branches.get_mut(at) {
            branch.name = name;
        }
    }

    /// It was begun, or failed with another.
    pub fn was_begun(&self, at: usize) -> bool {
        self.branches.get(at).is_some_and(|branch| !matches!(branch.state, State::Waiting))
    }

    /// Gives up all that run, and awaits them in the order of the source.
    pub fn stop(&mut self) {
        let mut running = core::mem::take(&mut self.running);
        running.sort_unstable();
        let blocks = |fork: &Self, act: &dyn Fn(&B)| {
            for at in &running {
                if let Some(State::Running(block)) = fork.branches.get(*at).map(|branch| &branch.state) {
                    act(block);
                }
            }
        };
        blocks(self, &B::cancel);
        blocks(self, &|block| {
            let _ended = block.outcome();
        });
        running.iter().for_each(|at| self.set(*at, State::GivenUp));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.branches.len()
    }

    /// What it ended well with.
    pub fn value(&self, at: usize) -> Option<V> {
        match self.branches.get(at)?.state {
            State::Well(value) => Some(value),
            _ => None,
        }
    }

    /// How it ended, as `settle` says; `value` is what it ended well with.
    pub fn settled(&self, at: usize, value: Option<V>) -> V {
        let branch = self.branches.get(at);
        let error = match branch.map(|branch| &branch.state) {
            Some(State::Well(_)) => &NULL,
            Some(State::Failed(fault)) => fault.to_value(),
            _ => Failure::plain("cancelled", "enough others had ended well").to_value(),
        };
        let mut table = Table::new(3);
        table.put("key", branch.map_or(&NULL, |branch| branch.name));
        table.put("value", value.unwrap_or(&NULL));
        table.put("error", error);
        value::record(table)
    }

    /// The name of the one that ended well first.
    pub fn winner(&self) -> Option<V> {
        self.branches.get(self.winner?).map(|branch| branch.name)
    }

    fn set(&mut self, at: usize, state: State<B>) {
        if let Some(branch) = self.branches.get_mut(at) {
            branch.state = state;
        }
    }

    /// The first that waits for nothing but its turn.
    fn ready(&mut self) -> Option<usize> {
        let waits = |branch: &Branch<B>| matches!(branch.state, State::Waiting);
        while self.branches.get(self.waiting).is_some_and(|branch| !waits(branch)) {
            self.waiting += 1;
        }
        let well = |at: &u32| self.value(*at as usize).is_some();
        let mut rest = self.branches.iter().enumerate().skip(self.waiting);
        rest.find(|(_, branch)| waits(branch) && branch.after.iter().all(well)).map(|(at, _)| at)
    }

    /// Nothing depends on the order in which they end.
    fn any_order(&self) -> bool {
        self.plan.settle && self.plan.first.is_none() && self.waiting >= self.branches.len()
    }

    /// Takes the next end.
    fn wait(&mut self) -> Result<(), Fault> {
        let look_at = if self.any_order() { 1 } else { self.running.len() };
        let block = |at: &usize| match self.branches.get(*at).map(|branch| &branch.state) {
            Some(State::Running(block)) => Some(block),
            _ => None,
        };
        let running: Vec<&B> = self.running.iter().take(look_at).filter_map(block).collect();
        let which = B::first(&running)?;
        let outcome = running.get(which).map(|block| block.outcome());
        let at = self.running.remove(which);
        match outcome {
            Some(Ok(value)) => {
                self.set(at, State::Well(value));
                self.well += 1;
                self.winner.get_or_insert(at);
                Ok(())
            }
            Some(Err(fault)) => self.failed(at, fault),
            None => Ok(()),
        }
    }

    /// A failure goes to all that wait for who failed. Cancelled is only what is cancelled around all of them.
    fn failed(&mut self, at: usize, fault: Fault) -> Result<(), Fault> {
        let mut failed = alloc::vec![at];
        while let Some(at) = failed.pop() {
            self.set(at, State::Failed(fault));
            self.lost += 1;
            let behind = |(of, branch): (usize, &Branch<B>)| {
                let waits = matches!(branch.state, State::Waiting) && branch.after.contains(&(at as u32));
                (waits && !failed.contains(&of)).then_some(of)
            };
            let rest = self.branches.iter().enumerate().skip(self.waiting);
            let more: Vec<usize> = rest.filter_map(behind).collect();
            failed.extend(more);
        }
        let still_enough = self.plan.first.is_some_and(|first| self.branches.len() - self.lost >= first);
        if fault.kind != "cancelled" && (self.plan.settle || still_enough) { Ok(()) } else { Err(fault) }
    }
}
