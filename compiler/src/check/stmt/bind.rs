//! `let`, `var`, `set`.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Binder, Name, Rhs, Span};

use crate::check::body::{Body, VarKind};
use crate::check::effect::{Bind, Outcome};
use crate::check::facts::Place;
use crate::check::fit::{Slot, widen};
use crate::check::flow::{Beside, FrameKind};
use crate::check::names::{a_type, nearest};
use crate::check::relate::{Shape, field, general, has_null, shape, vague, without_null};
use crate::ir::{self, Expr, ExprKind, LocalId, StmtKind};
use crate::types::Type;

impl Body<'_> {
    pub(super) fn let_(
        &mut self,
        binder: &Binder,
        ty: Option<&tree::Ty>,
        value: &Rhs,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> bool {
        let name = match binder {
            Binder::Name(name) => Some(name),
            Binder::Fields(..) => None,
        };
        self.begin(name.map_or("let", |n| n.text.as_str()));
        let before = self.shared.report.count();
        let (got, kind) = self.right_side(name, ty, value, out);
        let Outcome { value, falls } = got;
        match binder {
            Binder::Name(name) => {
                if self.shared.report.count() == before {
                    let pure = kind.0 == VarKind::Value;
                    self.told(ty, &value, name, (kind.1, pure));
                }
                self.bind(name, value, kind.0, span, out);
            }
            Binder::Fields(names, _) => self.bind_fields(names, &value, kind.1, span, out),
        }
        falls
    }

    pub(super) fn var_(
        &mut self,
        name: &Name,
        ty: Option<&tree::Ty>,
        value: &Rhs,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> bool {
        self.begin(&name.text);
        let before = self.shared.report.count();
        let (Outcome { value, falls }, (_, at)) = self.right_side(Some(name), ty, value, out);
        if self.shared.report.count() == before {
            self.told(ty, &value, name, (at, true));
        }
        let of = if ty.is_some() { value.ty.clone() } else { general(&value.ty) };
        let known = narrower(&value);
        let value = widen(value, &of);
        let local = self.declare(name, of.clone(), VarKind::Var);
        self.emit(out, StmtKind::Set(local, value), span);
        self.remember(local, &of, known);
        falls
    }

    /// The value of a right side, of the written type where there is one, and what kind of variable it makes.
    fn right_side(
        &mut self,
        name: Option<&Name>,
        ty: Option<&tree::Ty>,
        value: &Rhs,
        out: &mut Vec<ir::Stmt>,
    ) -> (Outcome, (VarKind, Span)) {
        let want = ty.map(|ty| self.decls.ty(ty, &mut self.shared.report));
        match value {
            Rhs::Expr(e) => {
                self.whole = Some(e.span);
                let value = match &want {
                    Some(want) => self.expr_to(e, want, &binding(name, ty)),
                    None => self.expr(e, None),
                };
                self.whole = None;
                (Outcome { value, falls: true }, (VarKind::Value, e.span))
            }
            Rhs::Effect(effect) => {
                let bind = Bind { name, wanted: true, want: want.as_ref() };
                let got = self.effect(effect, &bind, out);
                let value = match &want {
                    Some(want) if got.falls => {
                        self.fit_outcome(got.value, effect.span, want, &binding(name, ty))
                    }
                    _ => got.value,
                };
                (Outcome { value, falls: got.falls }, (VarKind::Step, effect.span))
            }
        }
    }

    /// What an effect gave, where a type is written.
    pub(in crate::check) fn fit_outcome(
        &mut self,
        value: Expr,
        span: Span,
        want: &Type,
        slot: &Slot,
    ) -> Expr {
        let shown = tree::Expr { kind: tree::ExprKind::Null, span: self.first_line(span) };
        self.fit(value, &shown, want, slot)
    }

    /// The type of something empty, or of null alone, says nothing. A step may well give null: then its name is its key.
    fn told(&mut self, ty: Option<&tree::Ty>, value: &Expr, name: &Name, (at, pure): (Span, bool)) {
        let unknown = vague(&value.ty) && (holds_empty(value) || !self.shared.report.failed());
        let nothing = unknown || (pure && value.ty == Type::Null && matches!(value.kind, ExprKind::Null));
        if ty.is_none() && nothing {
            self.unclear(&value.ty, name, at);
        }
    }

    /// Gives a value a name; one that is in a local of the compiler's already keeps it.
    fn bind(&mut self, name: &Name, value: Expr, kind: VarKind, span: Span, out: &mut Vec<ir::Stmt>) {
        if let (ExprKind::Local(local), VarKind::Step) = (&value.kind, &kind)
            && self.is_hidden(*local)
        {
            self.flush(out);
            self.name_local(name, *local, kind);
            return;
        }
        let local = self.declare(name, value.ty.clone(), kind);
        self.emit(out, StmtKind::Set(local, value), span);
    }

    fn is_hidden(&self, local: LocalId) -> bool {
        self.locals.get(local.0 as usize).is_some_and(|l| l.name.starts_with('$'))
    }

    /// `let { a, b } = …`
    fn bind_fields(&mut self, names: &[Name], value: &Expr, at: Span, span: Span, out: &mut Vec<ir::Stmt>) {
        let whole = self.hidden("fields", value.ty.clone());
        self.emit(out, StmtKind::Set(whole, value.clone()), span);
        for name in names {
            let ty = self.taken_field(&value.ty, name, at);
            let whole = Box::new(self.read(whole));
            let of = name.text.clone();
            let kind = if has_null(&ty) || ty == Type::Json {
                ExprKind::FieldOrNull(whole, of)
            } else {
                ExprKind::Field(whole, of)
            };
            let local = self.declare(name, ty.clone(), VarKind::Value);
            self.emit(out, StmtKind::Set(local, Expr { kind, ty }), span);
        }
    }

    fn taken_field(&mut self, ty: &Type, name: &Name, at: Span) -> Type {
        if let Some(ty) = field(ty, &name.text) {
            return ty;
        }
        let found = if has_null(ty) {
            Diagnostic::error("E0401", at, "this may be null, so it may have no fields")
                .label(ty.to_string())
                .help("bind it to one name and test it first")
        } else {
            let known: Vec<&str> = if let Type::Record(fields) = ty {
                fields.iter().map(|f| f.name.as_str()).collect()
            } else {
                Vec::new()
            };
            let found =
                Diagnostic::error("E0204", name.span, format!("{} has no field `{}`", a_type(ty), name.text))
                    .also(at, "taken from this");
            match nearest(&name.text, known) {
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found,
            }
        };
        self.report(found);
        Type::Never
    }

    pub(super) fn set(&mut self, name: &Name, value: &Rhs, span: Span, out: &mut Vec<ir::Stmt>) -> bool {
        self.begin(&name.text);
        let Some((local, at)) = self.settable(name) else {
            let (got, _) = self.right_side(None, None, value, out);
            return got.falls;
        };
        let want = self.local_type(local);
        let slot = Slot::Binding { name: name.text.clone(), declared: Some(at) };
        let Outcome { value, falls } = match value {
            Rhs::Expr(e) => {
                self.whole = Some(e.span);
                let value = self.expr_to(e, &want, &slot);
                self.whole = None;
                Outcome { value, falls: true }
            }
            Rhs::Effect(effect) => {
                let bind = Bind { name: Some(name), wanted: true, want: Some(&want) };
                let got = self.effect(effect, &bind, out);
                let value = if got.falls {
                    self.fit_outcome(got.value, effect.span, &want, &slot)
                } else {
                    got.value
                };
                Outcome { value, falls: got.falls }
            }
        };
        let known = narrower(&value);
        if falls {
            self.emit(out, StmtKind::Set(local, value), span);
        }
        self.facts.forget(&[local].into());
        self.remember(local, &want, known);
        falls
    }

    /// The variable that `set` may change.
    fn settable(&mut self, name: &Name) -> Option<(LocalId, Span)> {
        let Some(var) = self.var(&name.text) else {
            let near = nearest(&name.text, self.names().collect::<Vec<_>>()).map(str::to_owned);
            let found = Diagnostic::error("E0201", name.span, format!("I know no `{}`", name.text));
            let found = match near {
                Some(near) => found.help(format!("did you mean `{near}`?")).fix(name.span, near),
                None => found.help(format!("declare it before: `var {} = …`", name.text)),
            };
            self.report(found);
            return None;
        };
        let (local, at, kind) = (var.local, var.span, var.kind.clone());
        if kind == VarKind::Var {
            if var.level < self.levels.len() {
                self.belongs_outside(name, at);
                return None;
            }
            return Some((local, at));
        }
        let found = Diagnostic::error("E0504", name.span, format!("`{}` cannot be changed", name.text));
        let found = match kind {
            VarKind::Value => {
                let word = Span { start: at.start.saturating_sub(4), end: at.start.saturating_sub(1) };
                let found = found.also(at, "declared with `let`").help("declare it with `var`");
                if self.source.text.get(word.range()) == Some("let") { found.fix(word, "var") } else { found }
            }
            VarKind::Step => found
                .also(at, "the result of a step")
                .help(format!("keep what changes beside it: `var current = {}`", name.text)),
            _ => found.also(at, "given from outside").help(format!("copy it: `var current = {}`", name.text)),
        };
        self.report(found);
        None
    }

    /// `E0503`: what runs at the same time has copies.
    fn belongs_outside(&mut self, name: &Name, at: Span) {
        let Some((kind, around)) = self.flow.closed().map(|f| (f.kind, f.span)) else { return };
        let (what, label, help) = match kind {
            FrameKind::Block(Beside::Branch) => (
                "this branch",
                "branches run at the same time",
                format!(
                    "`yield` the new value, bind it (`let x = parallel {{ … }}`), and `set {}` behind it",
                    name.text
                ),
            ),
            FrameKind::Block(Beside::Undo) => (
                "this `undo`",
                "it runs when the step is undone, with values of the time when it was done",
                "keep the value in a `let` of its own here".to_owned(),
            ),
            _ => (
                "this parallel block",
                "items run at the same time",
                "`yield` a value here, bind them (`let all = for …`), and put them together behind it"
                    .to_owned(),
            ),
        };
        let text = format!("`{}` belongs to the flow outside {what} and cannot be changed in it", name.text);
        let found = Diagnostic::error("E0503", name.span, text)
            .also(around, label)
            .also(at, "declared here")
            .help(help);
        self.report(found);
    }

    /// A variable that may be null was just given something that is not.
    fn remember(&mut self, local: LocalId, declared: &Type, known: Option<Type>) {
        if let Some(known) = known
            && has_null(declared)
            && !has_null(&known)
            && shape(&known) != Shape::Unknown
            && known != Type::Json
        {
            self.facts.insert(Place { root: local, fields: Vec::new() }, without_null(declared));
        }
    }
}

/// An empty list stands somewhere in it; else what is unknown follows from something that was reported.
pub(in crate::check) fn holds_empty(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::List(items) if items.is_empty() => true,
        ExprKind::List(items) => items.iter().any(|item| {
            let (ir::ListItem::Item(e) | ir::ListItem::Spread(e)) = item;
            holds_empty(e)
        }),
        ExprKind::Record(items) => items.iter().any(|item| {
            let (ir::RecordItem::Field(_, e) | ir::RecordItem::Computed(_, e) | ir::RecordItem::Spread(e)) =
                item;
            holds_empty(e)
        }),
        ExprKind::Widen(of) => holds_empty(of),
        _ => false,
    }
}

/// The type of a value before it was widened.
fn narrower(value: &Expr) -> Option<Type> {
    match &value.kind {
        ExprKind::Widen(inner) => Some(inner.ty.clone()),
        _ => None,
    }
}

fn binding(name: Option<&Name>, ty: Option<&tree::Ty>) -> Slot {
    let name = name.map_or_else(|| "the value".to_owned(), |n| n.text.clone());
    Slot::Binding { name, declared: ty.map(|ty| ty.span) }
}
