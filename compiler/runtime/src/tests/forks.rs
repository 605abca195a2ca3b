//! Blocks side by side under every schedule that a seed gives.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use proptest::prelude::*;

use crate::fault::{Failure, Fault};
use crate::fork::{Block, Fork, Plan};
use crate::value::{self, V};

/// What runs, and what is still to come, by a seed.
struct World {
    seed: Cell<u64>,
    running: RefCell<BTreeSet<usize>>,
    most: Cell<usize>,
    /// In the order of their ending.
    ended: RefCell<Vec<usize>>,
    fails: BTreeSet<usize>,
}

impl World {
    /// The generator SplitMix64.
    fn below(&self, n: usize) -> usize {
        self.seed.set(self.seed.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut z = self.seed.get();
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

struct Scripted {
    at: usize,
    cancelled: Cell<bool>,
    world: Rc<World>,
}

impl Block for Scripted {
    fn first(of: &[&Self]) -> Result<usize, Fault> {
        of.first().map_or(Ok(0), |block| Ok(block.world.below(of.len())))
    }

    fn cancel(&self) {
        // It may have ended just then.
        self.cancelled.set(self.world.below(3) > 0);
    }

    fn outcome(&self) -> Result<V, Fault> {
        assert!(self.world.running.borrow_mut().remove(&self.at), "{} ends once", self.at);
        if self.cancelled.get() {
            return Err(Failure::plain("cancelled", ""));
        }
        self.world.ended.borrow_mut().push(self.at);
        if self.world.fails.contains(&self.at) {
            return Err(Failure::plain("out", String::leak(self.at.to_string())));
        }
        Ok(value::int(self.at as i64))
    }
}

/// What is to be run: how many, behind which others each, and which of them fail.
#[derive(Clone, Debug)]
struct Case {
    seed: u64,
    after: Vec<Vec<u32>>,
    fails: BTreeSet<usize>,
    max: usize,
    first: Option<usize>,
    settle: bool,
}

fn case() -> impl Strategy<Value = Case> {
    let behind = proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..3), 0..9);
    let fails = proptest::collection::btree_set(0..9_usize, 0..4);
    let first = proptest::option::of(0..5_usize);
    (any::<u64>(), behind, fails, 1..5_usize, first, any::<bool>(), any::<bool>()).prop_map(
        |(seed, behind, fails, max, first, settle, none)| {
            let earlier = |(at, of): (usize, Vec<u8>)| -> Vec<u32> {
                if at == 0 || none {
                    Vec::new()
                } else {
                    of.iter().map(|n| u32::from(*n) % at as u32).collect()
                }
            };
            let after = behind.into_iter().enumerate().map(earlier).collect();
            Case { seed, after, fails, max, first, settle }
        },
    )
}

struct Ran {
    fork: Fork<Scripted>,
    world: Rc<World>,
    result: Result<(), Fault>,
}

fn run(case: &Case) -> Result<Ran, Fault> {
    let world = Rc::new(World {
        seed: Cell::new(case.seed),
        running: RefCell::default(),
        most: Cell::new(0),
        ended: RefCell::default(),
        fails: case.fails.clone(),
    });
    let plan = Plan { max: case.max, first: case.first, settle: case.settle };
    let of = |at: usize| {
        let after = case.after.get(at).cloned().unwrap_or_default();
        (value::int(at as i64), &*after.leak())
    };
    let mut fork = Fork::new(plan, case.after.len(), of)?;
    let result = loop {
        match fork.next() {
            Ok(None) => break Ok(()),
            Err(fault) => break Err(fault),
            Ok(Some(at)) => {
                for before in case.after.get(at).into_iter().flatten() {
                    assert!(fork.value(*before as usize).is_some(), "{at} runs behind {before}");
                }
                assert!(world.running.borrow_mut().insert(at), "{at} is begun once");
                world.most.set(world.most.get().max(world.running.borrow().len()));
                fork.begun(at, Scripted { at, cancelled: Cell::new(false), world: world.clone() });
            }
        }
    };
    Ok(Ran { fork, world, result })
}

/// Which can end well: those that do not fail, and are behind none that cannot.
fn good(case: &Case) -> Vec<usize> {
    let mut good: Vec<usize> = Vec::new();
    for (at, after) in case.after.iter().enumerate() {
        if !case.fails.contains(&at) && after.iter().all(|before| good.contains(&(*before as usize))) {
            good.push(at);
        }
    }
    good
}

fn well(fork: &Fork<Scripted>) -> Vec<usize> {
    (0..fork.len()).filter(|at| fork.value(*at).is_some()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_fork_keeps_its_word_under_any_schedule(case in case()) {
        let Ran { fork, world, result } = match run(&case) {
            Ok(ran) => ran,
            Err(fault) => {
                prop_assert_eq!(fault.kind, "missing");
                prop_assert!(case.first.is_some_and(|first| first > case.after.len()));
                return Ok(());
            }
        };
        prop_assert!(world.running.borrow().is_empty(), "nothing outlives it");
        prop_assert!(world.most.get() <= case.max);
        let (good, well) = (good(&case), well(&fork));
        prop_assert!(well.iter().all(|at| good.contains(at)));
        for at in &well {
            prop_assert_eq!(fork.value(*at).map(crate::tests::text), Some(at.to_string()), "each has its own value");
        }
        match (case.first, case.settle) {
            (None, true) => {
                prop_assert!(result.is_ok());
                prop_assert_eq!(&well, &good);
            }
            (None, false) => {
                let all = good.len() == case.after.len();
                prop_assert_eq!(result.is_ok(), all);
                prop_assert!(!all || well == good);
            }
            (Some(first), true) => {
                prop_assert!(result.is_ok());
                prop_assert_eq!(well.len(), first.min(good.len()));
            }
            (Some(first), false) if good.len() >= first => {
                prop_assert!(result.is_ok());
                prop_assert_eq!(well.len(), first);
            }
            (Some(_), false) => prop_assert!(result.is_err()),
        }
        let ended = world.ended.borrow();
        if let Err(fault) = result {
            // Plainly the first that failed; with `first` the one that made it so.
            prop_assert!(case.fails.iter().any(|at| fault.message == at.to_string()));
            if case.first.is_none() {
                let first = ended.iter().find(|at| case.fails.contains(at));
                prop_assert_eq!(first.map(ToString::to_string), Some(fault.message.to_string()));
            }
        } else if case.first != Some(0) && !case.after.is_empty() {
            let first = ended.iter().find(|at| !case.fails.contains(at));
            prop_assert_eq!(fork.winner().map(crate::tests::text), first.map(ToString::to_string));
        }
    }

    #[test]
    fn what_is_settled_says_how_each_ended(case in case()) {
        let case = Case { settle: true, first: None, ..case };
        let Ok(Ran { fork, .. }) = run(&case) else {
            return Err(TestCaseError::fail("it can be run"));
        };
        let good = good(&case);
        for at in 0..fork.len() {
            let settled = crate::tests::text(fork.settled(at, fork.value(at)));
            if good.contains(&at) {
                prop_assert_eq!(settled, format!(r#"{{"key":{at},"value":{at},"error":null}}"#));
            } else {
                let head = format!(r#"{{"key":{at},"value":null,"error":{{"kind":"out","message":""#);
                prop_assert!(settled.starts_with(&head), "{}", settled);
            }
        }
    }
}

#[test]
fn what_is_cancelled_from_outside_is_not_settled() {
    struct Cancelled;
    impl Block for Cancelled {
        fn first(_: &[&Self]) -> Result<usize, Fault> {
            Ok(0)
        }
        fn cancel(&self) {}
        fn outcome(&self) -> Result<V, Fault> {
            Err(Failure::plain("cancelled", ""))
        }
    }
    let plan = Plan { max: 9, first: None, settle: true };
    let fork = Fork::new(plan, 2, |_| (value::truth(true), &[]));
    let mut fork = fork.unwrap_or_else(|fault| unreachable!("{}", fault.message));
    for at in 0..2 {
        assert_eq!(fork.next().ok().flatten(), Some(at));
        fork.begun(at, Cancelled);
    }
    assert_eq!(fork.next().err().map(|fault| fault.kind), Some("cancelled"));
}
