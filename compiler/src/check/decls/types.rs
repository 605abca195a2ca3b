//! Written types to types.

use std::collections::BTreeMap;

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Literal, Name, Span, TyKind};

use super::{Decls, nearest, unknown};
use crate::check::relate::{holds_secret, union};
use crate::check::report::Report;
use crate::check::secrets::recorded;
use crate::check::size::{is_too_large, too_large};
use crate::types::{Field, Lit, Type, handle};

const PLAIN: [(&str, Type); 9] = [
    ("bool", Type::Bool),
    ("int", Type::Int),
    ("float", Type::Float),
    ("string", Type::Text),
    ("bytes", Type::Bytes),
    ("duration", Type::Duration),
    ("time", Type::Time),
    ("json", Type::Json),
    ("null", Type::Null),
];

/// What people call them elsewhere.
const ELSEWHERE: [(&str, &str); 17] = [
    ("str", "string"),
    ("text", "string"),
    ("String", "string"),
    ("boolean", "bool"),
    ("integer", "int"),
    ("i64", "int"),
    ("long", "int"),
    ("number", "float"),
    ("double", "float"),
    ("any", "json"),
    ("object", "json"),
    ("unknown", "json"),
    ("datetime", "time"),
    ("timestamp", "time"),
    ("date", "time"),
    ("binary", "bytes"),
    ("void", "null"),
];

impl Decls<'_> {
    /// All `type` declarations, each after those that it speaks of; one that holds itself is an error.
    pub(super) fn resolve_types(&mut self, written: &[&tree::TypeDecl], report: &mut Report) {
        let mut open: BTreeMap<&str, &tree::TypeDecl> = BTreeMap::new();
        for decl in written {
            let name = decl.name.text.as_str();
            if PLAIN.iter().any(|(plain, _)| *plain == name) {
                let text = format!("`{name}` is a type of the language");
                report.push(Diagnostic::error("E0202", decl.name.span, text).help("take another name"));
            } else if self.place("type", &decl.name, report) {
                open.insert(name, decl);
            }
        }
        for decl in written {
            self.resolve_type(decl, &open, &mut Vec::new(), report);
        }
    }

    fn resolve_type<'n>(
        &mut self,
        decl: &'n tree::TypeDecl,
        open: &BTreeMap<&str, &'n tree::TypeDecl>,
        path: &mut Vec<&'n str>,
        report: &mut Report,
    ) {
        let name = decl.name.text.as_str();
        if self.types.contains_key(name) || !open.contains_key(name) {
            return;
        }
        path.push(name);
        let mut used = Vec::new();
        named(&decl.ty, &mut used);
        for inner in used {
            if path.contains(&inner.text.as_str()) {
                self.types.insert(inner.text.clone(), (Type::Never, inner.span));
                report.push(holds_itself(inner, decl));
            } else if let Some(next) = open.get(inner.text.as_str()).copied() {
                self.resolve_type(next, open, path, report);
            }
        }
        path.pop();
        let ty = self.ty(&decl.ty, report);
        let ty = if is_too_large(&ty) {
            report.push(too_large("type", &decl.name));
            Type::Never
        } else {
            ty
        };
        self.types.entry(name.to_owned()).or_insert((ty, decl.name.span));
    }

    /// A written type; what is wrong in it is reported, and is [`Type::Never`] then.
    pub(in crate::check) fn ty(&self, written: &tree::Ty, report: &mut Report) -> Type {
        match &written.kind {
            TyKind::Union(of) => union(of.iter().map(|t| self.ty(t, report)).collect::<Vec<_>>()),
            TyKind::Optional(of) => match self.ty(of, report) {
                Type::Never => Type::Never,
                ty => ty.optional(),
            },
            TyKind::Record(fields) => self.record_ty(fields, report),
            TyKind::List(of) => Type::List(Box::new(self.ty(of, report))),
            TyKind::Map(of) => Type::Map(Box::new(self.ty(of, report))),
            TyKind::Secret(of) => match self.ty(of, report) {
                Type::Never => Type::Never,
                ty => Type::Secret(Box::new(ty)),
            },
            TyKind::Literal(literal) => literal_type(literal),
            TyKind::Named(path) => self.named_ty(path, report),
        }
    }

    /// A type whose values stand in the journal.
    pub(in crate::check) fn recorded_ty(&self, written: &tree::Ty, what: &str, report: &mut Report) -> Type {
        let ty = self.ty(written, report);
        if holds_secret(&ty) {
            report.push(recorded(written.span, what));
            return Type::Never;
        }
        ty
    }

    fn record_ty(&self, written: &[tree::FieldTy], report: &mut Report) -> Type {
        let mut fields: Vec<Field> = Vec::new();
        for field in written {
            if fields.iter().any(|f| f.name == field.name.text) {
                let text = format!("there are two fields called `{}`", field.name.text);
                report.push(
                    Diagnostic::error("E0202", field.name.span, text)
                        .help("give one of them another name, or delete it"),
                );
                continue;
            }
            let ty = self.ty(&field.ty, report);
            let ty = if field.optional { crate::check::relate::without_null(&ty) } else { ty };
            fields.push(Field { name: field.name.text.clone(), ty, optional: field.optional });
        }
        Type::Record(fields)
    }

    fn named_ty(&self, path: &tree::Path, report: &mut Report) -> Type {
        let Some((first, rest)) = path.parts.split_first() else { return Type::Never };
        let text = path.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".");
        if let Some((ty, _)) = self.types.get(&text) {
            return ty.clone();
        }
        let name =
            &if self.prefixes.contains(&first.text) { Name { text, span: path.span } } else { first.clone() };
        if let Some((_, plain)) = PLAIN.iter().find(|(plain, _)| *plain == name.text && rest.is_empty()) {
            return plain.clone();
        }
        if let (Some(ty), true) = (handle(&name.text), rest.is_empty()) {
            return ty;
        }
        if !self.excused.contains(&name.text) {
            report.push(self.unknown_type(name, path.span));
        }
        Type::Never
    }

    fn unknown_type(&self, name: &Name, span: Span) -> Diagnostic {
        let whole = Name { text: name.text.clone(), span };
        if let Some((_, here)) = ELSEWHERE.iter().find(|(there, _)| *there == name.text) {
            return unknown("type", &whole, Some(here), None);
        }
        let plain = PLAIN.iter().map(|(plain, _)| *plain);
        let declared = self.places.keys().filter(|(what, _)| *what == "type").map(|(_, name)| name.as_str());
        let near = nearest(&name.text, declared.chain(plain));
        let found = unknown("type", &whole, near, near.and_then(|near| self.type_span(near)));
        if near.is_some() {
            return found;
        }
        found.help("there are null, bool, int, float, string, bytes, duration, time, json, file, tree and those declared with `type`")
    }
}

/// A literal as a type.
pub(in crate::check) fn literal_type(literal: &Literal) -> Type {
    match literal {
        Literal::Null => Type::Null,
        Literal::Bool(b) => Type::Lit(Lit::Bool(*b)),
        Literal::Int(n) => Type::Lit(Lit::Int(*n)),
        Literal::Float(x) => Type::Lit(Lit::Float(*x)),
        Literal::Text(text) => Type::Lit(Lit::Text(text.clone())),
    }
}

fn holds_itself(inner: &Name, decl: &tree::TypeDecl) -> Diagnostic {
    Diagnostic::error("E0206", inner.span, format!("the type `{}` holds itself", inner.text))
        .label("here it comes round again")
        .also(decl.name.span, "in this type")
        .help("types cannot be recursive; use `json` for what may be nested to any depth")
}

/// The names that a type speaks of.
fn named<'n>(ty: &'n tree::Ty, names: &mut Vec<&'n Name>) {
    match &ty.kind {
        TyKind::Union(of) => of.iter().for_each(|t| named(t, names)),
        TyKind::Optional(of) | TyKind::List(of) | TyKind::Map(of) | TyKind::Secret(of) => named(of, names),
        TyKind::Record(fields) => fields.iter().for_each(|f| named(&f.ty, names)),
        TyKind::Literal(_) => {}
        TyKind::Named(path) => names.extend(path.parts.first()),
    }
}
