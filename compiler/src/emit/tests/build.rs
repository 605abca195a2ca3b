//! Small makers of IR.

use cairn_dsl::tree::Span;

use crate::ir::{
    ArithOp, Builtin, CallOptions, Expr, ExprKind, Key, KeyPart, Lambda, Local, LocalId, Meta, Needs,
    Program, Stmt, StmtKind, Tool,
};
use crate::types::Type;

/// A workflow of nothing but this.
pub(super) fn program(locals: &[(&str, Type)], body: Vec<StmtKind>) -> Program {
    Program {
        meta: meta(),
        places: Vec::new(),
        functions: Vec::new(),
        locals: self::locals(locals),
        params: Vec::new(),
        result: Type::Json,
        body: stmts(body),
        blocks: Vec::new(),
    }
}

fn meta() -> Meta {
    Meta {
        format: 1,
        workflow: "order".into(),
        version: Some(3),
        doc: None,
        input: serde_json::json!({ "type": "object" }),
        output: serde_json::json!({}),
        fails: Vec::new(),
        tools: Vec::new(),
        events: Vec::new(),
        emits: Vec::new(),
        key: None,
        limits: std::collections::BTreeMap::new(),
        triggers: Vec::new(),
        workflows: Vec::new(),
        needs: Needs::default(),
        source: "order.cairn".into(),
        source_hash: "00".into(),
        compiler: "0.1.0".into(),
    }
}

pub(super) fn locals(of: &[(&str, Type)]) -> Vec<Local> {
    of.iter().map(|(name, ty)| Local { name: (*name).into(), ty: ty.clone() }).collect()
}

pub(super) fn stmts(of: Vec<StmtKind>) -> Vec<Stmt> {
    of.into_iter().map(|kind| Stmt { kind, span: Span { start: 0, end: 0 } }).collect()
}

pub(super) fn expr(kind: ExprKind, ty: Type) -> Expr {
    Expr { kind, ty }
}

pub(super) fn int(n: i64) -> Expr {
    expr(ExprKind::Int(n), Type::Int)
}

pub(super) fn float(x: f64) -> Expr {
    expr(ExprKind::Float(x), Type::Float)
}

pub(super) fn text(of: &str) -> Expr {
    expr(ExprKind::Text(of.into()), Type::Text)
}

pub(super) fn yes() -> Expr {
    expr(ExprKind::Bool(true), Type::Bool)
}

pub(super) fn local(id: u32, ty: Type) -> Expr {
    expr(ExprKind::Local(LocalId(id)), ty)
}

pub(super) fn arith(op: ArithOp, a: Expr, b: Expr) -> Expr {
    let ty = a.ty.clone();
    expr(ExprKind::Arith(op, Box::new(a), Box::new(b)), ty)
}

pub(super) fn empty() -> Expr {
    expr(ExprKind::Record(Vec::new()), Type::Record(Vec::new()))
}

pub(super) fn builtin(of: Builtin, arguments: Vec<Expr>, ty: Type) -> Expr {
    expr(ExprKind::Builtin(of, arguments, None), ty)
}

pub(super) fn with_lambda(of: Builtin, list: Expr, param: u32, body: Expr, ty: Type) -> Expr {
    let lambda = Lambda { params: vec![LocalId(param)], body };
    expr(ExprKind::Builtin(of, vec![list], Some(Box::new(lambda))), ty)
}

pub(super) fn list_of(ty: Type) -> Type {
    Type::List(Box::new(ty))
}

pub(super) fn set(id: u32, value: Expr) -> StmtKind {
    StmtKind::Set(LocalId(id), value)
}

pub(super) fn key(of: &str) -> Key {
    Key { parts: vec![KeyPart::Text(of.into())] }
}

pub(super) fn call(name: &str, local: Option<u32>, result: Type) -> crate::ir::Call {
    crate::ir::Call {
        local: local.map(LocalId),
        key: key(name),
        tool: Tool::Named("t.op".into()),
        arguments: empty(),
        secrets: Vec::new(),
        options: CallOptions::default(),
        result,
        undo: None,
    }
}
