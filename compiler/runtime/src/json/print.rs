//! A value to a JSON text.

use alloc::{string::String, vec::Vec};

use crate::fault::{Failure, Fault};
use crate::number::{Number, push_canonical, push_int};
use crate::table::{Entry, Table};
use crate::value::{V, Value};
use crate::{MAX_DEPTH, base64, float, time};

/// Compact; ints in full, fields in their order.
///
/// # Errors
/// `limit` beyond [`MAX_DEPTH`].
pub fn print(value: V) -> Result<String, Fault> {
    let mut out = String::new();
    push_value(&mut out, value)?;
    Ok(out)
}

/// As [`print`], behind what is there.
///
/// # Errors
/// As [`print`].
pub fn push_value(out: &mut String, value: V) -> Result<(), Fault> {
    Printer { out, canonical: false }.value(value, 0)
}

/// The same text for equal values: fields by name, numbers in one form.
///
/// # Errors
/// As [`print`].
pub fn canonical(value: V) -> Result<String, Fault> {
    let mut out = String::new();
    Printer { out: &mut out, canonical: true }.value(value, 0)?;
    Ok(out)
}

struct Printer<'a> {
    out: &'a mut String,
    canonical: bool,
}

impl Printer<'_> {
    fn value(&mut self, value: V, depth: usize) -> Result<(), Fault> {
        if depth > MAX_DEPTH {
            return Err(Failure::too_deep());
        }
        match value {
            Value::List(list) => self.list(list.items(), depth)?,
            Value::Record(table) => self.record(table, depth)?,
            Value::Null => self.out.push_str("null"),
            Value::Bool(b) => self.out.push_str(if *b == 0 { "false" } else { "true" }),
            Value::Text(text) => self.text(text.get()),
            Value::Time(t) => self.quoted(|out| time::push(out, *t)),
            Value::Bytes(bytes) => self.quoted(|out| base64::push(out, bytes.get())),
            Value::Int(n) | Value::Duration(n) => push_int(self.out, *n),
            Value::Float(_) | Value::Number(_) if self.canonical => {
                if let Some(number) = Number::of(value) {
                    push_canonical(self.out, &number);
                }
            }
            Value::Float(x) => float::push(self.out, *x),
            Value::Number(text) => self.out.push_str(text.get()),
        }
        Ok(())
    }

    /// Around what needs no escapes.
    fn quoted(&mut self, push: impl FnOnce(&mut String)) {
        self.out.push('"');
        push(self.out);
        self.out.push('"');
    }

    fn list(&mut self, items: &[V], depth: usize) -> Result<(), Fault> {
        self.out.push('[');
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.out.push(',');
            }
            self.value(item, depth + 1)?;
        }
        self.out.push(']');
        Ok(())
    }

    fn record(&mut self, table: &Table, depth: usize) -> Result<(), Fault> {
        if !self.canonical {
            return self.entries(table.entries(), depth);
        }
        let mut entries: Vec<Entry> = table.entries().into();
        crate::list::sort(&mut entries, |a, b| a.name.cmp(b.name));
        self.entries(&entries, depth)
    }

    fn entries(&mut self, entries: &[Entry], depth: usize) -> Result<(), Fault> {
        self.out.push('{');
        for (i, entry) in entries.iter().enumerate() {
            if i > 0 {
                self.out.push(',');
            }
            self.text(entry.name);
            self.out.push(':');
            self.value(entry.value, depth + 1)?;
        }
        self.out.push('}');
        Ok(())
    }

    fn text(&mut self, text: &str) {
        self.out.push('"');
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|b| b < 0x20 || b == b'"' || b == b'\\') {
            let (plain, special) = rest.split_at(at);
            self.out.push_str(plain);
            self.escape(special.bytes().next().unwrap_or(b' '));
            rest = special.get(1..).unwrap_or("");
        }
        self.out.push_str(rest);
        self.out.push('"');
    }

    fn escape(&mut self, byte: u8) {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            _ => {
                self.out.push_str("\\u00");
                return crate::hash::push_hex(self.out, byte);
            }
        };
        self.out.push_str(short);
    }
}
