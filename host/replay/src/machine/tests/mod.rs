//! Replay is exact for the same program and finds out every other one.

mod program;
mod single;

use program::{Act, began, call, program, run};
use proptest::prelude::*;

use crate::{Command, Entry, Instant, Key, Machine, Phase, rewind};

/// A program with one act changed in a way that a journal can tell: what was `at`, and what is there now.
fn mutated(program: &[Act], at: usize, how: usize) -> Option<Vec<Act>> {
    let mut changed = program.to_vec();
    match (how, changed.get_mut(at)?) {
        (0, Act::Ask(_, Command::Call { request, .. } | Command::Undo { request, .. })) => {
            request.arguments.0 = format!("{} ", request.arguments.0).into();
        }
        (0, Act::Ask(_, Command::Unwind { depth })) => *depth += 1,
        (0, Act::Ask(_, Command::Until { due })) => due.0 += 1,
        (0, Act::Ask(_, Command::Span { span })) => span.0 += 1,
        (0, Act::Ask(_, Command::Receive { subscriptions })) => subscriptions.clear(),
        (0, Act::Ask(_, Command::UndoBlock { number, .. }) | Act::Block(_, number, ..)) => *number += 1,
        (0, Act::Note(_, clock)) => *clock = !*clock,
        (1, Act::Ask(key, _) | Act::Note(key, _) | Act::Block(key, ..)) if alone(program, key) => {
            drop(changed.remove(at));
        }
        (2, Act::Ask(..) | Act::Note(..) | Act::Block(..)) => {
            changed.insert(at, Act::Ask("inserted", call(0)));
        }
        _ => return None,
    }
    Some(changed)
}

/// Nobody else uses this key or one with its beginning: else the next one takes its place, and nothing was removed.
fn alone(program: &[Act], key: &str) -> bool {
    let base = |key: &str| key.split('#').next().unwrap_or_default().to_owned();
    let uses = |act: &&Act| matches!(act, Act::Ask(one, _) | Act::Note(one, _) | Act::Block(one, ..) if base(one) == base(key));
    program.iter().filter(uses).count() == 1
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A crash may take any end of the journal: what is left leads to the same history, and the guest sees the same.
    #[test]
    fn every_prefix_goes_on_to_the_same_history(program in program(), stop in prop::option::of(1_usize..20)) {
        let whole = run(&program, &[began()], stop);
        prop_assert_eq!(&whole.end, &Ok(()));
        for length in 1..=whole.history.len() {
            let again = run(&program, &whole.history[..length], stop);
            prop_assert_eq!(&again.end, &Ok(()), "from {} entries", length);
            prop_assert_eq!(&again.history, &whole.history, "from {} entries", length);
            // A block whose end is recorded is not run.
            for (scope, seen) in &again.seen {
                prop_assert_eq!(seen, &whole.seen[scope], "{:?} from {} entries", scope, length);
            }
            prop_assert_eq!(again.phase, Phase::Finished);
        }
    }

    /// A request that was changed, removed, or put in front of another diverges, and not one entry is appended.
    #[test]
    fn a_changed_program_diverges_and_appends_nothing(
        program in program(), at in any::<prop::sample::Index>(), how in 0_usize..3, length in any::<prop::sample::Index>(),
    ) {
        let at = at.index(program.len().max(1));
        let Some(changed) = mutated(&program, at, how) else { return Ok(()) };
        let whole = run(&program, &[began()], None);
        // The history up to where the act had been done at least, so that there is something to disagree with.
        let blocks = program.iter().any(|act| matches!(act, Act::Block(..)));
        let done = if blocks { whole.history.len() } else { run_length(&program[..=at]) };
        let length = done + length.index(whole.history.len() - done + 1);
        let history = &whole.history[..length];
        let run = run(&changed, history, None);
        prop_assert!(run.end.is_err(), "{:?} went on as {:?}", history, run.history);
        prop_assert_eq!(run.news, 0);
        prop_assert_eq!(run.phase, Phase::Diverged);
    }

    /// A block whose code was changed diverges as well, if its end is not recorded.
    #[test]
    fn a_changed_block_diverges(acts in program(), how in 0_usize..3, at in any::<prop::sample::Index>()) {
        let Some(changed) = mutated(&acts, at.index(acts.len().max(1)), how) else { return Ok(()) };
        let whole = run(&[Act::Block("block", 0, acts, true)], &[began()], None);
        // Without the ends of the block and of the run.
        let history = &whole.history[..whole.history.len() - 2];
        let again = run(&[Act::Block("block", 0, changed, true)], history, None);
        let inserted_at_end = how == 2 && again.end.is_ok();
        prop_assert!(again.end.is_err() || inserted_at_end, "{:?} went on as {:?}", history, again.history);
        prop_assert!(again.news == 0 || inserted_at_end);
    }

    /// Whatever is taken back: the same program goes on from what is left, to an end, and asks for it anew behind that.
    #[test]
    fn a_program_goes_on_from_what_is_left(program in program(), at in any::<prop::sample::Index>()) {
        let whole = run(&program, &[began()], None).history;
        let asked = |entry: &Entry| match entry {
            Entry::Asked { key, .. } => Some(key.clone()),
            _ => None,
        };
        let keys: Vec<Key> = whole.iter().filter_map(asked).collect();
        prop_assume!(!keys.is_empty());
        let key = &keys[at.index(keys.len())];
        let Ok(rewound) = rewind(&whole, key) else { return Ok(()) };
        prop_assert_eq!(rewound.entries.len() + usize::try_from(rewound.dropped).unwrap(), whole.len());
        let mut left = rewound.entries;
        let act = crate::Act::Rewind { dropped: rewound.dropped, key: key.clone() };
        left.push(Entry::Acted { at: Instant(0), by: String::new(), why: String::new(), act });
        let again = run(&program, &left, None);
        prop_assert_eq!(&again.end, &Ok(()), "from {:?} of {:?}", left, whole);
        prop_assert_eq!(again.phase, Phase::Finished);
        let machine = Machine::new(again.history).unwrap();
        prop_assert!(machine.command(key).is_none() || machine.rewinds(key) == 1);
    }

    /// What a machine gave as news, another takes as history; what it counts is what is there.
    #[test]
    fn its_news_keep_the_rules(program in program(), stop in prop::option::of(1_usize..20)) {
        let whole = run(&program, &[began()], stop);
        let machine = Machine::new(whole.history.clone()).unwrap();
        prop_assert_eq!(machine.next().0, whole.history.len() as u64);
        prop_assert_eq!(machine.phase(None), Phase::Replaying);
    }

    /// However the entries of a history are thrown together: an answer, never a panic.
    #[test]
    fn any_entries_may_be_given(program in program(), order in prop::collection::vec(any::<prop::sample::Index>(), 0..12)) {
        let whole = run(&program, &[began()], Some(3)).history;
        let shuffled: Vec<_> = order.iter().map(|index| whole[index.index(whole.len())].clone()).collect();
        let mut history = vec![began()];
        history.extend(shuffled);
        if let Ok(machine) = Machine::new(history.clone()) {
            prop_assert_eq!(machine.next().0, history.len() as u64);
        }
    }
}

/// How many entries a program has left when it has done its acts, without its end.
fn run_length(program: &[Act]) -> usize {
    run(program, &[began()], None).history.len() - 1
}
