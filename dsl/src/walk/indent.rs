//! `"""` texts: the indentation that all lines share belongs to the program and not to the text.

use crate::tree::{Expr, TextPart};

/// A piece of a `"""` text as it was written.
pub(super) enum Piece<'t> {
    Raw(&'t str),
    Expr(Expr),
}

/// Takes the common indentation away, with the first line end and a last line of blanks alone.
pub(super) fn strip(pieces: Vec<Piece<'_>>) -> Vec<TextPart> {
    let common = common(&pieces);
    let count = pieces.len();
    let mut parts = Vec::new();
    let mut text = String::new();
    for (index, piece) in pieces.into_iter().enumerate() {
        match piece {
            Piece::Raw(raw) => text.push_str(&chunk(raw, index == 0, index + 1 == count, common)),
            Piece::Expr(value) => {
                flush(&mut text, &mut parts);
                parts.push(TextPart::Expr(value));
            }
        }
    }
    flush(&mut text, &mut parts);
    parts
}

fn flush(text: &mut String, parts: &mut Vec<TextPart>) {
    if !text.is_empty() {
        parts.push(TextPart::Chunk(std::mem::take(text)));
    }
}

fn is_blank(letter: char) -> bool {
    letter == ' ' || letter == '\t' || letter == '\r'
}

/// How many blanks every line has that holds more than blanks.
fn common(pieces: &[Piece<'_>]) -> usize {
    let mut indents = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let Piece::Raw(raw) = piece else { continue };
        let lines: Vec<&str> = raw.split('\n').collect();
        for (number, line) in lines.iter().enumerate().skip(1) {
            let continues = number + 1 == lines.len() && index + 1 < pieces.len();
            if continues || !line.chars().all(is_blank) {
                indents.push(line.len() - line.trim_start_matches(is_blank).len());
            }
        }
    }
    indents.into_iter().min().unwrap_or(0)
}

fn chunk(raw: &str, first: bool, last: bool, common: usize) -> String {
    let raw = raw.replace("\r\n", "\n");
    let mut lines: Vec<&str> = raw.split('\n').collect();
    if last && lines.len() > 1 && lines.last().is_some_and(|line| line.chars().all(is_blank)) {
        lines.pop();
    }
    let opening = first && lines.len() > 1 && lines.first().is_some_and(|line| line.chars().all(is_blank));
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        match (number, opening) {
            (0, true) => continue,
            (0, false) => text.push_str(line),
            (1, true) => text.push_str(dedent(line, common)),
            _ => {
                text.push('\n');
                text.push_str(dedent(line, common));
            }
        }
    }
    text
}

fn dedent(line: &str, common: usize) -> &str {
    let blanks = line.len() - line.trim_start_matches(is_blank).len();
    line.get(blanks.min(common)..).unwrap_or(line)
}
