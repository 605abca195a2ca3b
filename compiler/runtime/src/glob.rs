//! Patterns of `glob`: `*` is any text without a slash, `**` any text, `?` one character but a slash.

use alloc::vec::Vec;

/// The whole text fits the pattern. Takes time of their lengths' product at most: the set of places in the pattern that can be
/// reached is carried along.
pub fn fits(text: &str, pattern: &str) -> bool {
    let pattern = tokens(pattern);
    let mut reached = alloc::vec![false; pattern.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    skip_stars(&pattern, &mut reached);
    for c in text.chars() {
        let mut next = alloc::vec![false; pattern.len() + 1];
        for (i, token) in pattern.iter().enumerate() {
            if reached.get(i) != Some(&true) {
                continue;
            }
            let to = match token {
                Token::Any => Some(i),
                Token::Star if c != '/' => Some(i),
                Token::One if c != '/' => Some(i + 1),
                Token::Char(is) if *is == c => Some(i + 1),
                _ => None,
            };
            if let Some(place) = to.and_then(|to| next.get_mut(to)) {
                *place = true;
            }
        }
        skip_stars(&pattern, &mut next);
        reached = next;
    }
    reached.last() == Some(&true)
}

#[derive(Clone, Copy, PartialEq)]
enum Token {
    Char(char),
    One,
    Star,
    Any,
}

fn tokens(pattern: &str) -> Vec<Token> {
    let mut out = Vec::new();
    for c in pattern.chars() {
        match (c, out.last_mut()) {
            ('*', Some(last @ (Token::Star | Token::Any))) => *last = Token::Any,
            ('*', _) => out.push(Token::Star),
            ('?', _) => out.push(Token::One),
            _ => out.push(Token::Char(c)),
        }
    }
    out
}

/// A star may stand for nothing.
fn skip_stars(pattern: &[Token], reached: &mut [bool]) {
    let mut open = false;
    for (i, place) in reached.iter_mut().enumerate() {
        *place |= open;
        open = *place && matches!(pattern.get(i), Some(Token::Star | Token::Any));
    }
}
