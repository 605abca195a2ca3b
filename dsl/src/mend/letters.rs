//! Faults of letters: signs, quotes and comments of other languages.

use super::slip::{Slip, behind};
use crate::scan::{Fault, FaultKind, Kind, Scan};
use crate::tree::Span;

/// One slip for each fault; the semicolons of a file are one.
pub(super) fn slips(text: &str, scan: &Scan) -> Vec<Slip> {
    let mut slips: Vec<Slip> = scan.faults.iter().map(|fault| slip(text, fault)).collect();
    slips.extend(semicolons(text, scan));
    for token in &scan.tokens {
        let span = Span::of(token.start, token.end);
        let letters = text.get(span.range()).unwrap_or_default();
        slips.extend(match token.kind {
            Kind::Sign => sign(span, letters),
            Kind::Other => other(span, letters),
            _ => None,
        });
    }
    slips
}

fn slip(text: &str, fault: &Fault) -> Slip {
    let span = Span::of(fault.start, fault.end);
    let letters = text.get(span.range()).unwrap_or_default();
    match fault.kind {
        FaultKind::Quotes => quotes(span, letters),
        FaultKind::Hash => Slip::new("E0110", span, "`#` begins no comment")
            .help("comments begin with `//`")
            .fix(Span { end: span.start + 1, ..span }, "//"),
        FaultKind::Block => block_comment(span, letters),
        FaultKind::OpenText => {
            let place = open_text_end(span, letters);
            Slip::new("E0121", span, "this text does not end on its line")
                .label("no closing `\"`")
                .help("close it with `\"`; a text of several lines stands between `\"\"\"` and `\"\"\"`")
                .mend(place, "\"")
        }
        FaultKind::OpenMulti => Slip::new("E0121", Span { end: span.start + 3, ..span }, "this text does not end")
            .label("no closing `\"\"\"`")
            .help("close it with `\"\"\"`")
            .mend(behind(span), "\"\"\""),
        FaultKind::OpenInterpolation => open_interpolation(text, span),
        FaultKind::Escape => Slip::new("E0135", span, format!("there is no escape `{letters}`"))
            .help("there are `\\n \\t \\r \\b \\f \\\" \\\\ \\/ \\$` and `\\u00e9`; for a backslash itself write `\\\\`")
            .mend(Span { end: span.start + 1, ..span }, "\\\\"),
    }
}

/// `'it'` is `"it"`, and so is `` `it` ``.
fn quotes(span: Span, letters: &str) -> Slip {
    let inner = letters.get(1..letters.len().saturating_sub(1)).unwrap_or_default();
    let slip = Slip::new("E0103", span, "a text stands between double quotes").help("write `\"…\"`");
    let plain = inner.replace("\\'", "'").replace("\\`", "`");
    slip.fix(span, format!("\"{}\"", plain.replace('"', "\\\"")))
}

fn block_comment(span: Span, letters: &str) -> Slip {
    let slip = Slip::new("E0110", span, "there are no block comments").help("begin each line with `//`");
    let inner = letters.trim_start_matches("/*").trim_end_matches("*/").trim();
    if letters.contains('\n') { slip.mend(span, "") } else { slip.fix(span, format!("// {inner}\n")) }
}

/// In front of the brackets and commas that most likely stand behind the text.
fn open_text_end(span: Span, letters: &str) -> Span {
    let text = letters.trim_end_matches([',', ')', ']', '}', ';', ' ']);
    let length = if text.len() > 1 { text.len() } else { letters.len() };
    let end = span.start + u32::try_from(length).unwrap_or_default();
    Span { start: end, end }
}

/// `"… ${name …"`: certain only where the text ends right behind the name.
fn open_interpolation(text: &str, span: Span) -> Slip {
    let rest = text.get(span.end as usize..).unwrap_or_default();
    let path = |letter: char| letter.is_ascii_alphanumeric() || "_.?![]()".contains(letter);
    let length = rest.find(|letter| !path(letter)).unwrap_or(rest.len());
    let end = span.end + u32::try_from(length).unwrap_or_default();
    let place = Span { start: end, end };
    let slip = Slip::new("E0120", Span { end, ..span }, "this `${` is never closed")
        .label("no `}` before the text ends")
        .help("close it with `}`; for the letters themselves write `\\${`");
    if rest.get(length..).is_some_and(|behind| behind.starts_with('"')) {
        slip.fix(place, "}")
    } else {
        slip.mend(place, "}")
    }
}

/// One message for all of them.
fn semicolons(text: &str, scan: &Scan) -> Option<Slip> {
    let is_one = |span: &Span| text.get(span.range()) == Some(";");
    let spans = scan.tokens.iter().filter(|token| token.kind == Kind::Sign);
    let mut spans = spans.map(|token| Span::of(token.start, token.end)).filter(is_one);
    let first = spans.next()?;
    let slip = Slip::new("E0102", first, "statements end by themselves: there is no `;`")
        .help("delete every `;`")
        .fix(first, "");
    Some(spans.fold(slip, |slip, span| slip.also(span, "").fix(span, "")))
}

fn sign(span: Span, letters: &str) -> Option<Slip> {
    let ours = match letters {
        "===" => "==",
        "!==" | "<>" => "!=",
        "&" => "&&",
        _ => return None,
    };
    let code = if letters == "&" { "E0104" } else { "E0115" };
    let help = format!("write `{ours}`");
    Some(Slip::new(code, span, format!("`{letters}` is written `{ours}`")).help(help).fix(span, ours))
}

/// Letters that look like signs.
fn other(span: Span, letters: &str) -> Option<Slip> {
    let ours = match letters {
        "“" | "”" | "„" | "«" | "»" | "‘" | "’" => {
            let message = format!("`{letters}` is a quote of typography");
            return Some(
                Slip::new("E0103", span, message).help("a text stands between `\"` and `\"`").fix(span, "\""),
            );
        }
        "≤" => "<=",
        "≥" => ">=",
        "≠" => "!=",
        "→" => "->",
        "⇒" => "=>",
        "×" => "*",
        "÷" => "/",
        "–" | "—" | "−" => "-",
        "…" => "...",
        "\u{a0}" | "\u{2003}" | "\u{2009}" | "\u{200b}" | "\u{feff}" | "\u{202f}" => " ",
        _ => {
            let message = format!("`{}` means nothing outside a text", letters.escape_debug());
            return Some(
                Slip::new("E0143", span, message).help("delete it, or put it between quotes").mend(span, " "),
            );
        }
    };
    let message = format!("`{}` is written `{ours}`", letters.escape_debug());
    Some(Slip::new("E0143", span, message).help(format!("write `{ours}`")).fix(span, ours))
}
