//! Other code under an instance that runs.

use std::path::{Path, PathBuf};

use cairn_tests::{Cairn, Services, golden, workspace, written};

use crate::{cairn, orders};

#[test]
fn promises_6_7_changed_code_is_refused_with_what_disagrees_and_nothing_is_written() {
    let (cairn, services) = (cairn(), Services::new());
    orders::run(&cairn, &services, "o1").arg("--no-wait").run().ended(3);
    let before = cairn.show("o1");
    let calls = services.calls().len();

    let changed = changed(cairn.folder(), "cents: total(order),", "cents: total(order) + 1,");
    let ran = cairn.cmd("resume o1 --code changed.cairn").run().ended(4);
    golden("changed/diverged", &ran.text());
    for part in ["recorded:", "asked:", "likely cause:", "place:"] {
        assert!(ran.stderr.contains(part), "no `{part}`\n{}", ran.text());
    }
    assert_eq!(cairn.show("o1"), before, "{} changed nothing", changed.display());
    assert_eq!(services.calls().len(), calls, "nothing ran");

    orders::picked_up(&cairn, "o1").run().ended(0);
    let ran = cairn.cmd("resume o1").run().ended(0);
    assert_eq!(orders::result(&ran), orders::shipped(), "it goes on with its own code");
}

#[test]
fn promise_7_a_step_that_was_taken_away_is_a_divergence() {
    let diverged = |old: &str, new: &str| {
        let (cairn, services) = (cairn(), Services::new());
        orders::run(&cairn, &services, "o1").arg("--no-wait").run().ended(3);
        let before = cairn.show("o1");
        changed(cairn.folder(), old, new);
        let ran = cairn.cmd("resume o1 --code changed.cairn").run().ended(4);
        assert_eq!(cairn.show("o1"), before);
        ran.text()
    };
    golden("changed/taken_away", &diverged("  sleep pause\n", ""));
    let more =
        "  let thanks = call mail.send(to: order.email, subject: \"Thanks\", text: \"\")\n  sleep pause\n";
    golden("changed/put_in_front", &diverged("  sleep pause\n", more));
}

#[test]
fn promise_6_a_step_added_behind_is_proven_by_replay_and_accepted() {
    let (cairn, services) = (cairn(), Services::new());
    orders::run(&cairn, &services, "o1").arg("--no-wait").run().ended(3);
    let was = cairn.show("o1")["instance"]["digest"].clone();

    let behind =
        "      let copy = call mail.send(to: \"log@b.example\", subject: \"On its way\", text: p.tracking)\n";
    let line = "      return { status: \"shipped\", tracking: p.tracking }\n";
    changed(cairn.folder(), line, &format!("{behind}{line}"));
    cairn.cmd("resume o1 --code changed.cairn --no-wait").run().ended(3);
    let shown = cairn.show("o1");
    assert_ne!(shown["instance"]["digest"], was, "it was moved");

    orders::picked_up(&cairn, "o1").run().ended(0);
    let ran = cairn.cmd("resume o1").run().ended(0);
    assert_eq!(orders::result(&ran), orders::shipped());
    assert_eq!(services.count("mail.send"), 2, "with the new code");
    assert_eq!(services.count("payments.charge"), 1, "and nothing that was recorded");
}

#[test]
fn promise_6_an_id_keeps_its_code() {
    let (cairn, services) = (cairn(), Services::new());
    orders::run(&cairn, &services, "o1").arg("--no-wait").run().ended(3);
    let before = cairn.show("o1");
    let other = changed(cairn.folder(), "  sleep pause\n", "  sleep 1s\n");

    let ran = run_file(&cairn, &services, &other).run().ended(2);
    golden("changed/run_with_another_file", &ran.text());
    assert_eq!(cairn.show("o1"), before);
}

fn run_file(cairn: &Cairn, services: &Services, program: &Path) -> cairn_tests::Cmd {
    cairn
        .cmd("run")
        .arg(program)
        .args(["--id", "o1"])
        .args(services.flags(&orders::TOOLS))
        .input(&orders::input("o1"))
}

/// The order's program with one change, as `changed.cairn`.
fn changed(folder: &Path, old: &str, new: &str) -> PathBuf {
    let path = workspace().join("tests/program/order.cairn");
    let text = std::fs::read_to_string(&path).expect("the program is there");
    assert_eq!(text.matches(old).count(), 1, "`{old}` stands there once");
    written(folder, "changed.cairn", text.replace(old, new))
}
