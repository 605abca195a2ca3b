//! What is to be laid out: tokens, places where a line may end, and groups whose lines end together.
//!
//! After Wadler, "A prettier printer" (2003), with comments as parts of the tokens that they stand at: whatever the
//! layout, a comment stays between the same two tokens.

use std::borrow::Cow;

use super::trivia::Trivia;
use crate::grammar::Rule;

/// A document, with what its surroundings have to know of it.
#[derive(Debug)]
pub(super) struct Doc<'t> {
    pub(super) kind: Kind<'t>,
    pub(super) meta: Meta,
}

#[derive(Debug)]
pub(super) enum Kind<'t> {
    Nothing,
    /// A token with its comments; the closing bracket of a list leaves those before it to [`Kind::Remarks`].
    Token {
        text: Text<'t>,
        trivia: &'t Trivia<'t>,
        bare: bool,
    },
    /// The comments in front of a token that is written elsewhere, or not at all.
    Remarks(&'t Trivia<'t>),
    /// It stands in front of a comment that follows the token before it. With the comments of the comma in the source.
    Comma(Option<&'t Trivia<'t>>),
    Space,
    Line(Line),
    Concat(Vec<Doc<'t>>),
    /// On one line where that is possible; otherwise each [`Line`] in it (but in groups of its own) ends a line.
    Group(Box<Doc<'t>>),
    Indent(Box<Doc<'t>>),
    /// Only in a group that was broken.
    WhenBroken(Box<Doc<'t>>),
    /// The first of them that fits up to its first line end, or the last one.
    Choice(Vec<Doc<'t>>),
}

/// A place where a line may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Nothing on one line.
    Soft,
    /// A blank on one line.
    Plain,
    /// A blank on one line; an empty line of the source is kept here.
    Item,
    /// Always ends the line; an empty line of the source is kept.
    Hard,
    /// Always ends the line, and an empty one follows.
    Gap,
}

/// The letters of a token.
#[derive(Debug)]
pub(super) enum Text<'t> {
    /// On one line, or with line ends that are written as they are.
    Plain(Cow<'t, str>),
    /// A `"""` text: the opening line, lines without their common indentation, and whether the quotes that close it have
    /// a line for themselves.
    Multi { opening: String, lines: Vec<String>, apart: bool },
}

/// What the surroundings have to know.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Meta {
    /// It cannot be on one line.
    pub(super) forced: bool,
    /// It begins with a comment on a line of its own.
    pub(super) head: bool,
    /// It ends with a comment.
    pub(super) tail: bool,
    /// The first token; `None` where there is none.
    pub(super) first: Option<Rule>,
    /// The last one.
    pub(super) last: Option<Rule>,
}

impl<'t> Doc<'t> {
    pub(super) fn nothing() -> Self {
        Self { kind: Kind::Nothing, meta: Meta::default() }
    }

    pub(super) fn token(rule: Rule, text: Text<'t>, trivia: &'t Trivia<'t>) -> Self {
        let forced = match &text {
            Text::Plain(letters) => letters.contains('\n'),
            Text::Multi { .. } => true,
        };
        let (head, tail) = (!trivia.before.is_empty(), trivia.after.is_some());
        let meta = Meta { forced, head, tail, first: Some(rule), last: Some(rule) };
        Self { kind: Kind::Token { text, trivia, bare: false }, meta }
    }

    /// The token, its comments in front left out.
    pub(super) fn bare(mut self) -> Self {
        if let Kind::Token { bare, .. } = &mut self.kind {
            *bare = true;
            self.meta.head = false;
        }
        self
    }

    /// The comments that [`Doc::bare`] leaves out.
    pub(super) fn remarks(rule: Rule, trivia: &'t Trivia<'t>) -> Self {
        if trivia.before.is_empty() {
            return Self::nothing();
        }
        let meta = Meta { forced: false, head: true, tail: true, first: Some(rule), last: Some(rule) };
        Self { kind: Kind::Remarks(trivia), meta }
    }

    /// A comma; `trivia` where the source has one there.
    pub(super) fn comma(trivia: Option<&'t Trivia<'t>>) -> Self {
        let silent = |trivia: &&Trivia<'_>| trivia.before.is_empty() && trivia.after.is_none();
        match trivia.filter(|trivia| !silent(trivia)) {
            None => Self { kind: Kind::Comma(None), meta: Meta::default() },
            spoken => {
                let comma = Some(Rule::P_COMMA);
                let meta = Meta { forced: false, head: false, tail: true, first: comma, last: comma };
                Self { kind: Kind::Comma(spoken), meta }
            }
        }
    }

    pub(super) fn space() -> Self {
        Self { kind: Kind::Space, meta: Meta::default() }
    }

    pub(super) fn line(line: Line) -> Self {
        let forced = matches!(line, Line::Hard | Line::Gap);
        Self { kind: Kind::Line(line), meta: Meta { forced, ..Meta::default() } }
    }

    pub(super) fn concat(parts: Vec<Self>) -> Self {
        let meta = parts.iter().fold(Meta::default(), |whole, part| whole.then(part.meta));
        Self { kind: Kind::Concat(parts), meta }
    }

    pub(super) fn group(self) -> Self {
        Self { meta: self.meta, kind: Kind::Group(Box::new(self)) }
    }

    pub(super) fn indent(self) -> Self {
        Self { meta: self.meta, kind: Kind::Indent(Box::new(self)) }
    }

    pub(super) fn when_broken(self) -> Self {
        Self { meta: self.meta, kind: Kind::WhenBroken(Box::new(self)) }
    }

    /// Ways to say the same, the shortest first.
    pub(super) fn choice(ways: Vec<Self>) -> Self {
        let meta = ways.last().map_or(Meta::default(), |way| way.meta);
        Self { kind: Kind::Choice(ways), meta }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.meta.first.is_none()
    }
}

impl Meta {
    /// A comment between two tokens forces the line to end there; at either end of a group it does not concern it.
    fn then(self, next: Self) -> Self {
        let forced = self.forced || next.forced;
        if next.first.is_none() {
            return Self { forced, ..self };
        }
        if self.first.is_none() {
            return Self { forced, ..next };
        }
        let between = self.tail || next.head;
        Self {
            forced: forced || between,
            head: self.head,
            tail: next.tail,
            first: self.first,
            last: next.last,
        }
    }
}
