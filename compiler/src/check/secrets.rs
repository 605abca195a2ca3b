//! Secrets: `secret T` is a template of which the host fills in the values at the moment when a step goes out. Code, journal and log see the
//! template at most, so a secret may go where the host fills in, and nowhere else.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::Span;

use super::body::Body;
use super::decls::Param;
use super::fit::widen;
use super::names::short;
use super::relate::{assignable, holds_secret, members};
use super::settings::escaped;
use crate::ir::{Expr, ExprKind, ListItem, RecordItem, TextPart};
use crate::types::{Field, Type};

const NOTE: &str = "secrets may go to `headers`, to `env`, and to parameters of type `secret string`";

/// `E0904`; `what` is what would become of the secret.
pub(super) fn leak(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error("E0904", span, format!("a secret would be {what}"))
        .label("a secret is in this")
        .help(NOTE)
}

/// `E0904` for a declaration of what stands in the journal.
pub(super) fn recorded(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error("E0904", span, format!("{what} cannot be secret: it is written to the journal")).help(
        "`secret` types are for parameters of tools, functions and flows; a workflow names its secrets itself: `secret API_KEY`",
    )
}

fn list_of_json() -> Type {
    Type::List(Box::new(Type::Json))
}

/// Where this is wanted a text will do: it becomes a template without a secret.
pub(super) fn takes_text(want: &Type) -> bool {
    let text = |t: &Type| matches!(t, Type::Secret(of) if **of == Type::Text);
    members(want).iter().any(text)
}

/// A text as a template.
pub(super) fn template_of(value: Expr) -> Expr {
    template(vec![TextPart::Expr(value)])
}

/// Both of one kind, where one of two ways is secret.
pub(super) fn alike(a: Expr, b: Expr) -> (Expr, Expr) {
    let secret = |e: &Expr| matches!(e.ty, Type::Secret(_));
    match (secret(&a), secret(&b)) {
        (true, false) if assignable(&b.ty, &Type::Text) => (a, template_of(b)),
        (false, true) if assignable(&a.ty, &Type::Text) => (template_of(a), b),
        _ => (a, b),
    }
}

/// A text with secrets in it: a list of texts and of records `{ secret: NAME }`.
pub(super) fn template(parts: Vec<TextPart>) -> Expr {
    let mut items = Vec::new();
    let mut plain: Vec<TextPart> = Vec::new();
    let flush = |plain: &mut Vec<TextPart>, items: &mut Vec<ListItem>| {
        if !plain.is_empty() {
            let text = Expr { kind: ExprKind::Interpolate(std::mem::take(plain)), ty: Type::Text };
            items.push(ListItem::Item(widen(text, &Type::Json)));
        }
    };
    for part in parts {
        match part {
            TextPart::Expr(e) if matches!(e.ty, Type::Secret(_)) => {
                flush(&mut plain, &mut items);
                items
                    .push(ListItem::Spread(Expr { kind: ExprKind::Narrow(Box::new(e)), ty: list_of_json() }));
            }
            other => plain.push(other),
        }
    }
    flush(&mut plain, &mut items);
    as_secret(items)
}

fn as_secret(items: Vec<ListItem>) -> Expr {
    let list = Expr { kind: ExprKind::List(items), ty: list_of_json() };
    Expr { kind: ExprKind::Widen(Box::new(list)), ty: Type::Secret(Box::new(Type::Text)) }
}

impl Body<'_> {
    /// The value behind the name of a secret, or of a toolset: the names of its operations.
    pub(super) fn declared_value(&mut self, name: &str) -> Option<Expr> {
        let decls = self.decls;
        if let Some(secret) = decls.secrets.get(name) {
            self.shared.wants.secrets.insert(secret.clone());
            let text = Expr { kind: ExprKind::Text(secret.clone()), ty: Type::Text };
            let ty = Type::Record(vec![Field { name: "secret".into(), ty: Type::Text, optional: false }]);
            let hole = Expr { kind: ExprKind::Record(vec![RecordItem::Field("secret".into(), text)]), ty };
            return Some(as_secret(vec![ListItem::Item(widen(hole, &Type::Json))]));
        }
        let set = decls.toolsets.get(name)?;
        let text = |path: &str| Expr { kind: ExprKind::Text(path.to_owned()), ty: Type::Text };
        let items = set.members.iter().map(|member| ListItem::Item(text(&member.path))).collect();
        Some(Expr { kind: ExprKind::List(items), ty: Type::List(Box::new(Type::Text)) })
    }

    /// Whether a secret is in it; then that is reported.
    pub(super) fn leaks(&mut self, ty: &Type, span: Span, what: &str) -> bool {
        let leaks = holds_secret(ty);
        if leaks {
            self.report(leak(span, what));
        }
        leaks
    }

    /// The places in a call's arguments that hold templates, as JSON pointers.
    pub(super) fn secret_places(&mut self, arguments: &Expr, params: &[Param], span: Span) -> Vec<String> {
        let mut places = Vec::new();
        let known = collect(arguments, "", &mut places);
        let stray = |place: &&String| {
            let first = place.split('/').nth(1).unwrap_or_default();
            !params.is_empty() && !params.iter().any(|p| escaped(&p.name) == first)
        };
        if let Some(place) = places.iter().find(stray) {
            let what =
                format!("spread into `{}`, which the operation does not have", place.trim_start_matches('/'));
            self.report(leak(span, &what));
        } else if let Err(ty) = known {
            let text = "which parts of this are secret is not known before the run";
            let found = Diagnostic::error("E0904", span, text)
                .label(format!("`{}` is among the arguments", short(&ty)))
                .help("write the record of the argument in place, field by field");
            self.report(found);
        }
        places.sort();
        places.dedup();
        places
    }
}

/// Where templates stand in a value; the type of what may or may not be one.
fn collect(value: &Expr, at: &str, places: &mut Vec<String>) -> Result<(), Type> {
    match &value.kind {
        ExprKind::Widen(inner) if !matches!(value.ty, Type::Secret(_)) => collect(inner, at, places),
        ExprKind::Record(items) => {
            for item in items {
                match item {
                    RecordItem::Field(name, e) => collect(e, &format!("{at}/{}", escaped(name)), places)?,
                    RecordItem::Spread(e) => collect(e, at, places)?,
                    RecordItem::Computed(_, e) if holds_secret(&e.ty) => return Err(e.ty.clone()),
                    RecordItem::Computed(..) => {}
                }
            }
            Ok(())
        }
        _ => by_type(&value.ty, at, places),
    }
}

fn by_type(ty: &Type, at: &str, places: &mut Vec<String>) -> Result<(), Type> {
    match ty {
        Type::Secret(_) => {
            places.push(at.to_owned());
            Ok(())
        }
        Type::Record(fields) => fields
            .iter()
            .filter(|f| holds_secret(&f.ty))
            .try_for_each(|f| by_type(&f.ty, &format!("{at}/{}", escaped(&f.name)), places)),
        _ if holds_secret(ty) => Err(ty.clone()),
        _ => Ok(()),
    }
}
