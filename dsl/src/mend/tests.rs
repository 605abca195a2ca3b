use crate::{Diagnostic, Parsed, apply, parse};

/// The only diagnostic of a text.
fn only(text: &str) -> (Diagnostic, Parsed) {
    let parsed = parse(text);
    assert_eq!(parsed.diagnostics.len(), 1, "{text}\n{:#?}", parsed.diagnostics);
    (parsed.diagnostics[0].clone(), parsed)
}

/// Code, underlined text and a part of the help; and what is fixed is right.
#[track_caller]
fn check(text: &str, code: &str, underlined: &str, help: &str) {
    let (diagnostic, _) = only(text);
    assert_eq!(diagnostic.code.0, code, "{text}\n{diagnostic:#?}");
    assert_eq!(&text[diagnostic.primary.span.range()], underlined, "{text}");
    let shown = diagnostic.help.clone().unwrap_or_default();
    assert!(shown.contains(help), "{text}\n{shown}");
    if !diagnostic.edits.is_empty() {
        let fixed = apply(text, &diagnostic.edits);
        assert_eq!(parse(&fixed).diagnostics, [], "the fix:\n{fixed}");
    }
}

/// The same within a workflow; the fix has to be offered and to give `fixed`.
#[track_caller]
fn mends(line: &str, code: &str, underlined: &str, fixed: &str) {
    let text = format!("workflow w(a: int) {{\n  {line}\n}}\n");
    check(&text, code, underlined, "");
    let (diagnostic, _) = only(&text);
    let after = apply(&text, &diagnostic.edits);
    assert_eq!(after, format!("workflow w(a: int) {{\n  {fixed}\n}}\n"));
}

/// The same without a fix.
#[track_caller]
fn tells(line: &str, code: &str, underlined: &str, help: &str) {
    let text = format!("workflow w(a: int) {{\n  {line}\n}}\n");
    check(&text, code, underlined, help);
    assert_eq!(only(&text).0.edits, [], "no edit is certain here");
}

#[test]
fn signs_and_quotes_of_others() {
    mends("let x = 1;", "E0102", ";", "let x = 1");
    mends("let x = 'it \"is\"'", "E0103", "'it \"is\"'", "let x = \"it \\\"is\\\"\"");
    mends("let x = `a`", "E0103", "`a`", "let x = \"a\"");
    mends("let x = a === 1", "E0115", "===", "let x = a == 1");
    mends("let x = a !== 1", "E0115", "!==", "let x = a != 1");
    mends("if a = 1 { return }", "E0115", "=", "if a == 1 { return }");
    mends("let x = 1 # one", "E0110", "# one", "let x = 1 // one");
    mends("/* one */ let x = 1", "E0110", "/* one */", "// one\n let x = 1");
    mends("let x = a ≥ 1", "E0143", "≥", "let x = a >= 1");
}

#[test]
fn words_of_others() {
    mends("let x = a > 1 and a < 3", "E0104", "and", "let x = a > 1 && a < 3");
    mends("let x = a > 1 or a < 3", "E0104", "or", "let x = a > 1 || a < 3");
    mends("if not a { return }", "E0104", "not", "if !a { return }");
    tells("if not a in [1] { return }", "E0104", "not", "`!(…)`");
    mends("let x = a is not null", "E0104", "is not", "let x = a != null");
    tells("let x = a not in [1]", "E0104", "not in", "!(a in b)");
    mends("let x = True", "E0118", "True", "let x = true");
    mends("let x = None", "E0118", "None", "let x = null");
    mends("let x = undefined", "E0118", "undefined", "let x = null");
    mends("let x = nil", "E0118", "nil", "let x = null");
}

#[test]
fn await_is_call() {
    mends(
        "let c = await payments.charge(order: a)",
        "E0105",
        "await",
        "let c = call payments.charge(order: a)",
    );
    mends("await payments.charge(order: a)", "E0105", "await", "call payments.charge(order: a)");
    mends("let c = await call payments.charge(a)", "E0105", "await", "let c = call payments.charge(a)");
}

#[test]
fn names_and_values() {
    mends("var x = 1\n  x = x + 1", "E0106", "x =", "var x = 1\n  set x = x + 1");
    mends("var x = 1\n  x += 1", "E0106", "x +=", "var x = 1\n  set x = x + 1");
    mends("var x = 1\n  x++", "E0106", "x++", "var x = 1\n  set x = x + 1");
    mends("x = 1", "E0106", "x =", "let x = 1");
    tells("let x = 1\n  x = 2", "E0106", "x =", "declare it with `var x");
    tells("var x = { b: 1 }\n  x.b = 2", "E0106", "x.b =", "{ ...x, field: value }");
    mends("let x := 1", "E0107", ":=", "let x = 1");
    mends("x := 1", "E0107", ":=", "let x = 1");
    mends("const x = 1", "E0112", "const", "let x = 1");
    mends("let mut x = 1", "E0112", "let mut", "var x = 1");
    tells("let match = 1", "E0128", "match", "`match_`");
    tells("let x\n  return", "E0155", "let x", "let x = …");
    tells("let x =\n  return", "E0154", "=", "write a value");
}

#[test]
fn arguments() {
    tells("call payments.charge(a, 5)", "E0108", "5", "charge(name: 5, …)");
    tells("let c = call payments.charge(a.b)", "E0108", "a.b", "charge(name: a.b, …)");
    mends("call p.charge(order = a)", "E0150", "=", "call p.charge(order: a)");
    mends("call p.charge(x: a y: 1)", "E0144", "y", "call p.charge(x: a, y: 1)");
    mends("call p.charge(x: a,, y: 1)", "E0130", ",", "call p.charge(x: a, y: 1)");
    let declared = "tool p { charge(order: string, cents: int) -> null }\nworkflow w(a: string) {\n  call p.charge(a, 5)\n}";
    let declared = declared.replace("(a, 5)", "(order: a, 5)");
    check(&declared, "E0108", "5", "write `cents: 5`");
}

#[test]
fn durations_and_numbers() {
    mends("sleep 30 seconds", "E0109", "30 seconds", "sleep 30s");
    mends("sleep 5min", "E0109", "5min", "sleep 5m");
    mends("call a.b() timeout 2 hours", "E0109", "2 hours", "call a.b() timeout 2h");
    tells("sleep 2 months", "E0109", "2 months", "no fixed length");
    mends("let x = 007", "E0139", "007", "let x = 7");
    mends("let x = .5", "E0139", ".5", "let x = 0.5");
    mends("let x = 1.", "E0139", "1.", "let x = 1.0");
    tells("let x = 0xff", "E0139", "0xff", "decimal digits");
    tells("let x = 9223372036854775808", "E0132", "9223372036854775808", "an int goes from");
    tells("let x = 1e999", "E0132", "1e999", "infinity");
    tells("let x = 99999999999999w", "E0133", "99999999999999w", "timeout");
    tells("let x = hex\"0g\"", "E0134", "\"0g\"", "two digits");
    tells("let x = base64\"Zg=\"", "E0134", "\"Zg=\"", "padded");
    tells("let x = a < 3 < 4", "E0140", "<", "&&");
}

#[test]
fn texts() {
    tells("let x = \"ab\\ud83d\"", "E0135", "\\ud83d", "both halves");
    tells("let x = \"a\\qb\"", "E0135", "\\q", "\\\\");
    tells("let x = \"abc\n  return", "E0121", "\"abc", "close it");
    check(
        "workflow w(a: int) {\n  call m.send(to: a, text: \"abc)\n  return\n}",
        "E0121",
        "\"abc)",
        "close it",
    );
    check(
        "workflow w(a: int) {\n  call m.send(to: \"a, text: { b: 1 })\n  return\n}",
        "E0121",
        "\"a, text: { b: 1 })",
        "close it",
    );
    tells("call m.send(text: \"abc, to: a)\n  return", "E0121", "\"abc, to: a)", "close it");
    mends("let x = \"n ${a\"", "E0120", "${a", "let x = \"n ${a}\"");
    tells("let x = \"n ${a and so on\"", "E0120", "${a", "close it with `}`");
    mends("let x = f\"n {a}\"", "E0151", "f", "let x = \"n ${a}\"");
}

#[test]
fn blocks() {
    mends("if (a > 1) return", "E0111", "return", "if (a > 1) { return }");
    mends("if a > 1 { return } else return", "E0111", "return", "if a > 1 { return } else { return }");
    mends("if a > 1:\n    return\n  return", "E0138", ":", "if a > 1 {\n    return }\n  return");
    mends(
        "if a > 1 { return } elif a > 0 { return }",
        "E0114",
        "elif",
        "if a > 1 { return } else if a > 0 { return }",
    );
    mends("let x = 1 if a else 2", "E0157", "if a else", "let x = a ? 1 : 2");
    mends("while true { break }", "E0123", "while true", "loop { break }");
    mends("for x of [1] { continue }", "E0124", "of", "for x in [1] { continue }");
    mends("for (const x of [1]) { continue }", "E0124", "(const x of [1])", "for x in [1] { continue }");
    tells(
        "for (let i = 0; i < 3; i++) { continue }".replace(';', ",").as_str(),
        "E0124",
        "(let i = 0, i < 3, i++)",
        "range",
    );
    mends("try { return } catch (e) { return }", "E0125", "(e)", "try { return } catch any as e { return }");
    mends("try { return } catch { return }", "E0125", "catch", "try { return } catch any { return }");
    mends(
        "try { return } except timeout as e { return }",
        "E0125",
        "except",
        "try { return } catch timeout as e { return }",
    );
    tells("switch a {\n    case 1: return\n    default: return\n  }", "E0122", "switch", "match x");
    mends(
        "match a { 1: { return } _ => { return } }",
        "E0117",
        ":",
        "match a { 1 => { return } _ => { return } }",
    );
}

#[test]
fn telling() {
    mends("print(\"a\")", "E0127", "print", "log \"a\"");
    mends("console.log(\"a ${a}\")", "E0127", "console.log", "log \"a ${a}\"");
    mends("console.log(a)", "E0127", "console.log", "log \"${a}\"");
    tells("throw new Error(\"x\")", "E0126", "throw", "fail refused");
    mends("raise broken", "E0126", "raise", "fail broken");
}

#[test]
fn steps() {
    mends("payments.charge(a)", "E0113", "payments.charge", "call payments.charge(a)");
    mends(
        "let c = payments.charge(cents: a)",
        "E0113",
        "payments.charge",
        "let c = call payments.charge(cents: a)",
    );
    tells(
        "let c = [payments.charge(cents: a)]",
        "E0113",
        "payments.charge",
        "let result = call payments.charge(…)",
    );
    tells("a.b", "E0113", "a.b", "let name");
    tells("let x = [call p.q()]", "E0141", "call", "let result = call …");
    tells("if call p.q() { return }", "E0141", "call", "let result = call …");
    mends("return call p.q()", "E0141", "call", "let result = call p.q()\n  return result");
    tells("let result = 1\n  return call p.q()", "E0141", "call", "let result = call …");
    mends("call p.q() timeout: 5s", "E0156", ":", "call p.q() timeout 5s");
    tells("let x = 1\n  version 3", "E0147", "version", "head of the workflow");
    mends("let x = 1\n  /// the end", "E0152", "/// the end", "let x = 1\n  // the end");
}

#[test]
fn declarations() {
    check("import http from \"std:http\"\n", "E0129", "import", "use \"std:http\"");
    check("from x import y\n", "E0129", "from", "use");
    check("function f(a) {\n  return a\n}\nsecret A\n", "E0116", "function", "flow");
    check("def f(a):\n  return a\n", "E0116", "def", "workflow");
    check("interface A { b: string }\n", "E0136", "interface", "type Order");
    check("enum A { b, c }\n", "E0136", "enum", "\"open\" | \"closed\"");
    check("export workflow w() { return }\n", "E0142", "export", "delete");
    check("let x = 1\nsecret A\n", "E0148", "let", "const");
    check("name: order\nsteps:\n  - a\n", "E0149", "name", "workflow");
    check("workflow w() => int { return 1 }\n", "E0117", "=>", "->");
    check("workflow w(): int { return 1 }\n", "E0117", ":", "->");
    check("workflow w(a) { return }\n", "E0145", "a", "a: string");
    check("workflow w(string a) { return }\n", "E0145", "string a", "a: string");
    check("fn f(a: int) -> int { return a + 1 }\n", "E0146", "{", "= …");
    check("fn f(a: int) = a + 1\n", "E0158", ")", "-> T");
    check("type A = string[]\n", "E0137", "string[]", "[string]");
    check("type A = { b: Array<string> }\n", "E0137", "Array<string>", "[T]");
    check("type A = map<string, int>\n", "E0137", "map<string, int>", "map<T>");
    check("tool t { a(x: int) -> null, b() -> null }\n", "E0130", ",", "delete");
    check("use \"a${b}\"\n", "E0153", "\"a${b}\"", "the text itself");
}

#[test]
fn brackets() {
    let text = "workflow w(a: int) {\n  if a > 1 {\n    call p.q()\n  call p.r()\n}\n\nsecret A\n";
    check(text, "E0119", "{", "on a line of its own");
    assert_eq!(only(text).1.file.items.len(), 2);
    check("workflow w(a: int) {\n  return\n", "E0119", "{", "`}`");
    check("workflow w(a: int) {\n  if a > 1\n    return\n  }\n  return\n}\n", "E0119", "if", "put a `{`");
    check("tool t from \"mcp:a\"\n  a() -> null\n}\n", "E0119", "tool", "put a `{`");
    check("workflow w(a: int) {\n  return\n}\n}\n", "E0119", "}", "delete");
    check("workflow w(a: int) {\n  call p.q(a: 1\n  return\n}\n", "E0119", "(", "`)`");
}

#[test]
fn one_run_reports_several_and_keeps_the_rest() {
    let text = "type A = string[]\nworkflow w(a: int) {\n  let x = await p.q(a)\n  if x and a { return }\n  call p.r(;)\n}\nsecret B\n";
    let parsed = parse(text);
    let codes: Vec<_> = parsed.diagnostics.iter().map(|diagnostic| diagnostic.code.0).collect();
    assert_eq!(codes, ["E0137", "E0105", "E0104", "E0102"]);
    assert_eq!(parsed.file.items.len(), 3);
}

#[test]
fn one_slip_is_one_diagnostic() {
    for text in [
        "workflow w(a: int -> int {\n  version 1\n  let x = 1\n  return x\n}",
        "workflow w(a: int) {\n  version\n  key a\n  let x = 1\n  return\n}",
        "workflow w(a: int) {\n  let x = ) call p.q()\n    undo call p.r()\n  return\n}"
            .replace(") call", "call call")
            .as_str(),
        "tool t {\n  a() { b: int }\n  c() -> null\n}\nworkflow w() { return }",
        "workflow w(a: int) {\n  if a > 1 {\n    raise too_much(\"x\")\n  } else { return }\n  return\n}",
    ] {
        only(text);
    }
}

#[test]
fn what_nobody_knows_is_said_in_human_words() {
    check("workflow w(a: int) {\n  let x = a 5\n}\n", "E0101", "5", "a statement (`let`");
    check("workflow w(a: int) {\n  wait {\n  }\n}\n", "E0101", "}", "an event such as");
}

#[test]
fn lists_of_others() {
    mends("var xs = []\n  xs.push(f(1, 2))", "E0106", "xs.push", "var xs = []\n  set xs = [...xs, f(1, 2)]");
    tells("let xs = []\n  xs.append(1)", "E0106", "xs.append", "`var xs = …`");
    tells("a.b.forEach(item => f(item))", "E0124", "a.b.forEach", "`for item in a.b { … }`");
    let help = "parallel { a: call p.q(…)  b: call r.s(…) }";
    tells("let x = await Promise.all([p.q(x: f(1)), r.s()])", "E0105", "Promise.all", help);
    tells("let x = asyncio.gather(p.q(x: 1), r.s(y: 2))", "E0105", "asyncio.gather", help);
}

#[test]
fn steps_and_settings_of_others() {
    mends("if a == 1 { pass }", "E0113", "pass", "if a == 1 { }");
    mends("let pass = 1\n  - let b = a", "E0149", "-", "let pass = 1\n  let b = a");
    mends("call a.b() retry 3", "E0156", "3", "call a.b() retry { attempts: 3 }");
    mends("let x = call wait paid(id: 1)", "E0113", "call", "let x = wait paid(id: 1)");
    mends("call p.q({ x: a, y: { z: 1 } })", "E0108", "{ x: a, y: { z: 1 } }", "call p.q(x: a, y: { z: 1 })");
    mends("let x = a ** 2", "E0115", "**", "let x = a * a");
    tells("let x = 1 / a ** 2", "E0115", "**", "multiply");
    mends("let x = \"${{ a.b }}!\"", "E0149", "{ a.b }", "let x = \"${a.b}!\"");
}

#[test]
fn formulas_of_others() {
    let ours = "fn f(x: int) -> int = x * 2\n\nworkflow w() {\n}\n";
    for theirs in [
        "def f(x: int) -> int:\n  return x * 2\n\nworkflow w() {\n}\n",
        "function f(x: int): int { return x * 2 }\n\nworkflow w() {\n}\n",
        "function f(x: int): int {\n  return x * 2\n}\n\nasync workflow w() {\n}\n",
    ] {
        let edits: Vec<_> = parse(theirs).diagnostics.into_iter().flat_map(|found| found.edits).collect();
        assert_eq!(apply(theirs, &edits), ours);
    }
    check("def f(x: int) -> int:\n  return call a.b()\n", "E0116", "def", "`flow`");
    check("import http\n", "E0129", "import", "std:http");
}
