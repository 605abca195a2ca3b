//! Texts, commas and comments in the wrong place or shape.

use super::super::at::At;
use super::super::slip::Slip;
use crate::grammar::Rule;
use crate::scan::Kind;
use crate::tree::Span;

/// `/// …` where nothing follows that it could describe
pub(super) fn doc_comment(at: &At<'_>) -> Option<Slip> {
    let doc = [-1, 0].into_iter().find(|&offset| at.kind(offset) == Some(Kind::Doc))?;
    let slip =
        Slip::new("E0152", at.span(doc), "a doc comment describes what follows it, and nothing does here");
    let start = at.span(doc).start as usize;
    Some(slip.help("write `//` for a remark").fix(Span::of(start, start + 3), "//"))
}

/// `f"… {x}"`
pub(super) fn f_string(at: &At<'_>) -> Option<Slip> {
    const PREFIXES: [&str; 10] = ["f", "F", "r", "R", "b", "fr", "rf", "u", "s", "raw"];
    let glued =
        |at: &At<'_>| at.is_word(-1, &PREFIXES) && at.is_text(0) && at.span(-1).end == at.span(0).start;
    let at = [*at, at.step(1)].into_iter().find(glued)?;
    let slip = Slip::new("E0151", at.span(-1), format!("no `{}` stands in front of a text", at.letters(-1)));
    let slip = slip.help("every text may hold `${…}`: write `\"order ${id}\"`");
    let text = at.letters(0);
    let plain = !at.letters(-1).contains(['f', 'F', 's']) || !text.contains('{');
    let dollars = text.replace("${", "{").replace('{', "${");
    let ours = if plain || at.kind(0) != Some(Kind::Text) { text } else { dollars.as_str() };
    Some(slip.fix(at.span(-1), "").fix(at.span(0), ours))
}

/// `${…}` where the text has to be known before the run
pub(super) fn interpolated(at: &At<'_>) -> Option<Slip> {
    if at.kind(0) != Some(Kind::TextHead) || !at.expects(&[Rule::plain_string]) {
        return None;
    }
    let close = at.closer(0)?;
    let slip =
        Slip::new("E0153", at.stretch(0, close), "this text has to be known before the run: no `${…}` here");
    Some(slip.help("write the text itself").mend(at.stretch(0, close), "\"\""))
}

/// A comma too many
pub(super) fn comma(at: &At<'_>) -> Option<Slip> {
    at.is_sign(0, &[","]).then(|| {
        let slip = Slip::new("E0130", at.span(0), "this comma separates nothing");
        slip.help("delete it").fix(at.span(0), "")
    })
}

/// `"${{ order.id }}"`
pub(super) fn double_braces(at: &At<'_>) -> Option<Slip> {
    let open = at.opener().filter(|&open| at.is_sign(open, &["{"]))?;
    let head = matches!(at.kind(open - 1), Some(Kind::TextHead | Kind::TextMiddle));
    let close = at.closer(open)?;
    let tail = matches!(at.kind(close + 1), Some(Kind::TextTail | Kind::TextMiddle));
    if !head || !tail || at.is_sign(0, &[":", ","]) {
        return None;
    }
    let slip = Slip::new("E0149", at.stretch(open, close), "`${{ … }}` is written `${…}`");
    let inner = at.slice(at.stretch(open + 1, close - 1));
    let last = Span::of(at.span(close - 1).end as usize, at.span(close).end as usize);
    let slip = slip.help(format!("write `${{{inner}}}`"));
    Some(slip.fix(at.with_blanks(open), "").fix(last, ""))
}
