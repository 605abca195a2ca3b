//! Whether a value fits the place where it stands, and what to say if not.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Span};

use super::body::Body;
use super::expr::broken;
use super::names::{a_type, short};
use super::relate::{assignable, has_null, holds_secret, members, read_type, without_null};
use crate::ir::{Expr, ExprKind};
use crate::types::{Lit, Type};

/// Where a value goes; for messages.
#[derive(Clone, Debug)]
pub(super) enum Slot {
    /// An argument of an operation or function.
    Argument { param: String, of: String, declared: Option<Span> },
    /// A field of a record.
    Field { name: String },
    /// A variable with a written type.
    Binding { name: String, declared: Option<Span> },
    /// What a workflow or function gives.
    Result { declared: Option<Span> },
    /// Anything else, in a few words: `the condition`.
    Plain(&'static str),
}

impl Slot {
    fn subject(&self) -> String {
        match self {
            Self::Argument { param: name, .. } | Self::Field { name } | Self::Binding { name, .. } => {
                format!("`{name}`")
            }
            Self::Result { .. } => "the result".into(),
            Self::Plain(what) => (*what).into(),
        }
    }

    /// What would become of a secret here.
    fn leak(&self) -> String {
        match self {
            Self::Argument { param, of, .. } => {
                format!("given to `{param}` of `{of}`, which is not declared `secret`")
            }
            Self::Field { name } | Self::Binding { name, .. } => {
                format!("put into `{name}`, which is not declared `secret`")
            }
            Self::Result { .. } => "the result, which everybody may see".into(),
            Self::Plain(what) => format!("used as {what}"),
        }
    }

    fn declared(&self) -> Option<Span> {
        match self {
            Self::Argument { declared, .. } | Self::Binding { declared, .. } | Self::Result { declared } => {
                *declared
            }
            Self::Field { .. } | Self::Plain(_) => None,
        }
    }

    fn code(&self) -> &'static str {
        if matches!(self, Self::Argument { .. }) { "E0302" } else { "E0301" }
    }

    /// `cents` is an int, but `charge` gets a float here
    fn clash(&self, want: &Type, got: &Type) -> String {
        let (want, got) = (a_type(want), a_type(got));
        match self {
            Self::Argument { param, of, .. } => format!("`{param}` is {want}, but `{of}` gets {got} here"),
            Self::Plain(what) => format!("{what} has to be {want}, and this is {got}"),
            other => format!("{} is {want}, but gets {got} here", other.subject()),
        }
    }
}

/// The value as a wider type.
pub(super) fn widen(value: Expr, to: &Type) -> Expr {
    if value.ty == *to || *to == Type::Never {
        return value;
    }
    let literal = matches!(
        value.kind,
        ExprKind::Text(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Bool(_) | ExprKind::Null
    );
    if literal && !matches!(to, Type::Json | Type::Union(_)) && value.ty.rep() == to.rep() {
        return Expr { ty: to.clone(), ..value };
    }
    Expr { kind: ExprKind::Widen(Box::new(value)), ty: to.clone() }
}

/// The value as one that is held by the value runtime.
pub(super) fn boxed(value: Expr) -> Expr {
    if value.ty.rep() == crate::types::Rep::Value { value } else { widen(value, &Type::Json) }
}

impl Body<'_> {
    /// The value, widened to what is wanted; reported where it does not fit.
    pub(super) fn fit(&mut self, value: Expr, e: &tree::Expr, want: &Type, slot: &Slot) -> Expr {
        if assignable(&value.ty, want) {
            return widen(value, want);
        }
        if super::secrets::takes_text(want) && assignable(&value.ty, &Type::Text) {
            return widen(super::secrets::template_of(value), want);
        }
        let found = self.misfit(&value.ty, e, want, slot);
        self.report(found);
        broken()
    }

    fn misfit(&self, got: &Type, e: &tree::Expr, want: &Type, slot: &Slot) -> Diagnostic {
        if holds_secret(got) {
            return super::secrets::leak(e.span, &slot.leak());
        }
        if has_null(got) && assignable(&without_null(got), want) {
            return self.may_be_null(
                got,
                e,
                &format!("{}, {} wants {}", short(got), slot.subject(), short(want)),
                want,
            );
        }
        let mut found = Diagnostic::error(slot.code(), e.span, slot.clash(want, got)).label(short(got));
        if let Some(declared) = slot.declared() {
            found = found.also(declared, "declared here");
        }
        self.with_help(found, got, e, want)
    }

    /// `E0401`, with a value to use instead where one comes to mind.
    pub(super) fn may_be_null(&self, got: &Type, e: &tree::Expr, label: &str, want: &Type) -> Diagnostic {
        let shown = self.snippet(e.span);
        let text = shown.map_or_else(|| "this may be null".to_owned(), |s| format!("`{s}` may be null"));
        let found = Diagnostic::error("E0401", e.span, text).label(label.to_owned());
        if *got == Type::Null {
            return found.help("it is always null here");
        }
        let value = self.bracketed(e).unwrap_or_else(|| "x".into());
        let instead = fallback(want).unwrap_or("…");
        found.help(format!("`{value} ?? {instead}`, or `{value}!` to fail with `missing` if it is null"))
    }

    /// What stands there, in brackets where it would fall apart otherwise.
    pub(super) fn bracketed(&self, e: &tree::Expr) -> Option<String> {
        let shown = self.snippet(e.span)?;
        Some(if super::walk::needs_brackets(e) && !shown.starts_with('(') {
            format!("({shown})")
        } else {
            shown.to_owned()
        })
    }

    fn with_help(&self, found: Diagnostic, got: &Type, e: &tree::Expr, want: &Type) -> Diagnostic {
        let fix = |found: Diagnostic, say: &str, suffix: &str| match self.bracketed(e) {
            Some(value) => {
                found.help(format!("{say}: `{value}{suffix}`")).fix(e.span, format!("{value}{suffix}"))
            }
            None => found.help(format!("{say} with `{suffix}`")),
        };
        if let Some(text) = as_duration(e, want) {
            return found.help(format!("write `{text}`, if these are milliseconds"));
        }
        if let Some(text) = self.as_written(got, e, want) {
            return found.help(format!("write `{text}`")).fix(e.span, text);
        }
        match (got, want) {
            (Type::Float, Type::Int) => fix(found, "round it", ".round()"),
            (Type::Int, Type::Float) => fix(found, "make it a float", ".to_float()"),
            (Type::Int | Type::Float | Type::Bool | Type::Duration | Type::Time, Type::Text) => {
                fix(found, "make it a text", ".to_text()")
            }
            (Type::Json, _) => {
                let suffix = format!(" as {}", short(want));
                fix(found, "nobody knows what json holds before it runs; say what it has to be", &suffix)
            }
            (_, Type::Text) if self.text_field(got, e).is_some() => {
                let field = self.text_field(got, e).unwrap_or_default();
                found.help(format!("one of its fields is a string: `{field}`"))
            }
            _ => match advice(got, want) {
                Some(help) => found.help(help),
                None => record_help(found, got, want),
            },
        }
    }

    /// A literal that was only written in the wrong way, as it should be.
    fn as_written(&self, got: &Type, e: &tree::Expr, want: &Type) -> Option<String> {
        use tree::ExprKind as K;
        let shown = self.snippet(e.span)?;
        match (&e.kind, got, want) {
            (K::Int(_) | K::Float(_) | K::Bool(_), _, Type::Text) => Some(format!("\"{shown}\"")),
            (K::Text(_), Type::Lit(Lit::Text(text)), Type::Int) => {
                text.parse::<i64>().ok().map(|n| n.to_string())
            }
            (K::Text(_), Type::Lit(Lit::Text(text)), Type::Float) => {
                text.parse::<f64>().ok().map(|_| text.clone())
            }
            (K::Text(_), Type::Lit(Lit::Text(text)), Type::Bool) => {
                text.parse::<bool>().ok().map(|b| b.to_string())
            }
            (K::Text(_), Type::Lit(Lit::Text(text)), _) => {
                let texts = members(want).iter().filter_map(|t| {
                    if let Type::Lit(Lit::Text(text)) = t { Some(text.as_str()) } else { None }
                });
                super::names::nearest(text, texts).map(|near| format!("{near:?}"))
            }
            _ => None,
        }
        .or_else(|| match want {
            Type::List(of) if assignable(got, of) => Some(format!("[{shown}]")),
            _ => None,
        })
    }

    /// The first field of a record that is a string.
    fn text_field(&self, got: &Type, e: &tree::Expr) -> Option<String> {
        let Type::Record(fields) = got else { return None };
        let field = fields.iter().find(|f| assignable(&read_type(f), &Type::Text))?;
        Some(format!("{}.{}", self.bracketed(e)?, field.name))
    }
}

/// What to do where one type stands for another.
fn advice(got: &Type, want: &Type) -> Option<String> {
    Some(match (got, want) {
        (Type::Int | Type::Float, Type::Duration) => {
            "a duration is written with its unit: `30s`, `5m`, `2h`; a number of seconds is `n * 1s`".into()
        }
        (Type::Lit(_) | Type::Text, Type::Time) => {
            "a time is written `time\"2026-01-31T00:00:00Z\"`; one in a text is read with `as time`".into()
        }
        (Type::Lit(Lit::Text(_)), Type::Duration) => "a duration is written without quotes: `5s`, `1h30m`".into(),
        (Type::Duration, Type::Time) => "`now() + …` is a time".into(),
        (Type::Time, Type::Duration) => "`… - now()` is a duration".into(),
        (Type::Text, Type::Int) => "read the number with `.to_int()`, which gives null where there is none".into(),
        (Type::Text, Type::Float) => "read the number with `.to_float()`, which gives null where there is none".into(),
        (Type::Record(_), Type::Map(_)) => {
            "write the fields in place, or give the variable the type `map<…>`: a record may have fields that its type does not show".into()
        }
        (Type::List(a), Type::List(b)) if has_null(a) && assignable(&without_null(a), b) => {
            "some items may be null: `.filter(x => x != null)` leaves them out".into()
        }
        (Type::Text, Type::Union(_) | Type::Lit(_)) => {
            format!("only {} can stand here; `match` on the text, or check it with `as`", short(want))
        }
        _ => return None,
    })
}

/// Of two records: the field that does not fit.
fn record_help(found: Diagnostic, got: &Type, want: &Type) -> Diagnostic {
    let (Type::Record(given), Type::Record(wanted)) = (got, want) else { return found };
    let wrong = wanted.iter().find(|want| !super::relate::field_fits(given, want));
    let Some(want) = wrong else { return found };
    match given.iter().find(|f| f.name == want.name) {
        Some(field) => found.help(format!(
            "its field `{}` is {}, and {} is wanted",
            want.name,
            a_type(&read_type(field)),
            a_type(&read_type(want))
        )),
        None => found.help(format!("it has no field `{}`", want.name)),
    }
}

/// A harmless value of a type.
pub(super) fn fallback(ty: &Type) -> Option<&'static str> {
    Some(match ty {
        Type::Text => "\"…\"",
        Type::Int => "0",
        Type::Float => "0.0",
        Type::Bool => "false",
        Type::Duration => "0s",
        Type::List(_) => "[]",
        Type::Map(_) => "{}",
        _ => return None,
    })
}

/// A literal of thousands where a duration is meant: milliseconds, as `sleep(5000)`.
fn as_duration(e: &tree::Expr, want: &Type) -> Option<String> {
    let tree::ExprKind::Int(count) = &e.kind else { return None };
    if *want != Type::Duration || *count < 1000 {
        return None;
    }
    Some(if count % 1000 == 0 { format!("{}s", count / 1000) } else { format!("{count}ms") })
}
