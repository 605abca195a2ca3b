//! What a run says of itself.

use serde_json::{Value, json};

use super::{Behaviour, behaviour, guest::Guest};

pub(super) const TABLE: &[Behaviour] = &[
    behaviour("what it prints is in the log once, standard error as a warning", "print", print)
        .except(&[("cairn", "it logs")]),
    behaviour("what it logs is there once, with level and fields", "log", log),
    behaviour("what it exposes is shown", "expose", expose),
];

fn print(guest: &Guest) {
    assert_eq!(guest.gives_when_replayed(&json!({})), Value::Null);
    for line in ["one", "warn: two", "three"] {
        assert_eq!(guest.logged(line), 1, "{line}: {}", guest.log());
    }
}

fn log(guest: &Guest) {
    assert_eq!(guest.gives_when_replayed(&json!({})), Value::Null);
    let log = guest.log();
    let noted: Vec<_> = log.lines().filter(|line| line.contains("noted")).collect();
    assert!(matches!(&noted[..], [line] if line.contains("n=1") && !line.contains("warn")), "{log}");
    assert_eq!(guest.logged("warn: careful"), 1, "{log}");
}

fn expose(guest: &Guest) {
    guest.waits(&json!({}));
    let shown = guest.language.cairn.show(&guest.id).to_string();
    assert!(shown.contains("{\"at\":\"door\"}"), "{shown}");
    guest.go(&json!({}));
    assert_eq!(guest.goes_on(), Value::Null);
}
