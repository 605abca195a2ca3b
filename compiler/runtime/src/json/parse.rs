//! A JSON text to a value: one pass, ints exact, other numbers as they stand, the last of two alike names.

use alloc::{string::String, vec::Vec};

use crate::MAX_DEPTH;
use crate::fault::{Failure, Fault};
use crate::number::push_int;
use crate::table::Table;
use crate::value::{self, NULL, Str, V, Value, keep};

/// The value of a JSON text. Texts without escapes are not copied.
///
/// # Errors
/// `bad_data` where it is no JSON or nests deeper than [`MAX_DEPTH`].
pub fn parse(text: &'static str) -> Result<V, Fault> {
    let mut parser = Parser { text, at: 0 };
    parser.space();
    let value = parser.value(0)?;
    parser.space();
    if parser.at < text.len() { Err(parser.wrong("the end")) } else { Ok(value) }
}

/// The text is a JSON number.
pub fn is_number(text: &str) -> bool {
    number_length(text.as_bytes()).is_some_and(|len| len == text.len())
}

struct Parser {
    text: &'static str,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn wrong(&self, expected: &str) -> Fault {
        let mut place = String::from("byte ");
        push_int(&mut place, value::count(self.at));
        let found = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            None => String::from("the end of the text"),
            Some(c) => {
                let mut found = String::from("`");
                found.push(c);
                found.push('`');
                found
            }
        };
        Failure::bad_data(place, expected.into(), found)
    }

    fn value(&mut self, depth: usize) -> Result<V, Fault> {
        if depth > MAX_DEPTH {
            return Err(self.wrong("JSON of at most 120 levels"));
        }
        match self.peek() {
            Some(b'{') => self.record(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => Ok(value::text_of(self.text()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", value::truth(true)),
            Some(b'f') => self.word("false", value::truth(false)),
            Some(b'n') => self.word("null", &NULL),
            _ => Err(self.wrong("a JSON value")),
        }
    }

    fn word(&mut self, word: &str, is: V) -> Result<V, Fault> {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            return Ok(is);
        }
        Err(self.wrong("a JSON value"))
    }

    fn number(&mut self) -> Result<V, Fault> {
        let rest = self.text.get(self.at..).unwrap_or("");
        let Some(text) = number_length(rest.as_bytes()).and_then(|len| rest.get(..len)) else {
            return Err(self.wrong("a JSON number"));
        };
        self.at += text.len();
        Ok(match text.parse::<i64>() {
            Ok(n) => value::int(n),
            Err(_) => keep(Value::Number(Str::new(text))),
        })
    }

    fn list(&mut self, depth: usize) -> Result<V, Fault> {
        let mut items = Vec::new();
        self.at += 1;
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(value::list(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.ends(b']', "`,` or `]`")? {
                return Ok(value::list(items));
            }
        }
    }

    fn record(&mut self, depth: usize) -> Result<V, Fault> {
        let mut table = Table::new(4);
        self.at += 1;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(value::record(table));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a name"));
            }
            let name = self.text()?;
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.wrong("`:`"));
            }
            self.at += 1;
            self.space();
            table.put(name, self.value(depth + 1)?);
            if self.ends(b'}', "`,` or `}`")? {
                return Ok(value::record(table));
            }
        }
    }

    /// Behind an item: whether that was the last.
    fn ends(&mut self, end: u8, expected: &str) -> Result<bool, Fault> {
        self.space();
        match self.peek() {
            Some(b) if b == end => {
                self.at += 1;
                Ok(true)
            }
            Some(b',') => {
                self.at += 1;
                self.space();
                Ok(false)
            }
            _ => Err(self.wrong(expected)),
        }
    }

    /// What stands between quotes.
    fn text(&mut self) -> Result<&'static str, Fault> {
        self.at += 1;
        let start = self.at;
        self.run();
        if self.peek() == Some(b'"') {
            let whole = self.text.get(start..self.at).unwrap_or("");
            self.at += 1;
            return Ok(whole);
        }
        let mut out = String::from(self.text.get(start..self.at).unwrap_or(""));
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out.leak());
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(self.wrong("a text without control characters that ends")),
            }
            let start = self.at;
            self.run();
            out.push_str(self.text.get(start..self.at).unwrap_or(""));
        }
    }

    fn run(&mut self) {
        while self.peek().is_some_and(|b| b >= 0x20 && b != b'"' && b != b'\\') {
            self.at += 1;
        }
    }

    fn escape(&mut self) -> Result<char, Fault> {
        self.at += 1;
        let escape = self.peek();
        self.at += 1;
        Ok(match escape {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => {
                self.at -= 1;
                return Err(self.wrong("an escape of JSON"));
            }
        })
    }

    fn unicode(&mut self) -> Result<char, Fault> {
        let first = self.hex()?;
        let code = match first {
            0xd800..=0xdbff => {
                if self.text.get(self.at..).is_none_or(|rest| !rest.starts_with("\\u")) {
                    return Err(self.wrong("the second half of a surrogate pair"));
                }
                self.at += 2;
                let second = self.hex()?;
                0x1_0000 + ((first - 0xd800) << 10) + second.wrapping_sub(0xdc00)
            }
            _ => first,
        };
        char::from_u32(code).ok_or_else(|| self.wrong("a Unicode scalar value"))
    }

    fn hex(&mut self) -> Result<u32, Fault> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|b| char::from(b).to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.wrong("a hexadecimal digit"))?;
            self.at += 1;
        }
        Ok(code)
    }
}

/// How long the number is that the text begins with.
fn number_length(text: &[u8]) -> Option<usize> {
    let mut at = usize::from(text.first() == Some(&b'-'));
    at += match text.get(at) {
        Some(b'0') => 1,
        _ => digits(text, at)?,
    };
    if text.get(at) == Some(&b'.') {
        at += 1;
        at += digits(text, at)?;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(text.get(at), Some(b'+' | b'-')));
        at += digits(text, at)?;
    }
    Some(at)
}

fn digits(text: &[u8], at: usize) -> Option<usize> {
    let run = text.get(at..)?.iter().take_while(|b| b.is_ascii_digit()).count();
    (run > 0).then_some(run)
}
