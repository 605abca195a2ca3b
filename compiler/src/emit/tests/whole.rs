//! Every statement, every expression, and every method of the library, in one component each.

use super::build::{
    arith, builtin, call, empty, expr, float, int, key, list_of, local, program, set, stmts, text,
    with_lambda, yes,
};
use super::valid;
use crate::ir::{
    ArithOp, Backoff, Builtin, Cache, CallOptions, Catch, CompareOp, Expr, ExprKind, Function, FunctionId,
    Key, KeyPart, ListItem, Local, LocalId, LogLevel, LoopId, MatchArm, Param, RecordItem, Recorded, Retry,
    Stmt, StmtKind, Subscription, Test, TextPart, Unclear, Undo, WaitArm,
};
use crate::types::{Field, Lit, Type};

fn boxed(e: Expr) -> Box<Expr> {
    Box::new(e)
}

fn list(items: Vec<Expr>, ty: Type) -> Expr {
    expr(ExprKind::List(items.into_iter().map(ListItem::Item).collect()), list_of(ty))
}

fn record(of: Vec<(&str, Expr)>) -> Expr {
    let fields = of
        .iter()
        .map(|(name, e)| Field { name: (*name).into(), ty: e.ty.clone(), optional: false })
        .collect();
    let items = of.into_iter().map(|(name, e)| RecordItem::Field(name.into(), e)).collect();
    expr(ExprKind::Record(items), Type::Record(fields))
}

fn map() -> Expr {
    expr(ExprKind::Record(vec![RecordItem::Computed(text("a"), int(1))]), Type::Map(Box::new(Type::Int)))
}

fn duration(n: i64) -> Expr {
    expr(ExprKind::Int(n), Type::Duration)
}

fn time(n: i64) -> Expr {
    expr(ExprKind::Int(n), Type::Time)
}

fn json(e: Expr) -> Expr {
    expr(ExprKind::Widen(boxed(e)), Type::Json)
}

/// Each as a statement of its own, and so held as its type is held.
fn valid_each(of: Vec<Expr>) {
    let locals: Vec<(&str, Type)> =
        of.iter().map(|e| ("x", e.ty.clone())).chain([("item", Type::Int), ("t", Type::Text)]).collect();
    let body = (0..).zip(of).map(|(id, e)| set(id, e)).collect();
    valid(&program(&locals, body));
}

#[test]
fn expressions() {
    let maybe = || expr(ExprKind::Widen(boxed(int(1))), Type::Int.optional());
    let order = || record(vec![("id", text("a")), ("cents", int(5)), ("at", time(0))]);
    valid_each(vec![
        expr(ExprKind::Null, Type::Null),
        yes(),
        float(1.5),
        expr(ExprKind::Bytes(vec![1, 2]), Type::Bytes),
        expr(
            ExprKind::Interpolate(vec![
                TextPart::Chunk("a".into()),
                TextPart::Expr(int(1)),
                TextPart::Expr(float(1.0)),
                TextPart::Expr(duration(1)),
                TextPart::Expr(time(1)),
                TextPart::Expr(text("b")),
                TextPart::Expr(json(yes())),
            ]),
            Type::Text,
        ),
        expr(
            ExprKind::List(vec![ListItem::Item(int(1)), ListItem::Spread(list(vec![int(2)], Type::Int))]),
            list_of(Type::Int),
        ),
        expr(ExprKind::Record(vec![RecordItem::Spread(order())]), order().ty),
        map(),
        expr(ExprKind::Field(boxed(order()), "cents".into()), Type::Int),
        expr(ExprKind::FieldOrNull(boxed(json(order())), "x".into()), Type::Json),
        expr(ExprKind::Index(boxed(list(vec![int(1)], Type::Int)), boxed(int(0))), Type::Int.optional()),
        expr(ExprKind::Index(boxed(map()), boxed(text("a"))), Type::Int.optional()),
        expr(ExprKind::Must(boxed(maybe())), Type::Int),
        expr(ExprKind::Coalesce(boxed(maybe()), boxed(int(2))), Type::Int),
        expr(ExprKind::Coalesce(boxed(maybe()), boxed(maybe())), Type::Int.optional()),
        expr(ExprKind::Conditional(boxed(yes()), boxed(float(1.0)), boxed(float(2.0))), Type::Float),
        expr(ExprKind::And(boxed(yes()), boxed(yes())), Type::Bool),
        expr(ExprKind::Or(boxed(yes()), boxed(yes())), Type::Bool),
        expr(ExprKind::Not(boxed(yes())), Type::Bool),
        expr(ExprKind::Negate(boxed(int(1))), Type::Int),
        expr(ExprKind::Negate(boxed(float(1.0))), Type::Float),
        expr(ExprKind::Concat(boxed(text("a")), boxed(text("b"))), Type::Text),
        expr(
            ExprKind::Concat(
                boxed(expr(ExprKind::Concat(boxed(text("a")), boxed(text("b"))), Type::Text)),
                boxed(text("c")),
            ),
            Type::Text,
        ),
        expr(ExprKind::Equal(boxed(order()), boxed(order())), Type::Bool),
        expr(ExprKind::Equal(boxed(maybe()), boxed(expr(ExprKind::Null, Type::Null))), Type::Bool),
        expr(ExprKind::Equal(boxed(int(1)), boxed(maybe())), Type::Bool),
        expr(
            ExprKind::Widen(boxed(order())),
            Type::Record(vec![Field { name: "id".into(), ty: Type::Text, optional: false }]),
        ),
        json(order()),
        json(duration(1)),
        expr(ExprKind::Narrow(boxed(maybe())), Type::Int),
        expr(ExprKind::Narrow(boxed(json(int(1)))), Type::Int),
        expr(ExprKind::Narrow(boxed(json(int(1)))), Type::Float),
        expr(ExprKind::Decode(boxed(json(order()))), order().ty),
        expr(
            ExprKind::Decode(boxed(json(int(1)))),
            Type::Union(vec![Type::Lit(Lit::Int(1)), Type::Lit(Lit::Int(2))]),
        ),
    ]);
}

#[test]
fn arithmetic_and_order() {
    let mut all = Vec::new();
    for op in [ArithOp::Add, ArithOp::Sub, ArithOp::Mul, ArithOp::Div, ArithOp::Rem] {
        all.push(arith(op, int(7), expr(ExprKind::Negate(boxed(int(2))), Type::Int)));
        all.push(arith(op, int(7), int(i64::MIN)));
        all.push(arith(op, float(7.0), float(2.0)));
        all.push(arith(op, arith(op, int(1), int(2)), arith(op, int(3), int(4))));
    }
    for op in [CompareOp::Lt, CompareOp::Le, CompareOp::Gt, CompareOp::Ge] {
        for (a, b) in [(int(1), int(2)), (float(1.0), float(2.0)), (text("a"), text("b")), (time(1), time(2))]
        {
            all.push(expr(ExprKind::Compare(op, boxed(a), boxed(b)), Type::Bool));
        }
    }
    valid_each(all);
}

#[test]
fn the_library() {
    let maybe = |ty: Type| ty.optional();
    let ints = || list(vec![int(1)], Type::Int);
    let texts = || list(vec![text("a")], Type::Text);
    let floats = || list(vec![float(1.0)], Type::Float);
    let b = builtin;
    let (t, i, f, yn) = (|| Type::Text, || Type::Int, || Type::Float, || Type::Bool);
    let a = || text("a");
    valid_each(vec![
        b(Builtin::TextLen, vec![a()], i()),
        b(Builtin::Upper, vec![a()], t()),
        b(Builtin::Lower, vec![a()], t()),
        b(Builtin::Trim, vec![a()], t()),
        b(Builtin::Split, vec![a(), a()], list_of(t())),
        b(Builtin::Replace, vec![a(), a(), a()], t()),
        b(Builtin::StartsWith, vec![a(), a()], yn()),
        b(Builtin::EndsWith, vec![a(), a()], yn()),
        b(Builtin::TextContains, vec![a(), a()], yn()),
        b(Builtin::TextSlice, vec![a(), int(0), int(i64::MAX)], t()),
        b(Builtin::Lines, vec![a()], list_of(t())),
        b(Builtin::TextToInt, vec![a()], maybe(i())),
        b(Builtin::TextToFloat, vec![a()], maybe(f())),
        b(Builtin::Glob, vec![a(), a()], yn()),
        b(Builtin::ListLen, vec![ints()], i()),
        b(Builtin::First, vec![ints()], maybe(i())),
        b(Builtin::Last, vec![ints()], maybe(i())),
        b(Builtin::SumInt, vec![ints()], i()),
        b(Builtin::SumFloat, vec![floats()], f()),
        b(Builtin::MinOf, vec![ints()], maybe(i())),
        b(Builtin::MaxOf, vec![floats()], maybe(f())),
        b(Builtin::Unique, vec![ints()], list_of(i())),
        b(Builtin::Flat, vec![list(vec![ints()], list_of(i()))], list_of(i())),
        b(Builtin::Zip, vec![ints(), texts()], list_of(Type::Json)),
        b(Builtin::Chunks, vec![ints(), int(2)], list_of(list_of(i()))),
        b(Builtin::Join, vec![texts(), a()], t()),
        b(Builtin::ListSlice, vec![ints(), int(0), int(1)], list_of(i())),
        b(Builtin::ListContains, vec![ints(), int(1)], yn()),
        b(Builtin::IndexOf, vec![ints(), int(1)], maybe(i())),
        b(Builtin::Reverse, vec![ints()], list_of(i())),
        b(Builtin::FirstDuplicate, vec![texts()], maybe(t())),
        b(Builtin::Range, vec![int(0), int(3)], list_of(i())),
        b(Builtin::Keys, vec![map()], list_of(t())),
        b(Builtin::Values, vec![map()], list_of(i())),
        b(Builtin::Get, vec![map(), a()], maybe(i())),
        b(Builtin::Has, vec![map(), a()], yn()),
        b(Builtin::MapLen, vec![map()], i()),
        b(Builtin::Entries, vec![map()], list_of(Type::Json)),
        b(Builtin::Abs, vec![int(1)], i()),
        b(Builtin::Abs, vec![float(1.0)], f()),
        b(Builtin::MinNumber, vec![int(1), int(2)], i()),
        b(Builtin::MaxNumber, vec![float(1.0), float(2.0)], f()),
        b(Builtin::Round, vec![float(1.0)], i()),
        b(Builtin::Floor, vec![float(1.0)], i()),
        b(Builtin::Ceil, vec![float(1.0)], i()),
        b(Builtin::IntToFloat, vec![int(1)], f()),
        b(Builtin::ToText, vec![time(1)], t()),
        b(Builtin::Seconds, vec![duration(1)], i()),
        b(Builtin::Milliseconds, vec![duration(1)], i()),
        b(Builtin::DurationOf, vec![int(1)], Type::Duration),
        b(Builtin::TimeToText, vec![time(1)], t()),
        b(Builtin::UnixSeconds, vec![time(1)], i()),
        b(Builtin::Hash, vec![ints()], t()),
        b(Builtin::ParseJson, vec![a()], Type::Json),
        b(Builtin::ToJson, vec![int(1)], t()),
        b(Builtin::Backoff, vec![duration(1), float(2.0), duration(9), int(3)], Type::Duration),
        b(Builtin::RandomBetween, vec![int(1), int(2), int(3)], i()),
        b(Builtin::Uuid, vec![int(1), int(2)], t()),
    ]);
}

#[test]
fn lambdas_read_what_is_around_them() {
    let ints = || list(vec![int(1)], Type::Int);
    let item = || local(0, Type::Int);
    let outer = || local(2, Type::Float);
    let holds = || expr(ExprKind::Compare(CompareOp::Gt, boxed(item()), boxed(int(0))), Type::Bool);
    let inner = with_lambda(
        Builtin::Any,
        ints(),
        1,
        expr(ExprKind::Equal(boxed(local(1, Type::Int)), boxed(item())), Type::Bool),
        Type::Bool,
    );
    let locals = [("x", Type::Int), ("y", Type::Int), ("f", Type::Float), ("out", Type::Json)];
    let all = vec![
        with_lambda(Builtin::Map, ints(), 0, outer(), list_of(Type::Float)),
        with_lambda(Builtin::Filter, ints(), 0, holds(), list_of(Type::Int)),
        with_lambda(Builtin::All, ints(), 0, inner, Type::Bool),
        with_lambda(Builtin::Find, ints(), 0, holds(), Type::Int.optional()),
        with_lambda(Builtin::SortBy, ints(), 0, item(), list_of(Type::Int)),
        with_lambda(Builtin::GroupBy, ints(), 0, text("a"), Type::Map(Box::new(list_of(Type::Int)))),
    ];
    let body = [set(2, float(0.5))].into_iter().chain(all.into_iter().map(|e| set(3, json(e)))).collect();
    valid(&program(&locals, body));
}

fn options() -> CallOptions {
    let retry = Retry {
        attempts: int(3),
        delay: duration(10),
        backoff: Backoff::Exponential,
        factor: float(2.0),
        longest_delay: duration(1000),
        jitter: float(0.1),
        on: vec!["timeout".into()],
    };
    CallOptions {
        timeout: Some(duration(5)),
        retry: Some(retry),
        cache: Some(Cache { key: text("k"), age: duration(9) }),
        unclear: Unclear::Ask,
    }
}

fn step() -> StmtKind {
    let mut step = call("a", Some(0), Type::Int);
    step.key = Key {
        parts: vec![KeyPart::Text("a[".into()), KeyPart::Local(LocalId(0)), KeyPart::Text("]".into())],
    };
    step.options = options();
    step.undo = Some(Undo {
        key: key("a.undo"),
        tool: "t.back".into(),
        arguments: empty(),
        secrets: vec!["/token".into()],
        options: options(),
    });
    StmtKind::Call(Box::new(step))
}

fn tried() -> Vec<Stmt> {
    let fail =
        StmtKind::Fail { kind: "odd".into(), message: text("m"), detail: expr(ExprKind::Null, Type::Null) };
    let branch = StmtKind::If {
        condition: yes(),
        then: stmts(vec![fail]),
        otherwise: stmts(vec![StmtKind::Break(LoopId(0))]),
    };
    let catch = |kinds: &[&str], body| Catch {
        kinds: kinds.iter().map(|k| (*k).into()).collect(),
        local: Some(LocalId(1)),
        body: stmts(body),
    };
    let catches = vec![
        catch(&["odd", "http_4xx"], vec![StmtKind::Continue(LoopId(0))]),
        catch(&[], vec![StmtKind::Refail(LocalId(1))]),
    ];
    stmts(vec![StmtKind::Try {
        body: stmts(vec![step(), branch]),
        catches,
        unwind_key: key("try"),
        deadline: None,
        finally: Vec::new(),
    }])
}

fn wait() -> StmtKind {
    let subscription =
        Subscription { event: "paid".into(), fields: vec![("id".into(), json(int(1)))], condition: None };
    let arm = WaitArm { subscription, local: Some(LocalId(3)), body: Vec::new() };
    let after = Some((false, duration(5), stmts(vec![StmtKind::Return(int(1))])));
    StmtKind::Wait { key: key("paid"), timer_key: key("paid.timer"), arms: vec![arm], after }
}

fn choice() -> StmtKind {
    let arm = |tests, guard| MatchArm {
        tests,
        guard,
        bind: stmts(vec![set(0, int(1))]),
        body: stmts(vec![set(0, int(2))]),
    };
    let arms = vec![
        arm(vec![Test::Lit(Lit::Int(1)), Test::Lit(Lit::Int(2))], None),
        arm(vec![Test::Null], None),
        arm(Vec::new(), Some(yes())),
        arm(Vec::new(), None),
    ];
    StmtKind::Match { value: LocalId(0), arms }
}

#[test]
fn statements() {
    let locals = [
        ("n", Type::Int),
        ("e", Type::Json),
        ("list", list_of(Type::Int)),
        ("paid", Type::Json),
        ("counter", Type::Int),
        ("f", Type::Float.optional()),
    ];
    let mut program = program(
        &locals,
        vec![
            set(2, list(Vec::new(), Type::Int)),
            StmtKind::Append(LocalId(2), int(1)),
            StmtKind::Record { local: LocalId(0), what: Recorded::Now, key: key("now") },
            StmtKind::Record { local: LocalId(0), what: Recorded::Random, key: key("random") },
            StmtKind::Sleep { key: key("nap"), until: true, value: time(5) },
            StmtKind::Loop { id: LoopId(0), counter: LocalId(4), max: Some(int(3)), body: tried() },
            StmtKind::For {
                id: LoopId(1),
                items: LocalId(2),
                counter: LocalId(4),
                item: LocalId(0),
                body: stmts(vec![choice()]),
            },
            wait(),
            StmtKind::UndoAll { key: key("undo") },
            StmtKind::Log { level: LogLevel::Warn, message: text("m"), fields: empty() },
            StmtKind::Return(json(local(2, list_of(Type::Int)))),
        ],
    );
    let param = |name: &str, local, optional, default| Param {
        name: name.into(),
        local: LocalId(local),
        optional,
        default,
    };
    program.params =
        vec![param("n", 0, true, Some(int(5))), param("e", 1, false, None), param("f", 5, true, None)];
    let twice = Function {
        name: "twice".into(),
        locals: vec![Local { name: "n".into(), ty: Type::Int }],
        params: 1,
        result: Type::Int,
        body: arith(ArithOp::Mul, local(0, Type::Int), int(2)),
    };
    program.functions = vec![twice];
    program.body.insert(
        0,
        Stmt {
            kind: set(0, expr(ExprKind::Call(FunctionId(0), vec![int(4)]), Type::Int)),
            span: cairn_dsl::tree::Span { start: 0, end: 0 },
        },
    );
    valid(&program);
}
