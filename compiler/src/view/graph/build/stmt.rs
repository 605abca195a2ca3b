//! Statements.

use cairn_dsl::tree::{Binder, Block as Written, Rhs, Stmt, StmtKind};

use super::words::{cut, dotted, first_line};
use super::{Builder, Site};
use crate::view::graph::plan::{Course, Kind, Node};

impl Builder<'_> {
    /// Statements between braces.
    pub(super) fn block(&mut self, block: &Written) -> Course {
        let mut course = Course::default();
        self.statements(&block.stmts, &mut course);
        course
    }

    /// Statements in order; what stands behind an end is not drawn.
    pub(super) fn statements(&mut self, stmts: &[Stmt], course: &mut Course) {
        for (n, stmt) in stmts.iter().enumerate() {
            // The value of the block: nothing that is done.
            let value = matches!(stmt.kind, StmtKind::Yield(_)) && n + 1 == stmts.len();
            if !value {
                self.statement(stmt, course);
            }
            if course.ends {
                return;
            }
        }
    }

    fn statement(&mut self, stmt: &Stmt, course: &mut Course) {
        let doc = stmt.doc.as_deref();
        match &stmt.kind {
            StmtKind::Let { binder: Binder::Name(name), value: Rhs::Effect(effect), .. }
            | StmtKind::Var { name, value: Rhs::Effect(effect), .. }
            | StmtKind::Set { name, value: Rhs::Effect(effect) } => {
                self.effect(effect, Site { name: Some(&name.text), doc }, course);
            }
            StmtKind::Let { value: Rhs::Effect(effect), .. } | StmtKind::Effect(effect) => {
                self.effect(effect, Site { name: None, doc }, course);
            }
            StmtKind::If { .. } => self.if_(stmt, course),
            StmtKind::While(each) => self.while_(each, stmt, course),
            StmtKind::Try(tried) => self.try_(tried, stmt, course),
            StmtKind::Lock { name, places, body } => {
                let title = format!("lock {}", self.text(name));
                let places = places.as_ref().map(|e| format!(", {} at once", self.short(e.span)));
                self.lock(&(title + &places.unwrap_or_default()), body, stmt, course);
            }
            StmtKind::Emit { event, to, .. } => {
                let to = to.as_ref().map(|e| format!("to {}", self.short(e.span)));
                let name = dotted(event);
                let node = Node::new(Kind::Emit, labelled(doc, &name)).note(to.unwrap_or_default());
                course.push(self.at(node, Some(&name), stmt).part());
            }
            StmtKind::UndoAll => {
                let node = Node::new(Kind::Undo, labelled(doc, "undo all"));
                course.push(self.at(node, Some("undo"), stmt).part());
            }
            _ => self.leaving(stmt, course),
        }
    }

    /// What the flow does not come back from. Pure statements are not drawn.
    fn leaving(&self, stmt: &Stmt, course: &mut Course) {
        let text = |e: &cairn_dsl::tree::Expr| self.short(e.span);
        let around = self.loops.last().map_or("block", String::as_str);
        let node = match &stmt.kind {
            StmtKind::Return(_) if !self.flows.is_empty() => Node::new(Kind::Jump, "back"),
            StmtKind::Return(value) => {
                Node::new(Kind::End, value.as_ref().map_or_else(|| "done".to_owned(), |e| cut(&text(e), 38)))
            }
            StmtKind::Fail { kind, .. } => Node::new(Kind::Fail, format!("fail {}", dotted(kind))),
            StmtKind::Break(_) => Node::new(Kind::Jump, format!("leave {around}")),
            StmtKind::Continue => Node::new(Kind::Jump, "next round"),
            StmtKind::Yield(value) => Node::new(Kind::Jump, format!("yield {}", text(value))),
            StmtKind::Restart(args) => Node::new(Kind::Restart, "restart").note(self.args(args)),
            _ => return,
        };
        let label = first_line(stmt.doc.as_deref());
        let node = if label.is_empty() { node } else { Node { title: label, ..node } };
        course.end(self.at(node, None, stmt).part());
    }

    /// With its key and its place.
    pub(super) fn at(&self, node: Node, segment: Option<&str>, stmt: &Stmt) -> Node {
        let key = segment.and_then(|segment| self.key(segment));
        Node { key, line: self.line(stmt.span), ..node }
    }
}

/// The doc comment, else a name.
pub(super) fn labelled(doc: Option<&str>, name: &str) -> String {
    let label = first_line(doc);
    if label.is_empty() { name.to_owned() } else { label }
}
