use std::path::Path;

use proptest::prelude::*;

use super::{DIAGNOSTICS_MAX, parse};
use crate::tree::{
    Effect, EffectKind, Expectation, Expr, ExprKind, Happening, Item, ItemKind, MockAnswer, Rhs, Span, Stmt,
    StmtKind, TestStmt, TestStmtKind, TextPart, UnaryOp,
};
use crate::{Source, render};

/// The programs of the corpus: name and text.
pub(crate) fn programs() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus/language");
    let mut programs: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "cairn"))
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read_to_string(&path).unwrap(),
            )
        })
        .collect();
    programs.sort();
    programs
}

#[test]
fn every_program_of_the_corpus_is_read() {
    let programs = programs();
    assert_eq!(programs.len(), 14);
    for (name, text) in programs {
        let parsed = parse(&text);
        assert_eq!(parsed.diagnostics, [], "{name}");
    }
}

/// The value of `let x = …` in a workflow.
fn value(text: &str) -> (Expr, String) {
    let whole = format!("workflow w() {{ let x = {text} }}");
    let parsed = parse(&whole);
    assert_eq!(parsed.diagnostics, [], "{whole}");
    let [Item { kind: ItemKind::Workflow(workflow), .. }] = parsed.file.items.as_slice() else {
        panic!("{whole}")
    };
    let [Stmt { kind: StmtKind::Let { value: Rhs::Expr(value), .. }, .. }] = workflow.body.as_slice() else {
        panic!("{whole}")
    };
    (value.clone(), whole)
}

/// How an expression groups, fully bracketed.
fn grouping(text: &str) -> String {
    fn show(expr: &Expr, text: &str) -> String {
        match &expr.kind {
            ExprKind::Binary { left, op_span, right, .. } => {
                format!("({} {} {})", show(left, text), &text[op_span.range()], show(right, text))
            }
            ExprKind::Conditional { condition, then, otherwise } => {
                format!("({} ? {} : {})", show(condition, text), show(then, text), show(otherwise, text))
            }
            ExprKind::Unary { of, .. } => format!("({}{})", &text[expr.span.range()][..1], show(of, text)),
            _ => text[expr.span.range()].to_owned(),
        }
    }
    let (value, whole) = value(text);
    show(&value, &whole)
}

#[test]
fn operators_group_as_the_grammar_says() {
    assert_eq!(grouping("a + b * c - d"), "((a + (b * c)) - d)");
    assert_eq!(grouping("a ?? b || c && !d == e"), "(a ?? (b || (c && ((!d) == e))))");
    assert_eq!(grouping("a ? b : c ? d : e"), "(a ? b : (c ? d : e))");
    assert_eq!(grouping("a ? b ? c : d : e"), "(a ? (b ? c : d) : e)");
    assert_eq!(grouping("-a.b - -5"), "((-a.b) - -5)");
    assert_eq!(grouping("(a + b) * c"), "((a + b) * c)");
}

#[test]
fn the_smallest_int_can_be_written() {
    assert_eq!(value("-9223372036854775808").0.kind, ExprKind::Int(i64::MIN));
    assert_eq!(
        value("--5").0.kind,
        ExprKind::Unary { op: UnaryOp::Minus, of: Box::new(value_at(-5, "--5")) }
    );
}

/// `-5` as it stands in `let x = --5`.
fn value_at(number: i64, text: &str) -> Expr {
    let (whole, _) = value(text);
    Expr { kind: ExprKind::Int(number), span: Span { start: whole.span.start + 1, end: whole.span.end } }
}

/// The parts of a text: chunks as they are, expressions as what they underline.
fn parts(text: &str) -> Vec<String> {
    let (value, whole) = value(text);
    let ExprKind::Text(parts) = value.kind else { panic!("{text}") };
    let show = |part: &TextPart| match part {
        TextPart::Chunk(chunk) => chunk.clone(),
        TextPart::Expr(expr) => format!("${}", &whole[expr.span.range()]),
    };
    parts.iter().map(show).collect()
}

#[test]
fn texts_resolve_escapes_and_keep_the_places_of_their_expressions() {
    assert_eq!(parts(r#""a\n${b.c}\u00e9${ d + 1 }\$""#), ["a\n", "$b.c", "é", "$d + 1", "$"]);
    assert_eq!(parts(r#""\ud83d\ude00""#), ["😀"]);
    assert_eq!(parts(r#""${"x${y}"}""#), [r#"$"x${y}""#]);
    assert_eq!(parts(r#""""#), Vec::<String>::new());
}

#[test]
fn common_indentation_is_no_part_of_a_text() {
    assert_eq!(
        parts("\"\"\"\n    a\n      b ${c}\n\n    \\${d} \\n\n  \"\"\""),
        ["a\n  b ", "$c", "\n\n${d} \\n"]
    );
    assert_eq!(parts("\"\"\"one\n    two\"\"\""), ["one\ntwo"]);
    assert_eq!(parts("\"\"\"\r\n  a\r\n  b\r\n\"\"\""), ["a\nb"]);
    assert_eq!(parts("\"\"\"\n  ${a}\n    b\n\"\"\""), ["$a", "\n  b"]);
}

#[test]
fn spans_end_where_the_words_end() {
    let text = "workflow w() {\n  let x = 1 // one\n  call p.q(a: 1) timeout 5s   // two\n  return\n}";
    let parsed = parse(text);
    let ItemKind::Workflow(workflow) = &parsed.file.items[0].kind else { panic!("{parsed:?}") };
    let shown: Vec<&str> = workflow.body.iter().map(|stmt| &text[stmt.span.range()]).collect();
    assert_eq!(shown, ["let x = 1", "call p.q(a: 1) timeout 5s", "return"]);
}

#[test]
fn a_tools_kind_may_name_its_status() {
    let parsed = parse("tool p { charge() -> null fails card_declined(402), out_of_stock idempotent }");
    assert_eq!(parsed.diagnostics, []);
    let ItemKind::Tool(tool) = &parsed.file.items[0].kind else { panic!("{parsed:?}") };
    let kinds: Vec<_> =
        tool.operations[0].fails.iter().map(|kind| (&*kind.name.text, kind.status.map(|s| s.0))).collect();
    assert_eq!(kinds, [("card_declined", Some(402)), ("out_of_stock", None)]);
    assert!(tool.operations[0].idempotent && !tool.operations[0].readonly);
}

#[test]
fn loops_take_their_names_and_bounds_apart() {
    let text = "workflow w() { while a < b as n max 5 { break } while c as bool { break } loop max 5 { break } loop m { break } }";
    let parsed = parse(text);
    assert_eq!(parsed.diagnostics, []);
    let ItemKind::Workflow(workflow) = &parsed.file.items[0].kind else { panic!("{parsed:?}") };
    let shown = workflow.body.iter().map(|stmt| match &stmt.kind {
        StmtKind::While(it) => {
            (it.name.as_ref().map(|n| &*n.text), it.max.is_some(), &text[it.condition.span.range()])
        }
        StmtKind::Effect(Effect { kind: EffectKind::Loop(it), .. }) => {
            (it.name.as_ref().map(|n| &*n.text), it.max.is_some(), "")
        }
        _ => panic!("{stmt:?}"),
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [(Some("n"), true, "a < b"), (None, false, "c as bool"), (None, true, ""), (Some("m"), false, "")]
    );
}

/// The statements of a test, and the text.
fn test_of(body: &str) -> (Vec<TestStmt>, String) {
    let text = format!("test \"t\" {{\n{body}\n}}");
    let mut parsed = parse(&text);
    assert_eq!(parsed.diagnostics, [], "{text}");
    let Some(Item { kind: ItemKind::Test(test), .. }) = parsed.file.items.pop() else { panic!("{text}") };
    (test.body, text)
}

#[test]
fn a_list_of_answers_is_told_from_an_answer_that_is_a_list() {
    let answers = |mock: &str| {
        let (stmts, text) = test_of(&format!("mock t.op => {mock}"));
        let [TestStmt { kind: TestStmtKind::Mock { args: None, answers, .. }, .. }] = stmts.as_slice() else {
            panic!("{stmts:?}")
        };
        let show = |answer: &MockAnswer| match answer {
            MockAnswer::Value(value) => text[value.span.range()].to_owned(),
            MockAnswer::Fail { span, .. } | MockAnswer::Hang(span) => text[span.range()].to_owned(),
        };
        answers.iter().map(show).collect::<Vec<_>>()
    };
    assert_eq!(answers("1"), ["1"]);
    assert_eq!(answers("[fail network, { a: 1 }, hang,]"), ["fail network", "{ a: 1 }", "hang"]);
    assert_eq!(answers("[{ a: 1 }\n{ a: 2 }]"), ["{ a: 1 }", "{ a: 2 }"]);
    assert_eq!(answers("[[1, 2]]"), ["[1, 2]"]);
    assert_eq!(answers("[]"), ["[]"]);
    assert_eq!(answers("[...xs]"), ["[...xs]"]);
}

#[test]
fn tests_keep_what_happens_when_and_what_is_expected() {
    let body = "mock t.op(a: 1) => hang\nat 3d crash\nat 1h + 2m cancel\nat 1d emit shop.e { a: 1 } to \"x\"
at 2d answer round.verdict { choice: \"yes\" }\nrun w(a: 1)\nexpect fails timeout\nexpect calls(\"t.op\").len() == 2";
    let (stmts, text) = test_of(body);
    let shown: Vec<&str> = stmts.iter().map(|stmt| &text[stmt.span.range()]).collect();
    assert_eq!(shown, body.lines().collect::<Vec<_>>());
    let kinds = stmts.iter().map(|stmt| match &stmt.kind {
        TestStmtKind::Mock { args: Some(args), .. } => format!("mock {}", args.len()),
        TestStmtKind::At { what: Happening::Crash, .. } => "crash".into(),
        TestStmtKind::At { what: Happening::Cancel, when, .. } => text[when.span.range()].into(),
        TestStmtKind::At { what: Happening::Emit { to: Some(_), event, .. }, .. } => {
            text[event.span.range()].into()
        }
        TestStmtKind::At { what: Happening::Answer { question, .. }, .. } => {
            text[question.span.range()].into()
        }
        TestStmtKind::Run { args_span, .. } => text[args_span.range()].into(),
        TestStmtKind::Expect(Expectation::Fails(kind)) => text[kind.span.range()].into(),
        TestStmtKind::Expect(Expectation::Holds(it)) => text[it.span.range()].into(),
        other => panic!("{other:?}"),
    });
    let kinds: Vec<String> = kinds.collect();
    let wanted = [
        "mock 1",
        "crash",
        "1h + 2m",
        "shop.e",
        "round.verdict",
        "(a: 1)",
        "timeout",
        "calls(\"t.op\").len() == 2",
    ];
    assert_eq!(kinds, wanted);
}

#[test]
fn a_tool_may_leave_its_operations_to_what_describes_it() {
    let parsed = parse("tool a from \"openapi:a.json\"\ntool b from \"mcp:b\" {}\ntool c { d() -> null }");
    assert_eq!(parsed.diagnostics, []);
    let listed = parsed.file.items.iter().map(|item| match &item.kind {
        ItemKind::Tool(tool) => (tool.from.is_some(), tool.listed, tool.operations.len()),
        other => panic!("{other:?}"),
    });
    assert_eq!(listed.collect::<Vec<_>>(), [(true, false, 0), (true, true, 0), (false, true, 1)]);
    assert!(!parse("tool a").diagnostics.is_empty());
}

/// `open` and `close` around `inner`, `levels` times, as the value of a `let`.
fn nested(open: &str, inner: &str, close: &str, levels: usize) -> String {
    format!("workflow w() {{ let x = {}{inner}{} }}", open.repeat(levels), close.repeat(levels))
}

#[test]
fn deep_nesting_is_a_diagnostic_and_no_overflow() {
    let shapes = [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("{ a: ", "1", "}"),
        ("f(", "1", ")"),
        ("\"${", "1", "}\""),
        ("a.map(x => ", "1", ")"),
    ];
    for (open, inner, close) in shapes {
        // The body's own brace is a level.
        assert_eq!(parse(&nested(open, inner, close, 63)).diagnostics, [], "{open}");
        for levels in [64, 65, 5_000, 100_000] {
            let text = nested(open, inner, close, levels);
            let codes: Vec<_> = parse(&text).diagnostics.iter().map(|diagnostic| diagnostic.code.0).collect();
            assert_eq!(codes, ["E0131"], "{open} {levels}");
        }
    }
}

#[test]
fn deep_blocks_and_types_are_a_diagnostic_and_no_overflow() {
    let shapes = [
        ("if a { ", "return", " }"),
        ("loop { ", "break", " }"),
        ("try { ", "return", " } catch any as e { return }"),
        ("for x in xs parallel { ", "return", " }"),
        ("parallel { b { ", "return", " } }"),
        ("match a { _ => { ", "return", " } }"),
        ("wait { e() => { ", "return", " } }"),
        ("call a.b() undo { ", "return", " }"),
    ];
    for (open, inner, close) in shapes {
        for levels in [30, 63, 64] {
            let text = format!("workflow w() {{ {}{inner}{} }}", open.repeat(levels), close.repeat(levels));
            let codes: Vec<_> = parse(&text).diagnostics.iter().map(|diagnostic| diagnostic.code.0).collect();
            let deep = 1 + levels * (open.matches('{').count()) > 64;
            assert_eq!(codes, if deep { vec!["E0131"] } else { vec![] }, "{open} {levels}");
        }
    }
    for (open, close) in [("[", "]"), ("{ a: ", " }"), ("(", ")"), ("map<", ">")] {
        let text = format!("type A = {}int{}", open.repeat(64), close.repeat(64));
        assert_eq!(parse(&text).diagnostics, [], "{open}");
    }
    let angles = format!("type A = {}int{}", "map<".repeat(20_000), ">".repeat(20_000));
    assert!(parse(&angles).diagnostics.iter().any(|diagnostic| diagnostic.code.0 == "E0131"));
}

#[test]
fn long_chains_are_a_diagnostic_and_no_overflow() {
    for (text, link) in
        [("1", " + 1"), ("a", ".b"), ("a", "!"), ("a", " ? b : c"), ("a", " ? b"), ("1", " ?? 1")]
    {
        let text = format!("workflow w() {{ let x = {text}{} }}", link.repeat(20_000));
        let parsed = parse(&text);
        assert_eq!(parsed.diagnostics.iter().map(|d| d.code.0).collect::<Vec<_>>(), ["E0131"], "{link}");
    }
    for (before, link, after) in [
        ("let x = ", "-", "a"),
        ("let x = ", "!", "a"),
        ("if a {} ", "else if a {} ", ""),
        ("call p.q() ", "undo call p.q() ", ""),
    ] {
        let text = format!("workflow w() {{ {before}{}{after} }}", link.repeat(20_000));
        let codes: Vec<_> = parse(&text).diagnostics.iter().map(|d| d.code.0).collect();
        assert!(codes.is_empty() || codes == ["E0131"], "{link}: {codes:?}");
    }
    let types = format!("type A = {}", "secret ".repeat(20_000));
    assert!(!parse(&types).diagnostics.is_empty());
}

#[test]
fn json_documents_are_expressions() {
    let json = r#"{"a": [1, -2.5e3, true, null, {"b c": "\u00e9\ud83d\ude00\/"}], "d": {}}"#;
    assert_eq!(parse(&format!("const x = {json}")).diagnostics, []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,200}") {
        sound(&text);
    }

    #[test]
    fn any_tokens_are_read_without_panic(words in proptest::collection::vec(prop::sample::select(&WORDS[..]), 0..60)) {
        sound(&words.join(" "));
        sound(&format!("workflow w() {{\n{}\n}}", words.join("\n")));
    }

    #[test]
    fn changed_programs_are_read_without_panic(
        program in 0..14_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), 0..40_usize, prop::sample::select(&WORDS[..])), 1..6),
    ) {
        let mut text = programs().swap_remove(program).1;
        for (place, length, word) in changes {
            let mut start = place.index(text.len());
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            let mut end = (start + length).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            text.replace_range(start..end, word);
        }
        sound(&text);
    }
}

pub(crate) static WORDS: [&str; 48] = [
    "",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "\"\"\"",
    "${",
    "=",
    "=>",
    ":",
    ",",
    ";",
    "'",
    "#",
    "/*",
    "///",
    "//",
    "\n",
    "let",
    "x",
    "call",
    "a.b",
    "await",
    "if",
    "else",
    "match",
    "wait",
    "for",
    "in",
    "1",
    "5 min",
    "007",
    "+",
    "?",
    "!",
    "workflow w(a: int) {",
    "tool t {",
    "import",
    "-> T",
    "type A =",
    "as",
    "undo",
    "timeout",
    "case",
    "é",
];

/// Never too many, always within the text and on whole characters, and never silent where the grammar refused.
fn sound(text: &str) {
    let parsed = parse(text);
    assert!(parsed.diagnostics.len() <= DIAGNOSTICS_MAX);
    for diagnostic in &parsed.diagnostics {
        let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary);
        let spans = labels.map(|label| label.span).chain(diagnostic.edits.iter().map(|edit| edit.span));
        for span in spans {
            assert!(text.get(span.range()).is_some(), "{span:?} of {diagnostic:?}");
        }
        assert!(crate::explain::page(diagnostic.code.0).is_some() && diagnostic.code.0 != "E0199");
    }
    let strict = super::read(text, &super::AsWritten).is_ok();
    assert!(strict || !parsed.diagnostics.is_empty(), "refused without a word: {text}");
    let source = Source::new("x.cairn", text);
    let shown = render(&source, &parsed.diagnostics, true);
    assert_eq!(shown.is_empty(), parsed.diagnostics.is_empty());
}

/// A slash divides; three of them begin what is said about the next declaration, whose first word is no reserved one.
#[test]
fn what_is_said_about_a_declaration_is_no_division_of_the_one_before() {
    let text = "const HALF = 4 / 2\n/// Goes on.\nworkflow w() -> int {\n  return HALF /2\n}\n";
    let (items, diagnostics) = super::read_as_written(text).expect("the grammar takes it as it is");
    assert_eq!((items.len(), diagnostics.len()), (2, 0));
}
