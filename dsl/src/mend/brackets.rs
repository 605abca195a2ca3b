//! Brackets that do not pair: which one is to blame is told by the indentation.

use super::slip::{Slip, before};
use crate::scan::{Kind, Token};
use crate::tree::Span;

/// Words whose lines open a block.
const HEADS: [&str; 20] = [
    "workflow", "flow", "tool", "test", "type", "event", "error", "if", "for", "while", "loop", "match",
    "try", "wait", "parallel", "race", "lock", "let", "catch", "ask",
];

/// A bracket that is open.
struct Open<'t> {
    sign: &'t str,
    token: Token,
    /// How far its line is indented.
    indent: usize,
}

/// What has to be put in or taken out so that every bracket has its other half.
pub(super) fn slips(text: &str, tokens: &[Token]) -> Vec<Slip> {
    if is_balanced(text, tokens) {
        return Vec::new();
    }
    let mut pairing = Pairing { text, tokens, open: Vec::new(), slips: Vec::new(), indent: 0 };
    for (index, token) in tokens.iter().enumerate() {
        pairing.token(index, *token);
    }
    while let Some(open) = pairing.open.pop() {
        pairing.missing(&open, tokens.len());
    }
    pairing.slips
}

fn is_balanced(text: &str, tokens: &[Token]) -> bool {
    let mut open = Vec::new();
    for token in tokens.iter().filter(|token| token.kind == Kind::Sign) {
        match text.get(token.start..token.end).unwrap_or_default() {
            sign @ ("(" | "[" | "{") => open.push(closing(sign)),
            sign @ (")" | "]" | "}") if open.pop() != Some(sign) => return false,
            _ => {}
        }
    }
    open.is_empty()
}

fn closing(sign: &str) -> &'static str {
    match sign {
        "(" => ")",
        "[" => "]",
        _ => "}",
    }
}

struct Pairing<'t> {
    text: &'t str,
    tokens: &'t [Token],
    open: Vec<Open<'t>>,
    slips: Vec<Slip>,
    /// Of the line that is looked at.
    indent: usize,
}

impl<'t> Pairing<'t> {
    fn token(&mut self, index: usize, token: Token) {
        if token.first {
            self.indent = indent(self.text, token.start);
        }
        if token.kind != Kind::Sign {
            return;
        }
        match self.text.get(token.start..token.end).unwrap_or_default() {
            sign @ ("(" | "[" | "{") => self.open.push(Open { sign, token, indent: self.indent }),
            sign @ (")" | "]" | "}") => self.close(index, token, sign),
            _ => {}
        }
    }

    /// Whatever is open within the bracket that this one closes lacks its other half.
    fn close(&mut self, index: usize, token: Token, sign: &str) {
        if sign == "}" && token.first && self.open.last().is_none_or(|open| open.indent < self.indent) {
            let slip = self.missing_open(index);
            if slip.is_some() {
                self.slips.extend(slip);
                return;
            }
        }
        let wanted = self
            .open
            .iter()
            .rposition(|open| closing(open.sign) == sign && (!token.first || open.indent <= self.indent));
        let Some(wanted) = wanted.or_else(|| self.open.iter().rposition(|open| closing(open.sign) == sign))
        else {
            let span = Span::of(token.start, token.end);
            let slip = Slip::new("E0119", span, format!("this `{sign}` closes nothing"));
            self.slips.push(
                slip.help("delete it, or look for a bracket that closes too early above").fix(span, ""),
            );
            return;
        };
        while self.open.len() > wanted + 1 {
            if let Some(open) = self.open.pop() {
                self.missing(&open, index);
            }
        }
        self.open.pop();
    }

    /// A `}` that stands as far left as a line which should have opened it, and did not.
    fn missing_open(&self, index: usize) -> Option<Slip> {
        let inside = self.open.last().map_or(0, |open| open.token.end);
        let above = self.tokens.get(..index)?.iter().enumerate().rev();
        let mut lines = above.filter(|(_, token)| token.first && token.start >= inside);
        let mut below = index;
        let (_, head) = lines.find(|(line, token)| {
            let level = indent(self.text, token.start) <= self.indent;
            below = if level { below } else { *line };
            level
        })?;
        let word = self.text.get(head.start..head.end).unwrap_or_default();
        if indent(self.text, head.start) != self.indent || !HEADS.contains(&word) {
            return None;
        }
        let place = self.behind(below);
        let slip =
            Slip::new("E0119", Span::of(head.start, head.end), format!("what `{word}` holds is not opened"));
        let span = self.tokens.get(index).map_or(place, |close| Span::of(close.start, close.end));
        let slip = slip.label("no `{` belongs to it").also(span, "this `}` should close it");
        Some(slip.help("put a `{` where its block begins").fix(place, " {"))
    }

    /// Says that `open` is never closed, and closes it where its lines end, at the latest in front of token `limit`.
    fn missing(&mut self, open: &Open<'_>, limit: usize) {
        let place = self.end_of(open, limit);
        let sign = closing(open.sign);
        let span = Span::of(open.token.start, open.token.end);
        let slip = Slip::new("E0119", span, format!("this `{}` is never closed", open.sign))
            .label(format!("no `{sign}` belongs to it"));
        let slip = match place {
            Place::Line(place, what) => slip
                .also(what, "by the indentation it should be closed before this")
                .help(format!("put a `{sign}` on a line of its own there"))
                .fix(place, format!("{}{sign}\n", " ".repeat(open.indent))),
            Place::Here(place) => slip.help(format!("put a `{sign}` where it ends")).fix(place, sign),
        };
        self.slips.push(slip);
    }

    fn end_of(&self, open: &Open<'_>, limit: usize) -> Place {
        let from = self.tokens.partition_point(|token| token.start <= open.token.start);
        let inside = self.tokens.get(from..limit).unwrap_or_default();
        let shallow = |token: &&Token| token.first && indent(self.text, token.start) <= open.indent;
        let all = self.tokens.get(from..).unwrap_or_default();
        let outer = all.iter().take(inside.len() + 1).find(shallow);
        let arrow = |token: &Token| self.text.get(token.start..token.end) == Some("->");
        let next_line = inside.iter().find(|token| token.first || (open.sign == "(" && arrow(token)));
        match (open.sign, outer, next_line) {
            ("{", Some(token), _) => {
                let line = Span::of(token.start - indent(self.text, token.start), token.start);
                Place::Line(before(line), Span::of(token.start, token.end))
            }
            ("{", None, _) | (_, _, None) => Place::Here(self.behind(limit)),
            (_, _, Some(token)) => {
                let index = self.tokens.partition_point(|each| each.start < token.start);
                Place::Here(self.behind(index))
            }
        }
    }

    /// The empty place behind the token in front of `index`.
    fn behind(&self, index: usize) -> Span {
        let end = index.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |token| token.end);
        Span::of(end, end)
    }
}

/// Where a missing bracket goes.
enum Place {
    /// On a line of its own, in front of this token.
    Line(Span, Span),
    /// Here.
    Here(Span),
}

/// How many blanks stand in front of the line that `byte` is in.
fn indent(text: &str, byte: usize) -> usize {
    let before = text.get(..byte).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.len() - line.trim_start_matches([' ', '\t']).len()
}
