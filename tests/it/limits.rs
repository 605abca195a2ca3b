//! A limit that is hit is an outcome of the workflow, and takes nobody along.

use cairn_tests::{Cairn, golden, workspace};
use serde_json::json;

use crate::cairn;

#[test]
fn promise_10_code_that_computes_for_ever_ends_with_limit() {
    ends_with_limit("spin");
}

#[test]
fn promise_10_code_that_wants_all_memory_ends_with_limit() {
    ends_with_limit("hog");
}

fn ends_with_limit(program: &str) {
    let cairn = cairn();
    let ran = run(&cairn, program, "l1").ended(1);
    golden(&format!("limits/{program}"), &ran.text());
    let shown = cairn.show("l1");
    assert_eq!(shown["instance"]["state"], json!({ "is": "failed", "kind": "limit" }), "{}", ran.text());
    let again = cairn.cmd("resume l1").run();
    assert_eq!(
        cairn.show("l1")["timeline"],
        shown["timeline"],
        "it is recorded, and obeyed\n{}",
        again.text()
    );
}

fn run(cairn: &Cairn, program: &str, id: &str) -> cairn_tests::Ran {
    let program = workspace().join(format!("tests/program/{program}.cairn"));
    cairn.cmd("run").arg(program).args(["--id", id]).run()
}
