//! Expressions: what stands between operators, and what may follow it.

use super::{Node, Walk, Walked};
use crate::grammar::Rule;
use crate::tree::{Entry, Expr, ExprKind, FnArg, Lambda, ListItem, Name};

impl Walk<'_> {
    pub(super) fn need_expr(&mut self, node: &Node<'_>) -> Walked<Expr> {
        self.expr(&node.need(Rule::expr)?)
    }

    pub(super) fn find_expr(&mut self, node: &Node<'_>) -> Walked<Option<Expr>> {
        node.find(Rule::expr).map(|expr| self.expr(&expr)).transpose()
    }

    /// The expression of the child `rule` of `node`, where it has one.
    pub(super) fn expr_under(&mut self, node: &Node<'_>, rule: Rule) -> Walked<Option<Expr>> {
        node.find(rule).map(|child| self.need_expr(&child)).transpose()
    }

    pub(super) fn postfix(&mut self, node: &Node<'_>) -> Walked<Expr> {
        let links = node.children().count().saturating_sub(1);
        let start = node.need(Rule::primary)?;
        if links == 0 {
            return self.primary(&start);
        }
        let chain = self.deeper(links, node, |walk| {
            let mut value = walk.primary(&start)?;
            for link in node.children().skip(1) {
                value = walk.link(value, &link)?;
            }
            Ok(value)
        })?;
        Ok(chain.unwrap_or_else(|| self.nothing(node)))
    }

    /// Stands where something could not be read and a diagnostic says so.
    pub(super) fn nothing(&self, node: &Node<'_>) -> Expr {
        Expr { kind: ExprKind::Null, span: self.span(node) }
    }

    fn link(&mut self, value: Expr, node: &Node<'_>) -> Walked<Expr> {
        let span = value.span.to(self.span(node));
        let of = Box::new(value);
        let kind = match node.rule() {
            Rule::member => {
                let name = self.name(&node.need(Rule::name)?);
                match node.find(Rule::fn_args) {
                    Some(args) => ExprKind::Method { of, name, args: self.fn_args(&args)? },
                    None => ExprKind::Field { of, name },
                }
            }
            Rule::opt_field => ExprKind::OptField { of, name: self.name(&node.need(Rule::name)?) },
            Rule::index => ExprKind::Index { of, index: Box::new(self.need_expr(node)?) },
            Rule::must => ExprKind::Must(of),
            Rule::cast => ExprKind::Cast { value: of, ty: self.need_ty(node)? },
            _ => return Err(node.broken()),
        };
        Ok(Expr { kind, span })
    }

    fn primary(&mut self, node: &Node<'_>) -> Walked<Expr> {
        let inner = node.inner()?;
        let kind = match inner.rule() {
            Rule::expr => return Ok(Expr { span: self.span(node), ..self.expr(&inner)? }),
            Rule::record => return self.record(&inner),
            Rule::string => ExprKind::Text(self.text(&inner)?),
            Rule::list => ExprKind::List(self.list(&inner)?),
            Rule::ident => match node.find(Rule::fn_args) {
                Some(args) => {
                    let kind = ExprKind::Call { function: self.name(&inner), args: self.fn_args(&args)? };
                    return Ok(Expr { kind, span: self.span(node) });
                }
                None => self.name_expr(&inner),
            },
            _ => self.literal_expr(&inner)?,
        };
        Ok(Expr { kind, span: self.span(&inner) })
    }

    /// A name; those that other languages have for null and truth are told from ours here.
    fn name_expr(&mut self, node: &Node<'_>) -> ExprKind {
        let name = self.name(node);
        self.diagnostics.extend(crate::parse::foreign_constant(&name));
        ExprKind::Name(name)
    }

    fn fn_args(&mut self, node: &Node<'_>) -> Walked<Vec<FnArg>> {
        node.all(Rule::fn_arg).map(|arg| self.fn_arg(&arg)).collect()
    }

    fn fn_arg(&mut self, node: &Node<'_>) -> Walked<FnArg> {
        let inner = node.inner()?;
        if inner.rule() != Rule::lambda {
            return Ok(FnArg::Expr(self.expr(&inner)?));
        }
        let params: Vec<Name> = inner.all(Rule::ident).map(|name| self.name(&name)).collect();
        let body = Box::new(self.need_expr(&inner)?);
        Ok(FnArg::Lambda(Lambda { params, body, span: self.span(&inner) }))
    }

    fn list(&mut self, node: &Node<'_>) -> Walked<Vec<ListItem>> {
        let items = node.children().filter(|item| matches!(item.rule(), Rule::expr | Rule::spread));
        items.map(|item| self.list_item(&item)).collect()
    }

    fn list_item(&mut self, node: &Node<'_>) -> Walked<ListItem> {
        Ok(match node.rule() {
            Rule::spread => ListItem::Spread(self.need_expr(node)?),
            _ => ListItem::Item(self.expr(node)?),
        })
    }

    pub(super) fn need_record(&mut self, node: &Node<'_>) -> Walked<Expr> {
        self.record(&node.need(Rule::record)?)
    }

    pub(super) fn find_record(&mut self, node: &Node<'_>) -> Walked<Option<Expr>> {
        node.find(Rule::record).map(|record| self.record(&record)).transpose()
    }

    pub(super) fn record(&mut self, node: &Node<'_>) -> Walked<Expr> {
        Ok(Expr { kind: ExprKind::Record(self.entries(node)?), span: self.span(node) })
    }

    pub(super) fn entries(&mut self, node: &Node<'_>) -> Walked<Vec<Entry>> {
        let entries = node.children().filter(|entry| is_entry(entry.rule()));
        entries.map(|entry| self.entry(&entry)).collect()
    }

    fn entry(&mut self, node: &Node<'_>) -> Walked<Entry> {
        Ok(match node.rule() {
            Rule::spread => Entry::Spread(self.need_expr(node)?),
            Rule::entry_field => self.entry_field(node)?,
            Rule::entry_computed => self.entry_computed(node)?,
            _ => Entry::Field {
                name: self.name(node),
                value: Expr { kind: self.name_expr(node), span: self.span(node) },
            },
        })
    }

    fn entry_field(&mut self, node: &Node<'_>) -> Walked<Entry> {
        let name = match node.find(Rule::name) {
            Some(name) => self.name(&name),
            None => {
                let text = self.plain_text(&node.need(Rule::plain_string)?);
                Name { text: text.value, span: text.span }
            }
        };
        Ok(Entry::Field { name, value: self.need_expr(node)? })
    }

    fn entry_computed(&mut self, node: &Node<'_>) -> Walked<Entry> {
        let mut exprs = node.all(Rule::expr);
        let (Some(key), Some(value)) = (exprs.next(), exprs.next()) else { return Err(node.broken()) };
        Ok(Entry::Computed { key: self.expr(&key)?, value: self.expr(&value)? })
    }
}

fn is_entry(rule: Rule) -> bool {
    matches!(rule, Rule::spread | Rule::entry_computed | Rule::entry_field | Rule::ident)
}
