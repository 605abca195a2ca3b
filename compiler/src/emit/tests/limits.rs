use super::build::{arith, int, local, program, set};
use super::{custom, valid};
use crate::emit::{EmitError, emit};
use crate::ir::{ArithOp, KeyPlace, StmtKind};
use crate::types::Type;

#[test]
fn an_empty_workflow_is_a_component() {
    valid(&program(&[], Vec::new()));
}

#[test]
fn the_same_program_gives_the_same_bytes() {
    let program = program(&[("x", Type::Int)], vec![set(0, int(1)), StmtKind::Return(local(0, Type::Int))]);
    assert_eq!(emit(&program), emit(&program.clone()));
}

#[test]
fn what_the_host_reads_lies_at_the_top() {
    let mut program = program(&[], Vec::new());
    program.places.push(KeyPlace {
        key: "item[*]/hold".into(),
        line: 21,
        column: 5,
        what: "call inventory.reserve".into(),
    });
    let component = valid(&program);
    let section = |name| custom(&component, name).and_then(|data| serde_json::from_slice(data).ok());
    assert_eq!(section("cairn-meta"), serde_json::to_value(&program.meta).ok());
    let places = serde_json::json!([{ "key": "item[*]/hold", "line": 21, "column": 5, "what": "call inventory.reserve" }]);
    assert_eq!(section("cairn-map"), Some(places));
}

/// Ten thousand statements of one function: time and size grow with them, not with their square.
#[test]
fn a_large_workflow_is_no_trouble() {
    let rounds = |n: usize| {
        let add = || set(0, arith(ArithOp::Add, local(0, Type::Int), local(0, Type::Int)));
        valid(&program(&[("x", Type::Int)], (0..n).map(|_| add()).collect())).len()
    };
    let (none, one, ten) = (rounds(0), rounds(1000), rounds(10_000));
    let (each, each_of_many) = ((one - none) / 1000, (ten - none) / 10_000);
    assert!(each_of_many <= each, "{each} {each_of_many}");
}

#[test]
fn more_variables_than_webassembly_takes_are_refused() {
    let name = ("x", Type::Int);
    let locals = vec![name; 50_001];
    let body = (0..50_001).map(|id| set(id, int(1))).collect();
    let error = emit(&program(&locals, body)).err();
    assert_eq!(error, Some(EmitError::TooLarge { what: "variables", found: 50_001, most: 50_000 }));
}
