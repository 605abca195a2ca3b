//! What others get to know: `emit` and `expose`.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Entry, Path, Span};

use crate::check::body::Body;
use crate::check::fit::Slot;
use crate::ir::{self, StmtKind};
use crate::types::Type;

impl Body<'_> {
    /// `emit order_placed { … } to id`
    pub(in crate::check) fn emit_event(
        &mut self,
        event: &Path,
        fields: &tree::Expr,
        to: Option<&tree::Expr>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) {
        let decls = self.decls;
        let name = event_name(event);
        self.begin(&name.text);
        let to = to.map(|to| self.expr_to(to, &Type::Text, &Slot::Plain("who gets the event")));
        let Some(known) = decls.events.get(&name.text) else {
            self.expr(fields, None);
            if !decls.excused.contains(&name.text) {
                self.report(decls.unknown_event(&name));
            }
            return;
        };
        let wanted = Type::Record(known.fields.clone());
        let data = self.expr_to(fields, &wanted, &Slot::Plain("the event"));
        let key = self.claim(&name.text, self.first_line(span), &format!("emit {}", name.text));
        let event = known.wire.clone();
        self.shared.wants.emits.insert(event.clone(), known.fields.clone());
        self.emit(out, StmtKind::Emit { key, event, data, to }, span);
    }

    /// `expose { … }`: the newest is what a status query shows.
    pub(in crate::check) fn expose(&mut self, entries: &[Entry], span: Span, out: &mut Vec<ir::Stmt>) {
        self.begin("expose");
        let status = self.record(entries, None);
        let at = self.first_line(span);
        self.leaks(&status.ty, at, "shown to everybody who asks how far it is");
        if entries.is_empty() {
            let found = Diagnostic::error("E1009", self.first_line(span), "this shows nothing")
                .help("`expose { done, of: files.len() }`: fields that say how far it is");
            self.report(found);
        }
        self.emit(out, StmtKind::Expose(status), span);
    }
}

/// `shop.order_placed` as one name.
pub(in crate::check) fn event_name(event: &Path) -> tree::Name {
    let text = event.parts.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join(".");
    tree::Name { text, span: event.span }
}
