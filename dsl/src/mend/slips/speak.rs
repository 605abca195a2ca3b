//! Failing and telling, as others say it.

use super::super::at::At;
use super::super::slip::Slip;
use super::effect::path_end;
use crate::scan::Kind;

/// `throw …`, `raise …`
pub(super) fn throw(at: &At<'_>) -> Option<Slip> {
    if !at.is_word(0, &["throw", "raise", "panic", "abort"]) || !at.expects_stmt() {
        return None;
    }
    let slip = Slip::new("E0126", at.span(0), format!("`{}` is written `fail`", at.letters(0)));
    let end = at.line_end(0);
    let said = (1..=end)
        .find(|&offset| at.kind(offset) == Some(Kind::Text))
        .map_or("\"…\"", |text| at.letters(text));
    let help = format!(
        "write `fail refused {{ reason: {said} }}`, and declare the kind at the top: `error refused {{ reason: string }}`"
    );
    let plain = at.kind(1) == Some(Kind::Word) && !at.is_word(1, &["new"]) && !at.is_sign(2, &["("]);
    Some(if plain { slip.help(help).fix(at.span(0), "fail") } else { slip.help(help) })
}

/// `console.log(…)`, `print(…)`
pub(super) fn print(at: &At<'_>) -> Option<Slip> {
    let word = at.is_word(0, &["print", "println", "printf", "echo", "puts", "console", "logger", "logging"]);
    let end = path_end(at);
    let log = at.is_word(0, &["log"]) && (end > 0 || at.is_sign(1, &["("]));
    let logs = log || at.is_word(-1, &["log"]) && at.is_sign(0, &["("]);
    if !(word && at.expects_stmt() || logs) {
        return None;
    }
    let start = if at.is_word(-1, &["log"]) { -1 } else { 0 };
    let open = at.step(start + path_end(&at.step(start)) + 1);
    let slip = Slip::new("E0127", at.stretch(start, end.max(start)), "the log is written with `log`");
    let slip = slip.help("write `log \"order ${id}\"`, or `log warn \"…\" { id }`");
    let whole = open.is_sign(0, &["("]).then(|| open.closer(0)).flatten();
    let Some(close) = whole else { return Some(slip) };
    let all = at.span(start).to(open.span(close));
    Some(match argument(&open, close) {
        Some(text) => slip.fix(all, format!("log {text}")),
        None => slip.mend(all, "log \"\""),
    })
}

/// The only argument as a text.
fn argument(open: &At<'_>, close: isize) -> Option<String> {
    let last = close - 1;
    let whole = if open.kind(1) == Some(Kind::TextHead) { open.closer(1) } else { None };
    if last == 1 && open.kind(1) == Some(Kind::Text) || whole == Some(last) {
        return Some(open.slice(open.stretch(1, last)).to_owned());
    }
    let path = open.kind(1) == Some(Kind::Word) && 1 + path_end(&open.step(1)) == last;
    path.then(|| format!("\"${{{}}}\"", open.slice(open.stretch(1, last))))
}
