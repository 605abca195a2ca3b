//! Formatting: that of `cairn fmt`.

use lsp_types::TextEdit;

use crate::{document::Document, text::range};

/// The edit that gives the file its one style: nothing where it has it, and none where it cannot be read.
pub(crate) fn format(document: &Document) -> Option<Vec<TextEdit>> {
    let text = &document.text;
    let formatted = cairn_dsl::format(text).ok()?;
    if formatted == *text {
        return Some(Vec::new());
    }
    // Only the part that differs, so that the cursor stays where it is.
    let start = text.bytes().zip(formatted.bytes()).take_while(|(a, b)| a == b).count();
    let start = (0..=start).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let (old, new) = (text.get(start..)?, formatted.get(start..)?);
    let tail = old.bytes().rev().zip(new.bytes().rev()).take_while(|(a, b)| a == b).count();
    let tail = (0..=tail).rev().find(|n| old.is_char_boundary(old.len() - n)).unwrap_or_default();
    let span = cairn_dsl::tree::Span::of(start, text.len() - tail);
    let new = new.get(..new.len() - tail)?;
    Some(vec![TextEdit::new(range(text, span), new.to_owned())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{document::Name, text::byte};

    #[test]
    fn the_edit_makes_the_formatted_text() {
        for text in [
            "workflow  w( a:int )->int{return   a}\n",
            "// ä\nworkflow w() -> string { return \"ü\"   }",
            "const x = 1\n",
        ] {
            let document = Document::new(Name::Elsewhere("w.cairn".into()), text.to_owned(), 1);
            let wanted = cairn_dsl::format(text).unwrap();
            let mut made = text.to_owned();
            for edit in format(&document).unwrap() {
                made.replace_range(byte(text, edit.range.start)..byte(text, edit.range.end), &edit.new_text);
            }
            assert_eq!(made, wanted);
        }
    }

    #[test]
    fn what_cannot_be_read_is_left() {
        assert_eq!(
            format(&Document::new(Name::Elsewhere("w.cairn".into()), "workflow w( {".to_owned(), 1)),
            None
        );
    }
}
