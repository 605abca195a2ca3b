//! Named arguments of operations, and the fields of event patterns.

use std::collections::{BTreeMap, BTreeSet};

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{Arg, Name, Span};

use crate::check::body::Body;
use crate::check::decls::Param;
use crate::check::fit::{Slot, boxed, widen};
use crate::check::functions::default_value;
use crate::check::names::{a_type, listed, nearest, short};
use crate::check::relate::{field_fits, has_null};
use crate::ir::{Expr, ExprKind, RecordItem};
use crate::types::{Field, Type};

impl Body<'_> {
    /// The arguments of an operation as a record.
    pub(in crate::check) fn arguments(&mut self, args: &[Arg], params: &[Param], of: &str, at: Span) -> Expr {
        let mut items = Vec::new();
        let mut given: BTreeSet<String> = BTreeSet::new();
        let mut places: BTreeMap<&str, Span> = BTreeMap::new();
        let mut unclear = false;
        for arg in args {
            match arg {
                Arg::Named { name, value } => {
                    if let Some(before) = places.insert(&name.text, name.span) {
                        self.twice(name, before);
                        continue;
                    }
                    given.insert(name.text.clone());
                    let Some(param) = params.iter().find(|p| p.name == name.text) else {
                        self.expr(value, None);
                        let found = unknown_argument(name, value.span == name.span, params, of);
                        unclear = true;
                        self.report(found);
                        continue;
                    };
                    let slot =
                        Slot::Argument { param: name.text.clone(), of: of.to_owned(), declared: param.span };
                    if param.script {
                        self.literal_script(name, value, args);
                    }
                    let value = self.expr_to(value, &param.room(), &slot);
                    items.push(RecordItem::Field(name.text.clone(), boxed(value)));
                }
                Arg::Spread(e, _) => {
                    let value = self.expr(e, None);
                    match self.spread_arguments(&value, e.span, params, of) {
                        Some(names) => given.extend(names),
                        None => unclear = true,
                    }
                    items.push(RecordItem::Spread(value));
                }
            }
        }
        if !unclear {
            self.absent(&given, params, of, at, &mut items);
        }
        Expr { kind: ExprKind::Record(items), ty: Type::Record(params.iter().map(as_field).collect()) }
    }

    fn twice(&mut self, name: &Name, before: Span) {
        let found = Diagnostic::error("E0202", name.span, format!("`{}` is given twice", name.text))
            .also(before, "the first")
            .help("delete one of them");
        self.report(found);
    }

    /// The parameters that a spread record gives; none where that cannot be told.
    fn spread_arguments(
        &mut self,
        value: &Expr,
        span: Span,
        params: &[Param],
        of: &str,
    ) -> Option<Vec<String>> {
        let Type::Record(fields) = &value.ty else {
            if value.ty != Type::Never {
                let found = Diagnostic::error(
                    "E0308",
                    span,
                    format!("only a record can be spread into arguments, and this is {}", a_type(&value.ty)),
                );
                let found = if value.ty == Type::Json {
                    found.help("say what it has to be: `...(x as { … })`")
                } else {
                    found
                };
                self.report(found);
            }
            return None;
        };
        for param in params {
            let Some(field) = fields.iter().find(|f| f.name == param.name) else { continue };
            if !field_fits(fields, &as_field(param)) {
                let text = format!(
                    "`{}` is {}, but `{of}` gets {} by this spread",
                    param.name,
                    a_type(&param.room()),
                    a_type(&field.ty)
                );
                let found = Diagnostic::error("E0302", span, text).label(short(&value.ty));
                let found = if let Some(at) = param.span { found.also(at, "declared here") } else { found };
                self.report(found);
                return None;
            }
        }
        Some(fields.iter().filter(|f| !f.optional).map(|f| f.name.clone()).collect())
    }

    /// Parameters that were left out: their default, nothing, or an error.
    fn absent(
        &mut self,
        given: &BTreeSet<String>,
        params: &[Param],
        of: &str,
        at: Span,
        items: &mut Vec<RecordItem>,
    ) {
        let mut missing = Vec::new();
        for param in params.iter().filter(|p| !given.contains(&p.name)) {
            if let Some(default) = &param.default {
                let value = default_value(self, default, param);
                items.insert(0, RecordItem::Field(param.name.clone(), boxed(widen(value, &param.room()))));
            } else if !param.optional {
                missing.push(param);
            }
        }
        let Some(first) = missing.first() else { return };
        let shown: Vec<String> = missing.iter().map(|p| format!("`{}: {}`", p.name, short(&p.ty))).collect();
        let found = Diagnostic::error("E0306", at, format!("`{of}` also wants {}", listed(&shown)));
        let found = if let Some(span) = first.span { found.also(span, "declared here") } else { found };
        let found = if missing.iter().all(|p| has_null(&p.ty)) {
            found.help("where there is none, write `null`; or mark the parameter with `?`")
        } else {
            found
        };
        self.report(found);
    }

    /// What the fields of an event have to equal.
    pub(super) fn event_fields(
        &mut self,
        args: &[Arg],
        fields: &[Field],
        event: &Name,
    ) -> Vec<(String, Expr)> {
        let mut wanted = Vec::new();
        let mut places: BTreeMap<&str, Span> = BTreeMap::new();
        for arg in args {
            let (name, value) = match arg {
                Arg::Named { name, value } => (name, value),
                Arg::Spread(e, _) => {
                    let found =
                        Diagnostic::error("E1007", e.span, "the fields of an event are named one by one")
                            .help(format!("`{}(field: value)`", event.text));
                    self.report(found);
                    continue;
                }
            };
            if let Some(before) = places.insert(&name.text, name.span) {
                self.twice(name, before);
                continue;
            }
            let Some(field) = fields.iter().find(|f| f.name == name.text) else {
                self.expr(value, None);
                let found = unknown_field(name, value.span == name.span, fields, &event.text);
                self.report(found);
                continue;
            };
            let slot = Slot::Argument { param: name.text.clone(), of: event.text.clone(), declared: None };
            let value = self.expr_to(value, &field.ty, &slot);
            wanted.push((name.text.clone(), boxed(value)));
        }
        wanted
    }
}

fn as_field(param: &Param) -> Field {
    let optional = param.may_be_missing();
    let ty = if optional { crate::check::relate::without_null(&param.ty) } else { param.ty.clone() };
    Field { name: param.name.clone(), ty, optional }
}

fn unknown_argument(name: &Name, short_form: bool, params: &[Param], of: &str) -> Diagnostic {
    let found = Diagnostic::error("E1001", name.span, format!("`{of}` has no parameter `{}`", name.text));
    let known: Vec<&str> = params.iter().map(|p| p.name.as_str()).collect();
    let declared = |near: &str| params.iter().find(|p| p.name == near).and_then(|p| p.span);
    with_near(found, name, short_form, &known, declared)
}

fn unknown_field(name: &Name, short_form: bool, fields: &[Field], event: &str) -> Diagnostic {
    let found =
        Diagnostic::error("E1007", name.span, format!("the event `{event}` has no field `{}`", name.text));
    let known: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
    with_near(found, name, short_form, &known, |_| None)
}

/// A name alone means `name: name`: only the first of them is wrong then.
fn with_near(
    found: Diagnostic,
    name: &Name,
    short_form: bool,
    known: &[&str],
    declared: impl Fn(&str) -> Option<Span>,
) -> Diagnostic {
    let Some(near) = nearest(&name.text, known.iter().copied()) else {
        if known.is_empty() {
            return found.help("it takes none");
        }
        let all: Vec<String> = known.iter().map(|k| format!("`{k}`")).collect();
        return found.help(format!("it has {}", listed(&all)));
    };
    let text = if short_form { format!("{near}: {}", name.text) } else { near.to_owned() };
    let found = found.help(format!("did you mean `{text}`?")).fix(name.span, text);
    if let Some(span) = declared(near) { found.also(span, "declared here") } else { found }
}
