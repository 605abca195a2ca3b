//! Operators. In the grammar an expression is a flat list of operands and operators; how tight each binds is told here.

use super::{Node, Walk, Walked};
use crate::grammar::Rule;
use crate::tree::{BinaryOp, Expr, ExprKind, Span, UnaryOp};

impl Walk<'_> {
    pub(super) fn expr(&mut self, node: &Node<'_>) -> Walked<Expr> {
        let mut children = node.children();
        let read = match (children.next(), children.next()) {
            (Some(only), None) if only.rule() == Rule::postfix => {
                self.deeper(1, node, |walk| walk.postfix(&only))?
            }
            _ => {
                let parts: Vec<Node<'_>> = node.children().collect();
                self.deeper(1, node, |walk| walk.conditional(node, &parts))?
            }
        };
        Ok(read.unwrap_or_else(|| self.nothing(node)))
    }

    /// `c ? a : d ? b : e` is a flat list in the grammar; it groups to the right.
    fn conditional(&mut self, node: &Node<'_>, parts: &[Node<'_>]) -> Walked<Expr> {
        let sides: Vec<&[Node<'_>]> =
            parts.split(|part| matches!(part.rule(), Rule::P_QUERY | Rule::P_COLON)).collect();
        let read = self.deeper(sides.len() / 2, node, |walk| walk.fold_conditional(node, &sides))?;
        Ok(read.unwrap_or_else(|| self.nothing(node)))
    }

    fn fold_conditional(&mut self, node: &Node<'_>, sides: &[&[Node<'_>]]) -> Walked<Expr> {
        let Some((last, rest)) = sides.split_last() else { return Err(node.broken()) };
        let mut value = self.operation(node, last)?;
        for pair in rest.rchunks_exact(2) {
            let [condition, [then]] = pair else { return Err(node.broken()) };
            let condition = Box::new(self.operation(node, condition)?);
            let then = Box::new(self.expr(then)?);
            let span = condition.span.to(value.span);
            value =
                Expr { kind: ExprKind::Conditional { condition, then, otherwise: Box::new(value) }, span };
        }
        Ok(value)
    }

    /// Operands and operators in turn: divided at the operators that bind least, which group to the left.
    fn operation(&mut self, node: &Node<'_>, parts: &[Node<'_>]) -> Walked<Expr> {
        let Some(loosest) = parts.iter().filter_map(binding).min() else { return self.unary(node, parts) };
        let divides = |part: &Node<'_>| binding(part) == Some(loosest);
        let operators = parts.iter().filter(|part| divides(part)).count();
        let read = self.deeper(operators, node, |walk| {
            let mut operands = parts.split(divides);
            let mut value = walk.operation(node, operands.next().unwrap_or_default())?;
            for (sign, operand) in parts.iter().filter(|part| divides(part)).zip(operands) {
                let right = walk.operation(node, operand)?;
                value = walk.binary(value, sign, right)?;
            }
            Ok(value)
        })?;
        Ok(read.unwrap_or_else(|| self.nothing(node)))
    }

    fn binary(&self, left: Expr, sign: &Node<'_>, right: Expr) -> Walked<Expr> {
        let op = binary_op(sign.text()).ok_or_else(|| sign.broken())?;
        let span = left.span.to(right.span);
        let (left, right) = (Box::new(left), Box::new(right));
        Ok(Expr { kind: ExprKind::Binary { op, op_span: self.span(sign), left, right }, span })
    }

    fn unary(&mut self, node: &Node<'_>, parts: &[Node<'_>]) -> Walked<Expr> {
        let Some((operand, prefixes)) = parts.split_last() else { return Err(node.broken()) };
        if let Some(number) = self.negative(prefixes, operand) {
            return self.prefixed(prefixes.split_last().map_or(&[], |(_, rest)| rest), number);
        }
        let value =
            self.deeper(prefixes.len(), node, |walk| walk.postfix(operand))?.map(|value| (value, true));
        let (value, whole) = value.unwrap_or_else(|| (self.nothing(node), false));
        self.prefixed(if whole { prefixes } else { &[] }, value)
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

/// How tight an operator binds; `None` for what is none.
pub(crate) fn binding(node: &Node<'_>) -> Option<u8> {
    let tight = match (node.rule(), node.text()) {
        (Rule::logic_op, "??") => 0,
        (Rule::logic_op, "||") => 1,
        (Rule::logic_op, _) => 2,
        (Rule::cmp_op, _) => 3,
        (Rule::sum_op, "+" | "-") => 4,
        (Rule::sum_op, _) => 5,
        _ => return None,
    };
    Some(tight)
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
