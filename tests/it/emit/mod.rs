//! What compiled code does: source through parser, checker and emitter, run by a host that answers from a table.

mod beyond;
mod failures;
mod flow;
mod guest;
mod inputs;
mod limits;
mod property;
mod side;
mod steps;
mod undo;
mod values;
mod waits;

use cairn_compiler::{check, emit};
use serde_json::Value;

use guest::{Ended, Guest};

/// What the programs here declare.
const TOOLS: &str = r#"
error card_declined { code: string }
error out_of_stock
event paid { id: string, cents: int, at: time }
event called_off { id: string }
event ping
tool stock { reserve(sku: string) -> { hold: string } fails out_of_stock(409)  release(hold: string) -> null  count() -> int  when() -> time  anything() -> json }
tool pay { charge(cents: int) -> { id: string } fails card_declined(402)  refund(id: string) -> null }
"#;

/// The component of the first workflow of a text.
fn component(source: &str) -> Vec<u8> {
    let checked = check("t.cairn", source);
    let shown = cairn_dsl::render(&checked.source, &checked.diagnostics, false);
    assert!(checked.is_fine(), "{shown}\n{source}");
    emit(&checked.workflows[0]).expect("what was checked can be emitted")
}

/// A workflow with the tools declared, run.
fn run(body: &str, guest: Guest, input: &str) -> Ended {
    guest.run(&component(&format!("{TOOLS}\n{body}")), input).expect("it is a component, and does not trap")
}

/// The kind that it failed with.
fn kind(ended: &Ended) -> &str {
    ended.result.as_ref().map_or_else(|failure| failure.0.as_str(), |_| "none")
}

/// Pure expressions, all in one workflow, and what they give.
fn gives(prelude: &str, cases: &[(&str, Value)]) {
    let list: Vec<&str> = cases.iter().map(|(written, _)| *written).collect();
    let source = format!("{prelude}\nworkflow w() -> json {{\n  return [\n{},\n  ]\n}}", list.join(",\n"));
    let ended = Guest::new().run(&component(&source), "{}").expect("it does not trap");
    let result = ended.result.expect("nothing fails");
    for ((written, expected), given) in cases.iter().zip(result.as_array().expect("a list")) {
        assert_eq!(given, expected, "{written}");
    }
}
