use super::render;
use crate::{Source, parse};

const TEXT: &str = "workflow w(a: int) {
  let c = await pay.charge(cents: a);
  if a > 1 {
    return;
  log \"é ${a\"
}
";

const SHOWN: &str = include_str!("plain.txt");

#[test]
fn plain_text_shows_the_places_and_the_help() {
    let shown = render(&Source::new("order.cairn", TEXT), &parse(TEXT).diagnostics, false);
    assert_eq!(shown, SHOWN, "\n{shown}");
}

#[test]
fn colour_changes_the_letters_of_nothing() {
    let (source, diagnostics) = (Source::new("order.cairn", TEXT), parse(TEXT).diagnostics);
    let coloured = render(&source, &diagnostics, true);
    let mut plain = String::new();
    for part in coloured.split('\u{1b}') {
        plain.push_str(
            part.split_once('m').filter(|(code, _)| code.starts_with('[')).map_or(part, |(_, rest)| rest),
        );
    }
    assert!(coloured.contains("\u{1b}["));
    assert_eq!(plain, render(&source, &diagnostics, false));
}
