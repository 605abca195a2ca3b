//! What users get wrong: each is told what was found, why it cannot be and what to do, with exit code 2, and nothing is half done.

use cairn_tests::{Cairn, Cmd, Services, golden, workspace, written};
use serde_json::{Value, json};

use crate::{cairn, orders};

const HELLO: &str = "/// Greets.\nworkflow hello(name: string) -> string {\n  return \"hello ${name}\"\n}\n";
const GATE: &str =
    "event open { by: string }\n\nworkflow gate() -> string {\n  let o = wait open()\n  return o.by\n}\n";

/// The text that was wrong above what was said about it.
#[track_caller]
fn refused(cairn: &Cairn, name: &str, source: &str, cmd: Cmd) {
    let before = cairn.cmd("list --json").run();
    let ran = cmd.run().ended(2);
    let text = if source.is_empty() { ran.text() } else { format!("{source}\n{}", ran.text()) };
    golden(&format!("mistakes/{name}"), &text);
    let after = cairn.cmd("list --json").run();
    assert_eq!((after.code, after.stdout), (before.code, before.stdout), "{name} left something behind");
    works(cairn);
}

/// The data directory does what it should.
#[track_caller]
pub(crate) fn works(cairn: &Cairn) {
    let hello = written(cairn.folder(), "works.cairn", HELLO);
    let scratch = cairn.cmd("run").arg(hello).args(["--id", "works"]).input(&json!({ "name": "all" }));
    let ran = scratch.run().ended(0);
    assert_eq!(orders::result(&ran), json!("hello all"));
}

fn run(cairn: &Cairn, name: &str, text: impl AsRef<[u8]>) -> Cmd {
    written(cairn.folder(), name, text);
    cairn.cmd("run").arg(name)
}

fn fresh() -> Cairn {
    let cairn = cairn();
    works(&cairn);
    cairn
}

#[test]
fn files_that_do_not_compile() {
    let cairn = fresh();
    let cases = [
        ("syntax", "workflow a() -> int {\n  let x = 1;\n  retrun x\n}\n"),
        ("brace", "workflow a() -> int {\n  if true {\n    return 1\n  return 2\n}\n"),
        ("type", "workflow a(n: int) -> string {\n  return n\n}\n"),
        ("null", "workflow a(n?: string) -> string {\n  return n\n}\n"),
        ("name", "workflow a(name: string) -> string {\n  return nam\n}\n"),
        (
            "not_a_step",
            "use \"std:http\"\n\nworkflow a() -> json {\n  return http.get(url: \"http://a.example\").body\n}\n",
        ),
        ("no_workflow", "type A = { b: int }\n"),
        ("empty", ""),
    ];
    for (name, text) in cases {
        let cmd = run(&cairn, "bad.cairn", text);
        refused(&cairn, &format!("compile/{name}"), text, cmd);
    }
    refused(&cairn, "compile/missing_file", "", cairn.cmd("run nowhere.cairn"));
    let cmd = run(&cairn, "bad.cairn", b"workflow a() -> string { return \"\xff\" }");
    refused(&cairn, "compile/not_utf8", "", cmd);
}

#[test]
fn input_that_does_not_fit() {
    let cairn = fresh();
    let cases = [
        ("missing", "{}"),
        ("type", r#"{ "name": 7 }"#),
        ("unknown_field", r#"{ "name": "a", "nmae": "b" }"#),
        ("not_an_object", "[1]"),
        ("no_json", "{ name: a }"),
        ("no_file", "@nowhere.json"),
    ];
    for (name, input) in cases {
        let cmd = run(&cairn, "hello.cairn", HELLO).args(["--input", input]);
        refused(&cairn, &format!("input/{name}"), "", cmd);
    }
}

#[test]
fn ids_that_nobody_has() {
    let cairn = fresh();
    for verb in ["show", "logs", "cancel", "resume"] {
        refused(&cairn, &format!("id/{verb}"), "", cairn.cmd(verb).arg("wroks"));
    }
    refused(&cairn, "id/send", "", cairn.cmd("send wroks open {}"));
}

#[test]
fn promise_5_events_that_cannot_be() {
    let cairn = fresh();
    run(&cairn, "gate.cairn", GATE).args(["--id", "g1", "--no-wait"]).run().ended(3);
    let cases = [
        ("unknown", "opne", r#"{ "by": "me" }"#),
        ("bad_data", "open", r#"{ "by": 7 }"#),
        ("missing_field", "open", "{}"),
        ("no_object", "open", "7"),
        ("no_json", "open", "{ by: me }"),
    ];
    for (name, event, data) in cases {
        refused(&cairn, &format!("event/{name}"), "", orders::send(&cairn, "g1", event, data));
    }
    assert_eq!(cairn.show("g1")["inbox"], json!([]), "nothing was kept");
    refused(&cairn, "event/ended", "", orders::send(&cairn, "works", "open", r#"{ "by": "me" }"#));
}

#[test]
fn grants_that_are_missing_or_wrong() {
    let (cairn, services) = (fresh(), Services::new());
    let program = workspace().join("tests/program/order.cairn");
    let order = |flags: &[&str]| {
        let cmd = cairn.cmd("run").arg(&program).args(["--id", "o1"]).args(flags);
        cmd.input(&orders::input("o1"))
    };
    refused(&cairn, "grant/nothing_bound", "", order(&[]));
    refused(&cairn, "grant/no_grant_at_all", "", order(&["--allow", "everything"]));
    refused(&cairn, "grant/with_a_path", "", order(&["--allow", "http=http://127.0.0.1:1/inventory"]));
    assert_eq!(services.calls().len(), 0);
}

#[test]
fn files_that_are_no_component() {
    let cairn = fresh();
    let built = written(cairn.folder(), "hello.cairn", HELLO);
    cairn.cmd("build").arg(built).args(["-o", "hello.wasm"]).run().ended(0);
    let whole = std::fs::read(cairn.folder().join("hello.wasm")).expect("it was built");
    let half = whole.get(..whole.len() / 2).expect("it has two halves");
    let core = wat::parse_str("(module)").expect("a module");
    let import = wat::parse_str(UNKNOWN_IMPORT).expect("a component");
    let empty = wat::parse_str("(component)").expect("a component");

    let cases: [(&str, &[u8]); 5] = [
        ("text", b"hello\n"),
        ("core_module", &core),
        ("truncated", half),
        ("unknown_import", &import),
        ("without_run", &empty),
    ];
    for (name, bytes) in cases {
        let cmd = run(&cairn, &format!("{name}.wasm"), bytes).args(["--id", name]);
        refused(&cairn, &format!("component/{name}"), "", cmd);
    }
    let ran = run(&cairn, "whole.wasm", &whole).input(&json!({ "name": "wasm" })).run().ended(0);
    assert_eq!(orders::result(&ran), json!("hello wasm"));
}

const UNKNOWN_IMPORT: &str = r#"(component
  (import "acme:cloud/bucket@1.0.0" (instance (export "put" (func (param "name" string)))))
)"#;

#[test]
fn command_lines_that_cannot_be() {
    let cairn = fresh();
    for (name, words) in [("no_verb", "rnu a.cairn"), ("no_file", "run"), ("no_flag", "list --colour")] {
        refused(&cairn, &format!("command/{name}"), "", cairn.cmd(words));
    }
}

#[test]
fn every_mistake_says_what_to_do() {
    let folder = workspace().join("tests/golden/mistakes");
    let mut without = Vec::new();
    for kind in std::fs::read_dir(&folder).expect("the mistakes are recorded") {
        for file in std::fs::read_dir(kind.expect("a folder").path()).expect("a folder") {
            let path = file.expect("a file").path();
            let text = std::fs::read_to_string(&path).expect("a text");
            if !["hint:", "help:", "Usage:", "tip:"].iter().any(|word| text.contains(word)) {
                let name = path.strip_prefix(&folder).expect("it is in there").to_string_lossy().into_owned();
                without.push(name);
            }
        }
    }
    assert!(without.is_empty(), "these leave the user alone: {without:#?}");
}

#[test]
fn answers_for_programs_are_json_also_when_empty() {
    let cairn = fresh();
    let listed: Value = cairn.cmd("list --json").run().ended(0).json();
    assert!(listed.to_string().contains("\"works\""), "{listed}");
}
