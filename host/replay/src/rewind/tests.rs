//! What is left goes on; what has to be refused is.

use super::*;
use crate::{Began, Failure, Instant, Json, Options, Request};

fn key(text: &str) -> Key {
    Key(text.into())
}

fn asked(of: &str, command: Command) -> Entry {
    Entry::Asked { key: key(of), at: Instant(1), command }
}

fn call(of: &str) -> Entry {
    let request = Request { tool: "t.do".into(), arguments: Json("{}".into()), secrets: Vec::new() };
    asked(of, Command::Call { request, options: Options::default() })
}

fn undo(of: &str) -> Entry {
    let request = Request { tool: "t.undo".into(), arguments: Json("{}".into()), secrets: Vec::new() };
    asked(of, Command::Undo { request, options: Options::default() })
}

fn block(of: &str) -> Entry {
    asked(of, Command::Block { number: 0, captured: Json("{}".into()) })
}

fn ended(of: &str) -> Entry {
    Entry::Ended { key: key(of), at: Instant(2), outcome: Ok(Json("1".into())) }
}

fn fail(kind: &str) -> Failure {
    Failure { kind: kind.into(), message: String::new(), detail: Json("null".into()) }
}

fn failed(of: &str, kind: &str) -> Entry {
    Entry::Ended { key: key(of), at: Instant(2), outcome: Err(fail(kind)) }
}

fn over() -> Entry {
    Entry::Finished { at: Instant(3), outcome: Err(fail("down")) }
}

fn history(rest: Vec<Entry>) -> Vec<Entry> {
    let began = Began {
        at: Instant(0),
        tenant: "acme".into(),
        workflow: "w".into(),
        instance: "o1".into(),
        digest: "sha256:1".into(),
        input: Json("{}".into()),
        grant: Json("{}".into()),
        peers: BTreeMap::new(),
        parent: None,
        run: 0,
    };
    std::iter::once(Entry::Began(began)).chain(rest).collect()
}

/// The indices of the entries that stay.
fn left(history: &[Entry], of: &str) -> Result<Vec<usize>, NoRewind> {
    let rewound = rewind(history, &key(of))?;
    assert_eq!(rewound.dropped as usize + rewound.entries.len(), history.len());
    let mut places = Vec::new();
    let mut rest = history.iter().enumerate();
    for entry in &rewound.entries {
        places.extend(rest.by_ref().find(|(_, one)| one == &entry).map(|(at, _)| at));
    }
    Ok(places)
}

#[test]
fn what_stands_in_front_of_it_stays() {
    let history = history(vec![call("a"), ended("a"), call("b"), failed("b", "down"), over()]);
    assert_eq!(left(&history, "b"), Ok(vec![0, 1, 2]));
    assert_eq!(left(&history, "a"), Ok(vec![0]));
    assert_eq!(left(&history, "c"), Err(NoRewind::Unknown));
}

/// Two blocks side by side, of which one fails: the other one was given up for that, and what it had done stays done.
#[test]
fn what_was_done_side_by_side_stays_done() {
    let history = history(vec![
        block("l"),
        block("r"),
        call("l/a"),
        call("r/a"),
        ended("r/a"),
        call("r/b"),
        failed("l/a", "down"),
        failed("l", "down"),
        Entry::ScopeCancelled { key: key("r"), at: Instant(2) },
        failed("r/b", "cancelled"),
        failed("r", "cancelled"),
        over(),
    ]);
    assert_eq!(left(&history, "l/a"), Ok(vec![0, 1, 2, 4, 5, 6]), "`r/a` has run and `r/b` is open again");
    assert_eq!(left(&history, "l"), Ok(vec![0]), "what its scope asked for behind it goes with it");
    assert_eq!(left(&history, "r"), Ok(vec![0, 1, 3, 7, 8]), "the end of `l` stays");
}

#[test]
fn an_outcome_that_came_while_it_was_open_stays() {
    let history =
        history(vec![call("a"), call("b"), ended("a"), failed("b", "down"), call("c"), ended("c"), over()]);
    assert_eq!(left(&history, "b"), Ok(vec![0, 1, 3]), "`a` has run, and does not run again");
}

#[test]
fn what_was_undone_does_not_count_as_done() {
    let unwind = asked("!undo", Command::Unwind { depth: 0 });
    let history = history(vec![
        call("a"),
        ended("a"),
        undo("a.undo"),
        call("b"),
        failed("b", "down"),
        unwind,
        ended("a.undo"),
        ended("!undo"),
        over(),
    ]);
    let undone = NoRewind::Undone { undo: key("a.undo"), step: key("a") };
    assert_eq!(left(&history, "b"), Err(undone));
    assert_eq!(left(&history, "a"), Ok(vec![0]));
    assert_eq!(left(&history, "a.undo"), Err(NoRewind::NoOperation));
    let before_its_end: Vec<Entry> = history.iter().take(6).cloned().collect();
    assert_eq!(left(&before_its_end, "b"), Ok(vec![0, 1, 2, 3]));
    let under_way: Vec<Entry> = history.iter().take(7).cloned().collect();
    assert_eq!(left(&under_way, "b"), Err(NoRewind::Undoing(key("!undo"))));
}

#[test]
fn what_operators_did_stays_on_record() {
    let acted = |act| Entry::Acted { at: Instant(2), by: "ada".into(), why: String::new(), act };
    let history = history(vec![
        call("a"),
        acted(Act::Pause),
        acted(Act::Continue),
        acted(Act::Decide { key: key("a") }),
        ended("a"),
        call("b"),
        acted(Act::Decide { key: key("b") }),
        ended("b"),
        acted(Act::Terminate),
        over(),
    ]);
    assert_eq!(left(&history, "b"), Ok(vec![0, 1, 2, 3, 4, 5]));
    assert_eq!(left(&history, "a"), Ok(vec![0, 2, 3]));
    let stopped = history
        .iter()
        .take(6)
        .cloned()
        .chain([Entry::CancelAsked { at: Instant(2), by: "ada".into(), why: String::new() }, call("c")]);
    let stopped: Vec<Entry> = stopped.collect();
    assert_eq!(left(&stopped, "c"), Err(NoRewind::Cancelled(Seq(6))));
}
