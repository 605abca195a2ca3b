//! Single rules that a random program seldom meets.

use super::program::{began, call, request};
use crate::{
    Act, Command, Damage, Entry, Failure, Instant, Json, Key, Level, Machine, NextUndo, Note, Options,
    Outcome, Phase, Seq,
};

const AT: Instant = Instant(5);

fn machine(rest: impl IntoIterator<Item = Entry>) -> Result<Machine, Damage> {
    Machine::new([began()].into_iter().chain(rest).collect())
}

fn key(key: &str) -> Key {
    Key(key.into())
}

fn asked(name: &str, command: Command) -> Entry {
    Entry::Asked { key: key(name), at: AT, command }
}

fn ended(name: &str) -> Entry {
    Entry::Ended { key: key(name), at: AT, outcome: done() }
}

fn done() -> Outcome {
    Ok(Json("1".into()))
}

fn undo(n: u8) -> Command {
    Command::Undo { request: request("t.undo", n), options: Options::default() }
}

fn tried(name: &str, attempt: u32) -> Entry {
    let failure = Failure { kind: "timeout".into(), message: String::new(), detail: Json("null".into()) };
    Entry::Tried { key: key(name), at: AT, attempt, failure, again: Instant(9) }
}

fn finished() -> Entry {
    Entry::Finished { at: AT, outcome: done() }
}

fn line(machine: &mut Machine) -> bool {
    machine.log(None, Level::Info, "x", Json("{}".into()), AT).is_some()
}

#[test]
fn a_history_that_breaks_its_rules_is_damage() {
    let noted = || Entry::Noted { key: key("a"), at: AT, note: Note::Now(1) };
    let cases = [
        (vec![began()], "entry 1 is a second `began`: it stands only at the beginning"),
        (vec![ended("a")], "entry 1 speaks of `a`, which nobody had asked for"),
        (vec![noted(), ended("a")], "entry 2 speaks of `a`, which is a note and has no outcome of its own"),
        (
            vec![asked("a", call(1)), ended("a"), ended("a")],
            "entry 3 speaks of `a`, which had ended with entry 2",
        ),
        (
            vec![asked("a", call(1)), ended("a"), tried("a", 1)],
            "entry 3 speaks of `a`, which had ended with entry 2",
        ),
        (
            vec![asked("a", call(1)), asked("a", call(1))],
            "entry 2 asks under `a`, which entry 1 already used",
        ),
        (vec![asked("a", call(1)), noted()], "entry 2 asks under `a`, which entry 1 already used"),
        (
            vec![asked("a", call(1)), tried("a", 2), tried("a", 2)],
            "entry 3 is attempt 2 at `a`, but 2 was made already",
        ),
        (
            vec![asked("a", Command::Until { due: AT }), tried("a", 1)],
            "entry 2 is an attempt at `a`, which is not a step",
        ),
        (
            vec![asked("a", undo(1)), ended("a")],
            "entry 2 ends the undo `a`, but nobody had asked for an unwinding",
        ),
        (vec![finished(), finished()], "entry 2 stands behind `finished` (entry 1): nothing may follow it"),
    ];
    for (rest, message) in cases {
        assert_eq!(machine(rest).unwrap_err().to_string(), message);
    }
    let none = Machine::new(Vec::new()).unwrap_err();
    assert_eq!(none.to_string(), "entry 0 is missing: a journal begins with `began`");
    let other = Machine::new(vec![finished()]).unwrap_err();
    assert_eq!(other.to_string(), "entry 0 is `finished`: a journal begins with `began`");
}

#[test]
fn what_breaks_the_rules_is_not_taken_in() {
    let mut machine = machine([asked("a", call(1)), ended("a")]).unwrap();
    assert_eq!(machine.apply(ended("a")).unwrap_err().at, Seq(3));
    let news = machine.apply(asked("b", call(1))).unwrap_err();
    assert_eq!(news.to_string(), "entry 3 would be `asked`, which only a request of the guest makes");
    assert_eq!(machine.next(), Seq(3));
}

#[test]
fn a_key_that_is_used_again_gets_a_number() {
    let mut machine = machine([]).unwrap();
    let mut name = |key| machine.ask(None, key, call(1), AT).unwrap().key.0;
    let names = ["a", "a", "a#3", "a", "a#3", "a"].map(&mut name);
    assert_eq!(names, ["a", "a#2", "a#3", "a#4", "a#3#2", "a#5"]);
    let (_, news) = machine.note(None, "a", Note::Now(1), AT).unwrap();
    assert_eq!(news, Some(Entry::Noted { key: key("a#6"), at: AT, note: Note::Now(1) }));
}

#[test]
fn unrelated_requests_may_change_places() {
    let mut machine = machine([asked("a", call(1)), asked("b", call(2))]).unwrap();
    assert_eq!(machine.ask(None, "b", call(2), AT).unwrap().news, None);
    assert_eq!(machine.phase(None), Phase::Replaying);
    assert_eq!(machine.ask(None, "a", call(1), AT).unwrap().news, None);
    assert_eq!(machine.phase(None), Phase::Live);
}

#[test]
fn notes_are_read_from_the_journal() {
    let mut machine = machine([Entry::Noted { key: key("a"), at: AT, note: Note::Random(7) }]).unwrap();
    assert_eq!(machine.note(None, "a", Note::Random(8), AT).unwrap(), (Note::Random(7), None));
    let (note, news) = machine.note(None, "b", Note::Random(8), AT).unwrap();
    assert_eq!((note, news.is_some()), (Note::Random(8), true));
}

#[test]
fn a_line_is_written_once_even_if_its_text_changes() {
    let logged = || Entry::Logged {
        scope: None,
        at: AT,
        level: Level::Info,
        message: "old".into(),
        fields: Json("{}".into()),
    };
    let mut machine = machine([logged(), asked("a", call(1)), ended("a"), logged()]).unwrap();
    assert!(!line(&mut machine) && !line(&mut machine), "in front of a recorded request nothing is news");
    machine.ask(None, "a", call(1), AT).unwrap();
    assert!(!line(&mut machine), "the line behind it was written");
    assert!(line(&mut machine), "the next one was not");
    assert_eq!(machine.next(), Seq(6));
}

#[test]
fn a_finished_run_takes_nothing_more() {
    let mut machine = machine([asked("a", call(1)), finished()]).unwrap();
    machine.ask(None, "a", call(1), AT).unwrap();
    assert_eq!(machine.phase(None), Phase::Replaying, "its end is still to come");
    assert!(!line(&mut machine));
    assert_eq!(machine.finish(None, done(), AT).unwrap(), None);
    assert_eq!(machine.phase(None), Phase::Finished);
    assert!(machine.ask(None, "b", call(1), AT).is_err());
    assert_eq!(machine.next(), Seq(3));
}

#[test]
fn an_unwinding_takes_what_was_registered_newest_first() {
    let mut machine = machine([]).unwrap();
    for (name, n) in [("a", 1), ("b", 2), ("c", 3)] {
        machine.ask(None, name, undo(n), AT).unwrap();
    }
    assert_eq!(machine.undo_depth(None), 3);
    let unwind = machine.ask(None, "u", Command::Unwind { depth: 1 }, AT).unwrap().key;
    assert_eq!(machine.undo_depth(None), 1);
    assert_eq!(machine.next_undo(&unwind), NextUndo::Run(key("c")));
    machine.apply(ended("c")).unwrap();
    assert_eq!(machine.next_undo(&unwind), NextUndo::Run(key("b")));
    assert_eq!(machine.unwound(&unwind), [key("c")]);
    let all = machine.ask(None, "v", Command::Unwind { depth: 0 }, AT).unwrap().key;
    assert_eq!(machine.next_undo(&all), NextUndo::Run(key("a")), "what one took the next does not");
    assert_eq!(machine.next_undo(&key("nowhere")), NextUndo::Done);
    let open: Vec<_> = machine.open(None).map(|key| key.0.as_str()).collect();
    assert_eq!(open, ["u", "v"]);
}

#[test]
fn the_first_is_the_one_that_ended_first() {
    let rest = [asked("a", call(1)), asked("b", call(1)), asked("c", call(1)), ended("c"), ended("a")];
    let machine = machine(rest).unwrap();
    let (a, b, c) = (key("a"), key("b"), key("c"));
    assert_eq!(machine.first(&[a.clone(), b.clone(), c.clone()]), Some(2));
    assert_eq!(machine.first(&[a.clone(), b.clone(), a]), Some(0));
    assert_eq!(machine.first(&[b]), None);
    assert_eq!(machine.first(&[]), None);
    assert_eq!(machine.outcome(&c), Some(&done()));
    assert_eq!(machine.asked_at(&c), Some(AT));
}

#[test]
fn it_knows_its_code_and_who_wants_it_to_stop() {
    let stop = |by: &str| Entry::CancelAsked { at: AT, by: by.into(), why: "why".into() };
    let mut machine = machine([stop("one"), stop("two"), asked("a", call(1)), tried("a", 2)]).unwrap();
    assert_eq!(machine.cancelled(), Some(("one", "why")), "the first counts");
    assert_eq!(machine.tries(&key("a")).map(|tries| (tries.made, tries.again)), Some((2, Instant(9))));
    assert_eq!(machine.digest(), "sha256:1");
    machine.apply(Entry::Moved { at: AT, digest: "sha256:2".into(), by: "ops".into() }).unwrap();
    assert_eq!((machine.digest(), machine.began().digest.as_str()), ("sha256:2", "sha256:1"));
}

fn sent(name: &str, attempt: u32) -> Entry {
    Entry::Sent { key: key(name), at: Instant(7), attempt }
}

fn resent(name: &str) -> Entry {
    Entry::Acted { at: AT, by: "ada".into(), why: String::new(), act: Act::Resend { key: key(name) } }
}

#[test]
fn an_attempt_that_left_is_unclear_until_something_is_told_of_it() {
    let unclear = |rest: Vec<Entry>| {
        let asked = [asked("a", call(1))];
        machine(asked.into_iter().chain(rest)).unwrap().unclear(&key("a")).map(|(attempt, _)| attempt)
    };
    assert_eq!(unclear(vec![]), None, "it had not left");
    assert_eq!(unclear(vec![sent("a", 1)]), Some(1));
    assert_eq!(unclear(vec![sent("a", 1), tried("a", 1)]), None, "it is known to have failed");
    assert_eq!(unclear(vec![sent("a", 1), tried("a", 1), sent("a", 2)]), Some(2));
    assert_eq!(unclear(vec![sent("a", 1), ended("a")]), None);
    assert_eq!(unclear(vec![sent("a", 1), resent("a")]), None, "another one is wanted");
    assert_eq!(unclear(vec![sent("a", 1), resent("a"), sent("a", 2)]), Some(2));
    let again = machine([asked("a", call(1)), sent("a", 1), resent("a")]).unwrap();
    assert_eq!(again.tries(&key("a")).map(|tries| (tries.made, tries.again)), Some((1, AT)));
    let damage = machine([asked("a", call(1)), resent("a")]).unwrap_err();
    assert_eq!(damage.to_string(), "entry 2 sends `a` again, of which no attempt is unclear");
    let damage = machine([asked("a", call(1)), sent("a", 1), resent("a"), sent("a", 1)]).unwrap_err();
    assert_eq!(damage.to_string(), "entry 4 is attempt 1 at `a`, but 1 was made already");
}

#[test]
fn what_is_no_number_agrees_with_itself() {
    let retry = || crate::Retry {
        attempts: 1,
        delay: crate::Span(1),
        backoff: crate::Backoff::Constant,
        factor: f64::NAN,
        longest_delay: crate::Span(1),
        jitter: 0.0,
        on: Vec::new(),
    };
    let command = || Command::Call {
        request: request("t.do", 1),
        options: Options { retry: Some(retry()), ..Options::default() },
    };
    let mut machine = machine([asked("a", command())]).unwrap();
    assert!(machine.ask(None, "a", command(), AT).is_ok());
}
