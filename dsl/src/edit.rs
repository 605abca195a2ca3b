//! Edits on a text.

use crate::tree::Span;
use crate::{Diagnostic, Edit};

/// After so many rounds [`fix`] gives up: edits that undo each other would go on for ever.
const ROUNDS_MAX: usize = 10;

/// The text with all edits made. Of two that overlap the one that begins first is made; one outside the text is not.
#[must_use]
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut made = String::with_capacity(text.len());
    let mut at = 0;
    for edit in sorted {
        let range = edit.span.range();
        let Some(between) = text.get(at..range.start).filter(|_| text.get(range.clone()).is_some()) else {
            continue;
        };
        made.push_str(between);
        made.push_str(&edit.text);
        at = range.end;
    }
    made.push_str(text.get(at..).unwrap_or_default());
    made
}

/// What [`fix`] made of a text.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// The text as it is now.
    pub text: String,
    /// What was mended, in the order in which it was.
    pub mended: Vec<Diagnostic>,
    /// What `check` says of the text as it is now.
    pub left: Vec<Diagnostic>,
}

/// Makes the edits that diagnostics carry, and asks again, until there are none, or ten times: what one fault hid is seen
/// only when it is mended. The edits of one diagnostic are made together or not at all; of two whose edits meet, the
/// second waits for the next round. Edits outside `text` (in a file that it uses) are not made.
pub fn fix(text: &str, mut check: impl FnMut(&str) -> Vec<Diagnostic>) -> Fixed {
    let mut fixed = Fixed { text: text.to_owned(), mended: Vec::new(), left: check(text) };
    for _ in 0..ROUNDS_MAX {
        let (mended, edits) = apart(&fixed.left, &fixed.text);
        let text = apply(&fixed.text, &edits);
        if text == fixed.text {
            break;
        }
        fixed.left = check(&text);
        fixed.text = text;
        fixed.mended.extend(mended);
    }
    fixed
}

/// The diagnostics whose edits do not meet, and these edits.
fn apart(diagnostics: &[Diagnostic], text: &str) -> (Vec<Diagnostic>, Vec<Edit>) {
    let (mut chosen, mut edits) = (Vec::new(), Vec::<Edit>::new());
    for diagnostic in diagnostics.iter().filter(|diagnostic| !diagnostic.edits.is_empty()) {
        let free = |edit: &Edit| {
            text.get(edit.span.range()).is_some() && !edits.iter().any(|made| meet(made.span, edit.span))
        };
        if diagnostic.edits.iter().all(free) {
            edits.extend(diagnostic.edits.iter().cloned());
            chosen.push(diagnostic.clone());
        }
    }
    (chosen, edits)
}

/// Whether two places have a byte or, where one is empty, an end in common.
fn meet(one: Span, other: Span) -> bool {
    let either = one.start == one.end || other.start == other.end;
    if either {
        one.start <= other.end && other.start <= one.end
    } else {
        one.start < other.end && other.start < one.end
    }
}

#[cfg(test)]
mod tests {
    use super::{apply, fix};
    use crate::{Diagnostic, Edit, parse, tree::Span};

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit { span: Span { start, end }, text: text.to_owned() }
    }

    #[test]
    fn edits_are_made_in_order_and_overlaps_are_left_out() {
        let edits =
            [edit(4, 5, "five"), edit(0, 1, "one"), edit(0, 3, "lost"), edit(5, 5, "!"), edit(90, 91, "x")];
        assert_eq!(apply("1 2 5 é", &edits), "one 2 five! é");
    }

    #[test]
    fn one_fault_behind_the_other_is_mended() {
        let text = "workflow w(a: int) -> int {\n  const b = 'x';\n  if (a == 1 and true) return 2;\n  return a\n}\n";
        let fixed = fix(text, |text| parse(text).diagnostics);
        assert_eq!(fixed.left, []);
        assert!(fixed.mended.len() >= 3, "{:?}", fixed.mended);
        assert_eq!(parse(&fixed.text).diagnostics, []);
    }

    #[test]
    fn what_belongs_together_is_made_together_and_no_round_is_the_last_for_ever() {
        let at = |start, end| Span { start, end };
        let two = Diagnostic::error("E0101", at(0, 1), "both").fix(at(0, 1), "x").fix(at(3, 3), "y");
        let clash = Diagnostic::error("E0101", at(0, 1), "meets").fix(at(3, 4), "z");
        let beyond = Diagnostic::error("E0101", at(0, 1), "elsewhere").fix(at(90, 91), "z");
        let mut rounds = 0;
        let fixed = fix("a b c", |_| {
            rounds += 1;
            if rounds == 1 { vec![two.clone(), clash.clone(), beyond.clone()] } else { vec![] }
        });
        assert_eq!((fixed.text.as_str(), fixed.mended.len()), ("x by c", 1));
        let mut text = "a".to_owned();
        let turn = |now: &str| {
            text = if now == "a" { "b".into() } else { "a".into() };
            vec![Diagnostic::error("E0101", at(0, 1), "turns").fix(at(0, 1), text.clone())]
        };
        assert_eq!(fix("a", turn).mended.len(), super::ROUNDS_MAX);
    }
}
