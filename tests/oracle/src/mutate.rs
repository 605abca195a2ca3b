//! Broken files of whole ones: what people and models send.

use crate::Random;

/// Pieces that programs are made of; put where they do not belong.
const PIECES: &[&str] = &[
    "let ",
    "var ",
    "set ",
    "call ",
    "wait ",
    "sleep ",
    "for ",
    " in ",
    "loop ",
    "match ",
    "if ",
    "else ",
    "try ",
    "catch ",
    "finally ",
    "parallel ",
    "race ",
    "ask ",
    "lock ",
    "emit ",
    "expose ",
    "restart ",
    "return ",
    "yield ",
    "fail ",
    "undo ",
    "retry ",
    "timeout ",
    "workflow ",
    "tool ",
    "event ",
    "type ",
    "fn ",
    "flow ",
    "test ",
    "mock ",
    "expect ",
    "use ",
    "secret ",
    "toolset ",
    "after ",
    "until ",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "=>",
    "->",
    ":",
    ",",
    "=",
    "==",
    "!",
    "?",
    "?.",
    "??",
    "...",
    "|",
    "||",
    "&&",
    "+",
    "-",
    "*",
    "/",
    "%",
    "\"",
    "\"\"\"",
    "${",
    "//",
    "///",
    "\\",
    "\n",
    " ",
    "'",
    ";",
    "#",
    "é",
    "\u{feff}",
    "\0",
    "9223372036854775808",
    "1e999",
    "0x",
    "30s",
    "1h30m",
    "null",
    "true",
    "_",
    "json",
    "map<",
    "int",
    "string?",
    "time\"2026-01-31T00:00:00Z\"",
    "base64\"",
    "hex\"0\"",
    "x",
    "a.b",
    "e as T",
    "now()",
    "i => i",
];

/// A text made of these: pieces left out, doubled, moved, mixed with those of others, or thrown in.
#[must_use]
pub fn mutated(corpus: &[String], random: &mut Random) -> String {
    let mut text = random.of(corpus).clone();
    for _ in 0..=random.below(6) {
        text = once(&text, corpus, random);
        if text.len() > 20_000 {
            text = part(&text, 0, 10_000).to_owned();
        }
    }
    text
}

fn once(text: &str, corpus: &[String], random: &mut Random) -> String {
    let (from, to) = span(text, random);
    let (head, tail) = (part(text, 0, from), part(text, to, text.len()));
    let middle = part(text, from, to);
    match random.below(9) {
        0 => format!("{head}{tail}"),
        1 => format!("{head}{middle}{middle}{tail}"),
        2 | 3 => format!("{head}{}{middle}{tail}", random.of(PIECES)),
        4 => format!("{head}{}{tail}", random.of(PIECES)),
        5 => {
            let other = random.of(corpus);
            let (a, b) = span(other, random);
            format!("{head}{}{tail}", part(other, a, b))
        }
        6 => lines(text, random),
        7 => head.to_owned(),
        _ => {
            let piece = random.of(PIECES);
            format!("{head}{}{tail}", piece.repeat(1 + usize::try_from(random.below(200)).unwrap_or(0)))
        }
    }
}

/// A stretch of it, mostly short.
fn span(text: &str, random: &mut Random) -> (usize, usize) {
    let len = text.len() as u64;
    let from = random.below(len + 1);
    let most = if random.once_in(8) { len } else { 24 };
    let to = (from + random.below(most + 1)).min(len);
    let (from, to) = (usize::try_from(from).unwrap_or(0), usize::try_from(to).unwrap_or(0));
    (floor(text, from), floor(text, to))
}

/// Two lines change places, or one is doubled.
fn lines(text: &str, random: &mut Random) -> String {
    let mut lines: Vec<&str> = text.split('\n').collect();
    let place = |random: &mut Random, len: usize| usize::try_from(random.below(len as u64)).unwrap_or(0);
    let (a, b) = (place(random, lines.len()), place(random, lines.len()));
    if random.once_in(2) {
        lines.swap(a, b);
    } else {
        lines.insert(b, lines[a]);
    }
    lines.join("\n")
}

fn part(text: &str, from: usize, to: usize) -> &str {
    let (from, to) = (floor(text, from), floor(text, to));
    &text[from..to.max(from)]
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
