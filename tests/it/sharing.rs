//! What runs share with each other and with people, on the real program: children, restarts, locks, questions, keys, secrets. That
//! they bear a crash behind each commit is tried in the host's own tests, and by `programs`.

use std::{fs, path::Path};

use cairn_tests::{Cairn, Cmd, workspace};
use serde_json::{Value, json};

use crate::{cairn, orders};

fn run(cairn: &Cairn, program: &str, id: &str, input: &Value) -> Cmd {
    let file = workspace().join("tests/program").join(format!("{program}.cairn"));
    cairn.cmd("run").arg(file).arg("--id").arg(id).input(input)
}

#[test]
fn a_child_and_its_parent_go_on_in_another_process() {
    let cairn = cairn();
    run(&cairn, "family", "f", &json!({ "n": 1 })).arg("--no-wait").run().ended(3);
    cairn.cmd("send f~part go").arg(r#"{"n": 4}"#).run().ended(0);
    assert_eq!(orders::result(&cairn.cmd("resume f").run().ended(0)), json!(50));
    assert_eq!(cairn.show("f~part")["parent"], json!(["f", "part"]));
}

#[test]
fn each_run_of_an_instance_takes_its_own_event() {
    let cairn = cairn();
    run(&cairn, "rounds", "r", &json!({ "left": 2 })).arg("--no-wait").run().ended(3);
    for n in [1, 10, 100] {
        cairn.cmd("send r tick").arg(json!({ "n": n }).to_string()).run().ended(0);
    }
    assert_eq!(orders::result(&cairn.cmd("resume r").run().ended(0)), json!(111));
    let shown = cairn.show("r");
    assert_eq!((&shown["run"], &shown["status"]), (&json!(2), &json!({ "left": 0, "sum": 11 })));
}

#[test]
fn a_lock_is_held_across_processes_and_goes_to_the_next_when_its_holder_ends() {
    let cairn = cairn();
    for id in ["a", "b"] {
        run(&cairn, "gate", id, &json!({ "name": id })).arg("--no-wait").run().ended(3);
    }
    let listed = cairn.cmd("list").run().ended(0).text();
    assert!(listed.contains("waiting for a place of gate"), "{listed}");
    cairn.cmd("send b go").run().ended(0);
    cairn.cmd("resume b --no-wait").run().ended(3);
    cairn.cmd("cancel a").run();
    let ran = cairn.cmd("resume b").run().ended(0);
    assert_eq!(orders::result(&ran), json!("b"));
}

#[test]
fn a_question_is_shown_and_answered_once_also_while_it_runs() {
    let cairn = cairn();
    let mut running = run(&cairn, "sign_off", "s", &json!({ "total": 7 })).spawn();
    running.writes("ada is asked");
    let shown = cairn.cmd("show s").run().ended(0).text();
    assert!(shown.contains("ada is asked: pay 7?\n  cairn answer s answer yes"), "{shown}");
    let wrong = cairn.cmd("answer s answer maybe").run();
    assert_eq!(wrong.code, Some(2), "{}", wrong.text());
    cairn.cmd("answer s answer yes --by eve").run().ended(0);
    assert_eq!(orders::result(&running.finish().ended(0)), json!("eve said yes"));
    assert_eq!(cairn.cmd("answer s answer no").run().code, Some(2), "it is over");
}

#[test]
fn runs_of_one_key_come_one_after_the_other() {
    let cairn = cairn();
    let file = workspace().join("tests/program/repo.cairn");
    for _ in 0..2 {
        let start = cairn.cmd("run").arg(&file).input(&json!({ "name": "x/y" })).arg("--no-wait");
        start.run().ended(3);
    }
    let second = "repo:x/y~2";
    assert_eq!(cairn.show(second)["instance"]["state"]["on"], json!(["turn"]));
    cairn.cmd("send repo:x/y go").run().ended(0);
    cairn.cmd("resume repo:x/y").run().ended(0);
    cairn.cmd("send").args([second, "go"]).run().ended(0);
    cairn.cmd("resume").arg(second).run().ended(0);
}

#[test]
fn a_secret_is_nowhere_in_the_data_directory_nor_in_what_is_said() {
    let cairn = cairn();
    let refused = run(&cairn, "whisper", "w", &json!({})).run();
    assert!(
        refused.code == Some(2) && refused.text().contains("--secret PASSWORD=env:PASSWORD"),
        "{}",
        refused.text()
    );
    let allowed = ["--allow", "exec=sh", "--secret", "PASSWORD=env:WORDS"];
    let ran = run(&cairn, "whisper", "w", &json!({})).args(allowed).env("WORDS", "tr0ub4dor").run().ended(0);
    assert_eq!(orders::result(&ran), json!("***\n"));
    assert!(!ran.text().contains("tr0ub4dor") && !holds(cairn.data(), b"tr0ub4dor"));
    assert!(holds(cairn.data(), b"PASSWORD"), "what is looked through is the journal");
}

/// Does any file below hold these bytes?
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.into_iter().any(|path| {
        if path.is_dir() {
            return holds(&path, bytes);
        }
        fs::read(&path).is_ok_and(|found| found.windows(bytes.len()).any(|part| part == bytes))
    })
}
