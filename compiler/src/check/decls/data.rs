//! Expressions that are data: literals, lists and records of them, and constants that are such.

use cairn_dsl::tree::{Entry, Expr, ExprKind, ListItem, TextPart, UnaryOp};
use serde_json::{Map, Value, json};

use super::Decls;

impl Decls<'_> {
    /// The value, as JSON has it; none where it has to be worked out.
    pub(in crate::check) fn data(&self, e: &Expr) -> Option<Value> {
        self.data_within(e, 0)
    }

    fn data_within(&self, e: &Expr, depth: u32) -> Option<Value> {
        const DEEPEST: u32 = 16;
        let inner = |e: &Expr| self.data_within(e, depth + 1);
        if depth > DEEPEST {
            return None;
        }
        Some(match &e.kind {
            ExprKind::Null => Value::Null,
            ExprKind::Bool(b) => json!(b),
            ExprKind::Int(n) | ExprKind::Duration(n) => json!(n),
            ExprKind::Float(x) => json!(x),
            ExprKind::Time(text) => json!(text),
            ExprKind::Text(parts) => json!(parts.iter().map(chunk).collect::<Option<String>>()?),
            ExprKind::Unary { op: UnaryOp::Minus, of } => match inner(of)? {
                Value::Number(n) if n.is_i64() => json!(n.as_i64()?.checked_neg()?),
                Value::Number(n) => json!(-n.as_f64()?),
                _ => return None,
            },
            ExprKind::List(items) => {
                let item = |item: &ListItem| if let ListItem::Item(e) = item { inner(e) } else { None };
                Value::Array(items.iter().map(item).collect::<Option<_>>()?)
            }
            ExprKind::Record(entries) => {
                let entry = |entry: &Entry| match entry {
                    Entry::Field { name, value } => Some((name.text.clone(), inner(value)?)),
                    _ => None,
                };
                Value::Object(entries.iter().map(entry).collect::<Option<Map<_, _>>>()?)
            }
            ExprKind::Name(name) => inner(&self.consts.get(&name.text)?.value)?,
            _ => return None,
        })
    }
}

fn chunk(part: &TextPart) -> Option<&str> {
    if let TextPart::Chunk(text) = part { Some(text) } else { None }
}
