//! What a `for` goes through: a list, the entries of a map, or every combination of several.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{ForHead, Span};

use crate::check::body::{Body, VarKind};
use crate::check::fit::{boxed, widen};
use crate::check::names::a_type;
use crate::check::relate::{Shape, has_null, shape, without_null};
use crate::ir::{self, Builtin, Expr, ExprKind, LocalId, RecordItem, StmtKind};
use crate::types::{Field, Type};

/// What is gone through, and the locals that a round begins with.
pub(in crate::check) struct Items {
    /// Of several heads: a list of records, one for each combination.
    pub(in crate::check) items: LocalId,
    pub(in crate::check) counter: LocalId,
    pub(in crate::check) item: LocalId,
    /// One for each list.
    pub(in crate::check) heads: Vec<Head>,
}

/// The locals of one list.
#[derive(Clone, Copy)]
pub(in crate::check) struct Head {
    items: LocalId,
    pub(in crate::check) counter: LocalId,
    item: LocalId,
    /// Of a map: the local of the key and that of the value.
    pub(in crate::check) entry: Option<(LocalId, LocalId)>,
}

impl Body<'_> {
    /// The lists are brought into locals; none where that cannot be, which is reported.
    pub(super) fn items(&mut self, heads: &[ForHead], span: Span, out: &mut Vec<ir::Stmt>) -> Option<Items> {
        if let [head] = heads {
            let one = self.head(head, span, out)?;
            return Some(Items { items: one.items, counter: one.counter, item: one.item, heads: vec![one] });
        }
        let pairs = self.hidden("all", Type::Never);
        let mut found = Vec::new();
        let mut stmts = Vec::new();
        self.open_scope();
        let whole = self.combine(heads, span, (pairs, &mut found), &mut stmts);
        self.close_scope();
        let of = whole?;
        let ty = Type::List(Box::new(of.clone()));
        self.set_local_type(pairs, ty.clone());
        self.emit(out, StmtKind::Set(pairs, Expr { kind: ExprKind::List(Vec::new()), ty }), span);
        out.append(&mut stmts);
        let counter = self.hidden("place", Type::Int);
        let item = self.hidden("item", of);
        Some(Items { items: pairs, counter, item, heads: found })
    }

    /// One `for` inside another, the innermost of which adds a combination; a further list may speak of the items before it.
    fn combine(
        &mut self,
        heads: &[ForHead],
        span: Span,
        (pairs, found): (LocalId, &mut Vec<Head>),
        stmts: &mut Vec<ir::Stmt>,
    ) -> Option<Type> {
        let Some((head, rest)) = heads.split_first() else {
            let record = self.combination(found);
            let of = record.ty.clone();
            self.set_local_type(pairs, Type::List(Box::new(of.clone())));
            self.emit(stmts, StmtKind::Append(pairs, record), span);
            return Some(of);
        };
        let one = if found.is_empty() {
            self.head(head, span, stmts)?
        } else {
            self.purely("a further list of a `for`", |body| body.head(head, span, stmts))?
        };
        found.push(one);
        let mut body = Vec::new();
        self.name_one(head, one, &mut body);
        let of = self.combine(rest, span, (pairs, found), &mut body);
        let id = self.flow.new_loop();
        let kind = StmtKind::For { id, items: one.items, counter: one.counter, item: one.item, body };
        self.emit(stmts, kind, span);
        of
    }

    /// Place and item of each list.
    fn combination(&self, heads: &[Head]) -> Expr {
        let mut items = Vec::new();
        let mut fields = Vec::new();
        for (n, head) in heads.iter().enumerate() {
            for (name, local) in [(format!("place{n}"), head.counter), (format!("item{n}"), head.item)] {
                let value = self.read(local);
                fields.push(Field { name: name.clone(), ty: value.ty.clone(), optional: false });
                items.push(RecordItem::Field(name, boxed(value)));
            }
        }
        Expr { kind: ExprKind::Record(items), ty: Type::Record(fields) }
    }

    /// A list in a local; a map becomes the list of its entries.
    fn head(&mut self, head: &ForHead, span: Span, out: &mut Vec<ir::Stmt>) -> Option<Head> {
        let list = self.expr(&head.items, None);
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
        Some(Head { items, counter, item, entry })
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

    /// The names of the items and their places.
    pub(super) fn name_items(&mut self, heads: &[ForHead], items: &Items, stmts: &mut Vec<ir::Stmt>) {
        if items.heads.len() > 1 {
            self.take_apart(heads, items, stmts);
        }
        for (head, one) in heads.iter().zip(&items.heads) {
            self.name_one(head, *one, stmts);
        }
    }

    /// Of a combination: place and item of each list.
    fn take_apart(&mut self, heads: &[ForHead], items: &Items, stmts: &mut Vec<ir::Stmt>) {
        for (n, (head, one)) in heads.iter().zip(&items.heads).enumerate() {
            for (name, local) in [(format!("place{n}"), one.counter), (format!("item{n}"), one.item)] {
                let ty = self.local_type(local);
                let kind = field_kind(self.read(items.item), name, &ty);
                self.emit(stmts, StmtKind::Set(local, Expr { kind, ty }), head.first.span);
            }
        }
    }

    fn name_one(&mut self, head: &ForHead, one: Head, stmts: &mut Vec<ir::Stmt>) {
        let Some(second) = &head.second else {
            self.name_local(&head.first, one.item, VarKind::Given);
            return;
        };
        let Some((key, value)) = one.entry else {
            self.name_local(&head.first, one.counter, VarKind::Given);
            self.name_local(second, one.item, VarKind::Given);
            return;
        };
        for (local, field) in [(key, "key"), (value, "value")] {
            let ty = self.local_type(local);
            let kind = field_kind(self.read(one.item), field.into(), &ty);
            self.emit(stmts, StmtKind::Set(local, Expr { kind, ty }), head.first.span);
        }
        self.name_local(&head.first, key, VarKind::Given);
        self.name_local(second, value, VarKind::Given);
    }
}

fn field_kind(of: Expr, name: String, ty: &Type) -> ExprKind {
    if has_null(ty) || *ty == Type::Json {
        ExprKind::FieldOrNull(Box::new(of), name)
    } else {
        ExprKind::Field(Box::new(of), name)
    }
}

fn entry_type(value: &Type) -> Type {
    let field = |name: &str, ty: Type| Field { name: name.into(), ty, optional: false };
    Type::Record(vec![field("key", Type::Text), field("value", value.clone())])
}
