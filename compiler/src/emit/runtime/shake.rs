//! Which functions of the runtime a workflow needs.

use super::Runtime;

/// For each function whether it can be reached. A function of the table counts once something reached calls through the table
/// by its type.
pub(super) fn reached(runtime: &Runtime, roots: impl Iterator<Item = u32>) -> Vec<bool> {
    let mut reached = vec![false; runtime.functions.len()];
    let mut types = vec![false; runtime.signatures.len()];
    let mut open: Vec<u32> = roots.collect();
    while let Some(function) = open.pop() {
        match reached.get_mut(function as usize) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        let Some(body) =
            (function as usize).checked_sub(runtime.imported).and_then(|i| runtime.bodies.get(i))
        else {
            continue;
        };
        open.extend_from_slice(&body.calls);
        for called in &body.indirect {
            if let Some(seen) = types.get_mut(*called).filter(|seen| !**seen) {
                *seen = true;
                open.extend(of_type(runtime, *called));
            }
        }
    }
    reached
}

fn of_type(runtime: &Runtime, called: usize) -> impl Iterator<Item = u32> {
    let of = move |function: &u32| runtime.functions.get(*function as usize) == Some(&called);
    runtime.elements.iter().copied().filter(of)
}
