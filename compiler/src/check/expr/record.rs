//! Record expressions.

use std::collections::BTreeMap;

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Entry, Name, Span};

use super::{broken, make};
use crate::check::body::Body;
use crate::check::fit::{Slot, boxed, widen};
use crate::check::names::{a_type, listed, nearest, short};
use crate::check::relate::{Shape, assignable, field, join, members, overlap, read_type, shape, union};
use crate::ir::{Expr, ExprKind, RecordItem};
use crate::types::{Field, Type};

/// What a record expression turns out to hold.
#[derive(Default)]
struct Built {
    items: Vec<RecordItem>,
    fields: Vec<Field>,
    /// Something in it was not wanted; what is missing may be what was meant.
    excess: bool,
    /// What else it may hold under names that are not known: it is a map then.
    open: Option<Type>,
}

impl Built {
    fn put(&mut self, name: &str, ty: Type, optional: bool) {
        if let Some(field) = self.fields.iter_mut().find(|f| f.name == name) {
            field.ty = if optional { join(&field.ty, &ty) } else { ty };
            field.optional = field.optional && optional;
        } else {
            self.fields.push(Field { name: name.to_owned(), ty, optional });
        }
    }

    fn open_with(&mut self, ty: &Type) {
        self.open = Some(self.open.as_ref().map_or_else(|| ty.clone(), |before| join(before, ty)));
    }

    /// With computed names it is a map of whatever is in it.
    fn finish(self) -> Expr {
        let ty = match self.open {
            None => Type::Record(self.fields),
            Some(Type::Json) => Type::Json,
            Some(open) => Type::Map(Box::new(union(self.fields.iter().map(read_type).chain([open])))),
        };
        make(ExprKind::Record(self.items), ty)
    }
}

impl Body<'_> {
    /// A record whose type is found out.
    pub(in crate::check) fn record(&mut self, entries: &[Entry], want: Option<&Type>) -> Expr {
        self.same_names(entries);
        let mut built = Built::default();
        for entry in entries {
            match entry {
                Entry::Field { name, value } => {
                    let hint =
                        want.and_then(|want| field(&crate::check::relate::without_null(want), &name.text));
                    let value = self.expr(value, hint.as_ref());
                    built.put(&name.text, value.ty.clone(), false);
                    built.items.push(RecordItem::Field(name.text.clone(), boxed(value)));
                }
                Entry::Computed { key, value } => {
                    let key = self.computed_key(key);
                    let value = self.expr(value, None);
                    built.open_with(&value.ty);
                    built.items.push(RecordItem::Computed(key, boxed(value)));
                }
                Entry::Spread(e) => self.spread(e, &mut built),
            }
        }
        built.finish()
    }

    fn computed_key(&mut self, key: &tree::Expr) -> Expr {
        self.expr_to(key, &Type::Text, &Slot::Plain("the name of a field"))
    }

    fn spread(&mut self, e: &tree::Expr, built: &mut Built) {
        let value = self.expr(e, None);
        match (shape(&value.ty), &value.ty) {
            (Shape::Unknown, _) => built.open_with(&Type::Json),
            (Shape::Map(of), _) => built.open_with(&of),
            (_, Type::Record(fields)) => {
                fields.iter().for_each(|f| built.put(&f.name, f.ty.clone(), f.optional));
            }
            (_, Type::Json) => built.open_with(&Type::Json),
            (Shape::Record, _) => {
                for name in common_fields(&value.ty) {
                    let ty = field(&value.ty, &name).unwrap_or(Type::Never);
                    built.put(&name, ty, false);
                }
            }
            _ => {
                let text = format!(
                    "only a record or map can be spread into a record, and this is {}",
                    a_type(&value.ty)
                );
                self.wrong_value("E0308", e, &value.ty, text);
                built.open_with(&Type::Json);
            }
        }
        built.items.push(RecordItem::Spread(value));
    }

    fn same_names(&mut self, entries: &[Entry]) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for entry in entries {
            let Entry::Field { name, .. } = entry else { continue };
            if let Some(before) = seen.insert(&name.text, name.span) {
                let found = Diagnostic::error(
                    "E0202",
                    name.span,
                    format!("there are two fields called `{}`", name.text),
                )
                .also(before, "the first")
                .help("delete one of them");
                self.report(found);
            }
        }
    }

    /// A record where something is wanted.
    pub(super) fn record_to(&mut self, entries: &[Entry], e: &tree::Expr, want: &Type, slot: &Slot) -> Expr {
        let fitting: Vec<Type> = self.candidates(entries, want);
        match fitting.as_slice() {
            [Type::Record(fields)] => {
                let record = self.record_against(entries, fields, e);
                if record.ty == Type::Never { record } else { widen(record, want) }
            }
            [Type::Map(of)] => {
                let map = self.map_against(entries, of);
                widen(map, want)
            }
            _ => {
                let value = self.record(entries, Some(want));
                self.fit(value, e, want, slot)
            }
        }
    }

    /// Those members of a wanted type that the literal can mean: told apart by fields that hold literals, then by names.
    fn candidates(&self, entries: &[Entry], want: &Type) -> Vec<Type> {
        let mut left: Vec<Type> =
            members(want).iter().filter(|t| matches!(t, Type::Record(_) | Type::Map(_))).cloned().collect();
        for entry in entries {
            let Entry::Field { name, value } = entry else { continue };
            let Some(value) = self.decls.literal(value) else { continue };
            keep(&mut left, |t| field(t, &name.text).is_some_and(|f| overlap(&f, &value)));
        }
        for entry in entries {
            let Entry::Field { name, .. } = entry else { continue };
            keep(&mut left, |t| field(t, &name.text).is_some());
        }
        left
    }

    fn map_against(&mut self, entries: &[Entry], of: &Type) -> Expr {
        self.same_names(entries);
        let mut items = Vec::new();
        let whole = Type::Map(Box::new(of.clone()));
        for entry in entries {
            items.push(match entry {
                Entry::Field { name, value } => {
                    let value = self.expr_to(value, of, &Slot::Field { name: name.text.clone() });
                    RecordItem::Field(name.text.clone(), boxed(value))
                }
                Entry::Computed { key, value } => {
                    let key = self.computed_key(key);
                    let value = self.expr_to(value, of, &Slot::Plain("each value"));
                    RecordItem::Computed(key, boxed(value))
                }
                Entry::Spread(e) => {
                    RecordItem::Spread(self.expr_to(e, &whole, &Slot::Plain("what is spread here")))
                }
            });
        }
        make(ExprKind::Record(items), whole)
    }

    fn record_against(&mut self, entries: &[Entry], wanted: &[Field], e: &tree::Expr) -> Expr {
        self.same_names(entries);
        let mut built = Built::default();
        for entry in entries {
            match entry {
                Entry::Field { name, value } => match wanted.iter().find(|f| f.name == name.text) {
                    Some(want) => {
                        let ty = read_type(want);
                        let value = self.expr_to(value, &ty, &Slot::Field { name: name.text.clone() });
                        built.put(&name.text, ty, false);
                        built.items.push(RecordItem::Field(name.text.clone(), boxed(value)));
                    }
                    None => {
                        self.excess(name, value, wanted);
                        built.excess = true;
                    }
                },
                Entry::Computed { key, value } => {
                    let text = format!(
                        "`{}` has fields with fixed names only",
                        short(&Type::Record(wanted.to_vec()))
                    );
                    self.report(
                        Diagnostic::error("E0303", key.span.to(value.span), text)
                            .label("this name is worked out while it runs"),
                    );
                    return broken();
                }
                Entry::Spread(e) => self.spread(e, &mut built),
            }
        }
        self.complete(built, wanted, e)
    }

    /// Every field that is wanted is there, and of the right type where it came from a spread.
    fn complete(&mut self, built: Built, wanted: &[Field], e: &tree::Expr) -> Expr {
        let whole = Type::Record(wanted.to_vec());
        if built.open.is_some() {
            let value = built.finish();
            return self.fit(value, e, &whole, &Slot::Plain("this record"));
        }
        let has = |want: &&Field| built.fields.iter().any(|f| f.name == want.name);
        let missing: Vec<&Field> = wanted.iter().filter(|f| !f.optional && !has(f)).collect();
        if built.excess {
            return broken();
        }
        if !missing.is_empty() {
            self.missing_fields(&missing, e);
            return broken();
        }
        let given = Type::Record(built.fields);
        if !assignable(&given, &whole) {
            return self.fit(make(ExprKind::Null, given), e, &whole, &Slot::Plain("this record"));
        }
        make(ExprKind::Record(built.items), whole)
    }

    fn missing_fields(&mut self, missing: &[&Field], e: &tree::Expr) {
        let names: Vec<String> = missing.iter().map(|f| format!("`{}`", f.name)).collect();
        let shown: Vec<String> = missing.iter().map(|f| format!("`{}: {}`", f.name, short(&f.ty))).collect();
        let word = if names.len() == 1 { "the field" } else { "the fields" };
        let verb = if names.len() == 1 { "is" } else { "are" };
        let found = Diagnostic::error(
            "E0306",
            e.span,
            format!("{word} {} {verb} missing in this record", listed(&names)),
        )
        .help(format!("add {}", listed(&shown)));
        self.report(found);
    }

    fn excess(&mut self, name: &Name, value: &tree::Expr, wanted: &[Field]) {
        self.expr(value, None);
        let known = wanted.iter().map(|f| f.name.as_str());
        let found = Diagnostic::error("E0303", name.span, format!("there is no field `{}` here", name.text))
            .label(format!("wanted is `{}`", short(&Type::Record(wanted.to_vec()))));
        let short_form = value.span == name.span;
        let found = match nearest(&name.text, known) {
            Some(near) if short_form => found
                .help(format!("did you mean `{near}: {}`?", name.text))
                .fix(name.span, format!("{near}: {}", name.text)),
            Some(near) => found.help(format!("did you mean `{near}`?")).fix(name.span, near),
            None => found.help("delete it, or add it to the type"),
        };
        self.report(found);
    }
}

/// The names of the fields that all members have.
fn common_fields(ty: &Type) -> Vec<String> {
    let names = |t: &Type| {
        if let Type::Record(fields) = t {
            fields.iter().map(|f| f.name.clone()).collect()
        } else {
            Vec::new()
        }
    };
    let first = members(ty).first().map(names).unwrap_or_default();
    first.into_iter().filter(|name| field(ty, name).is_some()).collect()
}

/// Leaves those that fit, unless that would leave none.
fn keep(left: &mut Vec<Type>, fits: impl Fn(&Type) -> bool) {
    if left.len() > 1 && left.iter().any(&fits) {
        left.retain(fits);
    }
}
