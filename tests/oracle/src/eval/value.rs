//! Values.

use std::{cmp::Ordering, io::Write};

use serde::Serialize;
use serde_json::{Map, Value as Json, json, ser::Formatter};
use sha2::{Digest, Sha256};

/// A value. Records keep the order of their fields.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is named after what it holds")]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    /// Milliseconds.
    Duration(i64),
    /// Milliseconds since the Unix epoch.
    Time(i64),
    List(Vec<Value>),
    Record(Vec<(String, Value)>),
}

/// Why something has no value.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The kind.
    pub kind: String,
    /// For people.
    pub message: String,
    /// What the kind declares, or null.
    pub detail: Json,
}

impl Failure {
    /// One without detail.
    pub fn new(kind: &str, message: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), message: message.into(), detail: Json::Null }
    }

    /// As `catch … as e` gives it: kind, message, then the detail's fields.
    pub(super) fn value(&self) -> Value {
        let mut fields = Vec::new();
        match &self.detail {
            Json::Null => {}
            Json::Object(detail) => {
                fields.extend(detail.iter().map(|(name, value)| (name.clone(), Value::from_json(value))));
            }
            other => fields.push(("detail".to_owned(), Value::from_json(other))),
        }
        put(&mut fields, "kind", Value::Text(self.kind.clone()));
        put(&mut fields, "message", Value::Text(self.message.clone()));
        Value::Record(fields)
    }
}

/// Sets a field where it stands, or behind the others.
pub(super) fn put(fields: &mut Vec<(String, Value)>, name: &str, value: Value) {
    match fields.iter_mut().find(|(known, _)| known == name) {
        Some((_, old)) => *old = value,
        None => fields.push((name.to_owned(), value)),
    }
}

impl Value {
    /// JSON that nothing is known of. Numbers without fraction that fit are ints.
    #[must_use]
    pub fn from_json(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(is) => Self::Bool(*is),
            Json::Number(n) => n.as_i64().map_or_else(|| Self::Float(n.as_f64().expect("finite")), Self::Int),
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(items) => Self::List(items.iter().map(Self::from_json).collect()),
            Json::Object(fields) => Self::Record(
                fields.iter().map(|(name, value)| (name.clone(), Self::from_json(value))).collect(),
            ),
        }
    }

    /// As `docs/component.md` says.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(is) => json!(is),
            Self::Int(n) | Self::Duration(n) => json!(n),
            Self::Float(x) => json!(x),
            Self::Text(text) => json!(text),
            Self::Bytes(bytes) => json!(base64(bytes)),
            Self::Time(at) => json!(moment(*at)),
            Self::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Self::Record(fields) => {
                let fields = fields.iter().map(|(name, value)| (name.clone(), value.to_json()));
                Json::Object(fields.collect::<Map<_, _>>())
            }
        }
    }

    /// As text, floats as the language writes them.
    pub(super) fn json_text(&self) -> String {
        let mut text = Vec::new();
        let mut into = serde_json::Serializer::with_formatter(&mut text, Floats);
        self.to_json().serialize(&mut into).expect("every value can be written");
        String::from_utf8(text).expect("JSON is text")
    }

    /// As it stands in a text.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Duration(span) => duration(*span),
            Self::Time(at) => moment(*at),
            other => other.json_text(),
        }
    }

    pub(super) fn field(&self, name: &str) -> Self {
        match self {
            Self::Record(fields) => {
                fields.iter().find(|(known, _)| known == name).map_or(Self::Null, |(_, value)| value.clone())
            }
            _ => Self::Null,
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            other => panic!("a text was promised, not {other:?}"),
        }
    }

    pub(super) fn truth(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    /// The machine number of an int, a duration or a time; of json, where it is whole.
    pub(super) fn number(&self) -> i64 {
        match self {
            Self::Int(n) | Self::Duration(n) | Self::Time(n) => *n,
            Self::Float(x) => whole(*x).unwrap_or(0),
            other => panic!("a number was promised, not {other:?}"),
        }
    }

    pub(super) fn float(&self) -> f64 {
        match self {
            Self::Float(x) => *x,
            Self::Int(n) => *n as f64,
            other => panic!("a float was promised, not {other:?}"),
        }
    }

    pub(super) fn items(&self) -> Vec<Self> {
        match self {
            Self::List(items) => items.clone(),
            other => panic!("a list was promised, not {other:?}"),
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// sha256 of the canonical JSON: fields by name, a number that is whole as an int.
    pub(super) fn hash(&self) -> String {
        let digest = Sha256::digest(self.canonical().as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn canonical(&self) -> String {
        match self {
            Self::Float(x) => whole(*x).map_or_else(|| self.json_text(), |n| n.to_string()),
            Self::List(items) => {
                format!("[{}]", items.iter().map(Self::canonical).collect::<Vec<_>>().join(","))
            }
            Self::Record(fields) => {
                let mut fields: Vec<_> = fields.iter().collect();
                fields.sort_by(|a, b| a.0.cmp(&b.0));
                let fields =
                    fields.iter().map(|(name, value)| format!("{}:{}", json!(name), value.canonical()));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
            }
            other => other.json_text(),
        }
    }
}

/// A float is written as the standard library shows it: the shortest digits that mean it, with an exponent below 0.0001 and from 10^16 on.
struct Floats;

impl Formatter for Floats {
    fn write_f64<W: ?Sized + Write>(&mut self, into: &mut W, x: f64) -> std::io::Result<()> {
        write!(into, "{x:?}")
    }
}

/// The int that a float is, if it is one.
pub(super) fn whole(x: f64) -> Option<i64> {
    let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&x);
    (fits && x.trunc() == x).then_some(x as i64)
}

/// The same, all the way down; numbers by what they are worth, records whatever their order.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::Int(a), Value::Int(b))
        | (Value::Duration(a), Value::Duration(b))
        | (Value::Time(a), Value::Time(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Int(n), Value::Float(x)) | (Value::Float(x), Value::Int(n)) => whole(*x) == Some(*n),
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Record(a), Value::Record(b)) => {
            let has =
                |name: &str, value: &Value| b.iter().any(|(other, held)| other == name && equal(value, held));
            a.len() == b.len() && a.iter().all(|(name, value)| has(name, value))
        }
        _ => false,
    }
}

/// The order of two scalars of one type.
pub(super) fn order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Float(_), _) | (_, Value::Float(_)) => {
            a.float().partial_cmp(&b.float()).unwrap_or(Ordering::Equal)
        }
        _ => a.number().cmp(&b.number()),
    }
}

/// As the language writes it: `1h30m`, `250ms`.
fn duration(span: i64) -> String {
    const UNITS: [(&str, u64); 5] =
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
    if span == 0 {
        return "0ms".to_owned();
    }
    let mut out = if span < 0 { "-".to_owned() } else { String::new() };
    let mut rest = span.unsigned_abs();
    for (unit, size) in UNITS {
        if rest >= size {
            out += &format!("{}{unit}", rest / size);
            rest %= size;
        }
    }
    out
}

/// RFC 3339 in UTC, milliseconds where they are not zero. Days to dates: Howard Hinnant, "chrono-compatible low-level date algorithms".
pub(super) fn moment(at: i64) -> String {
    let (days, in_day) = (at.div_euclid(86_400_000), at.rem_euclid(86_400_000));
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (seconds, millis) = (in_day / 1000, in_day % 1000);
    let fraction = if millis == 0 { String::new() } else { format!(".{millis:03}") };
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for n in 0..4 {
            let letter = char::from(LETTERS[(bits >> (18 - 6 * n) & 63) as usize]);
            out.push(if n <= chunk.len() { letter } else { '=' });
        }
    }
    out
}
