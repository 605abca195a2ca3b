//! What is written on boxes.

use cairn_dsl::tree::{
    Arg, Clause, Entry, Expr, ExprKind, ListItem, Param, Path, Retry, Span, TextPart, Unclear,
};

use super::Builder;

/// How many characters of code stand on a box.
const CODE: usize = 44;

impl Builder<'_> {
    /// Code in one line, cut where it is long.
    pub(super) fn short(&self, span: Span) -> String {
        let text = self.source.text.get(span.range()).unwrap_or_default();
        cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), CODE)
    }

    /// `timeout 20m · retry 5`
    pub(super) fn clauses(&self, clauses: &[Clause]) -> String {
        let words = clauses.iter().filter_map(|clause| match clause {
            Clause::Timeout(e, _) => Some(format!("timeout {}", self.short(e.span))),
            Clause::Retry(Retry::Policy(policy), _) => Some(self.retry(policy)),
            Clause::Cache(..) => Some("cached".to_owned()),
            Clause::Retry(Retry::None, _) => Some("no retry".to_owned()),
            Clause::Unclear(Unclear::Fail, _) => Some("unclear fails".to_owned()),
            Clause::Unclear(Unclear::Ask, _) => Some("unclear asks".to_owned()),
            Clause::Unclear(Unclear::Retry, _) | Clause::Undo(..) => None,
        });
        words.collect::<Vec<_>>().join(" · ")
    }

    /// `retry 5`, or the name of a policy.
    fn retry(&self, policy: &Expr) -> String {
        field(policy, "attempts").map_or_else(
            || format!("retry {}", self.short(policy.span)),
            |attempts| format!("retry {}", self.short(attempts.span)),
        )
    }

    /// `order_id: order.id`, each on the same line.
    pub(super) fn args(&self, args: &[Arg]) -> String {
        let words = args.iter().map(|arg| match arg {
            Arg::Named { name, value } if self.short(value.span) == name.text => name.text.clone(),
            Arg::Named { name, value } => format!("{}: {}", name.text, self.short(value.span)),
            Arg::Spread(value, _) => format!("...{}", self.short(value.span)),
        });
        cut(&words.collect::<Vec<_>>().join(", "), CODE)
    }

    /// What a call of the standard library is about: the program with its first word, or the address.
    pub(super) fn gist(&self, args: &[Arg]) -> String {
        let named = |wanted: &str| {
            args.iter().find_map(|arg| match arg {
                Arg::Named { name, value } if name.text == wanted => Some(value),
                _ => None,
            })
        };
        if let Some(program) = named("program") {
            let first = named("args").and_then(|args| match &args.kind {
                ExprKind::List(items) => items.first(),
                _ => None,
            });
            let word = match first {
                Some(ListItem::Item(e)) => self.text(e),
                _ => String::new(),
            };
            return format!("{} {word}", self.text(program)).trim_end().to_owned();
        }
        named("url").map(|url| self.text(url)).unwrap_or_default()
    }

    /// The text that stands between quotes, or code.
    pub(super) fn text(&self, e: &Expr) -> String {
        let ExprKind::Text(parts) = &e.kind else { return self.short(e.span) };
        let words = parts.iter().map(|part| match part {
            TextPart::Chunk(chunk) => chunk.clone(),
            TextPart::Expr(e) => format!("‹{}›", self.short(e.span)),
        });
        cut(&words.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "), CODE)
    }
}

/// A field of a record expression.
pub(super) fn field<'e>(record: &'e Expr, wanted: &str) -> Option<&'e Expr> {
    let ExprKind::Record(entries) = &record.kind else { return None };
    entries.iter().find_map(|entry| match entry {
        Entry::Field { name, value } if name.text == wanted => Some(value),
        _ => None,
    })
}

/// Names joined by dots.
pub(super) fn dotted(path: &Path) -> String {
    path.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".")
}

/// `(order, patience)`; empty for none.
pub(super) fn signature(params: &[Param]) -> String {
    let names: Vec<_> = params.iter().map(|param| param.name.text.as_str()).collect();
    if names.is_empty() { String::new() } else { cut(&format!("({})", names.join(", ")), CODE) }
}

/// The first sentence or line of a doc comment.
pub(super) fn first_line(doc: Option<&str>) -> String {
    let line = doc.unwrap_or_default().lines().next().unwrap_or_default().trim();
    let sentence = line.split_once(". ").map_or(line, |(first, _)| first);
    cut(sentence.trim_end_matches('.'), 72)
}

/// At most so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Words that are there, with a dot between.
pub(super) fn joined<const N: usize>(words: [String; N]) -> String {
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" · ")
}
