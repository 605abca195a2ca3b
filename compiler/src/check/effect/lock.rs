//! `lock`: a place that is held while a body runs.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Block, Span};

use crate::check::body::Body;
use crate::check::fit::Slot;
use crate::ir::{self, ExprKind, StmtKind};
use crate::types::{Lit, Type};

/// A lock around a statement: its name where that is known, and where it is taken.
pub(in crate::check) type Held = (Option<String>, String, Span);

impl Body<'_> {
    /// Whether the flow goes on behind it. Its key is `lock[NAME]`, which may be taken again: a lock has no name of its own.
    pub(in crate::check) fn lock(
        &mut self,
        name: &tree::Expr,
        places: Option<&tree::Expr>,
        body: &Block,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> bool {
        self.begin("lock");
        let at = self.first_line(span);
        let known = match self.decls.literal(name) {
            Some(Type::Lit(Lit::Text(known))) => Some(known),
            _ => None,
        };
        let value = self.expr_to(name, &Type::Text, &Slot::Plain("the name of the lock"));
        let places = places.map(|e| self.places(e));
        self.not_held_already(known.as_ref(), name);
        self.shared.wants.locks.insert(self.lock_pattern(name));
        let held = self.hidden("lock", Type::Text);
        self.emit(out, StmtKind::Set(held, value), name.span);
        let key = self.lock_key(held, known.as_deref(), at);
        let written = self.snippet(name.span).unwrap_or_default().to_owned();
        self.flow.locks.push((known, written, at));
        let lowered = self.block(body);
        self.flow.locks.pop();
        let name = self.read(held);
        self.emit(out, StmtKind::Lock { key, name, places, body: lowered.stmts }, span);
        lowered.falls
    }

    fn places(&mut self, e: &tree::Expr) -> ir::Expr {
        let places = self.expr_to(e, &Type::Int, &Slot::Plain("how many may hold the lock"));
        if matches!(places.kind, ExprKind::Int(n) if n < 1) {
            let found = Diagnostic::error("E0820", e.span, "a lock that nobody can hold is never got")
                .help("`max` says how many may hold it at once: 1 or more, and 1 without it");
            self.report(found);
        }
        places
    }

    /// Who holds it waits for himself, for ever.
    fn not_held_already(&mut self, known: Option<&String>, name: &tree::Expr) {
        let written = self.snippet(name.span).unwrap_or_default();
        let same = |held: &&Held| match (known, &held.0) {
            (Some(a), Some(b)) => a == b,
            (None, None) => !written.is_empty() && held.1 == written,
            _ => false,
        };
        let Some((_, _, before)) = self.flow.locks.iter().find(same).cloned() else { return };
        let found = Diagnostic::error("E0820", name.span, "this lock is held here already")
            .label("taken again: it would wait for itself")
            .also(before, "taken here")
            .help("delete the inner `lock`: its body is inside the outer one");
        self.report(found);
    }
}
