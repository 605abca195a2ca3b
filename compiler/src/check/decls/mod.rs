//! What a file declares, by name, types resolved. Collected before any body is looked at, so order does not matter.

mod consts;
mod data;
mod described;
mod import;
mod std_parts;
mod tools;
mod toolsets;
mod types;

pub use std_parts::std_part;
pub(super) use types::literal_type;

pub(in crate::check) use tools::{lowered, needless};

use std::collections::{BTreeMap, BTreeSet};

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, ItemKind, Name, Span};

use super::failures;
use super::names::nearest;
use super::relate::holds_secret;
use super::report::Report;
use crate::ir::{Attached, RouteMeta, Unclear};
use crate::load::{Described, Unit};
use crate::types::{Field, Type};

/// The declarations of a file and of the parts of the standard library that it uses.
#[derive(Default)]
pub(super) struct Decls<'t> {
    /// Which of the files that belong together.
    pub(super) file: usize,
    /// Of the first file: those of the others, in order.
    pub(super) others: Vec<Decls<'t>>,
    types: BTreeMap<String, (Type, Span)>,
    pub(super) consts: BTreeMap<String, Const<'t>>,
    pub(super) secrets: BTreeMap<String, String>,
    pub(super) toolsets: BTreeMap<String, Toolset>,
    pub(super) errors: BTreeMap<String, Shaped>,
    pub(super) events: BTreeMap<String, Shaped>,
    pub(super) tools: BTreeMap<String, Tool>,
    pub(super) functions: BTreeMap<String, Function<'t>>,
    pub(super) flows: BTreeMap<String, Flow<'t>>,
    pub(super) workflows: Vec<(&'t tree::WorkflowDecl, Option<&'t str>)>,
    /// What other workflows have to know of each.
    pub(super) signatures: BTreeMap<String, Signature>,
    /// Names that stand for something this version does not compile: silent wherever they are used.
    pub(super) excused: BTreeSet<String>,
    places: BTreeMap<(&'static str, String), Span>,
    /// The `use` lines among those places: what stands there is another file's.
    borrowed: BTreeSet<Span>,
    /// `as p` of used files.
    pub(super) prefixes: BTreeSet<String>,
}

/// A constant, and the file whose names it speaks of.
#[derive(Clone, Copy)]
pub(super) struct Const<'t> {
    decl: &'t tree::ConstDecl,
    pub(super) home: usize,
}

impl<'t> std::ops::Deref for Const<'t> {
    type Target = tree::ConstDecl;

    fn deref(&self) -> &tree::ConstDecl {
        self.decl
    }
}

impl<'t> Const<'t> {
    /// As it was written.
    pub(super) fn written(&self) -> &'t tree::ConstDecl {
        self.decl
    }
}

/// A `toolset`: the operations in it, each once.
#[derive(Clone)]
pub(super) struct Toolset {
    pub(super) members: Vec<Member>,
    pub(super) span: Span,
}

/// An operation of a toolset.
#[derive(Clone)]
pub(super) struct Member {
    /// `mail.send`
    pub(super) path: String,
    pub(super) tool: Tool,
    pub(super) operation: String,
}

/// An error or event: its fields and where it was declared; nowhere if by the standard library.
#[derive(Clone)]
pub(super) struct Shaped {
    pub(super) fields: Vec<Field>,
    /// As it is called where it is sent and caught.
    pub(super) wire: String,
    pub(super) span: Option<Span>,
}

/// A tool.
#[derive(Clone)]
pub(super) struct Tool {
    /// As it is called where it is bound.
    pub(super) wire: String,
    pub(super) from: Option<String>,
    pub(super) operations: BTreeMap<String, Operation>,
    /// What `from` names, if that is a component and is there.
    pub(super) component: Option<Attached>,
    pub(super) span: Option<Span>,
}

/// An operation of a tool.
#[derive(Clone)]
pub(super) struct Operation {
    pub(super) params: Vec<Param>,
    pub(super) result: Type,
    pub(super) fails: Vec<(String, Option<u16>)>,
    pub(super) readonly: bool,
    pub(super) idempotent: bool,
    /// What its declaration says of unclear attempts.
    pub(super) unclear: Option<Unclear>,
    pub(super) route: Option<RouteMeta>,
    pub(super) span: Option<Span>,
}

/// A parameter of an operation, function or workflow.
#[derive(Clone)]
pub(super) struct Param {
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) optional: bool,
    pub(super) default: Option<tree::Expr>,
    /// `script`: a text that is a literal.
    pub(super) script: bool,
    /// The file whose names the default speaks of.
    pub(super) home: usize,
    pub(super) span: Option<Span>,
}

impl Param {
    /// It may be left out.
    pub(super) fn may_be_missing(&self) -> bool {
        self.optional || self.default.is_some()
    }

    /// What an argument has to fit.
    pub(super) fn room(&self) -> Type {
        if self.optional { self.ty.clone().optional() } else { self.ty.clone() }
    }
}

/// A workflow as those see it that start it.
#[derive(Clone)]
pub(super) struct Signature {
    /// As it is called in this file.
    pub(super) name: String,
    /// As it is called where it is deployed.
    pub(super) wire: String,
    pub(super) params: Vec<Param>,
    pub(super) result: Type,
    pub(super) fails: Vec<String>,
    pub(super) span: Option<Span>,
}

/// A `fn`.
#[derive(Clone)]
pub(super) struct Function<'t> {
    /// The file whose names it speaks of.
    pub(super) home: usize,
    pub(super) decl: &'t tree::FnDecl,
    pub(super) params: Vec<Param>,
    pub(super) result: Type,
}

/// A `flow`.
#[derive(Clone)]
pub(super) struct Flow<'t> {
    /// The file whose names it speaks of.
    pub(super) home: usize,
    pub(super) decl: &'t tree::FlowDecl,
    pub(super) params: Vec<Param>,
    pub(super) result: Type,
}

/// Collects what all files declare that belong together; the declarations of the others are in those of the first.
pub(super) fn declare_all<'t>(files: &'t [Unit], described: &Described, report: &mut Report) -> Decls<'t> {
    let order = import::order(files);
    // Files in a circle see each other only after a round in which they did not.
    let rounds = if import::circular(files) { files.len() + 1 } else { 1 };
    let mut world: Vec<Option<Decls<'t>>> = files.iter().map(|_| None).collect();
    for round in 1..=rounds {
        if round < rounds {
            report.mute();
        }
        for &file in &order {
            let Some(unit) = files.get(file) else { continue };
            let decls = declare(file, unit, &world, described, report);
            if round == rounds && rounds > 1 {
                import::still_growing(world.get(file).and_then(Option::as_ref), &decls, report);
            }
            if let Some(place) = world.get_mut(file) {
                *place = Some(decls);
            }
        }
        if round < rounds {
            report.unmute();
        }
    }
    let mut all = world.into_iter().map(Option::unwrap_or_default);
    let mut first = all.next().unwrap_or_default();
    first.others = all.collect();
    first
}

/// Collects everything that one file declares, and what it takes over from those that are known already.
fn declare<'t>(
    file: usize,
    unit: &'t Unit,
    world: &[Option<Decls<'t>>],
    described: &Described,
    report: &mut Report,
) -> Decls<'t> {
    let items = &unit.tree.items;
    let mut decls = Decls { file, ..Decls::default() };
    for item in items {
        decls.note(item, report);
    }
    for item in items {
        let ItemKind::Use(decl) = &item.kind else { continue };
        match unit.uses.get(&decl.from.span.start) {
            Some(other) if *other == file => report.push(import::itself(decl)),
            Some(other) => {
                if let Some(from) = world.get(*other).and_then(Option::as_ref) {
                    decls.import(decl, from, report);
                }
            }
            None => {}
        }
    }
    let written: Vec<&tree::TypeDecl> = items.iter().filter_map(type_decl).collect();
    decls.resolve_types(&written, report);
    for item in items {
        decls.shapes(item, report);
    }
    for item in items {
        decls.signatures(item, described, report);
    }
    let sets: Vec<&tree::ToolsetDecl> = items.iter().filter_map(toolset_decl).collect();
    decls.resolve_toolsets(&sets, report);
    decls
}

fn toolset_decl(item: &tree::Item) -> Option<&tree::ToolsetDecl> {
    if let ItemKind::Toolset(decl) = &item.kind { Some(decl) } else { None }
}

fn type_decl(item: &tree::Item) -> Option<&tree::TypeDecl> {
    if let ItemKind::Type(decl) = &item.kind { Some(decl) } else { None }
}

impl<'t> Decls<'t> {
    /// Takes the name; a second declaration of it is an error.
    fn place(&mut self, what: &'static str, name: &Name, report: &mut Report) -> bool {
        let before = self.places.insert((what, name.text.clone()), name.span);
        let Some(before) = before else { return true };
        let found =
            Diagnostic::error("E0202", name.span, format!("there are two {what}s called `{}`", name.text))
                .label("this one")
                .also(before, "the first")
                .help("give one of them another name, or delete it");
        report.push(found);
        false
    }

    /// Names only: what kinds of things there are, and what is not compiled yet.
    fn note(&mut self, item: &'t tree::Item, report: &mut Report) {
        match &item.kind {
            ItemKind::Use(decl) if decl.from.value.starts_with("std:") => self.use_part(decl, report),
            ItemKind::Const(decl) if self.place("constant", &decl.name, report) => {
                self.consts.insert(decl.name.text.clone(), Const { decl, home: self.file });
            }
            ItemKind::Secret(decl) if self.place("secret", &decl.name, report) => {
                self.secrets.insert(decl.name.text.clone(), decl.name.text.clone());
            }
            ItemKind::Workflow(decl) if self.place("workflow", &decl.name, report) => {
                self.workflows.push((decl, item.doc.as_deref()));
            }
            _ => {}
        }
    }

    /// Errors and events.
    fn shapes(&mut self, item: &tree::Item, report: &mut Report) {
        match &item.kind {
            ItemKind::Error(decl) => {
                if failures::is_built_in(&decl.name.text) {
                    let text = format!("`{}` is a failure kind of the language", decl.name.text);
                    report.push(
                        Diagnostic::error("E0202", decl.name.span, text)
                            .help("it needs no declaration: delete this line, or take another name"),
                    );
                } else if self.place("error", &decl.name, report) {
                    let mut shaped = self.shaped(&decl.name, decl.fields.as_ref(), report);
                    error_fields(&mut shaped, decl, report);
                    self.errors.insert(decl.name.text.clone(), shaped);
                }
            }
            ItemKind::Event(decl) if self.place("event", &decl.name, report) => {
                let shaped = self.shaped(&decl.name, decl.fields.as_ref(), report);
                self.events.insert(decl.name.text.clone(), shaped);
            }
            _ => {}
        }
    }

    fn shaped(&mut self, name: &Name, fields: Option<&tree::Ty>, report: &mut Report) -> Shaped {
        let ty = fields.map(|ty| self.ty(ty, report));
        let secret = ty.as_ref().is_some_and(holds_secret);
        let fields = if let (Some(Type::Record(fields)), false) = (ty, secret) { fields } else { Vec::new() };
        if secret {
            report.push(super::secrets::recorded(name.span, "what an event or a failure carries"));
        }
        Shaped { fields, wire: name.text.clone(), span: Some(name.span) }
    }

    /// Tools and functions: they speak of types and errors.
    fn signatures(&mut self, item: &'t tree::Item, described: &Described, report: &mut Report) {
        match &item.kind {
            ItemKind::Tool(decl) if self.place("tool", &decl.name, report) => {
                let tool = self.described_tool(decl, described, report);
                self.tools.insert(decl.name.text.clone(), tool);
            }
            ItemKind::Flow(decl) if self.place("flow", &decl.name, report) => {
                let params = self.params(&decl.params, true, report);
                let result = decl.result.as_ref().map_or(Type::Null, |ty| self.ty(ty, report));
                self.flows.insert(decl.name.text.clone(), Flow { home: self.file, decl, params, result });
            }
            ItemKind::Fn(decl) if self.place("function", &decl.name, report) => {
                let params = self.params(&decl.params, true, report);
                let result = self.ty(&decl.result, report);
                self.functions
                    .insert(decl.name.text.clone(), Function { home: self.file, decl, params, result });
            }
            ItemKind::Workflow(decl) if !self.signatures.contains_key(&decl.name.text) => {
                // What is wrong in it is told when the workflow itself is looked at.
                report.mute();
                let params = self.params(&decl.params, true, report);
                let result = decl.result.as_ref().map_or(Type::Null, |ty| self.ty(ty, report));
                report.unmute();
                let name = decl.name.text.clone();
                let fails = decl.fails.iter().map(|kind| kind.name.text.clone()).collect();
                let span = Some(decl.name.span);
                let signature =
                    Signature { name: name.clone(), wire: name.clone(), params, result, fails, span };
                self.signatures.insert(name, signature);
            }
            _ => {}
        }
    }

    /// There is a `flow` of this name.
    pub(super) fn is_flow(&self, name: &str) -> bool {
        self.places.contains_key(&("flow", name.to_owned()))
    }

    /// A failure kind by name: of the language, or declared.
    pub(super) fn knows_kind(&self, kind: &str) -> bool {
        failures::is_built_in(kind) || self.errors.contains_key(kind)
    }

    /// `E0203` for a failure kind.
    pub(super) fn unknown_kind(&self, name: &Name) -> Diagnostic {
        let known = self.errors.keys().map(String::as_str).chain(failures::BUILT_IN.iter().copied());
        let near = nearest(&name.text, known);
        let found = unknown(
            "failure kind",
            name,
            near,
            self.errors.get(near.unwrap_or_default()).and_then(|e| e.span),
        );
        if near.is_some() {
            found
        } else {
            found.help(format!("declare it at the top of the file: `error {}`", name.text))
        }
    }

    /// Where a type was declared.
    pub(super) fn type_span(&self, name: &str) -> Option<Span> {
        self.places.get(&("type", name.to_owned())).copied()
    }

    /// A tool of this name, if there is one.
    pub(super) fn has_tool(&self, name: &str) -> bool {
        self.tools.contains_key(name)
    }

    /// `E0203` for an event.
    pub(super) fn unknown_event(&self, name: &Name) -> Diagnostic {
        let near = nearest(&name.text, self.events.keys().map(String::as_str));
        let found =
            unknown("event", name, near, self.events.get(near.unwrap_or_default()).and_then(|e| e.span));
        if near.is_some() {
            found
        } else {
            found.help(format!("declare it at the top of the file: `event {} {{ … }}`", name.text))
        }
    }
}

/// A caught failure has a kind and a message already.
fn error_fields(shaped: &mut Shaped, decl: &tree::ErrorDecl, report: &mut Report) {
    let Some(tree::TyKind::Record(written)) = decl.fields.as_ref().map(|ty| &ty.kind) else { return };
    for field in written.iter().filter(|f| f.name.text == "kind" || f.name.text == "message") {
        let text = format!("every failure has a field `{}` already", field.name.text);
        let found = Diagnostic::error("E1002", field.name.span, text)
            .label("declared again here")
            .help("call the field something else; `kind` and `message` can be read in every `catch … as e`");
        report.push(found);
    }
    shaped.fields.retain(|f| f.name != "kind" && f.name != "message");
}

/// `I know no …`, with the near one offered as an edit.
pub(super) fn unknown(what: &str, name: &Name, near: Option<&str>, declared: Option<Span>) -> Diagnostic {
    let found = Diagnostic::error("E0203", name.span, format!("I know no {what} `{}`", name.text));
    let Some(near) = near else { return found };
    let found = found.help(format!("did you mean `{near}`?")).fix(name.span, near);
    if let Some(span) = declared { found.also(span, "declared here") } else { found }
}
