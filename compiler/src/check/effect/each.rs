//! `for`: once for each item, in order.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, For, ForHead, Span};

use super::{Bind, Outcome, Rounds};
use crate::check::body::{Body, VarKind};
use crate::check::expr::broken;
use crate::check::fit::widen;
use crate::check::flow::{FrameKind, Lowered};
use crate::check::later;
use crate::check::names::a_type;
use crate::check::relate::{Shape, assignable, has_null, members, shape, vague, without_null};
use crate::check::stmt::settle;
use crate::check::walk::assigned;
use crate::ir::{self, Builtin, Expr, ExprKind, LocalId, StmtKind, TextPart};
use crate::types::{Field, Type};

/// What is gone through, and the locals that a round begins with.
struct Items {
    items: LocalId,
    counter: LocalId,
    item: LocalId,
    /// Of a map: the local of the key and that of the value.
    entry: Option<(LocalId, LocalId)>,
}

/// What names a round in the journal.
struct Naming {
    place: LocalId,
    /// The list of all keys, where the source gives them.
    keys: Option<LocalId>,
}

impl Body<'_> {
    pub(super) fn for_(
        &mut self,
        each: &For,
        bind: &Bind<'_>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> Outcome {
        let Some(head) = self.plain_head(each, span) else {
            self.flow.leaves += 1;
            return Outcome::of(broken());
        };
        let name = head.second.as_ref().unwrap_or(&head.first);
        self.begin(&name.text);
        let list = self.expr(&head.items, None);
        let Some(items) = self.items(list, head, span, out) else {
            self.flow.leaves += 1;
            return Outcome::of(broken());
        };
        let naming = self.naming(each, head, &items, out);
        let want = bind.want.and_then(item_of);
        let item_bind = Bind { name: None, wanted: bind.wanted, want: want.as_ref() };
        let rounds = Rounds {
            kind: FrameKind::For,
            segment: &name.text,
            place: naming.place,
            changed: assigned(&each.body),
            span: self.first_line(span),
        };
        let mut done = self.rounds(&rounds, &item_bind, |body, _| body.round(each, head, &items, &naming));
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

    /// The one list of a sequential `for`; what else there is comes later.
    fn plain_head<'f>(&mut self, each: &'f For, span: Span) -> Option<&'f ForHead> {
        let at = self.first_line(span);
        let side_by_side = each.parallel.or(each.settle);
        if side_by_side.is_some() || each.max.is_some() || each.first.is_some() {
            self.shared.report.later(&later::FOR_PARALLEL, side_by_side.unwrap_or(at));
            return None;
        }
        match each.heads.as_slice() {
            [head] => Some(head),
            _ => {
                self.shared.report.later(&later::FOR_HEADS, at);
                None
            }
        }
    }

    /// The list is brought into a local; a map becomes the list of its entries.
    fn items(&mut self, list: Expr, head: &ForHead, span: Span, out: &mut Vec<ir::Stmt>) -> Option<Items> {
        let (list, of, map) = match shape(&list.ty) {
            Shape::List(of) => (widen(list, &Type::List(Box::new(of.clone()))), of, None),
            Shape::Map(of) if head.second.is_some() => {
                let entry = entry_type(&of);
                let ty = Type::List(Box::new(entry.clone()));
                let entries = Expr { kind: ExprKind::Builtin(Builtin::Entries, vec![list], None), ty };
                (entries, entry, Some(of))
            }
            Shape::Unknown => return None,
            _ => {
                self.nothing_to_go_through(&list.ty, head);
                return None;
            }
        };
        let items = self.hidden("items", list.ty.clone());
        self.emit(out, StmtKind::Set(items, list), span);
        let counter = self.hidden("place", Type::Int);
        let item = self.hidden("item", of);
        let entry = map.map(|value| (self.hidden("key", Type::Text), self.hidden("value", value)));
        Some(Items { items, counter, item, entry })
    }

    fn nothing_to_go_through(&mut self, ty: &Type, head: &ForHead) {
        let bare = self.bracketed(&head.items).unwrap_or_else(|| "x".into());
        let plain = without_null(ty);
        let found = if has_null(ty) && matches!(shape(&plain), Shape::List(_) | Shape::Map(_)) {
            self.may_be_null(
                ty,
                &head.items,
                &format!("{}, `for` wants a list", crate::check::names::short(ty)),
                &plain,
            )
        } else {
            let found = Diagnostic::error(
                "E0318",
                head.items.span,
                format!("`for` goes through a list, and this is {}", a_type(ty)),
            );
            match (shape(ty), ty) {
                (Shape::Map(_), _) => found.help(format!(
                    "name key and value: `for key, {} in {bare}`; or take `{bare}.values()`",
                    head.first.text
                )),
                (_, Type::Json) => found.help(format!("say what it has to be: `({bare} as [json])`")),
                (Shape::Plain(Type::Int), _) => {
                    found.help(format!("`range({bare})` is the list of the numbers from 0 on"))
                }
                (Shape::Plain(Type::Text), _) => {
                    found.help(format!("`{bare}.lines()` and `{bare}.split(\",\")` are lists"))
                }
                _ => found,
            }
        };
        self.report(found);
    }

    /// The names of an item and its place.
    fn name_items(&mut self, head: &ForHead, items: &Items, stmts: &mut Vec<ir::Stmt>) {
        let Some(second) = &head.second else {
            self.name_local(&head.first, items.item, VarKind::Given);
            return;
        };
        let Some((key, value)) = items.entry else {
            self.name_local(&head.first, items.counter, VarKind::Given);
            self.name_local(second, items.item, VarKind::Given);
            return;
        };
        for (local, field) in [(key, "key"), (value, "value")] {
            let ty = self.local_type(local);
            let whole = Box::new(self.read(items.item));
            let kind = if has_null(&ty) || ty == Type::Json {
                ExprKind::FieldOrNull(whole, field.into())
            } else {
                ExprKind::Field(whole, field.into())
            };
            self.emit(stmts, StmtKind::Set(local, Expr { kind, ty }), head.first.span);
        }
        self.name_local(&head.first, key, VarKind::Given);
        self.name_local(second, value, VarKind::Given);
    }

    /// The key of each round: as the source says, else a map's key, else the place. Keys of the source are worked out for all items
    /// first, because two of them must not be alike.
    fn naming(&mut self, each: &For, head: &ForHead, items: &Items, out: &mut Vec<ir::Stmt>) -> Naming {
        let Some(written) = &each.key else {
            return Naming { place: items.entry.map_or(items.counter, |(key, _)| key), keys: None };
        };
        let span = written.span;
        self.open_scope();
        let mut body = Vec::new();
        self.name_items(head, items, &mut body);
        self.begin(&head.first.text);
        let key = self.purely("a `key`", |body| body.key_value(written));
        self.close_scope();
        let of = key.ty.clone();
        let list = Type::List(Box::new(of.clone()));
        let keys = self.hidden("keys", list.clone());
        self.emit(out, StmtKind::Set(keys, Expr { kind: ExprKind::List(Vec::new()), ty: list }), span);
        self.emit(&mut body, StmtKind::Append(keys, key), span);
        let id = self.flow.new_loop();
        self.emit(
            out,
            StmtKind::For { id, items: items.items, counter: items.counter, item: items.item, body },
            span,
        );
        self.no_duplicates(keys, &of, span, out);
        Naming { place: self.hidden("name", of), keys: Some(keys) }
    }

    fn key_value(&mut self, written: &tree::Expr) -> Expr {
        let key = self.expr(written, None);
        for ty in [Type::Text, Type::Int] {
            if assignable(&key.ty, &ty) {
                return widen(key, &ty);
            }
        }
        let found = if has_null(&key.ty) {
            self.may_be_null(&key.ty, written, "a key names an item, so it cannot be null", &Type::Text)
        } else {
            Diagnostic::error(
                "E0602",
                written.span,
                format!("a key is a string or an int, and this is {}", a_type(&key.ty)),
            )
            .help("use a field that tells the items apart, or a text made of several: `\"${x.a}-${x.b}\"`")
        };
        self.report(found);
        Expr { kind: ExprKind::Text(String::new()), ty: Type::Text }
    }

    fn no_duplicates(&mut self, keys: LocalId, of: &Type, span: Span, out: &mut Vec<ir::Stmt>) {
        let twice = self.hidden("twice", of.clone().optional());
        let find = ExprKind::Builtin(Builtin::FirstDuplicate, vec![self.read(keys)], None);
        self.emit(out, StmtKind::Set(twice, Expr { kind: find, ty: of.clone().optional() }), span);
        let null = Expr { kind: ExprKind::Null, ty: Type::Null };
        let none = Expr {
            kind: ExprKind::Equal(Box::new(self.read(twice)), Box::new(null.clone())),
            ty: Type::Bool,
        };
        let some = Expr { kind: ExprKind::Not(Box::new(none)), ty: Type::Bool };
        let which = Expr { kind: ExprKind::Narrow(Box::new(self.read(twice))), ty: of.clone() };
        let parts = vec![TextPart::Chunk("two items have the key ".into()), TextPart::Expr(which)];
        let message = Expr { kind: ExprKind::Interpolate(parts), ty: Type::Text };
        let fail = StmtKind::Fail { kind: "duplicate_key".into(), message, detail: null };
        let then = vec![ir::Stmt { kind: fail, span }];
        self.emit(out, StmtKind::If { condition: some, then, otherwise: Vec::new() }, span);
    }

    fn round(&mut self, each: &For, head: &ForHead, items: &Items, naming: &Naming) -> Lowered {
        let mut stmts = Vec::new();
        self.name_items(head, items, &mut stmts);
        if let Some(keys) = naming.keys {
            let ty = self.local_type(naming.place);
            let at = Box::new(self.read(items.counter));
            let found =
                Expr { kind: ExprKind::Index(Box::new(self.read(keys)), at), ty: ty.clone().optional() };
            let value = Expr { kind: ExprKind::Narrow(Box::new(found)), ty };
            self.emit(&mut stmts, StmtKind::Set(naming.place, value), each.body.span);
        }
        let body = self.block(&each.body);
        stmts.extend(body.stmts);
        Lowered { stmts, falls: body.falls }
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

fn entry_type(value: &Type) -> Type {
    let field = |name: &str, ty: Type| Field { name: name.into(), ty, optional: false };
    Type::Record(vec![field("key", Type::Text), field("value", value.clone())])
}

/// What the items of a wanted list are.
fn item_of(want: &Type) -> Option<Type> {
    members(want).iter().find_map(|t| if let Type::List(of) = t { Some((**of).clone()) } else { None })
}
