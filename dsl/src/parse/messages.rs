//! What literals, and texts as a whole, cannot be.

use crate::Diagnostic;
use crate::tree::{Name, Span};
use crate::walk::{Broken, BytesFault};

pub(crate) fn too_deep(span: Span, levels: usize) -> Diagnostic {
    Diagnostic::error("E0131", span, format!("more than {levels} levels of nesting"))
        .label("this is one level too many")
        .help("give the inner part a name: a `const`, a `let`, a `fn` or a `flow` of its own")
}

pub(crate) fn too_long() -> Diagnostic {
    Diagnostic::error("E0131", Span::default(), "this file has 4 GiB or more")
        .help("split it into several files")
}

/// The grammar and the walk disagree.
pub(crate) fn broken(broken: &Broken, span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0199",
        span,
        format!("cairn cannot read what its own grammar took ({:?})", broken.rule),
    )
    .help("this is our fault, not yours: please report it with the lines around this place")
}

pub(crate) fn int_range(span: Span) -> Diagnostic {
    Diagnostic::error("E0132", span, "this number does not fit an int").label("beyond 64 bits").help(
        "an int goes from -9223372036854775808 to 9223372036854775807; write a float (`1e19`) or a text",
    )
}

pub(crate) fn float_range(span: Span) -> Diagnostic {
    Diagnostic::error("E0132", span, "this number does not fit a float")
        .label("larger than 1.8e308")
        .help("there is no infinity; write the largest number that is meant, such as `1e300`")
}

pub(crate) fn duration_range(span: Span) -> Diagnostic {
    Diagnostic::error("E0133", span, "this duration does not fit: it is longer than 292 million years")
        .label("beyond 64 bits of milliseconds")
        .help("leave the timeout out where there is none")
}

pub(crate) fn bad_bytes(span: Span, tag: &str, fault: BytesFault) -> Diagnostic {
    let what = match fault {
        BytesFault::Letter(letter) => format!("`{letter}` is no {tag} digit"),
        BytesFault::Length(1) => "one digit is no whole number of bytes".to_owned(),
        BytesFault::Length(count) => format!("{count} digits are no whole number of bytes"),
        BytesFault::Tail => "the last digit holds bits that belong to no byte".to_owned(),
    };
    let help = match tag {
        "hex" => "two digits `0-9 a-f` for each byte, nothing between them: `hex\"00ff\"`",
        _ => "letters, digits, `+` and `/`, padded with `=`: `base64\"Zm9v\"`",
    };
    Diagnostic::error("E0134", span, format!("this is not {tag}: {what}")).help(help)
}

pub(crate) fn lone_surrogate(span: Span) -> Diagnostic {
    Diagnostic::error("E0135", span, "this escape is one half of a character")
        .label("a surrogate without its other half")
        .help("write the character itself, or both halves: `\\ud83d\\ude00`")
}

/// `word` begins a step where a value is meant.
pub(crate) fn effect_in_value(span: Span, word: &str, wants: Span) -> Diagnostic {
    Diagnostic::error("E0141", span, format!("`{word}` cannot stand inside a value"))
        .also(wants, "this statement needs the value")
        .help(format!("give it a name first: `let result = {word} …`, and use `result` here"))
}

/// `await call …`; `to_word` is from one word to the other.
pub(crate) fn awaited(span: Span, word: &str, to_word: Span) -> Diagnostic {
    Diagnostic::error("E0105", span, "there is no `await`")
        .help(format!("`{word}` waits by itself: delete `await`"))
        .fix(to_word, word)
}

pub(crate) fn while_true(span: Span) -> Diagnostic {
    Diagnostic::error("E0123", span, "`while true` is written `loop`")
        .help("`loop { … }` runs until `break` or `return`; `loop max 100 { … }` has a bound")
        .fix(span, "loop")
}

/// `None`, `undefined` and so on stand for nothing here.
pub(crate) fn foreign_constant(name: &Name) -> Option<Diagnostic> {
    let ours = match name.text.as_str() {
        "True" | "TRUE" => "true",
        "False" | "FALSE" => "false",
        "None" | "nil" | "undefined" | "NULL" | "Null" => "null",
        _ => return None,
    };
    let message = format!("`{}` is written `{ours}`", name.text);
    let help = format!("write `{ours}`");
    Some(Diagnostic::error("E0118", name.span, message).help(help).fix(name.span, ours))
}
