//! What goes beyond one thread of one instance: blocks, other instances, people, deadlines.

use wasmparser::{Parser, Payload};

use super::build::{empty, expr, int, key, list_of, local, locals, program, stmts, text};
use super::valid;
use crate::emit::{EmitError, emit};
use crate::ir::{
    Ask, Block, BlockId, Branch, Capture, Child, Deadline, Expr, ExprKind, Fork, ForkEach, LocalId, LoopId,
    Program, StmtKind,
};
use crate::types::Type;

fn duration(n: i64) -> Expr {
    expr(ExprKind::Int(n), Type::Duration)
}

fn block(name: &str, body: Vec<StmtKind>) -> Block {
    let captures = vec![
        Capture { outer: LocalId(0), inner: LocalId(0) },
        Capture { outer: LocalId(1), inner: LocalId(1) },
    ];
    Block {
        name: name.into(),
        locals: locals(&[("n", Type::Int), ("n", Type::Text)]),
        captures,
        result: Type::Int,
        body: stmts(body),
    }
}

fn branch(name: &str, after: Vec<usize>, local: u32) -> Branch {
    Branch { name: name.into(), key: key(name), block: BlockId(0), after, local: Some(LocalId(local)) }
}

/// Locals: an int, a text, a list of ints, two results that may be null, and the list of all.
fn with_blocks(body: Vec<StmtKind>) -> Program {
    let maybe = Type::Union(vec![Type::Int, Type::Null]);
    let mut program = program(
        &[
            ("n", Type::Int),
            ("t", Type::Text),
            ("xs", list_of(Type::Int)),
            ("a", maybe.clone()),
            ("b", maybe),
            ("all", list_of(Type::Int)),
        ],
        body,
    );
    program.blocks =
        vec![block("build", vec![StmtKind::Return(local(0, Type::Int))]), block("test", Vec::new())];
    program
}

fn fork() -> StmtKind {
    StmtKind::Fork(Box::new(Fork {
        branches: vec![branch("a", Vec::new(), 3), branch("b", vec![0], 4)],
        max: Some(int(1)),
        first: Some(int(1)),
        settle: false,
        winner: Some(LocalId(1)),
    }))
}

fn each() -> StmtKind {
    StmtKind::ForkEach(Box::new(ForkEach {
        items: LocalId(2),
        counter: LocalId(0),
        item: LocalId(0),
        prepare: vec![],
        key: key("x"),
        name: text("x"),
        block: BlockId(1),
        max: None,
        first: None,
        settle: false,
        result: Some(LocalId(5)),
    }))
}

fn exports(component: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        if let Ok(Payload::ComponentExportSection(section)) = payload {
            out.extend(section.into_iter().flatten().map(|export| export.name.name.to_owned()));
        }
    }
    out
}

#[test]
fn blocks_are_exported_by_who_has_some() {
    let exported = |program: &Program| exports(&valid(program));
    assert!(exported(&program(&[], Vec::new())).iter().all(|name| name == "run"));
    let undo = StmtKind::UndoBlock { key: key("x.undo"), block: BlockId(1) };
    let names = exported(&with_blocks(vec![fork(), each(), undo]));
    assert!(names.contains(&"cairn:workflow/blocks@0.3.0".to_owned()), "{names:?}");
}

#[test]
fn every_statement_beyond_the_instance_is_valid() {
    let deadline = || Some(Deadline { key: key("late"), span: duration(5) });
    let child = Child {
        local: Some(LocalId(3)),
        key: key("c"),
        workflow: "w".into(),
        input: empty(),
        deadline: deadline(),
        result: Type::Int,
    };
    let ask = Ask {
        local: None,
        key: key("ask"),
        whom: text("team"),
        task: empty(),
        deadline: deadline(),
        result: Type::Json,
    };
    let calendar = StmtKind::Calendar {
        local: LocalId(1),
        key: key("day"),
        question: "format".into(),
        of: expr(ExprKind::Int(0), Type::Time),
        zone: text("UTC"),
        arguments: vec![text("%Y"), int(1)],
    };
    let held = StmtKind::Lock {
        key: key("lock[x]"),
        name: text("x"),
        places: Some(int(2)),
        body: stmts(vec![StmtKind::Return(int(1))]),
    };
    valid(&with_blocks(vec![
        StmtKind::Child(Box::new(child)),
        StmtKind::Ask(Box::new(ask)),
        StmtKind::Spawn { local: Some(LocalId(1)), key: key("s"), workflow: "w".into(), input: empty() },
        StmtKind::Emit { key: key("e"), event: "e".into(), data: empty(), to: Some(text("i")) },
        StmtKind::Emit { key: key("f"), event: "e".into(), data: empty(), to: None },
        StmtKind::Expose(int(1)),
        calendar,
        held,
        StmtKind::Restart(empty()),
    ]));
}

/// A `try` with all parts, in a loop that is left from within.
fn nested(depth: usize) -> StmtKind {
    let body = if depth == 0 {
        vec![StmtKind::If {
            condition: expr(ExprKind::Bool(true), Type::Bool),
            then: stmts(vec![StmtKind::Return(int(1))]),
            otherwise: stmts(vec![StmtKind::Break(LoopId(0))]),
        }]
    } else {
        vec![nested(depth - 1)]
    };
    StmtKind::Try {
        body: stmts(body),
        deadline: Some(Deadline { key: key("try.deadline"), span: duration(5) }),
        catches: Vec::new(),
        unwind_key: key("try.undo"),
        finally: stmts(vec![StmtKind::Expose(int(1))]),
    }
}

#[test]
fn what_is_done_at_last_is_written_once_however_deep_it_nests() {
    let size = |depth| {
        let around = StmtKind::Loop {
            id: LoopId(0),
            counter: LocalId(0),
            max: None,
            body: stmts(vec![nested(depth)]),
        };
        valid(&program(&[("i", Type::Int)], vec![around])).len()
    };
    let (few, more, many) = (size(10), size(20), size(40));
    assert!(many - more <= 2 * (more - few) + 200, "{few} {more} {many}");
}

#[test]
fn a_block_that_is_not_there_is_our_fault() {
    let body = vec![StmtKind::UndoBlock { key: key("u"), block: BlockId(7) }];
    assert!(matches!(emit(&with_blocks(body)), Err(EmitError::Internal(_))));
}
