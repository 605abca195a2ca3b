//! What names the rounds of a `for` in the journal.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, For, ForHead, Span};

use super::Items;
use crate::check::body::Body;
use crate::check::fit::widen;
use crate::check::keys::Segment;
use crate::check::names::a_type;
use crate::check::relate::{assignable, has_null};
use crate::ir::{self, Builtin, Expr, ExprKind, LocalId, StmtKind, TextPart};
use crate::types::Type;

/// What names a round in the journal.
pub(in crate::check) struct Naming {
    /// `item[…]`; of several lists one for each, `os[…]/rust[…]`.
    pub(in crate::check) segments: Vec<Segment>,
    /// The list of all keys and the local that a round's own goes into, where the source gives them.
    keys: Option<(LocalId, LocalId)>,
}

impl Naming {
    /// The segments under the name that what comes of the `for` is bound to, as the branches of a `parallel` have it.
    pub(in crate::check) fn under(&self, bound: Option<&str>) -> Vec<Segment> {
        let mut segments = self.segments.clone();
        if let (Some(bound), Some(first)) = (bound, segments.first_mut()) {
            first.name = format!("{bound}/{}", first.name);
        }
        segments
    }

    /// A round's name as a text: its key, or its places.
    pub(in crate::check) fn text(&self, body: &Body<'_>) -> Expr {
        let mut parts = Vec::new();
        for (n, segment) in self.segments.iter().enumerate() {
            if n > 0 {
                parts.push(TextPart::Chunk("/".into()));
            }
            parts.extend(segment.place.map(|local| TextPart::Expr(body.read(local))));
        }
        if let [TextPart::Expr(one)] = parts.as_slice()
            && one.ty == Type::Text
        {
            return one.clone();
        }
        Expr { kind: ExprKind::Interpolate(parts), ty: Type::Text }
    }
}

impl Body<'_> {
    /// The key of each round: as the source says, else a map's key, else the place. Keys of the source are worked out for all items
    /// first, because two of them must not be alike.
    pub(super) fn naming(&mut self, each: &For, items: &Items, out: &mut Vec<ir::Stmt>) -> Naming {
        let Some(written) = &each.key else {
            let places = items.heads.iter().map(|one| one.entry.map_or(one.counter, |(key, _)| key));
            let segments = each.heads.iter().zip(places);
            let segments = segments.map(|(head, place)| Segment::numbered(item_name(head), place)).collect();
            return Naming { segments, keys: None };
        };
        let span = written.span;
        self.open_scope();
        let mut body = Vec::new();
        self.name_items(&each.heads, items, &mut body);
        let name = each.heads.first().map_or("for", item_name);
        self.begin(name);
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
        let own = self.hidden("name", of);
        Naming { segments: vec![Segment::numbered(name, own)], keys: Some((keys, own)) }
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

    /// The round's own key, where the source gives them.
    pub(super) fn set_key(
        &mut self,
        naming: &Naming,
        counter: LocalId,
        span: Span,
        stmts: &mut Vec<ir::Stmt>,
    ) {
        let Some((keys, own)) = naming.keys else { return };
        let ty = self.local_type(own);
        let at = Box::new(self.read(counter));
        let found = Expr { kind: ExprKind::Index(Box::new(self.read(keys)), at), ty: ty.clone().optional() };
        let value = Expr { kind: ExprKind::Narrow(Box::new(found)), ty };
        self.emit(stmts, StmtKind::Set(own, value), span);
    }
}

/// What an item is called.
fn item_name(head: &ForHead) -> &str {
    &head.second.as_ref().unwrap_or(&head.first).text
}
