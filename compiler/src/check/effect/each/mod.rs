//! `for`: once for each item, in order or side by side.

mod items;
mod naming;

pub(in crate::check) use items::Items;
pub(in crate::check) use naming::Naming;

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{For, Span};

use super::{Bind, Outcome, Rounds};
use crate::check::body::Body;
use crate::check::expr::broken;
use crate::check::flow::{FrameKind, Lowered};
use crate::check::relate::{members, vague};
use crate::check::stmt::settle;
use crate::check::walk::assigned;
use crate::ir::{self, Expr, ExprKind, StmtKind};
use crate::types::Type;

impl Body<'_> {
    pub(super) fn for_(
        &mut self,
        each: &For,
        bind: &Bind<'_>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> Outcome {
        let Some(first) = each.heads.first() else { return Outcome::of(broken()) };
        self.begin(&first.second.as_ref().unwrap_or(&first.first).text);
        let items = self.items(&each.heads, span, out);
        let Some(items) = items else {
            self.flow.leaves += 1;
            return Outcome::of(broken());
        };
        let naming = self.naming(each, &items, out);
        if each.parallel.is_some() {
            return self.side_by_side(each, (&items, &naming), bind, span, out);
        }
        self.one_by_one(each, span);
        let want = bind.want.and_then(item_of);
        let item_bind = Bind { name: None, wanted: bind.wanted, want: want.as_ref() };
        let rounds = Rounds {
            kind: FrameKind::For,
            segments: &naming.segments,
            changed: assigned(&each.body),
            span: self.first_line(span),
        };
        let mut done = self.rounds(&rounds, &item_bind, |body, _| body.round(each, &items, &naming));
        if let Some(result) = done.frame.result {
            self.every_round_gives(done.lowered.falls, done.frame.gave, done.frame.span);
            let of = done.frame.want.take().filter(|want| !vague(want)).unwrap_or(done.frame.given.clone());
            let list = Type::List(Box::new(of.clone()));
            self.set_local_type(result, list.clone());
            settle(&mut done.lowered.stmts, result, &of);
            self.emit(out, StmtKind::Set(result, Expr { kind: ExprKind::List(Vec::new()), ty: list }), span);
        }
        let kind = StmtKind::For {
            id: done.frame.id,
            items: items.items,
            counter: items.counter,
            item: items.item,
            body: done.lowered.stmts,
        };
        self.emit(out, kind, span);
        Outcome::of(done.frame.result.map_or_else(broken, |result| self.read(result)))
    }

    /// What is said about running at the same time belongs to `parallel`.
    fn one_by_one(&mut self, each: &For, span: Span) {
        let options = [
            ("max", each.max.as_ref().map(|e| e.span)),
            ("first", each.first.as_ref().map(|e| e.span)),
            ("settle", each.settle),
        ];
        let Some((word, at)) = options.into_iter().find_map(|(word, at)| Some((word, at?))) else { return };
        let text =
            format!("`{word}` is for items that run at the same time, and this `for` takes them one by one");
        let found = Diagnostic::error("E0812", at, text).also(self.first_line(span), "without `parallel`");
        let behind = each.heads.last().map_or(at.start, |head| head.items.span.end);
        let found = if word == "max" {
            found.help("add `parallel`, or take the first few with `.slice(0, n)`")
        } else {
            found.help("add `parallel`")
        };
        self.report(found.fix(Span { start: behind, end: behind }, " parallel"));
    }

    fn round(&mut self, each: &For, items: &Items, naming: &Naming) -> Lowered {
        let mut stmts = self.begin_round(each, items, naming);
        let body = self.block(&each.body);
        stmts.extend(body.stmts);
        Lowered { stmts, falls: body.falls }
    }

    /// Names of the item, and the key that names the round.
    pub(in crate::check) fn begin_round(
        &mut self,
        each: &For,
        items: &Items,
        naming: &Naming,
    ) -> Vec<ir::Stmt> {
        let mut stmts = Vec::new();
        self.name_items(&each.heads, items, &mut stmts);
        self.set_key(naming, items.counter, each.body.span, &mut stmts);
        stmts
    }

    fn every_round_gives(&mut self, falls: bool, gave: bool, span: Span) {
        let text = match (falls, gave) {
            (_, false) => "this `for` gives no value",
            (true, true) => "some rounds of this `for` end without a value",
            (false, true) => return,
        };
        let found = Diagnostic::error("E0805", span, text).help("end every way through it with `yield …`");
        self.report(found);
    }
}

/// What the items of a wanted list are.
pub(in crate::check) fn item_of(want: &Type) -> Option<Type> {
    members(want).iter().find_map(|t| if let Type::List(of) = t { Some((**of).clone()) } else { None })
}
