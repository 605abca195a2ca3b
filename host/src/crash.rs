//! Named places at which a test lets the process die.
//!
//! With `CAIRN_CRASH=name:n` in the environment the process kills itself with SIGKILL, as a power cut would, at the n-th
//! passing of that point, counted from 1.

use std::{
    io,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// All names, in the order in which a run comes by them.
pub const POINTS: &[&str] = &[
    "start:before-commit",
    "start:after-commit",
    "ask:before-commit",
    "ask:after-commit",
    "block:before-begin",
    "effect:before",
    "effect:after",
    "end:before-commit",
    "end:after-commit",
    "block:after-end",
    "scope-cancel:before-commit",
    "wait:before-unload",
    "wait:after-unload",
    "timer:fired",
    "event:before-put",
    "event:after-put",
    "event:before-consume",
    "event:after-consume",
    "cancel:after-commit",
    "undo:before",
    "undo:after",
    "finish:before-commit",
    "finish:after-commit",
    "journal:before-write",
    "journal:after-write",
    "journal:after-sync",
];

/// Further names, of what happens between several instances or runs.
pub const BETWEEN: &[&str] = &[
    "child:before-start",
    "child:after-start",
    "emit:after",
    "restart:before-commit",
    "restart:after-commit",
    "pause:after-commit",
    "continue:after-commit",
    "terminate:after-commit",
    "operate:after-restart",
    "resend:after-commit",
    "skip:after-commit",
    "purge:before-commit",
    "purge:after-commit",
    "schedule:before-start",
    "schedule:after-start",
];

/// The armed point.
struct Armed {
    name: String,
    /// At which passing.
    at: u64,
    passed: AtomicU64,
}

static ARMED: OnceLock<Option<Armed>> = OnceLock::new();

/// Passes a point; the process may end here.
pub fn point(name: &str) {
    let Some(armed) = ARMED.get_or_init(|| std::env::var("CAIRN_CRASH").ok().as_deref().and_then(arm)) else {
        return;
    };
    if armed.name == name && armed.passed.fetch_add(1, Ordering::SeqCst) + 1 == armed.at {
        die();
    }
}

fn arm(text: &str) -> Option<Armed> {
    let (name, at) = text.rsplit_once(':')?;
    let known = POINTS.contains(&name) || BETWEEN.contains(&name);
    match at.parse() {
        Ok(at) if known => Some(Armed { name: name.to_owned(), at, passed: AtomicU64::new(0) }),
        _ => {
            tracing::warn!("CAIRN_CRASH={text} names no crash point and number, such as `effect:after:1`");
            None
        }
    }
}

fn die() {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    // Not reached: the signal cannot be held off.
    std::process::abort();
}

/// The journal's points.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JournalPoints;

impl cairn_journal::Faults for JournalPoints {
    fn point(&self, name: &'static str) -> io::Result<()> {
        point(name);
        Ok(())
    }
}
