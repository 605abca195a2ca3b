//! `if`, `match`, `try`, `for` as others write them.

use super::super::at::{At, nesting};
use super::super::slip::Slip;
use crate::grammar::Rule;
use crate::scan::Kind;

/// `elif`
pub(super) fn else_word(at: &At<'_>) -> Option<Slip> {
    let word = at.is_word(0, &["elif", "elsif", "elseif", "elsunless"]);
    let after = at.is_sign(-1, &["}"]);
    (word && after).then(|| {
        Slip::new("E0114", at.span(0), format!("`{}` is written `else if`", at.letters(0)))
            .help("write `else if`")
            .fix(at.span(0), "else if")
    })
}

/// `a if c else b`
pub(super) fn condition_last(at: &At<'_>) -> Option<Slip> {
    if !at.is_word(0, &["else"]) {
        return None;
    }
    let first = isize::try_from(at.index).ok()?;
    let word = (1..=first).map(|back| -back).find(|&offset| at.is_word(offset, &["if"]))?;
    if at.is_first(word) || at.is_sign(word - 1, &["{", "}"]) {
        return None;
    }
    let slip = Slip::new("E0157", at.stretch(word, 0), "the condition stands first: `c ? a : b`");
    let start = (1..=first)
        .map(|back| -back)
        .find(|&offset| at.is_sign(offset, &["="]) || at.is_word(offset, &["return", "yield"]))?;
    let (then, condition) = (at.slice(at.stretch(start + 1, word - 1)), at.slice(at.stretch(word + 1, -1)));
    let end = value_end(at);
    let otherwise = at.slice(at.stretch(1, end));
    let ours = format!("{condition} ? {then} : {otherwise}");
    let span = at.stretch(start + 1, end);
    Some(slip.help(format!("write `{ours}`")).fix(span, ours))
}

/// The last token on the line that is in no bracket which began before it.
fn value_end(at: &At<'_>) -> isize {
    let mut depth = 0;
    let mut end = 0;
    while end < at.line_end(1) {
        let step = at.token(end + 1).map_or(0, |token| nesting(token, at.letters(end + 1)));
        if depth + step < 0 {
            break;
        }
        depth += step;
        end += 1;
    }
    end
}

/// `switch x { case "a": … }`
pub(super) fn switch(at: &At<'_>) -> Option<Slip> {
    let outside = at.is_word(0, &["switch", "select", "when"]) && at.expects_stmt();
    let inside = at.is_word(-1, &["case", "default", "when"]) && at.expects(&[Rule::P_FAT]);
    if !outside && !inside {
        return None;
    }
    let offset = if outside { 0 } else { -1 };
    let slip = Slip::new("E0122", at.span(offset), format!("there is no `{}`", at.letters(offset)));
    let help = "write `match x { \"a\" => { … }  _ => { … } }`: one case runs and nothing falls through";
    Some(slip.help(help))
}

/// `"a": …` and `"a" -> …` in a `match` or `wait`
pub(super) fn arm_sign(at: &At<'_>) -> Option<Slip> {
    let arm = at.opener().is_some_and(|open| at.is_sign(open, &["{"]) || at.is_sign(0, &["->"]));
    let wrong = arm && at.is_sign(0, &[":", "->"]) && at.expects(&[Rule::P_FAT]);
    let case = at.is_word(-1, &["case", "default"]) || at.is_word(-2, &["case"]);
    (wrong && !case).then(|| {
        let message = format!("`{}` is written `=>` here", at.letters(0));
        let text = if at.span(-1).end == at.span(0).start { " =>" } else { "=>" };
        Slip::new("E0117", at.span(0), message).help("write `=>`").fix(at.span(0), text)
    })
}

/// `catch (e) {`, `catch {`
pub(super) fn catch_bracket(at: &At<'_>) -> Option<Slip> {
    if !at.is_word(-1, &["catch"]) {
        return None;
    }
    let slip = |span| Slip::new("E0125", span, "`catch` names the kinds that it is for");
    if at.is_sign(0, &["{"]) {
        return Some(
            slip(at.span(-1))
                .help("write `catch any { … }`, or a kind: `catch timeout { … }`")
                .fix(at.span(-1), "catch any"),
        );
    }
    let close = at.is_sign(0, &["("]).then(|| at.closer(0)).flatten()?;
    let help = "write `catch any as e { … }`, or a kind: `catch timeout as e { … }`";
    let name = at.letters(close - 1);
    let named = close >= 2 && at.kind(close - 1) == Some(Kind::Word);
    let text = if named { format!("any as {name}") } else { "any".to_owned() };
    Some(slip(at.stretch(0, close)).help(help).fix(at.stretch(0, close), text))
}

/// `except X as e`
pub(super) fn except(at: &At<'_>) -> Option<Slip> {
    if !at.is_word(0, &["except", "rescue", "ensure"]) || !at.is_sign(-1, &["}"]) {
        return None;
    }
    let ours = if at.is_word(0, &["ensure"]) { "finally" } else { "catch" };
    let slip = Slip::new("E0125", at.span(0), format!("`{}` is written `{ours}`", at.letters(0)));
    Some(slip.help("write `catch kind as e { … }`; `any` stands for every kind").fix(at.span(0), ours))
}

/// `for x of xs`
pub(super) fn for_of(at: &At<'_>) -> Option<Slip> {
    let wrong = at.is_sign(0, &[":", "="]) || at.is_word(0, &["of", "from"]);
    (wrong && at.is_word(-2, &["for"]) && at.expects(&[Rule::K_IN])).then(|| {
        let message = format!("`{}` is written `in` here", at.letters(0));
        let text = if at.span(-1).end == at.span(0).start { " in" } else { "in" };
        Slip::new("E0124", at.span(0), message).help("write `for x in xs { … }`").fix(at.span(0), text)
    })
}

/// `for (const x of xs) {`, `for (let i = 0; …)`
pub(super) fn for_bracket(at: &At<'_>) -> Option<Slip> {
    if !at.is_word(-1, &["for"]) || !at.is_sign(0, &["("]) {
        return None;
    }
    let close = at.closer(0)?;
    let declared = at.is_word(1, &["const", "let", "var"]);
    let name = if declared { 2 } else { 1 };
    let slip =
        Slip::new("E0124", at.stretch(0, close), "`for` goes through the items of a list, without brackets");
    if at.kind(name) == Some(Kind::Word) && at.is_word(name + 1, &["of", "in"]) {
        let ours = format!("{} in {}", at.letters(name), at.slice(at.stretch(name + 2, close - 1)));
        return Some(slip.help(format!("write `for {ours} {{ … }}`")).fix(at.stretch(0, close), ours));
    }
    Some(slip.help("write `for i in range(0, 10) { … }`").mend(at.stretch(0, close), "i in []"))
}

/// `foreach x in xs`
pub(super) fn foreach(at: &At<'_>) -> Option<Slip> {
    let ours = match at.letters(0) {
        "foreach" => "for",
        "repeat" | "forever" => "loop",
        "until" => "while",
        _ => return None,
    };
    let slip = Slip::new("E0124", at.span(0), format!("there is no `{}`", at.letters(0)));
    at.expects_stmt().then(|| match ours {
        "while" => slip.help("write `while !(…) { … }`"),
        _ => slip.help(format!("write `{ours}`")).fix(at.span(0), ours),
    })
}
