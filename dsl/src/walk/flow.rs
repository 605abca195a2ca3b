//! `if`, `while`, `try`: the statements that hold others.

use super::{Node, Walk, Walked};
use crate::grammar::Rule;
use crate::tree::{
    Block, Catch, Else, Expr, ExprKind, Name, Path, Span, Stmt, StmtKind, Try, Ty, TyKind, While,
};

/// Types that no loop is named after: `while x as bool` is a cast.
const TYPES: [&str; 12] =
    ["bool", "int", "float", "string", "bytes", "duration", "time", "json", "file", "tree", "map", "null"];

impl Walk<'_> {
    pub(super) fn if_stmt(&mut self, node: &Node<'_>) -> Walked<StmtKind> {
        let links: Vec<Node<'_>> = node.all(Rule::else_if).collect();
        let last = node.find(Rule::else_).map(|other| self.need_block(&other)).transpose()?;
        let chain = self.deeper(links.len(), node, |walk| walk.else_chain(&links, last, node.end()))?;
        let condition = self.need_expr(node)?;
        let then = self.need_block(node)?;
        Ok(StmtKind::If { condition, then, otherwise: chain.flatten() })
    }

    /// Folds `else if … else if … else …` from its end.
    fn else_chain(&mut self, links: &[Node<'_>], last: Option<Block>, end: usize) -> Walked<Option<Else>> {
        let mut otherwise = last.map(Else::Block);
        for link in links.iter().rev() {
            let condition = self.need_expr(link)?;
            let then = self.need_block(link)?;
            let span = self.places.span(link.need(Rule::K_IF)?.start(), end);
            let kind = StmtKind::If { condition, then, otherwise };
            otherwise = Some(Else::If(Box::new(Stmt { doc: None, kind, span })));
        }
        Ok(otherwise)
    }

    pub(super) fn while_stmt(&mut self, node: &Node<'_>) -> Walked<While> {
        let mut condition = self.need_expr(node)?;
        let name = self.alias(node)?.or_else(|| loop_name(&mut condition));
        let max = self.expr_under(node, Rule::o_max)?;
        if max.is_none() && matches!(condition.kind, ExprKind::Bool(true)) {
            self.endless(node, &condition)?;
        }
        Ok(While { condition, name, max, body: self.need_block(node)? })
    }

    fn endless(&mut self, node: &Node<'_>, condition: &Expr) -> Walked<()> {
        let word = self.span(&node.need(Rule::K_WHILE)?);
        self.diagnostics.push(crate::parse::while_true(word.to(condition.span)));
        Ok(())
    }

    pub(super) fn try_stmt(&mut self, node: &Node<'_>) -> Walked<Try> {
        let finally = node.find(Rule::finally_).map(|block| self.need_block(&block)).transpose()?;
        Ok(Try {
            clauses: self.clauses(node)?,
            body: self.need_block(node)?,
            catches: node.all(Rule::catch_).map(|catch| self.catch(&catch)).collect::<Walked<_>>()?,
            finally,
        })
    }

    fn catch(&mut self, node: &Node<'_>) -> Walked<Catch> {
        let kinds: Vec<Path> = node.all(Rule::path).map(|kind| self.path(&kind)).collect();
        let block = node.need(Rule::block)?;
        Ok(Catch {
            kinds: (!node.has(Rule::K_ANY)).then_some(kinds),
            binder: self.alias(node)?,
            span: self.places.span(node.start(), block.start() + 1),
            body: self.block(&block)?,
        })
    }
}

/// `while c as name`: the grammar reads a cast there, for in front of a block it cannot tell; here it can be told.
fn loop_name(condition: &mut Expr) -> Option<Name> {
    let end = condition.span.end;
    let name = cut_cast(condition, end)?;
    Some(name)
}

/// Takes the cast away that ends at `end`, and shortens everything that ended with it.
fn cut_cast(expr: &mut Expr, end: u32) -> Option<Name> {
    if expr.span.end != end {
        return None;
    }
    let name = match &mut expr.kind {
        ExprKind::Binary { right, .. } => cut_cast(right, end).map(|name| (name, right.span)),
        ExprKind::Unary { of, .. } => cut_cast(of, end).map(|name| (name, of.span)),
        ExprKind::Conditional { otherwise, .. } => cut_cast(otherwise, end).map(|n| (n, otherwise.span)),
        ExprKind::Cast { value, ty } => {
            let name = loop_word(ty, end)?;
            *expr = (**value).clone();
            return Some(name);
        }
        _ => None,
    };
    let (name, shorter) = name?;
    expr.span = Span { start: expr.span.start, end: shorter.end };
    Some(name)
}

fn loop_word(ty: &Ty, end: u32) -> Option<Name> {
    let TyKind::Named(path) = &ty.kind else { return None };
    let [name] = path.parts.as_slice() else { return None };
    let small = name.text.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
    (ty.span.end == end && small && !TYPES.contains(&name.text.as_str())).then(|| name.clone())
}
