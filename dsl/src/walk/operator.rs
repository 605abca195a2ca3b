//! Operators. The grammar has one rule a level of precedence; a level without its operator is passed through.

use super::{Node, Walk, Walked};
use crate::grammar::Rule;
use crate::tree::{BinaryOp, Expr, ExprKind, Span, UnaryOp};

impl Walk<'_> {
    pub(super) fn expr(&mut self, node: &Node<'_>) -> Walked<Expr> {
        let inner = innermost(node.clone());
        let read = self.deeper(1, node, |walk| match inner.rule() {
            Rule::expr => walk.conditional(&inner),
            _ => walk.level(&inner),
        })?;
        Ok(read.unwrap_or_else(|| self.nothing(node)))
    }

    /// `c ? a : d ? b : e` is a flat list in the grammar; it groups to the right.
    fn conditional(&mut self, node: &Node<'_>) -> Walked<Expr> {
        let parts: Vec<Node<'_>> =
            node.children().filter(|part| matches!(part.rule(), Rule::coalesce | Rule::expr)).collect();
        let read = self.deeper(parts.len() / 2, node, |walk| walk.fold_conditional(node, &parts))?;
        Ok(read.unwrap_or_else(|| self.nothing(node)))
    }

    fn fold_conditional(&mut self, node: &Node<'_>, parts: &[Node<'_>]) -> Walked<Expr> {
        let Some((last, rest)) = parts.split_last() else { return Err(node.broken()) };
        let mut value = self.level(last)?;
        for pair in rest.rchunks_exact(2) {
            let [condition, then] = pair else { return Err(node.broken()) };
            let condition = Box::new(self.level(condition)?);
            let then = Box::new(self.expr(then)?);
            let span = condition.span.to(value.span);
            value =
                Expr { kind: ExprKind::Conditional { condition, then, otherwise: Box::new(value) }, span };
        }
        Ok(value)
    }

    /// One level of precedence: operands and operators in turn, grouped to the left.
    fn level(&mut self, node: &Node<'_>) -> Walked<Expr> {
        let node = &innermost(node.clone());
        match node.rule() {
            Rule::unary => return self.unary(node),
            Rule::postfix => return self.postfix(node),
            _ => {}
        }
        let operators = node.children().count() / 2;
        let read = self.deeper(operators, node, |walk| walk.fold_level(node))?;
        Ok(read.unwrap_or_else(|| self.nothing(node)))
    }

    fn fold_level(&mut self, node: &Node<'_>) -> Walked<Expr> {
        let mut parts = node.children();
        let mut value = self.level(&parts.next().ok_or_else(|| node.broken())?)?;
        while let (Some(sign), Some(operand)) = (parts.next(), parts.next()) {
            let right = self.level(&operand)?;
            value = self.binary(value, &sign, right)?;
        }
        Ok(value)
    }

    fn binary(&self, left: Expr, sign: &Node<'_>, right: Expr) -> Walked<Expr> {
        let op = binary_op(sign.text()).ok_or_else(|| sign.broken())?;
        let span = left.span.to(right.span);
        let (left, right) = (Box::new(left), Box::new(right));
        Ok(Expr { kind: ExprKind::Binary { op, op_span: self.span(sign), left, right }, span })
    }

    fn unary(&mut self, node: &Node<'_>) -> Walked<Expr> {
        let prefixes: Vec<Node<'_>> = node.all(Rule::prefix).collect();
        let operand = node.need(Rule::postfix)?;
        if let Some(number) = self.negative(&prefixes, &operand) {
            return self.prefixed(prefixes.split_last().map_or(&[], |(_, rest)| rest), number);
        }
        let value =
            self.deeper(prefixes.len(), node, |walk| walk.postfix(&operand))?.map(|value| (value, true));
        let (value, whole) = value.unwrap_or_else(|| (self.nothing(node), false));
        self.prefixed(if whole { &prefixes } else { &[] }, value)
    }

    fn prefixed(&self, prefixes: &[Node<'_>], value: Expr) -> Walked<Expr> {
        Ok(prefixes.iter().rev().fold(value, |of, prefix| {
            let op = if prefix.text() == "!" { UnaryOp::Not } else { UnaryOp::Minus };
            let span = self.span(prefix).to(of.span);
            Expr { kind: ExprKind::Unary { op, of: Box::new(of) }, span }
        }))
    }

    /// `-5` is a literal: otherwise the smallest int could not be written.
    fn negative(&mut self, prefixes: &[Node<'_>], operand: &Node<'_>) -> Option<Expr> {
        let sign = prefixes.last().filter(|sign| sign.text() == "-")?;
        let mut parts = operand.children();
        let (primary, None) = (parts.next()?, parts.next()) else { return None };
        let number = primary.inner().ok()?;
        let text = format!("-{}", number.text());
        let span: Span = self.span(sign).to(self.span(&number));
        let kind = match number.rule() {
            Rule::int => ExprKind::Int(self.int_text(&text, span)),
            Rule::float => ExprKind::Float(self.float_text(&text, span)),
            _ => return None,
        };
        Some(Expr { kind, span })
    }
}

/// Goes down the levels that have no operator: in a loop, for ten calls a bracket would be too much for the stack.
fn innermost(mut node: Node<'_>) -> Node<'_> {
    while node.rule() != Rule::postfix {
        let mut children = node.children();
        match (children.next(), children.next()) {
            (Some(only), None) => node = only,
            _ => break,
        }
    }
    node
}

fn binary_op(sign: &str) -> Option<BinaryOp> {
    Some(match sign {
        "??" => BinaryOp::Coalesce,
        "||" => BinaryOp::Or,
        "&&" => BinaryOp::And,
        "==" => BinaryOp::Eq,
        "!=" => BinaryOp::Ne,
        "<=" => BinaryOp::Le,
        ">=" => BinaryOp::Ge,
        "<" => BinaryOp::Lt,
        ">" => BinaryOp::Gt,
        "in" => BinaryOp::In,
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::Div,
        "%" => BinaryOp::Rem,
        _ => return None,
    })
}
