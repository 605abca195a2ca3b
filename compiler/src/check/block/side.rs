//! `for … parallel`: a block for each item.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{For, Span};

use super::{Opening, settled};
use crate::check::body::Body;
use crate::check::effect::{Bind, Items, Naming, Outcome, item_of};
use crate::check::expr::broken;
use crate::check::flow::Beside;
use crate::ir::{self, ForkEach, StmtKind};
use crate::types::Type;

impl Body<'_> {
    pub(in crate::check) fn side_by_side(
        &mut self,
        each: &For,
        (items, naming): (&Items, &Naming),
        bind: &Bind<'_>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> Outcome {
        let max = each.max.as_ref().map(|e| self.at_once(e));
        let first = each.first.as_ref().map(|e| self.enough(e, None));
        if let (Some(first), Some(_)) = (&each.first, each.settle) {
            self.first_or_settle(first.span);
        }
        self.flush(out);
        let at = self.first_line(span);
        let settle = each.settle.is_some();
        let want = if settle { None } else { bind.want.and_then(item_of) };
        let segments = naming.under(bind.name.map(|name| name.text.as_str()));
        let key = self.claim_block(&segments, at, "item of a `for`", |found| {
            Some(found.help("call the item of one of them something else, `for other in …`, or give what comes of it a name, `let all = for …`: both are its place in the journal"))
        });
        self.open_scope();
        let prepare = self.begin_round(each, items, naming);
        let opening = Opening { beside: Beside::Item(bind.wanted), segments: &segments, want, span: at };
        let closed = self.in_block(&opening, |body, _| body.block(&each.body));
        self.close_scope();
        if !settle {
            self.raise_of(&closed);
        }
        let result = bind.wanted.then(|| {
            let nothing = !settle && !closed.gave && closed.ends;
            if nothing {
                self.no_item_gives(at);
            }
            let of = match (settle, nothing) {
                (true, _) => settled(&closed.ty),
                (false, true) => Type::Never,
                (false, false) => closed.ty.clone(),
            };
            self.hidden("values", Type::List(Box::new(of)))
        });
        let fork = ForkEach {
            items: items.items,
            counter: items.counter,
            item: items.item,
            prepare,
            key,
            name: naming.text(self),
            block: closed.block,
            max,
            first,
            settle,
            result,
        };
        self.emit(out, StmtKind::ForkEach(Box::new(fork)), span);
        Outcome { value: result.map_or_else(broken, |local| self.read(local)), falls: true }
    }

    fn no_item_gives(&mut self, at: Span) {
        let found = Diagnostic::error("E0805", at, "this `for` gives no value")
            .help("end every way through it with `yield …`");
        self.report(found);
    }
}
