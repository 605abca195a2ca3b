//! Fields and items.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Name};

use super::{broken, make, methods};
use crate::check::body::Body;
use crate::check::fit::{Slot, fallback, widen};
use crate::check::names::{a_type, listed, nearest, short};
use crate::check::relate::{Shape, assignable, field, has_null, members, shape, without_null};
use crate::ir::{Expr, ExprKind};
use crate::types::{Lit, Type};

impl Body<'_> {
    /// `of.name`
    pub(super) fn field(&mut self, of: &tree::Expr, name: &Name, e: &tree::Expr) -> Expr {
        if let Some(whole) = self.behind_prefix(of, name)
            && let Some(value) = self.constant_value(&whole).or_else(|| self.declared_value(&whole))
        {
            return value;
        }
        let value = self.expr(of, None);
        if value.ty == Type::Never {
            return broken();
        }
        if let Some(ty) = field(&value.ty, &name.text) {
            let kind = if has_null(&ty) || ty == Type::Json {
                ExprKind::FieldOrNull(Box::new(value), name.text.clone())
            } else {
                ExprKind::Field(Box::new(value), name.text.clone())
            };
            return self.narrowed(make(kind, ty), e);
        }
        if has_null(&value.ty) && field(&without_null(&value.ty), &name.text).is_some() {
            let found = self.through_null(&value.ty, of, &name.text, false);
            self.report(found);
        } else {
            let found = self.no_field(&value.ty, of, name);
            self.report(found);
        }
        broken()
    }

    /// `shop.LIMIT` where `shop` is the prefix of a used file.
    pub(super) fn behind_prefix(&self, of: &tree::Expr, name: &Name) -> Option<String> {
        let tree::ExprKind::Name(prefix) = &of.kind else { return None };
        let known = self.decls.prefixes.contains(&prefix.text) && self.var(&prefix.text).is_none();
        known.then(|| format!("{}.{}", prefix.text, name.text))
    }

    /// `E0401`, where a field or method of something that may be null is used.
    pub(super) fn through_null(&self, ty: &Type, of: &tree::Expr, name: &str, method: bool) -> Diagnostic {
        let shown = self.snippet(of.span);
        let text = shown.map_or_else(|| "this may be null".to_owned(), |s| format!("`{s}` may be null"));
        let bare = self.bracketed(of).unwrap_or_else(|| "x".into());
        let call = if method { format!("{name}()") } else { name.to_owned() };
        let instead = match fallback(&without_null(ty)).filter(|_| method) {
            Some(value) => format!("`({bare} ?? {value}).{name}(…)`"),
            None if method => format!("`({bare} ?? …).{name}(…)`"),
            None => format!("`{bare}?.{name}` for null"),
        };
        let certain = format!("`{bare}!.{name}{}`", if method { "(…)" } else { "" });
        Diagnostic::error("E0401", of.span, text)
            .label(format!("{}, so it may have no `{call}`", short(ty)))
            .help(format!("test it before (`if {bare} != null {{ … }}`), or {instead}, or {certain} to fail with `missing`"))
    }

    fn no_field(&self, ty: &Type, of: &tree::Expr, name: &Name) -> Diagnostic {
        let found =
            Diagnostic::error("E0204", name.span, format!("{} has no field `{}`", a_type(ty), name.text));
        if let Some(plain) = methods::any_of(ty, &name.text) {
            let end = tree::Span { start: name.span.end, end: name.span.end };
            return match plain {
                true => found.help(format!("it is a method: `.{}()`", name.text)).fix(end, "()"),
                false => found.help(format!("it is a method: `.{}(…)`", name.text)),
            };
        }
        let elsewhere = methods::ELSEWHERE.iter().find(|(there, _)| *there == name.text);
        if let Some((_, ours)) = elsewhere.filter(|(_, ours)| methods::any_of(ty, ours) == Some(true)) {
            return found.help(format!("it is a method: `.{ours}()`")).fix(name.span, format!("{ours}()"));
        }
        let known: Vec<&str> = members(ty).iter().flat_map(record_names).collect();
        if known.contains(&name.text.as_str()) {
            return found.help(
                "only some of these records have it: test first what tells them apart, or `match` on it",
            );
        }
        if let Some(near) = nearest(&name.text, known.iter().copied()) {
            return found.help(format!("did you mean `{near}`?")).fix(name.span, near);
        }
        let listed = listed(&known.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>());
        match shape(ty) {
            Shape::Record if !known.is_empty() => found.help(format!("it has {listed}")),
            Shape::List(_) => {
                let bare = self.bracketed(of).unwrap_or_else(|| "xs".into());
                found.help(format!("this is a list: `{bare}.map(x => x.{})` goes through it", name.text))
            }
            _ => found,
        }
    }

    /// `of?.name`
    pub(super) fn opt_field(&mut self, of: &tree::Expr, name: &Name, e: &tree::Expr) -> Expr {
        let value = self.expr(of, None);
        if value.ty == Type::Never {
            return broken();
        }
        if !has_null(&value.ty) && value.ty != Type::Json {
            self.never_null(&value.ty, of, e.span, "`.` is enough");
        }
        let Some(ty) = field(&without_null(&value.ty), &name.text) else {
            if value.ty != Type::Null {
                let found = self.no_field(&without_null(&value.ty), of, name);
                self.report(found);
            }
            return broken();
        };
        let kind = ExprKind::FieldOrNull(Box::new(value), name.text.clone());
        self.narrowed(make(kind, ty.optional()), e)
    }

    /// `of[index]`
    pub(super) fn index(&mut self, of: &tree::Expr, index: &tree::Expr, e: &tree::Expr) -> Expr {
        let value = self.expr(of, None);
        let plain = without_null(&value.ty);
        if has_null(&value.ty) {
            let found = self.may_be_null(
                &value.ty,
                of,
                &format!("{}, so it may have no items", short(&value.ty)),
                &plain,
            );
            self.report(found);
            return broken();
        }
        match (shape(&plain), &plain) {
            (Shape::Unknown, _) => broken(),
            (Shape::List(of), _) => {
                let index = self.expr_to(index, &Type::Int, &Slot::Plain("the place in a list"));
                let item = make(ExprKind::Index(Box::new(value), Box::new(index)), of.clone().optional());
                // An expectation about what is not there does not hold, and says so.
                if self.subjects.is_some() && !has_null(&of) && of != Type::Json {
                    return make(ExprKind::Must(Box::new(item)), of);
                }
                item
            }
            (Shape::Map(of), _) => {
                let index = self.expr_to(index, &Type::Text, &Slot::Plain("the key of a map"));
                make(ExprKind::Index(Box::new(value), Box::new(index)), of.optional())
            }
            (_, Type::Json) => self.json_index(value, index),
            (Shape::Record, _) => self.record_index(of, &value.ty, index, e),
            _ => {
                let text = format!("{} has no items", a_type(&plain));
                self.report(
                    Diagnostic::error("E0308", of.span, text)
                        .help("`[…]` takes an item of a list by its place, or of a map by its key"),
                );
                broken()
            }
        }
    }

    fn json_index(&mut self, value: Expr, index: &tree::Expr) -> Expr {
        let place = self.expr(index, None);
        let place = if place.ty == Type::Int || assignable(&place.ty, &Type::Text) {
            let to = if place.ty == Type::Int { Type::Int } else { Type::Text };
            widen(place, &to)
        } else {
            self.fit(
                place,
                index,
                &Type::Union(vec![Type::Int, Type::Text]),
                &Slot::Plain("the place in json"),
            )
        };
        make(ExprKind::Index(Box::new(value), Box::new(place)), Type::Json)
    }

    /// A record has fields; a literal text is as good as the name.
    fn record_index(&mut self, of: &tree::Expr, ty: &Type, index: &tree::Expr, e: &tree::Expr) -> Expr {
        if let Some(Type::Lit(Lit::Text(text))) = self.decls.literal(index) {
            let name = Name { text, span: index.span };
            return self.field(of, &name, e);
        }
        let text = format!("{} has fields with fixed names, this name is worked out", a_type(ty));
        let found = Diagnostic::error("E0308", index.span, text)
            .help("give it the type `map<…>`, or read it with `.get(name)`");
        self.report(found);
        broken()
    }

    /// An error about a value that cannot be used here, with the usual help where it may be null or is json.
    pub(super) fn wrong_value(&mut self, code: &'static str, e: &tree::Expr, ty: &Type, text: String) {
        if *ty == Type::Never {
            return;
        }
        let plain = without_null(ty);
        let found = if has_null(ty) && plain != Type::Never {
            self.may_be_null(ty, e, &short(ty), &plain)
        } else if *ty == Type::Json {
            let bare = self.bracketed(e).unwrap_or_else(|| "x".into());
            Diagnostic::error(code, e.span, text).help(format!("say what it has to be: `({bare} as …)`"))
        } else {
            Diagnostic::error(code, e.span, text)
        };
        self.report(found);
    }
}

fn record_names(ty: &Type) -> Vec<&str> {
    if let Type::Record(fields) = ty { fields.iter().map(|f| f.name.as_str()).collect() } else { Vec::new() }
}
