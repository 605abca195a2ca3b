//! A copy of the text that slips are mended in, and the way back from it to the places of the text itself.

use crate::parse::Places;
use crate::tree::Span;
use crate::{Diagnostic, Edit, Label};

/// A stretch of the copy.
#[derive(Clone, Copy, Debug)]
struct Piece {
    length: usize,
    /// The bytes of the text that it stands for.
    start: usize,
    end: usize,
    /// They are the same bytes; otherwise the piece replaces them.
    same: bool,
}

impl Piece {
    /// What is left of it from `cut` on.
    fn tail(self, cut: usize) -> Self {
        if self.same {
            Self { length: self.length - cut, start: self.start + cut, ..self }
        } else {
            self.emptied(cut)
        }
    }

    fn head(self, cut: usize) -> Self {
        if self.same {
            Self { length: cut, end: self.start + cut, ..self }
        } else {
            Self { length: cut, ..self }
        }
    }

    fn emptied(self, cut: usize) -> Self {
        Self { length: self.length - cut, start: self.end, ..self }
    }
}

/// The copy.
pub(super) struct Copy {
    /// As it is now.
    pub(super) text: String,
    original: String,
    pieces: Vec<Piece>,
}

impl Copy {
    pub(super) fn new(text: &str) -> Self {
        let whole = Piece { length: text.len(), start: 0, end: text.len(), same: true };
        Self { text: text.to_owned(), original: text.to_owned(), pieces: vec![whole] }
    }

    /// Bytes of the text itself.
    pub(super) fn original(&self, start: u32, end: u32) -> Option<&str> {
        self.original.get(start as usize..end as usize)
    }

    /// Makes edits whose places are the copy's; those that overlap a later one are left out. By how much it grew.
    pub(super) fn edit(&mut self, edits: &[Edit]) -> isize {
        let mut sorted: Vec<&Edit> = edits.iter().collect();
        sorted.sort_by_key(|edit| std::cmp::Reverse((edit.span.start, edit.span.end)));
        let before = self.text.len();
        let mut limit = self.text.len();
        for edit in sorted {
            let range = edit.span.range();
            if range.end <= limit && self.text.get(range.clone()).is_some() {
                limit = range.start;
                self.replace(range.start, range.end, &edit.text);
            }
        }
        self.text.len().cast_signed() - before.cast_signed()
    }

    fn replace(&mut self, start: usize, end: usize, text: &str) {
        let place = self.span(start, end).range();
        let (mut before, rest) = split(&self.pieces, start);
        let (_, after) = split(&rest, end - start);
        before.push(Piece { length: text.len(), start: place.start, end: place.end, same: false });
        before.extend(after);
        self.pieces = before;
        self.text.replace_range(start..end, text);
    }

    /// The piece that holds the byte, and how far into it; at a border the one in front if `front`.
    fn find(&self, byte: usize, front: bool) -> Option<(Piece, usize)> {
        let mut at = 0;
        for piece in &self.pieces {
            let end = at + piece.length;
            if byte < end || (front && byte == end && byte > at) {
                return Some((*piece, byte - at));
            }
            at = end;
        }
        None
    }

    /// Every byte of it is the text's own.
    fn is_same(&self, span: Span) -> bool {
        let place = Places::span(self, span.start as usize, span.end as usize);
        let edges = [self.find(span.start as usize, false), self.find(span.end as usize, true)];
        place.end - place.start == span.end - span.start
            && edges.iter().flatten().all(|(piece, _)| piece.same)
    }

    /// The diagnostic with the places of the text; its edits are left out where they would touch what was mended.
    pub(super) fn restore(&self, diagnostic: Diagnostic) -> Diagnostic {
        let back = |span: Span| Places::span(self, span.start as usize, span.end as usize);
        let label = |label: Label| Label { span: back(label.span), ..label };
        let certain = diagnostic.edits.iter().all(|edit| self.is_same(edit.span));
        let edits = diagnostic.edits.into_iter().map(|edit| Edit { span: back(edit.span), ..edit });
        Diagnostic {
            primary: label(diagnostic.primary),
            secondary: diagnostic.secondary.into_iter().map(label).collect(),
            edits: if certain { edits.collect() } else { Vec::new() },
            ..diagnostic
        }
    }
}

impl Places for Copy {
    fn span(&self, start: usize, end: usize) -> Span {
        let last = self.pieces.last().map_or(0, |piece| piece.end);
        let first = match self.find(start, false) {
            Some((piece, into)) if piece.same => piece.start + into,
            Some((piece, _)) => piece.start,
            None => last,
        };
        if start == end {
            return Span::of(first, first);
        }
        let behind = match self.find(end, true) {
            Some((piece, into)) if piece.same => piece.start + into,
            Some((piece, _)) => piece.end,
            None => last,
        };
        Span::of(first, behind.max(first))
    }
}

/// The pieces before a byte, and those from it on.
fn split(pieces: &[Piece], byte: usize) -> (Vec<Piece>, Vec<Piece>) {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let mut at = 0;
    for piece in pieces {
        let end = at + piece.length;
        if end <= byte {
            before.push(*piece);
        } else if at >= byte {
            after.push(*piece);
        } else {
            before.push(piece.head(byte - at));
            after.push(piece.tail(byte - at));
        }
        at = end;
    }
    (before, after)
}

#[cfg(test)]
mod tests {
    use super::Copy;
    use crate::Edit;
    use crate::parse::Places;
    use crate::tree::Span;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { span: Span::of(start, end), text: text.to_owned() }
    }

    #[test]
    fn places_lead_back_through_edits_of_edits() {
        let mut copy = Copy::new("let x := await f(1);");
        assert_eq!(copy.edit(&[edit(6, 8, "="), edit(19, 20, "")]), -2);
        assert_eq!(copy.text, "let x = await f(1)");
        copy.edit(&[edit(8, 13, "call")]);
        assert_eq!(copy.text, "let x = call f(1)");
        assert_eq!(copy.span(13, 14), Span::of(15, 16), "f");
        assert_eq!(copy.span(8, 12), Span::of(9, 14), "await");
        assert_eq!(copy.span(4, 17), Span::of(4, 19), "from x to the end");
        assert!(copy.is_same(Span::of(13, 17)));
        assert!(!copy.is_same(Span::of(6, 17)));
    }
}
