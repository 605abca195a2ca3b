//! How a run ends that does not end by itself, and what is closed to it.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{Behaviour, behaviour, guest::Guest};

pub(super) const TABLE: &[Behaviour] = &[
    behaviour("a run that waits can be cancelled, and sees it", "cancel_seen", seen),
    behaviour("a run that computes for ever can be cancelled", "loop", endless)
        .except(&[("cairn", "a loop that does nothing durable is an error")]),
    behaviour("memory is limited", "memory", memory).except(&[("cairn", "the compiler bounds its loops")]),
    behaviour("a run restarts with another input and an empty journal", "restart", restart),
    behaviour("a lock is taken and given back", "lock", lock),
    behaviour("there are no files, variables or arguments", "closed", closed)
        .except(&[("cairn", "it has no words for them")]),
    behaviour("it cannot end its process", "exit", exit).except(&[
        ("cairn", "it has no word for it"),
        ("js", "there is no process"),
        ("ts", "there is no process"),
    ]),
    behaviour("a case that is not there is a failure", "echo", unknown),
];

fn seen(guest: &Guest) {
    guest.waits(&json!({}));
    guest.cmd("cancel").arg(&guest.id).run();
    guest.resume().run().ended(1);
    guest.failed("cancelled");
    assert_eq!(guest.logged("cleaning up"), 1, "{}", guest.log());
}

fn endless(guest: &Guest) {
    let running = guest.start(&json!({})).spawn();
    let patience = Instant::now();
    while guest.cmd("show").arg(&guest.id).run().code != Some(0) {
        assert!(patience.elapsed() < Duration::from_secs(60), "it does not begin");
    }
    std::thread::sleep(Duration::from_millis(300));
    let begun = Instant::now();
    guest.cmd("cancel").arg(&guest.id).run().ended(0);
    running.finish().ended(1);
    guest.failed("cancelled");
    println!("{}: stopped after {:?}", guest.language.name, begun.elapsed());
}

fn memory(guest: &Guest) {
    let ran = guest.start(&json!({})).run().ended(1);
    let state = guest.language.cairn.show(&guest.id)["instance"]["state"].clone();
    // Some languages see that there is no more before the host does.
    assert!(state["kind"] == json!("limit") || state["kind"] == json!("trapped"), "{state}\n{}", ran.text());
}

fn restart(guest: &Guest) {
    assert_eq!(guest.gives(&json!({ "n": 2 })), json!("done"));
}

fn lock(guest: &Guest) {
    let other = guest.again("other");
    guest.waits(&json!({}));
    other.waits(&json!({}));
    other.go(&json!({}));
    other.resume().arg("--no-wait").run().ended(3);
    guest.go(&json!({}));
    assert_eq!(guest.goes_on(), json!("held"));
    assert_eq!(other.goes_on(), json!("held"), "it got the place of the first");
}

fn closed(guest: &Guest) {
    assert_eq!(guest.gives(&json!({})), json!({ "file": false, "vars": 0, "args": 0 }));
}

fn exit(guest: &Guest) {
    let text = guest.fails(&json!({}), "trapped").text();
    assert!(text.contains("the code ended its process"), "{text}");
}

fn unknown(guest: &Guest) {
    let input = json!({ "case": "?" });
    let flags = guest.services.flags(&["t"]);
    let command = guest.cmd("run").arg(&guest.language.probe).args(["--id", &guest.id]).args(flags);
    let ran = command.input(&input).run().ended(1);
    guest.failed("bad_data");
    assert!(ran.text().contains("bad_data"), "{}", ran.text());
}
