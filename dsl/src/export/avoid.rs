//! What looking ahead forbids, said without looking ahead.

use std::collections::{BTreeMap, BTreeSet};

use super::form::{Form, is_word};

/// A letter with which none of `texts` begins here; for one that is longer than a letter, its beginning and a letter that
/// does not go on with it and begins none of them.
pub(super) fn any_but(texts: &[String]) -> Form {
    let firsts: BTreeSet<char> = texts.iter().filter_map(|text| text.chars().next()).collect();
    let mut ways = vec![Form::none_of(firsts.iter().copied())];
    for text in texts {
        let letters: Vec<char> = text.chars().collect();
        for known in 1..letters.len() {
            let (before, rest) = letters.split_at(known);
            let next = rest.iter().take(1).chain(&firsts).copied();
            ways.push(Form::seq(vec![Form::Text(before.iter().collect()), Form::none_of(next)]));
        }
    }
    Form::Either(ways)
}

/// Texts, as rules of the name `base`, in which none of `texts` occurs and which do not end with the beginning of one: one
/// rule for each beginning, as in the automaton of Aho and Corasick (1975).
pub(super) fn texts_but(base: &str, texts: &[String]) -> Vec<(String, Form)> {
    let mut beginnings: BTreeSet<&str> = BTreeSet::new();
    for text in texts {
        beginnings.extend(text.char_indices().map(|(at, _)| text.get(..at).unwrap_or_default()));
    }
    let beginnings: Vec<&str> = beginnings.into_iter().collect();
    let special: BTreeSet<char> = texts.iter().flat_map(|text| text.chars()).collect();
    let name = |place: usize| if place == 0 { base.to_owned() } else { format!("{base}_{place}") };
    let rule = |(place, beginning): (usize, &&str)| {
        let free = Form::seq(vec![Form::none_of(special.iter().copied()), Form::rule(base).maybe()]);
        let step = |letter: &char| {
            let read = format!("{beginning}{letter}");
            let taken = Form::Text(letter.to_string());
            let ends = |longest: &&&str| read.ends_with(**longest);
            if texts.iter().any(|text| read.ends_with(text.as_str())) {
                return None;
            }
            let next = beginnings.iter().filter(ends).max_by_key(|longest| longest.len());
            Some(match next.and_then(|next| beginnings.iter().position(|known| known == next)) {
                Some(next) if next > 0 => Form::seq(vec![taken, Form::Rule(name(next))]),
                _ => Form::seq(vec![taken, Form::rule(base).maybe()]),
            })
        };
        (name(place), Form::Either(std::iter::once(free).chain(special.iter().filter_map(step)).collect()))
    };
    beginnings.iter().enumerate().map(rule).collect()
}

/// Names that are none of `words`, as rules of the name `base`: one for each beginning that a word has.
pub(super) fn names_but(base: &str, words: &[String]) -> Vec<(String, Form)> {
    let mut beginnings: BTreeMap<&str, BTreeSet<char>> = BTreeMap::new();
    for word in words {
        for (at, letter) in word.char_indices() {
            beginnings.entry(word.get(..at).unwrap_or_default()).or_default().insert(letter);
        }
        beginnings.entry(word).or_default();
    }
    let name =
        |beginning: &str| if beginning.is_empty() { base.to_owned() } else { format!("{base}_{beginning}") };
    let rule = |(beginning, next): (&&str, &BTreeSet<char>)| {
        let mut ways: Vec<Form> = next
            .iter()
            .map(|letter| {
                Form::seq(vec![
                    Form::Text(letter.to_string()),
                    Form::Rule(name(&format!("{beginning}{letter}"))),
                ])
            })
            .collect();
        let free = (0..=u8::MAX).map(char::from).filter(|letter| is_word(*letter) && !next.contains(letter));
        let free: Vec<(char, char)> = free
            .filter(|letter| !beginning.is_empty() || !letter.is_ascii_digit())
            .map(|letter| (letter, letter))
            .collect();
        ways.push(Form::seq(vec![Form::one_of(&joined(&free)), Form::rule("idc").many()]));
        if !beginning.is_empty() && !words.iter().any(|word| word == beginning) {
            ways.push(Form::text(""));
        }
        (name(beginning), Form::Either(ways))
    };
    beginnings.iter().map(rule).collect()
}

/// Neighbouring letters as ranges.
fn joined(letters: &[(char, char)]) -> Vec<(char, char)> {
    let mut ranges: Vec<(char, char)> = Vec::new();
    for &(letter, _) in letters {
        match ranges.last_mut().filter(|last| u32::from(last.1) + 1 == u32::from(letter)) {
            Some(last) => last.1 = letter,
            None => ranges.push((letter, letter)),
        }
    }
    ranges
}
