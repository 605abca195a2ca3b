//! Edits on a text.

use crate::Edit;

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

#[cfg(test)]
mod tests {
    use super::apply;
    use crate::{Edit, tree::Span};

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit { span: Span { start, end }, text: text.to_owned() }
    }

    #[test]
    fn edits_are_made_in_order_and_overlaps_are_left_out() {
        let edits =
            [edit(4, 5, "five"), edit(0, 1, "one"), edit(0, 3, "lost"), edit(5, 5, "!"), edit(90, 91, "x")];
        assert_eq!(apply("1 2 5 é", &edits), "one 2 five! é");
    }
}
