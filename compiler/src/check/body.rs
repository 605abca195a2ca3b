//! What is known while the body of a workflow, a function or a constant is gone through.

use std::collections::BTreeSet;

use cairn_dsl::tree::{Name, Span};
use cairn_dsl::{Diagnostic, Source};

use super::decls::Decls;
use super::expr::Readings;
use super::facts::Facts;
use super::flow::Flow;
use super::functions::Functions;
use super::needs::Wants;
use super::report::Report;
use super::size::{is_too_large, too_large};
use crate::ir::{self, Local, LocalId};
use crate::types::Type;

/// What all bodies of a file write to.
pub(super) struct Shared {
    pub(super) report: Report,
    pub(super) functions: Functions,
    pub(super) wants: Wants,
}

/// One body.
pub(super) struct Body<'s> {
    pub(super) decls: &'s Decls<'s>,
    pub(super) source: &'s Source,
    pub(super) shared: &'s mut Shared,
    pub(super) locals: Vec<Local>,
    vars: Vec<Var>,
    scopes: Vec<usize>,
    /// What is known of variables and their fields here, beyond their types.
    pub(super) facts: Facts,
    /// Where nothing may be read from the world: what this is.
    pub(super) pure: Option<&'static str>,
    /// How many lambdas are around.
    pub(super) lambdas: u32,
    /// Recorded readings that the statement being lowered needs in front of it.
    pub(super) hoisted: Vec<ir::Stmt>,
    /// How the statement being lowered is called in keys.
    pub(super) site: String,
    /// What that statement has read of the world so far.
    pub(super) readings: Readings,
    /// The expression that is the whole right side of that statement.
    pub(super) whole: Option<Span>,
    pub(super) flow: Flow,
    /// In an expectation of a test: what it can speak of.
    pub(super) subjects: Option<super::trial::Subjects>,
}

/// A variable in scope.
pub(super) struct Var {
    pub(super) name: String,
    pub(super) local: LocalId,
    pub(super) kind: VarKind,
    pub(super) span: Span,
    used: bool,
}

/// What a variable is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum VarKind {
    /// `let` of a pure value: one that nobody reads is a mistake.
    Value,
    /// `let` of a step: its name is its key, so it may well not be read.
    Step,
    /// `var`
    Var,
    /// A parameter, a loop's counter or item.
    Given,
    /// `catch … as e`, and the kinds it can be.
    Caught(BTreeSet<String>),
}

impl<'s> Body<'s> {
    pub(super) fn new(decls: &'s Decls<'s>, source: &'s Source, shared: &'s mut Shared) -> Self {
        Self {
            decls,
            source,
            shared,
            locals: Vec::new(),
            vars: Vec::new(),
            scopes: Vec::new(),
            facts: Facts::default(),
            pure: None,
            lambdas: 0,
            hoisted: Vec::new(),
            site: String::new(),
            readings: Readings::default(),
            whole: None,
            flow: Flow::default(),
            subjects: None,
        }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.shared.report.push(diagnostic);
    }

    /// Lowers something that may not read the world; `place` says what it is.
    pub(super) fn purely<T>(&mut self, place: &'static str, lower: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.pure.replace(place);
        let lowered = lower(self);
        self.pure = before;
        lowered
    }

    /// What stands there, if it is short enough for a message.
    pub(super) fn snippet(&self, span: Span) -> Option<&'s str> {
        const LONGEST: usize = 40;
        let text = self.source.text.get(span.range())?;
        (!text.contains('\n') && text.chars().count() <= LONGEST).then_some(text)
    }

    /// A variable of the emitted code that the source has no name for.
    pub(super) fn hidden(&mut self, name: &str, ty: Type) -> LocalId {
        let id = LocalId(u32::try_from(self.locals.len()).unwrap_or(u32::MAX));
        self.locals.push(Local { name: format!("${name}"), ty });
        id
    }

    pub(super) fn local_type(&self, local: LocalId) -> Type {
        self.locals.get(local.0 as usize).map_or(Type::Never, |l| l.ty.clone())
    }

    pub(super) fn set_local_type(&mut self, local: LocalId, ty: Type) {
        if let Some(of) = self.locals.get_mut(local.0 as usize) {
            of.ty = ty;
        }
    }

    /// Reads a local as it was declared.
    pub(super) fn read(&self, local: LocalId) -> ir::Expr {
        ir::Expr { kind: ir::ExprKind::Local(local), ty: self.local_type(local) }
    }

    pub(super) fn open_scope(&mut self) {
        self.scopes.push(self.vars.len());
    }

    /// Forgets the names of the innermost scope and tells which of them were never read.
    pub(super) fn close_scope(&mut self) {
        let mark = self.scopes.pop().unwrap_or(0);
        for var in self.vars.split_off(mark) {
            let expected = matches!(var.kind, VarKind::Value | VarKind::Var) && !var.name.starts_with('_');
            if expected && !var.used {
                let text = format!("`{}` is never read", var.name);
                self.report(
                    Diagnostic::warning("W0201", var.span, text)
                        .help("delete it, or begin its name with `_`"),
                );
            }
        }
    }

    /// Gives a local a name in the innermost scope. A name that is in use is an error.
    pub(super) fn name_local(&mut self, name: &Name, local: LocalId, kind: VarKind) {
        let before = self.vars.iter().rev().find(|v| v.name == name.text).map(|v| v.span);
        let constant = self.decls.consts.get(&name.text).map(|c| c.name.span);
        if let Some(before) = before.or(constant) {
            self.report(shadows(name, before));
        }
        let large = is_too_large(&self.local_type(local));
        if large {
            self.report(too_large("value", name));
            self.set_local_type(local, Type::Never);
        }
        if let Some(of) = self.locals.get_mut(local.0 as usize) {
            of.name.clone_from(&name.text);
        }
        self.vars.push(Var { name: name.text.clone(), local, kind, span: name.span, used: false });
    }

    /// Lets a name mean another local as long as the innermost scope is open: in an `undo` a step's name is its own result.
    pub(super) fn alias(&mut self, name: &Name, local: LocalId) {
        let var = Var { name: name.text.clone(), local, kind: VarKind::Step, span: name.span, used: true };
        self.vars.push(var);
    }

    /// A new local with a name.
    pub(super) fn declare(&mut self, name: &Name, ty: Type, kind: VarKind) -> LocalId {
        let local = self.hidden(&name.text, ty);
        self.name_local(name, local, kind);
        local
    }

    /// The variable of this name, which counts as read.
    pub(super) fn look_up(&mut self, name: &str) -> Option<&Var> {
        let var = self.vars.iter_mut().rev().find(|v| v.name == name)?;
        var.used = true;
        Some(var)
    }

    /// The same without reading it.
    pub(super) fn var(&self, name: &str) -> Option<&Var> {
        self.vars.iter().rev().find(|v| v.name == name)
    }

    /// All names of variables in scope.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.vars.iter().map(|v| v.name.as_str())
    }

    /// The locals behind names; for forgetting what was known of them.
    pub(super) fn locals_of(&self, names: &BTreeSet<String>) -> BTreeSet<LocalId> {
        names.iter().filter_map(|name| self.var(name)).map(|v| v.local).collect()
    }
}

fn shadows(name: &Name, before: Span) -> Diagnostic {
    Diagnostic::error("E0205", name.span, format!("the name `{}` is in use already", name.text))
        .label("taken again here")
        .also(before, "taken here")
        .help("choose another name; a name means one thing as long as it can be seen")
}
