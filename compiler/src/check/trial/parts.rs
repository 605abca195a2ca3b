//! Expressions of a test as a program: each is worked out for itself, so that one that fails does not take the others along.

use std::collections::BTreeMap;

use cairn_dsl::tree::Span;

use crate::check::body::Body;
use crate::check::fit::{boxed, widen};
use crate::ir::test::Part;
use crate::ir::{
    self, Catch, Expr, ExprKind, Key, KeyPart, Local, LocalId, Meta, Needs, Program, RecordItem, Stmt,
    StmtKind,
};
use crate::types::{Field, Type};

/// Collects the expressions of one program.
#[derive(Default)]
pub(super) struct Parts {
    values: Vec<(Expr, Span)>,
}

impl Parts {
    /// The value will be worked out.
    pub(super) fn put(&mut self, value: Expr, span: Span) -> Part {
        self.values.push((value, span));
        Part(self.values.len() - 1)
    }

    /// The program that works all of them out.
    pub(super) fn program(self, body: &mut Body<'_>, params: Vec<ir::Param>) -> Program {
        let mut stmts = Vec::new();
        let mut items = Vec::new();
        for (number, (value, span)) in self.values.into_iter().enumerate() {
            let found = body.hidden("value", Type::Json);
            let failure = body.hidden("failure", Type::Json);
            stmts.extend([found, failure].map(|local| Stmt { kind: StmtKind::Set(local, null()), span }));
            stmts.push(tried(body, number, found, failure, (value, span)));
            items.push(RecordItem::Field(number.to_string(), body.read(found)));
            items.push(RecordItem::Field(format!("{number}.failure"), body.read(failure)));
        }
        let whole = Expr { kind: ExprKind::Record(items), ty: Type::Json };
        stmts.push(Stmt { kind: StmtKind::Return(whole), span: Span::default() });
        let locals = std::mem::take(&mut body.locals);
        program(locals, params, stmts, std::mem::take(&mut body.shared.functions.list))
    }
}

/// `try { found = value } catch any as e { failure = e }`
fn tried(
    body: &mut Body<'_>,
    number: usize,
    found: LocalId,
    failure: LocalId,
    (value, span): (Expr, Span),
) -> Stmt {
    let fields = ["kind", "message"].map(|name| Field { name: name.into(), ty: Type::Text, optional: false });
    let caught = body.hidden("caught", Type::Record(fields.to_vec()));
    let set = |local, value| Stmt { kind: StmtKind::Set(local, value), span };
    let told = widen(body.read(caught), &Type::Json);
    let value = widen(boxed(value), &Type::Json);
    let catch = Catch { kinds: Vec::new(), local: Some(caught), body: vec![set(failure, told)] };
    let kind = StmtKind::Try {
        body: vec![set(found, value)],
        deadline: None,
        catches: vec![catch],
        unwind_key: Key { parts: vec![KeyPart::Text(format!("{number}.undo"))] },
        finally: Vec::new(),
    };
    Stmt { kind, span }
}

fn null() -> Expr {
    Expr { kind: ExprKind::Widen(Box::new(Expr { kind: ExprKind::Null, ty: Type::Null })), ty: Type::Json }
}

fn program(
    locals: Vec<Local>,
    params: Vec<ir::Param>,
    body: Vec<Stmt>,
    functions: Vec<ir::Function>,
) -> Program {
    let any = || serde_json::Value::Object(serde_json::Map::new());
    let meta = Meta {
        format: 1,
        workflow: "test".into(),
        version: None,
        doc: None,
        input: any(),
        output: any(),
        fails: Vec::new(),
        tools: Vec::new(),
        events: Vec::new(),
        emits: Vec::new(),
        key: None,
        limits: BTreeMap::new(),
        triggers: Vec::new(),
        workflows: Vec::new(),
        needs: Needs::default(),
        source: "test".into(),
        source_hash: String::new(),
        compiler: env!("CARGO_PKG_VERSION").into(),
    };
    Program {
        meta,
        places: Vec::new(),
        functions,
        locals,
        params,
        result: Type::Json,
        body,
        blocks: Vec::new(),
    }
}
