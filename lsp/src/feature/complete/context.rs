//! What is being written: read off the letters in front of the cursor, for a tree is not there in the middle of a word.

use crate::feature::hover::{is_word, word_start};

/// What may be written at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Context {
    /// Behind `call`, or `call tool.`: the tool.
    Call(Option<String>),
    /// Behind `wait` and in the arms of a `wait { … }`; `true` for the latter.
    Event(bool),
    /// Behind `emit`.
    Emit,
    /// Behind `do`.
    Flow,
    /// Behind `run` and `spawn`.
    Workflow,
    /// Behind `fail`, `fails` and `catch`.
    Failure,
    /// Where a type is written.
    Type,
    /// Behind a dot: the byte of the dot, or of the `?` in front of it.
    Field(usize),
    /// Between the brackets of what is called or waited for, where an argument begins: its path and the names that are given.
    Argument { callee: String, verb: String, given: Vec<String> },
    /// Where a statement begins.
    Statement,
    /// Where a declaration begins.
    Item,
    /// Where an expression is written.
    Expression,
    /// In a text or a comment.
    Nothing,
}

/// An open bracket.
struct Open {
    bracket: char,
    at: usize,
}

/// What is written at a byte.
pub(super) fn context(text: &str, at: usize) -> Context {
    let before = text.get(..at).unwrap_or_default();
    let Some(open) = open(before) else { return Context::Nothing };
    let start = word_start(before, at);
    let front = before.get(..start).unwrap_or_default();
    if let Some(receiver) = front.strip_suffix('.') {
        return behind_a_dot(receiver);
    }
    let trimmed = front.trim_end();
    let word = last_word(trimmed);
    let near = front.len() > trimmed.len();
    match word {
        "call" if near => return Context::Call(None),
        "wait" if near => return Context::Event(false),
        "emit" if near => return Context::Emit,
        "do" if near => return Context::Flow,
        "run" | "spawn" if near => return Context::Workflow,
        "fail" | "fails" | "catch" if near => return Context::Failure,
        "as" if near => return Context::Type,
        _ => {}
    }
    if trimmed.ends_with("->") || is_type(trimmed, open.last()) {
        return Context::Type;
    }
    match open.last() {
        Some(Open { bracket: '(', at }) if trimmed.ends_with(['(', ',']) => {
            argument(before, *at).unwrap_or(Context::Expression)
        }
        Some(Open { bracket: '{', at }) if begins_line(front) => in_block(before, *at),
        None if begins_line(front) => Context::Item,
        _ => Context::Expression,
    }
}

fn behind_a_dot(receiver: &str) -> Context {
    let path_start = receiver.rfind(|c: char| !is_word(c) && c != '.').map_or(0, |end| end + 1);
    let path = receiver.get(path_start..).unwrap_or_default();
    let front = receiver.get(..path_start).unwrap_or_default();
    if matches!(last_word(front.trim_end()), "call" | "mock") && !path.contains('.') {
        return Context::Call(Some(path.to_owned()));
    }
    let optional = receiver.strip_suffix('?').map_or(receiver.len(), str::len);
    Context::Field(optional)
}

/// The brackets that are open at the end; none inside a text or comment, but for `${…}` in a text.
fn open(text: &str) -> Option<Vec<Open>> {
    let mut open: Vec<Open> = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let in_text = open.last().is_some_and(|open| open.bracket == '"');
        match c {
            '\\' if in_text => {
                chars.next();
            }
            '"' if in_text => {
                open.pop();
            }
            '"' => open.push(Open { bracket: '"', at }),
            '$' if in_text && chars.peek().is_some_and(|(_, next)| *next == '{') => {
                chars.next();
                open.push(Open { bracket: '$', at });
            }
            _ if in_text => {}
            '/' if chars.peek().is_some_and(|(_, next)| *next == '/') => {
                let mut rest = chars.by_ref().skip_while(|(_, c)| *c != '\n');
                rest.next()?;
            }
            '(' | '[' | '{' => open.push(Open { bracket: c, at }),
            ')' | ']' | '}' => {
                open.pop();
            }
            _ => {}
        }
    }
    (open.last().is_none_or(|open| open.bracket != '"')).then_some(open)
}

fn last_word(text: &str) -> &str {
    text.get(word_start(text, text.len())..).unwrap_or_default()
}

fn begins_line(front: &str) -> bool {
    front.rsplit('\n').next().is_none_or(|line| line.trim().is_empty())
        || front.trim_end().ends_with(['{', '}'])
}

/// Behind a colon that names a type: in a declaration, or of a `let`.
fn is_type(trimmed: &str, open: Option<&Open>) -> bool {
    let Some(before) = trimmed.strip_suffix([':', '|']) else { return false };
    let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
    let first = line.split(|c: char| !is_word(c)).next().unwrap_or_default();
    let declares = matches!(first, "type" | "event" | "error" | "tool" | "fn" | "flow" | "workflow");
    let binds = matches!(first, "let" | "var" | "const") && !before.contains("= {") && !line.contains('=');
    // An operation in the braces of a tool: `charge(cents:`
    let operation = open.is_some_and(|open| {
        let front = before.get(..open.at).unwrap_or_default();
        let margin = front.rsplit('\n').find(|line| line.starts_with(is_word)).unwrap_or_default();
        open.bracket == '(' && margin.starts_with("tool ") || margin.starts_with("type ")
    });
    declares || binds || operation
}

/// Inside brackets: whose they are, and which names are given already.
fn argument(before: &str, open: usize) -> Option<Context> {
    let front = before.get(..open)?.trim_end();
    let start = front.rfind(|c: char| !is_word(c) && c != '.').map_or(0, |end| end + 1);
    let callee = front.get(start..)?.to_owned();
    let verb = last_word(front.get(..start)?.trim_end()).to_owned();
    let inner = before.get(open + 1..)?;
    let named = inner.match_indices(':').filter(|(at, _)| depth(inner.get(..*at).unwrap_or_default()) == 0);
    let given = named.map(|(at, _)| last_word(inner.get(..at).unwrap_or_default()).to_owned()).collect();
    (!callee.is_empty()).then_some(Context::Argument { callee, verb, given })
}

fn depth(text: &str) -> usize {
    open(text).map_or(1, |open| open.len())
}

/// Between braces, where a line begins: of a block, of a `wait`, or of something declared.
fn in_block(before: &str, open: usize) -> Context {
    let front = before.get(..open).unwrap_or_default().trim_end();
    let line = front.rsplit('\n').next().unwrap_or_default().trim_start();
    match last_word(front) {
        "wait" => Context::Event(true),
        "parallel" | "race" | "match" => Context::Expression,
        _ if ["tool ", "type ", "event ", "error "].iter().any(|word| line.starts_with(word)) => {
            Context::Type
        }
        _ if front.ends_with(['=', ':', '(', ',', '[', '?']) => Context::Expression,
        _ => Context::Statement,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The context at `|`.
    fn at(text: &str) -> Context {
        let at = text.find('|').unwrap();
        context(&text.replacen('|', "", 1), at)
    }

    fn argument(callee: &str, verb: &str, given: &[&str]) -> Context {
        let given = given.iter().map(|name| (*name).to_owned()).collect();
        Context::Argument { callee: callee.into(), verb: verb.into(), given }
    }

    #[test]
    fn the_letters_in_front_tell_what_is_being_written() {
        let body = |inner: &str| at(&format!("workflow w(a: int) {{\n  {inner}"));
        assert_eq!(at("|"), Context::Item);
        assert_eq!(at("event e { }\nwor|"), Context::Item);
        assert_eq!(body("|"), Context::Statement);
        assert_eq!(body("let x = 1\n  le|"), Context::Statement);
        assert_eq!(body("let x = call pay|"), Context::Call(None));
        assert_eq!(body("let x = call pay.ch|"), Context::Call(Some("pay".into())));
        assert_eq!(body("wait |"), Context::Event(false));
        assert_eq!(body("wait {\n    par|"), Context::Event(true));
        assert_eq!(body("call pay.charge(|"), argument("pay.charge", "call", &[]));
        assert_eq!(
            body("call pay.charge(a: f(x), b: \"c: ${d}\", |"),
            argument("pay.charge", "call", &["a", "b"])
        );
        assert_eq!(body("wait go(|"), argument("go", "wait", &[]));
        assert_eq!(body("let x = |"), Context::Expression);
        assert_eq!(body("log \"hello |"), Context::Nothing);
        assert_eq!(body("// hello |"), Context::Nothing);
        assert!(matches!(body("log \"${order.|"), Context::Field(_)));
        assert_eq!(body("let x: |"), Context::Type);
        assert_eq!(body("let x = y as |"), Context::Type);
        assert_eq!(body("fail |"), Context::Failure);
        assert_eq!(at("tool t {\n  charge(cents: |"), Context::Type);
        assert_eq!(at("type O = { id: |"), Context::Type);
        let text = "workflow w() { let y = order?.";
        assert_eq!(context(text, text.len()), Context::Field(text.len() - 2));
    }
}
