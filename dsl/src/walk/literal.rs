//! Literals, and what they cannot hold.

use super::{Node, Walk, Walked, bytes, number};
use crate::grammar::Rule;
use crate::parse;
use crate::tree::{ExprKind, Literal, PlainText, Span};

impl Walk<'_> {
    pub(super) fn literal_expr(&mut self, node: &Node<'_>) -> Walked<ExprKind> {
        Ok(match node.rule() {
            Rule::null => ExprKind::Null,
            Rule::bool => ExprKind::Bool(node.text() == "true"),
            Rule::int => ExprKind::Int(self.int(node)),
            Rule::float => ExprKind::Float(self.float_text(node.text(), self.span(node))),
            Rule::duration => ExprKind::Duration(self.duration(node)),
            Rule::tagged => self.tagged(node)?,
            _ => return Err(node.broken()),
        })
    }

    pub(super) fn literal(&mut self, node: &Node<'_>) -> Walked<Literal> {
        let inner = node.inner()?;
        Ok(match inner.rule() {
            Rule::null => Literal::Null,
            Rule::bool => Literal::Bool(inner.text() == "true"),
            Rule::int => Literal::Int(self.int(&inner)),
            Rule::float => Literal::Float(self.float_text(inner.text(), self.span(&inner))),
            Rule::plain_string => Literal::Text(self.plain_text(&inner).value),
            _ => return Err(inner.broken()),
        })
    }

    pub(super) fn int(&mut self, node: &Node<'_>) -> i64 {
        self.int_text(node.text(), self.span(node))
    }

    pub(super) fn int_text(&mut self, text: &str, span: Span) -> i64 {
        number::int(text).unwrap_or_else(|| {
            self.diagnostics.push(parse::int_range(span));
            0
        })
    }

    pub(super) fn float_text(&mut self, text: &str, span: Span) -> f64 {
        number::float(text).unwrap_or_else(|| {
            self.diagnostics.push(parse::float_range(span));
            0.0
        })
    }

    fn duration(&mut self, node: &Node<'_>) -> i64 {
        number::duration(node.text()).unwrap_or_else(|| {
            let span = self.span(node);
            self.diagnostics.push(parse::duration_range(span));
            0
        })
    }

    fn tagged(&mut self, node: &Node<'_>) -> Walked<ExprKind> {
        let text = self.plain_text(&node.need(Rule::plain_string)?);
        let tag = node.text().split('"').next().unwrap_or_default();
        Ok(match tag {
            "time" => ExprKind::Time(text.value),
            "hex" => ExprKind::Bytes(self.decoded(bytes::hex(&text.value), "hex", &text)),
            _ => ExprKind::Bytes(self.decoded(bytes::base64(&text.value), "base64", &text)),
        })
    }

    fn decoded(&mut self, read: Result<Vec<u8>, bytes::Bad>, tag: &str, text: &PlainText) -> Vec<u8> {
        read.unwrap_or_else(|bad| {
            self.diagnostics.push(parse::bad_bytes(text.span, tag, bad));
            Vec::new()
        })
    }
}
