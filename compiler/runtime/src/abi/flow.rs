//! Blocks side by side, other instances, and people.

use alloc::{boxed::Box, vec::Vec};

use super::{or, or_null};
use crate::decode::{Desc, Path, decode};
use crate::effect;
use crate::fault::Fault;
use crate::fork::{Fork, Plan};
use crate::host::{self, Operation};
use crate::json::print;
use crate::value::{self, NULL, Slice, V};

/// Blocks side by side.
struct Forked {
    fork: Fork<Operation>,
    plan: Plan,
}

/// So many blocks, `max` at once (all: the largest int), until `first` have ended well (all: the smallest int). `names` and `after` lie in
/// the data segment: what each is called and waits for.
#[unsafe(no_mangle)]
extern "C" fn rt_fork(
    names: Option<&'static Slice<V>>,
    after: Option<&'static Slice<Slice<u32>>>,
    count: i64,
    max: i64,
    first: i64,
    settle: u32,
) -> Option<Box<Forked>> {
    let plan = Plan {
        max: usize::try_from(max.max(1)).unwrap_or(usize::MAX),
        first: (first != i64::MIN).then(|| usize::try_from(first.max(0)).unwrap_or(usize::MAX)),
        settle: settle != 0,
    };
    let of = |at: usize| {
        let name = names.and_then(|names| names.get().get(at)).copied().unwrap_or(&NULL);
        (name, after.and_then(|after| after.get().get(at)).map_or(&[][..], |of| of.get()))
    };
    let fork = Fork::new(plan, usize::try_from(count).unwrap_or(0), of);
    or(fork.map(|fork| Some(Box::new(Forked { fork, plan }))), None)
}

/// What to begin now, -1 where nothing is left.
#[unsafe(no_mangle)]
extern "C" fn rt_fork_next(forked: &mut Forked) -> i64 {
    or(forked.fork.next(), None).and_then(|at| i64::try_from(at).ok()).unwrap_or(-1)
}

/// What an item's block is called where failures are settled.
#[unsafe(no_mangle)]
extern "C" fn rt_fork_name(forked: &mut Forked, at: i64, name: V) {
    forked.fork.name(place(at), name);
}

#[unsafe(no_mangle)]
extern "C" fn rt_fork_begin(forked: &mut Forked, at: i64, key: V, number: u32, captured: V) {
    let begun = effect::block(key, number, captured).map(|block| forked.fork.begun(place(at), block));
    or(begun, ());
}

/// Nothing runs any more.
#[unsafe(no_mangle)]
extern "C" fn rt_fork_end(forked: &mut Forked) {
    forked.fork.stop();
}

/// What a branch came to: its value, or null; or what `settle` says.
#[unsafe(no_mangle)]
extern "C" fn rt_fork_value(forked: &mut Forked, at: i64, result: &'static Desc) -> V {
    or_null(came(forked, place(at), result).map(|value| value.unwrap_or(&NULL)))
}

/// What all of them came to that have come to something.
#[unsafe(no_mangle)]
extern "C" fn rt_fork_list(forked: &mut Forked, result: &'static Desc) -> V {
    let came: Result<Vec<Option<V>>, Fault> =
        (0..forked.fork.len()).map(|at| came(forked, at, result)).collect();
    or_null(came.map(|items| value::list(items.into_iter().flatten().collect())))
}

fn came(forked: &Forked, at: usize, result: &'static Desc) -> Result<Option<V>, Fault> {
    let Forked { fork, plan } = forked;
    let value = match fork.value(at) {
        Some(value) => Some(decode(result, value, &Path::Root(""))?),
        None => None,
    };
    if plan.settle { Ok(fork.was_begun(at).then(|| fork.settled(at, value))) } else { Ok(value) }
}

/// The name of the one that ended well first.
#[unsafe(no_mangle)]
extern "C" fn rt_fork_winner(forked: &mut Forked) -> V {
    forked.fork.winner().unwrap_or(&NULL)
}

fn place(at: i64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

#[unsafe(no_mangle)]
extern "C" fn rt_undo_block(key: V, number: u32, captured: V) {
    or(effect::undo_block(key, number, captured), ());
}

/// A deadline without a key is none.
#[unsafe(no_mangle)]
extern "C" fn rt_child(
    key: V,
    workflow: V,
    input: V,
    deadline: Option<V>,
    span: i64,
    result: Option<&'static Desc>,
) -> V {
    or_null(effect::child(key, workflow, input, deadline.map(|key| (key, span)), result))
}

/// As `rt_child`.
#[unsafe(no_mangle)]
extern "C" fn rt_ask(
    key: V,
    whom: V,
    task: V,
    deadline: Option<V>,
    span: i64,
    result: Option<&'static Desc>,
) -> V {
    or_null(effect::ask(key, whom, task, deadline.map(|key| (key, span)), result))
}

#[unsafe(no_mangle)]
extern "C" fn rt_spawn(key: V, workflow: V, input: V) -> V {
    or_null(effect::spawn(key, workflow, input))
}

#[unsafe(no_mangle)]
extern "C" fn rt_lock(key: V, name: V, places: i64) {
    or(effect::lock(key, name, places), ());
}

#[unsafe(no_mangle)]
extern "C" fn rt_emit(key: V, event: V, data: V, to: Option<V>) {
    or(effect::emit(key, event, data, to), ());
}

#[unsafe(no_mangle)]
extern "C" fn rt_calendar(key: V, question: V, of: i64, zone: V, arguments: V, result: &'static Desc) -> V {
    or_null(effect::calendar(key, question, of, zone, arguments, result))
}

#[unsafe(no_mangle)]
extern "C" fn rt_expose(status: V) {
    or(print(status).map(|status| host::expose(&status)), ());
}

/// Comes back only where the input cannot be written down.
#[unsafe(no_mangle)]
extern "C" fn rt_restart(input: V) {
    or(print(input).map(|input| host::restart(&input)), ());
}
