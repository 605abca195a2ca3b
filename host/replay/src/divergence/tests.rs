//! The message, case by case, as an operator sees it.

use crate::{
    Began, Command, Entry, Failure, Instant, Json, Key, Machine, Note, Options, Outcome, Request, Retry,
    Span, Subscription,
};

const AT: Instant = Instant(5);

fn call(tool: &str, arguments: &str) -> Command {
    with(tool, arguments, Options::default())
}

fn with(tool: &str, arguments: &str, options: Options) -> Command {
    Command::Call {
        request: Request { tool: tool.into(), arguments: Json(arguments.into()), secrets: Vec::new() },
        options,
    }
}

fn machine(recorded: &[(&str, Command)], end: Option<Outcome>) -> Machine {
    let began = Began {
        at: AT,
        tenant: "acme".into(),
        workflow: "order".into(),
        instance: "o-1".into(),
        digest: "sha256:1".into(),
        input: Json("{}".into()),
        grant: Json("{}".into()),
        peers: std::collections::BTreeMap::new(),
        parent: None,
        run: 0,
    };
    let mut history = vec![Entry::Began(began)];
    let asked = |(key, command): &(&str, Command)| Entry::Asked {
        key: Key((*key).into()),
        at: AT,
        command: command.clone(),
    };
    history.extend(recorded.iter().map(asked));
    history.extend(end.map(|outcome| Entry::Finished { at: AT, outcome }));
    Machine::new(history).unwrap()
}

/// The message of asking for something where this is recorded.
fn asked(recorded: &[(&str, Command)], key: &str, command: Command) -> String {
    machine(recorded, None).ask(None, key, command, AT).unwrap_err().to_string()
}

/// The message of the same key with another command.
fn other(recorded: Command, asked_for: Command) -> String {
    asked(&[("charge", recorded)], "charge", asked_for)
}

#[track_caller]
fn check(message: &str, expected: &str) {
    let expected = expected.trim_start_matches('\n').trim_end();
    assert_eq!(message, expected, "\n--- found\n{message}\n--- expected\n{expected}\n");
}

#[test]
fn another_kind_under_the_same_key() {
    check(
        &other(call("payments.charge", "{}"), Command::Span { span: Span(1_000) }),
        "
the code and its journal disagree
  recorded: a call of `payments.charge` under `charge`
  asked:    a sleep of 1000 ms under `charge`
  likely cause: the code was changed under a running instance: this key stood for something of another kind; give the new request a name of its own
  place: key `charge`, entry 1 of the journal",
    );
}

#[test]
fn other_arguments_of_changed_code() {
    let order = |sku: &str| {
        format!(
            "{{\"order\":{{\"id\":\"o-1\",\"lines\":[{{\"sku\":\"{sku}\",\"count\":2}}]}},\"currency\":\"EUR\",\"express\":true}}"
        )
    };
    check(
        &other(call("payments.charge", &order("stone")), call("payments.charge", &order("pebble"))),
        "
the code and its journal disagree
  recorded: a call of `payments.charge` under `charge`
  asked:    a call of `payments.charge` under `charge`
  `arguments` differs from byte 38 on
    recorded: …:\"o-1\",\"lines\":[{\"sku\":\"stone\",\"count\":2}]},\"currency\":\"EUR\",\"ex…
    asked:    …:\"o-1\",\"lines\":[{\"sku\":\"pebble\",\"count\":2}]},\"currency\":\"EUR\",\"e…
  likely cause: the code was changed under a running instance, or the guest computed other arguments from the same journal: a clock, a random number or the order of a map, read past the host, does that
  place: key `charge`, entry 1 of the journal",
    );
}

#[test]
fn a_clock_read_past_the_host() {
    check(
        &other(call("m.send", "{\"at\":1767225600123}"), call("m.send", "{\"at\":1767225600977}")),
        "
the code and its journal disagree
  recorded: a call of `m.send` under `charge`
  asked:    a call of `m.send` under `charge`
  `arguments` differs from byte 16 on
    recorded: {\"at\":1767225600123}
    asked:    {\"at\":1767225600977}
  likely cause: a number differs: the code was changed under a running instance; or, if it was not, a clock or a random number was read past the host: take time and randomness from the workflow's own functions, which are recorded
  place: key `charge`, entry 1 of the journal",
    );
}

#[test]
fn digits_that_change_places_are_a_number() {
    let message = other(call("m.send", "{\"at\":12}"), call("m.send", "{\"at\":21}"));
    assert!(message.contains("likely cause: a number differs"), "{message}");
}

#[test]
fn a_map_without_order() {
    let message = other(call("m.send", "{\"ä\":1,\"b\":2}"), call("m.send", "{\"b\":2,\"ä\":1}"));
    check(
        &message,
        "
the code and its journal disagree
  recorded: a call of `m.send` under `charge`
  asked:    a call of `m.send` under `charge`
  `arguments` differs from byte 2 on
    recorded: {\"ä\":1,\"b\":2}
    asked:    {\"b\":2,\"ä\":1}
  likely cause: the same text in another order: the guest goes through a map or a set whose order is not fixed; sort it, or use one that keeps its order
  place: key `charge`, entry 1 of the journal",
    );
}

#[test]
fn a_large_map_without_order() {
    let fields = |order: [&str; 3]| order.map(|name| format!("\"{name}\":\"{}\"", "x".repeat(40))).join(",");
    let recorded = call("m.send", &fields(["town", "street", "name"]));
    let message = other(recorded, call("m.send", &fields(["name", "town", "street"])));
    assert!(message.contains("likely cause: the same text in another order"), "{message}");
}

#[test]
fn another_tool_and_another_patience() {
    let retry = Retry {
        attempts: 3,
        delay: Span(250),
        backoff: crate::Backoff::Exponential,
        factor: 2.0,
        longest_delay: Span(60_000),
        jitter: 0.5,
        on: vec!["timeout".into()],
    };
    let options =
        Options { timeout: Some(Span(30_000)), deadline: None, retry: Some(retry), ..Options::default() };
    check(
        &other(call("payments.charge", "{}"), with("billing.charge", "{}", options)),
        "
the code and its journal disagree
  recorded: a call of `payments.charge` under `charge`
  asked:    a call of `billing.charge` under `charge`
  `tool` differs
    recorded: payments.charge
    asked:    billing.charge
  `timeout` differs
    recorded: none
    asked:    30000
  `retry` differs
    recorded: none
    asked:    3 attempts, Exponential from 250 ms by 2 to 60000 ms, jitter 0.5, on [timeout]
  likely cause: the code was changed under a running instance: this key stood for another tool; give the new request a name of its own
  place: key `charge`, entry 1 of the journal",
    );
}

#[test]
fn other_events() {
    let receive = |event: &str, id: &str| {
        let fields = vec![("order_id".to_owned(), Json(format!("\"{id}\"").into()))];
        Command::Receive {
            subscriptions: vec![Subscription { event: event.into(), fields, condition: None }],
        }
    };
    let message = other(receive("paid", "o-1"), receive("paid", "o-2"));
    assert!(message.contains("`paid.where` differs from byte 14 on"), "{message}");
    let message = other(receive("paid", "o-1"), receive("late", "o-1"));
    assert!(
        message.contains("recorded: a wait for `paid` under `charge`\n  asked:    a wait for `late`"),
        "{message}"
    );
    assert!(message.contains("`events` differs"), "{message}");
}

#[test]
fn a_request_in_front_of_recorded_ones() {
    let recorded = [("reserve", call("stock.reserve", "{}")), ("charge", call("payments.charge", "{}"))];
    check(
        &asked(&recorded, "check", call("fraud.check", "{}")),
        "
the code and its journal disagree
  recorded: a call of `stock.reserve` under `reserve`
  asked:    a call of `fraud.check` under `check`
  likely cause: the code was changed under a running instance: a request was put in front of recorded ones, or one was removed; or a branch of it depends on something outside the journal (a clock, a random number, the order of a map)
  place: key `check`, entry 1 of the journal",
    );
}

#[test]
fn a_request_under_another_name() {
    check(
        &asked(&[("charge", call("payments.charge", "{}"))], "pay", call("payments.charge", "{}")),
        "
the code and its journal disagree
  recorded: a call of `payments.charge` under `charge`
  asked:    a call of `payments.charge` under `pay`
  likely cause: the same request under another name: it was renamed in the code of a running instance; keep the old name, or move only instances that have not come here
  place: key `pay`, entry 1 of the journal",
    );
}

#[test]
fn the_end_before_recorded_requests() {
    let mut machine = machine(&[("charge", call("payments.charge", "{}"))], None);
    check(
        &machine.finish(None, Ok(Json("1".into())), AT).unwrap_err().to_string(),
        "
the code and its journal disagree
  recorded: a call of `payments.charge` under `charge`
  asked:    the end, with a result
  likely cause: the recorded run went on from here: a request was removed from the code, or a branch of it depends on something outside the journal (a clock, a random number, the order of a map); put the request back, or move only instances that have not come here
  place: key `charge`, entry 1 of the journal",
    );
}

#[test]
fn another_end() {
    let failure =
        |kind: &str| Failure { kind: kind.into(), message: "no".into(), detail: Json("null".into()) };
    let mut machine = machine(&[], Some(Err(failure("timeout"))));
    check(
        &machine.finish(None, Err(failure("declined")), AT).unwrap_err().to_string(),
        "
the code and its journal disagree
  recorded: the end, with the failure `timeout`
  asked:    the end, with the failure `declined`
  `kind` differs
    recorded: timeout
    asked:    declined
  likely cause: the same requests led to another end: what the code makes of their outcomes was changed, or depends on something outside the journal (a clock, a random number, the order of a map)
  place: entry 1 of the journal",
    );
}

#[test]
fn a_request_behind_the_end() {
    let mut machine = machine(&[], Some(Ok(Json("1".into()))));
    check(
        &machine.note(None, "now", Note::Now(7), AT).unwrap_err().to_string(),
        "
the code and its journal disagree
  recorded: the end, with a result
  asked:    a reading of the clock under `now`
  likely cause: the recorded run was over here: code that goes on longer was put under it; a finished instance is never run again, so start a new one with the new code
  place: key `now`, entry 1 of the journal",
    );
}

#[test]
fn a_wait_where_the_recorded_run_went_on() {
    let mut machine = machine(&[("a", call("t.do", "{}")), ("b", call("t.do", "{}"))], None);
    machine.ask(None, "a", call("t.do", "{}"), AT).unwrap();
    check(
        &machine.wait(None, &[Key("a".into())]).unwrap_err().to_string(),
        "
the code and its journal disagree
  recorded: a call of `t.do` under `b`
  asked:    a wait for the outcome of `a`
  likely cause: the recorded run did not have to wait here: the code was changed so that it waits for something else, or a branch of it depends on something outside the journal
  place: key `b`, entry 2 of the journal",
    );
}

#[test]
fn it_stays_diverged_with_the_same_answer() {
    let mut machine = machine(&[("a", call("t.do", "1"))], None);
    let first = machine.ask(None, "a", call("t.do", "2"), AT).unwrap_err();
    assert_eq!(machine.ask(None, "a", call("t.do", "1"), AT).unwrap_err(), first);
    assert_eq!(machine.note(None, "b", Note::Now(1), AT).unwrap_err(), first);
    assert_eq!(machine.wait(None, &[]).unwrap_err(), first);
    assert_eq!(machine.finish(None, Ok(Json("1".into())), AT).unwrap_err(), first);
    assert_eq!(machine.log(None, crate::Level::Info, "x", Json("{}".into()), AT), None);
    let stop = Entry::CancelAsked { at: AT, by: "ops".into(), why: String::new() };
    assert_eq!(
        machine.apply(stop).unwrap_err().to_string(),
        "entry 2 would be `cancel asked`, but nothing is appended once code and journal disagree"
    );
    assert_eq!((machine.divergence(), machine.next().0), (Some(&first), 2));
}
