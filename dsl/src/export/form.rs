//! What a rule demands, in terms that every notation has.

/// A part of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// These letters.
    Text(String),
    /// One letter of these.
    OneOf(Letters),
    /// What the rule of this name demands.
    Rule(String),
    /// One after the other; `spaced`: blanks and comments may stand between.
    Seq { parts: Vec<Form>, spaced: bool },
    /// One of them.
    Either(Vec<Form>),
    /// Or nothing.
    Maybe(Box<Form>),
    /// As often as one likes, but at least `least` times.
    Many { of: Box<Form>, least: u32, spaced: bool },
}

/// Letters: ranges, and whether it is all but these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letters {
    pub(super) ranges: Vec<(char, char)>,
    pub(super) but: bool,
}

/// Letters of names and numbers: between two of them a blank must stand where two words meet.
pub(super) fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

impl Form {
    pub(super) fn one_of(ranges: &[(char, char)]) -> Self {
        Self::OneOf(Letters { ranges: ranges.to_vec(), but: false })
    }

    /// Any letter but these.
    pub(super) fn none_of(letters: impl IntoIterator<Item = char>) -> Self {
        let mut ranges: Vec<(char, char)> = letters.into_iter().map(|letter| (letter, letter)).collect();
        ranges.sort_unstable();
        ranges.dedup();
        Self::OneOf(Letters { ranges, but: true })
    }

    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(super) fn rule(name: &str) -> Self {
        Self::Rule(name.to_owned())
    }

    /// Directly one after the other.
    pub(super) fn seq(parts: Vec<Self>) -> Self {
        Self::Seq { parts, spaced: false }
    }

    pub(super) fn maybe(self) -> Self {
        Self::Maybe(Box::new(self))
    }

    /// Any number of them, directly one after the other.
    pub(super) fn many(self) -> Self {
        Self::Many { of: Box::new(self), least: 0, spaced: false }
    }
}
