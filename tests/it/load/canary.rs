//! Deliberate bugs (`tests/load/bug.rs`), which the trials have to find.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Account;

/// Lets a trial try a host with a bug, and wants to hear this of it.
pub(super) fn finds(bug: &'static str, words: &str, trial: impl FnOnce(&mut Account)) {
    let mut account = Account::with(bug);
    let tried = catch_unwind(AssertUnwindSafe(|| trial(&mut account)));
    let Err(found) = tried else { panic!("`{bug}` is not found: {account}") };
    let said = found.downcast_ref::<String>().map_or("", String::as_str);
    assert!(said.contains(words), "`{bug}` is found by something else: {said}");
    println!("`{bug}` is found behind {account}: {said}");
}
