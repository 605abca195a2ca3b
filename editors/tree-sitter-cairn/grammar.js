/// The Cairn language for tree-sitter: after dsl/src/cairn.pest, whose rule names it keeps where it can.
///
/// It is made for editors: it reads every file that the language reads, and a few more.

const PREC = {
  conditional: 1,
  coalesce: 2,
  or: 3,
  and: 4,
  compare: 5,
  sum: 6,
  product: 7,
  prefix: 8,
  postfix: 9,
  method: 10,
};

const RESERVED = [
  "let", "var", "set", "call", "do", "run", "spawn", "sleep", "wait", "ask", "parallel", "race", "for", "loop",
  "while", "if", "else", "match", "try", "catch", "finally", "lock", "emit", "expose", "log", "fail", "return",
  "yield", "break", "continue", "restart", "true", "false", "null", "as", "in",
];

/// `a, b, c`, perhaps with a comma at the end.
const list = (item) => optional(seq(item, repeat(seq(",", item)), optional(",")));

/// Items whose commas may be left out.
const loose = (item) => repeat(seq(item, optional(",")));

module.exports = grammar({
  name: "cairn",

  word: ($) => $.identifier,

  extras: ($) => [/\s/, $.comment],

  conflicts: ($) => [
    // `{` after `=>`: a block or a record.
    [$.block, $.record],
    // `(a, b)`: in brackets, or what a lambda takes.
    [$.lambda, $._primary],
    // `a = x` at the end of a list without commas.
    [$.path],
    // `mock t.a => [1, 2]`: several answers, or one that is a list.
    [$._answer, $.list],
  ],

  rules: {
    file: ($) => repeat($._item),

    comment: () => token(prec(1, seq("//", optional(seq(/[^\/\n]/, /[^\n]*/))))),
    doc: () => token(prec(2, seq("///", /[^\n]*/))),

    // ── Declarations ─────────────────────────────────────────────────────
    _item: ($) => choice(
      $.doc, $.use, $.const, $.type_declaration, $.error, $.event, $.secret, $.tool, $.toolset, $.function,
      $.flow, $.workflow, $.test,
    ),

    use: ($) => seq("use", $.plain_string, optional($.alias)),
    const: ($) => seq("const", field("name", $.identifier), optional(seq(":", $._type)), "=", $._expression),
    type_declaration: ($) => seq("type", field("name", $.identifier), "=", $._type),
    error: ($) => seq("error", field("name", $.identifier), optional($.record_type)),
    event: ($) => seq("event", field("name", $.identifier), optional($.record_type)),
    secret: ($) => seq("secret", field("name", $.identifier)),
    tool: ($) => prec.right(seq(
      "tool", field("name", $.identifier),
      choice(seq("from", $.plain_string, optional($._operations)), $._operations),
    )),
    _operations: ($) => seq("{", repeat(choice($.doc, $.operation)), "}"),
    operation: ($) => seq(
      field("name", $.name), $.parameters, "->", $._type, optional($.fails),
      repeat(choice("readonly", "idempotent", $.unclear)),
    ),
    toolset: ($) => seq("toolset", field("name", $.identifier), "=", "[", loose($.path), "]"),
    function: ($) => seq("fn", field("name", $.identifier), $.parameters, "->", $._type, "=", $._expression),
    flow: ($) => seq(
      "flow", field("name", $.identifier), $.parameters, optional(seq("->", $._type)), optional($.fails), $.block,
    ),
    workflow: ($) => seq(
      "workflow", field("name", $.identifier), $.parameters, optional(seq("->", $._type)), optional($.fails),
      "{", repeat(choice($.doc, $._setting, $._statement)), "}",
    ),
    fails: ($) => prec.right(seq("fails", $.fail_kind, repeat(seq(",", $.fail_kind)))),
    fail_kind: ($) => seq($.identifier, optional(seq("(", $.integer, ")"))),
    parameters: ($) => seq("(", list($.parameter), ")"),
    parameter: ($) => seq(
      repeat($.doc), field("name", $.name), optional("?"), ":", $._type, optional(seq("=", $._expression)),
    ),

    _setting: ($) => choice($.version, $.key, $.limits, $.defaults, $.on),
    version: ($) => seq("version", $.integer),
    key: ($) => seq("key", $._expression, optional(seq("else", choice("queue", "replace", "reject", "join")))),
    limits: ($) => seq("limits", $.record),
    defaults: ($) => prec.right(seq("defaults", repeat1($._clause))),
    on: ($) => prec.right(seq(
      "on",
      choice(
        seq("schedule", $.plain_string, optional(seq("zone", $.plain_string)), optional(seq("missed", choice("once", "all", "skip")))),
        seq("event", $.path, optional($.alias), optional($.where)),
        seq("http", $.plain_string, optional($.alias)),
      ),
      optional(seq("start", $.arguments)),
    )),

    // ── Types ────────────────────────────────────────────────────────────
    _type: ($) => choice($.union_type, $._simple_type),
    union_type: ($) => prec.right(seq(optional("|"), $._simple_type, repeat1(seq("|", $._simple_type)))),
    _simple_type: ($) => choice($.optional_type, $._prime_type),
    optional_type: ($) => prec.right(PREC.postfix, seq($._prime_type, "?")),
    _prime_type: ($) => choice(
      $.record_type, $.list_type, $.map_type, $.secret_type, $._literal_type, $.named_type,
      seq("(", $._type, ")"),
    ),
    named_type: ($) => $.path,
    list_type: ($) => seq("[", $._type, "]"),
    map_type: ($) => seq("map", "<", $._type, ">"),
    secret_type: ($) => prec.right(seq("secret", $._prime_type)),
    _literal_type: ($) => choice($.plain_string, $.float, $.integer, $.boolean, $.null),
    record_type: ($) => seq("{", loose($.field_type), "}"),
    field_type: ($) => seq(repeat($.doc), field("name", $.name), optional("?"), ":", $._type),

    // ── Statements ───────────────────────────────────────────────────────
    block: ($) => seq("{", repeat(choice($.doc, $._statement)), "}"),
    _statement: ($) => choice(
      $.let, $.var, $.set, $.expose_statement, $.log_statement, $.emit_statement, $.if_statement,
      $.while_statement, $.try_statement, $.lock_statement, $.undo_all, $.fail_statement, $.return_statement,
      $.yield_statement, $.break_statement, $.continue_statement, $.restart_statement, $._effect,
    ),
    let: ($) => seq("let", $._binder, optional(seq(":", $._type)), "=", $._value),
    _binder: ($) => choice(field("name", $.identifier), seq("{", list($.identifier), "}")),
    var: ($) => seq("var", field("name", $.identifier), optional(seq(":", $._type)), "=", $._value),
    set: ($) => seq("set", field("name", $.identifier), "=", $._value),
    _value: ($) => choice($._effect, $._expression),

    expose_statement: ($) => seq("expose", $.record),
    log_statement: ($) => prec.right(seq(
      "log", optional(choice("debug", "info", "warn", "error")), $.string, optional($.record),
    )),
    emit_statement: ($) => prec.right(seq("emit", $.path, $.record, optional(seq("to", $._expression)))),
    if_statement: ($) => prec.right(seq(
      "if", $._expression, $.block,
      repeat(seq("else", "if", $._expression, $.block)), optional(seq("else", $.block)),
    )),
    while_statement: ($) => seq("while", $._expression, optional($.alias), optional($.max), $.block),
    try_statement: ($) => prec.right(seq("try", repeat($._clause), $.block, repeat($.catch), optional($.finally))),
    catch: ($) => seq("catch", choice("any", seq($.path, repeat(seq(",", $.path)))), optional($.alias), $.block),
    finally: ($) => seq("finally", $.block),
    lock_statement: ($) => seq("lock", $._expression, optional($.max), $.block),
    undo_all: () => seq("undo", "all"),
    fail_statement: ($) => prec.right(seq("fail", $.path, optional($.record))),
    return_statement: ($) => prec.right(seq("return", optional($._expression))),
    yield_statement: ($) => seq("yield", $._expression),
    break_statement: ($) => prec.right(seq("break", optional($._expression))),
    continue_statement: () => "continue",
    restart_statement: ($) => seq("restart", $.arguments),

    // ── Effects ──────────────────────────────────────────────────────────
    _effect: ($) => choice(
      $.call, $.do, $.run, $.spawn, $.sleep, $.wait, $.ask, $.parallel, $.race, $.for, $.loop, $.match,
    ),
    call: ($) => prec.right(seq("call", $.callee, $.arguments, repeat($._clause))),
    callee: ($) => seq($.path, optional(seq("[", $._expression, "]"))),
    do: ($) => prec.right(seq("do", $.path, $.arguments, repeat($._clause))),
    run: ($) => prec.right(seq("run", $.path, $.arguments, repeat($._clause))),
    spawn: ($) => prec.right(seq("spawn", $.path, $.arguments, repeat($._clause))),

    _clause: ($) => choice($.timeout, $.retry, $.undo, $.cache, $.unclear),
    timeout: ($) => seq("timeout", $._expression),
    retry: ($) => seq("retry", choice("none", $.record, $.path)),
    undo: ($) => prec.right(seq("undo", choice($.call, $.do, $.run, $.block))),
    cache: ($) => seq("cache", $.record),
    unclear: () => seq("unclear", choice("retry", "fail", "ask")),

    sleep: ($) => seq("sleep", optional("until"), $._expression),
    wait: ($) => prec.right(seq(
      "wait",
      choice(seq("{", repeat1(choice($.event_arm, $.after_arm)), "}"), seq($.event_pattern, optional($.within))),
    )),
    event_arm: ($) => seq($.event_pattern, "=>", $.block),
    after_arm: ($) => seq("after", optional("until"), $._expression, "=>", $.block),
    event_pattern: ($) => prec.right(seq(field("event", $.path), $.arguments, optional($.alias), optional($.where))),
    alias: ($) => seq("as", $.identifier),
    where: ($) => seq("where", $._expression),
    within: ($) => seq("within", $._expression),
    ask: ($) => prec.right(seq("ask", $._expression, $.record, repeat(choice($.within, $.remind)))),
    remind: ($) => seq("remind", $._expression),

    parallel: ($) => seq("parallel", repeat(choice($.max, $.first, "settle")), "{", repeat1($.branch), "}"),
    race: ($) => seq("race", "{", repeat1($.branch), "}"),
    branch: ($) => seq(
      repeat($.doc), field("name", $.name), optional(seq("after", $.identifier, repeat(seq(",", $.identifier)))),
      choice(seq(":", $._value), $.block),
    ),
    for: ($) => seq(
      "for", $.for_head, repeat(seq(",", $.for_head)),
      repeat(choice("parallel", $.max, $.first, "settle", $.item_key)), $.block,
    ),
    for_head: ($) => seq($.identifier, optional(seq(",", $.identifier)), "in", $._expression),
    max: ($) => seq("max", $._expression),
    first: ($) => seq("first", $._expression),
    item_key: ($) => seq("key", $._expression),
    loop: ($) => seq("loop", optional(field("name", $.identifier)), optional($.max), $.block),
    match: ($) => seq("match", $._expression, "{", repeat1($.arm), "}"),
    arm: ($) => prec.right(seq(
      $._pattern, repeat(seq("|", $._pattern)), optional(seq("if", $._expression)), "=>",
      choice($.block, $._expression), optional(","),
    )),
    _pattern: ($) => choice($._literal_type, $.identifier),

    // ── Tests ────────────────────────────────────────────────────────────
    test: ($) => seq("test", field("title", $.plain_string), "{", repeat($._test_statement), "}"),
    _test_statement: ($) => choice($.test_run, $.mock, $.at, $.expect),
    test_run: ($) => seq("run", $.path, $.arguments),
    mock: ($) => seq("mock", $.path, optional($.arguments), "=>", choice($.answers, $._answer)),
    answers: ($) => seq("[", $._answer, repeat(seq(optional(","), $._answer)), optional(","), "]"),
    _answer: ($) => choice($.fail_statement, "hang", $._expression),
    at: ($) => seq("at", $._expression, choice($.emit_statement, $.answer, $.resend, $.skip, "crash", "cancel")),
    answer: ($) => seq("answer", $.path, $.record),
    resend: ($) => seq("retry", $.path),
    skip: ($) => seq("skip", $.path, "=>", $._expression),
    expect: ($) => seq("expect", choice(seq("fails", $.path), $._expression)),

    // ── Expressions ──────────────────────────────────────────────────────
    _expression: ($) => choice($.conditional, $.binary, $.unary, $._postfix),
    conditional: ($) => prec.right(PREC.conditional, seq($._expression, "?", $._expression, ":", $._expression)),
    binary: ($) => choice(
      ...[
        ["??", PREC.coalesce], ["||", PREC.or], ["&&", PREC.and],
        ["==", PREC.compare], ["!=", PREC.compare], ["<=", PREC.compare], [">=", PREC.compare],
        ["<", PREC.compare], [">", PREC.compare], ["in", PREC.compare],
        ["+", PREC.sum], ["-", PREC.sum], ["*", PREC.product], ["/", PREC.product], ["%", PREC.product],
      ].map(([sign, level]) => prec.left(level, seq($._expression, field("operator", sign), $._expression))),
    ),
    unary: ($) => prec(PREC.prefix, seq(choice("!", "-"), $._expression)),
    _postfix: ($) => choice($._primary, $.method, $.field, $.index, $.must, $.cast),
    method: ($) => prec.left(PREC.method, seq(
      $._postfix, ".", field("name", $.name), "(", list($._function_argument), ")",
    )),
    field: ($) => prec.left(PREC.postfix, seq($._postfix, choice(".", "?."), field("name", $.name))),
    index: ($) => prec.left(PREC.postfix, seq($._postfix, "[", $._expression, "]")),
    must: ($) => prec.left(PREC.postfix, seq($._postfix, "!")),
    cast: ($) => prec.left(PREC.postfix, seq($._postfix, "as", $._type)),
    _function_argument: ($) => choice($.lambda, $._expression),
    lambda: ($) => prec.right(seq(
      choice($.identifier, seq("(", $.identifier, repeat(seq(",", $.identifier)), ")")), "=>", $._expression,
    )),
    _primary: ($) => choice(
      $.tagged, $.duration, $.float, $.integer, $.string, $.boolean, $.null, $.record, $.list, $.function_call,
      $.identifier, seq("(", $._expression, ")"),
    ),
    function_call: ($) => prec(PREC.postfix, seq(
      field("name", $.identifier), "(", list($._function_argument), ")",
    )),
    record: ($) => seq("{", loose(choice($.spread, $.computed_entry, $.entry, $.identifier)), "}"),
    computed_entry: ($) => seq("[", $._expression, "]", ":", $._expression),
    entry: ($) => seq(field("name", choice($.name, $.plain_string)), ":", $._expression),
    list: ($) => seq("[", loose(choice($.spread, $._expression)), "]"),
    spread: ($) => seq("...", $._expression),
    arguments: ($) => seq("(", list(choice($.argument, $.spread, $.identifier)), ")"),
    argument: ($) => seq(field("name", $.name), ":", $._expression),
    path: ($) => seq($.identifier, repeat(seq(".", $.name))),

    // ── Words, numbers, texts ────────────────────────────────────────────
    identifier: () => /[A-Za-z_][A-Za-z0-9_]*/,
    /// After a dot and before a colon reserved words are names like others.
    name: ($) => choice($.identifier, ...RESERVED.map((word) => alias(word, $.identifier))),
    boolean: () => choice("true", "false"),
    null: () => "null",
    integer: () => token(/-?(0|[1-9](_?[0-9])*)/),
    float: () => token(/-?(0|[1-9](_?[0-9])*)(\.[0-9]+([eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)/),
    duration: () => token(prec(1, /([0-9]+(ms|s|m|h|d|w))+/)),
    tagged: ($) => seq(field("tag", token(/(time|base64|hex)"/)), optional($._plain), token.immediate('"')),
    _plain: () => token.immediate(/[^"\\\n]+/),

    plain_string: ($) => seq('"', repeat(choice($.escape, $.chunk)), token.immediate('"')),
    string: ($) => choice(
      prec(1, seq('"', repeat(choice($.interpolation, $.escape, $.chunk)), token.immediate('"'))),
      seq('"""', repeat(choice($.interpolation, $.multi_escape, $.multi_chunk)), token.immediate('"""')),
    ),
    chunk: () => token.immediate(prec(1, /([^"\\\n$]|\$[^{"\\\n$])+|\$/)),
    multi_chunk: () => token.immediate(prec(1, /([^"\\$]|"[^"]|""[^"]|\\[^$])+|\$/)),
    multi_escape: () => token.immediate(prec(2, "\\$")),
    escape: () => token.immediate(/\\(["\\\/bfnrt$]|u[0-9A-Fa-f]{4})/),
    interpolation: ($) => seq(token.immediate(prec(2, "${")), $._expression, "}"),
  },
});
