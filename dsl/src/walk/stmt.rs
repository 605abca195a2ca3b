//! Statements.

use super::doc::doc;
use super::{Node, Walk, Walked};
use crate::Diagnostic;
use crate::grammar::Rule;
use crate::tree::{Binder, Block, LogLevel, Name, Rhs, Stmt, StmtKind};

impl Walk<'_> {
    pub(super) fn need_block(&mut self, node: &Node<'_>) -> Walked<Block> {
        self.block(&node.need(Rule::block)?)
    }

    pub(super) fn block(&mut self, node: &Node<'_>) -> Walked<Block> {
        Ok(Block { stmts: self.stmts(node)?, span: self.span(node) })
    }

    pub(super) fn stmts(&mut self, node: &Node<'_>) -> Walked<Vec<Stmt>> {
        let stmts: Vec<Node<'_>> = node.all(Rule::stmt).collect();
        for pair in stmts.windows(2) {
            if let [one, next] = pair {
                self.cut_in_two(one, next)?;
            }
        }
        let mut read = Vec::with_capacity(stmts.len());
        for stmt in &stmts {
            read.push(self.stmt(stmt)?);
        }
        Ok(read)
    }

    /// `return call f()` becomes `let result = call f()` and `return result`, where no other `result` can be meant.
    fn named_before(&self, found: Diagnostic, one: &Node<'_>, step: &Node<'_>) -> Diagnostic {
        let (text, before) = (step.text().trim_end(), one.input().get(..one.start()).unwrap_or_default());
        let gives = text.ends_with(')') && ["call", "do", "run"].iter().any(|word| text.starts_with(word));
        if !gives || !one.text().starts_with("return") || one.input().contains("result") {
            return found;
        }
        let line = before.rsplit('\n').next().unwrap_or_default();
        let indent: String = line.chars().take_while(|letter| letter.is_whitespace()).collect();
        let end = step.start() + text.len();
        let word = self.places.span(one.start(), one.start() + "return".len());
        found.fix(word, "let result =").fix(self.places.span(end, end), format!("\n{indent}return result"))
    }

    /// `return call f()` and `let x = await call f()` are two statements to the grammar, and meant as one.
    fn cut_in_two(&mut self, one: &Node<'_>, next: &Node<'_>) -> Walked<()> {
        let (first, second) = (one.inner()?, next.inner()?);
        let between = one.input().get(first.end()..second.start()).unwrap_or("\n");
        if between.contains('\n') || second.rule() != Rule::effect_stmt {
            return Ok(());
        }
        let word =
            second.text().split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
        let start = self.places.span(second.start(), second.start() + word.len());
        let bare = matches!(first.rule(), Rule::return_ | Rule::break_) && !first.has(Rule::expr);
        if bare {
            let found = crate::parse::effect_in_value(start, word, self.span(&first));
            let found = self.named_before(found, one, &second);
            self.diagnostics.push(found);
        } else if first.text().trim_end().ends_with("= await") {
            let end = first.end();
            let wait = self.places.span(end - "await".len(), end);
            self.diagnostics.push(crate::parse::awaited(wait, word, wait.to(start)));
        }
        Ok(())
    }

    fn stmt(&mut self, node: &Node<'_>) -> Walked<Stmt> {
        let inner = node.inner()?;
        let kind = self.deeper(1, &inner, |walk| walk.stmt_kind(&inner))?;
        Ok(Stmt { doc: doc(node), kind: kind.unwrap_or(StmtKind::Continue), span: self.span(&inner) })
    }

    fn stmt_kind(&mut self, node: &Node<'_>) -> Walked<StmtKind> {
        Ok(match node.rule() {
            Rule::let_ => {
                let binder = self.binder(&node.need(Rule::binder)?)?;
                StmtKind::Let { binder, ty: self.find_ty(node)?, value: self.need_rhs(node)? }
            }
            Rule::var_ => {
                let name = self.ident(node)?;
                StmtKind::Var { name, ty: self.find_ty(node)?, value: self.need_rhs(node)? }
            }
            Rule::set_ => StmtKind::Set { name: self.ident(node)?, value: self.need_rhs(node)? },
            Rule::effect_stmt => StmtKind::Effect(self.effect(&node.need(Rule::effect)?)?),
            Rule::if_ => self.if_stmt(node)?,
            Rule::while_ => StmtKind::While(self.while_stmt(node)?),
            Rule::try_ => StmtKind::Try(self.try_stmt(node)?),
            Rule::lock_ => self.lock(node)?,
            Rule::undo_all => StmtKind::UndoAll,
            Rule::continue_ => StmtKind::Continue,
            Rule::return_ => StmtKind::Return(self.find_expr(node)?),
            Rule::break_ => StmtKind::Break(self.find_expr(node)?),
            Rule::yield_ => StmtKind::Yield(self.need_expr(node)?),
            Rule::restart_ => StmtKind::Restart(self.args(node)?),
            _ => return self.telling_stmt(node),
        })
    }

    /// The statements that tell somebody something.
    fn telling_stmt(&mut self, node: &Node<'_>) -> Walked<StmtKind> {
        Ok(match node.rule() {
            Rule::expose_ => StmtKind::Expose(self.entries(&node.need(Rule::record)?)?),
            Rule::log_ => self.log(node)?,
            Rule::emit_ => StmtKind::Emit {
                event: self.path(&node.need(Rule::path)?),
                fields: self.need_record(node)?,
                to: self.expr_under(node, Rule::to_)?,
            },
            Rule::fail_ => {
                StmtKind::Fail { kind: self.path(&node.need(Rule::path)?), fields: self.find_record(node)? }
            }
            _ => return Err(node.broken()),
        })
    }

    fn binder(&self, node: &Node<'_>) -> Walked<Binder> {
        if !node.has(Rule::P_LBRACE) {
            return Ok(Binder::Name(self.ident(node)?));
        }
        let names: Vec<Name> = node.all(Rule::ident).map(|name| self.name(&name)).collect();
        Ok(Binder::Fields(names, self.span(node)))
    }

    fn need_rhs(&mut self, node: &Node<'_>) -> Walked<Rhs> {
        self.rhs(&node.need(Rule::rhs)?)
    }

    pub(super) fn rhs(&mut self, node: &Node<'_>) -> Walked<Rhs> {
        let inner = node.inner()?;
        Ok(match inner.rule() {
            Rule::effect => Rhs::Effect(self.effect(&inner)?),
            _ => Rhs::Expr(self.expr(&inner)?),
        })
    }

    fn lock(&mut self, node: &Node<'_>) -> Walked<StmtKind> {
        Ok(StmtKind::Lock {
            name: self.need_expr(node)?,
            places: self.expr_under(node, Rule::o_max)?,
            body: self.need_block(node)?,
        })
    }

    fn log(&mut self, node: &Node<'_>) -> Walked<StmtKind> {
        let message = node.need(Rule::string)?;
        Ok(StmtKind::Log {
            level: node.find(Rule::log_level).map_or(LogLevel::Info, |level| log_level(&level)),
            message: self.text(&message)?,
            message_span: self.span(&message),
            fields: self.find_record(node)?,
        })
    }
}

fn log_level(node: &Node<'_>) -> LogLevel {
    match node.text() {
        "debug" => LogLevel::Debug,
        "warn" => LogLevel::Warn,
        "error" => LogLevel::Error,
        _ => LogLevel::Info,
    }
}
