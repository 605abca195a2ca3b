//! What is known while the body of a workflow, a function or a constant is gone through.

use std::collections::BTreeSet;

use cairn_dsl::tree::{Name, Span};
use cairn_dsl::{Diagnostic, Source};

use super::block::Level;
use super::decls::Decls;
use super::expr::Readings;
use super::facts::Facts;
use super::flow::Flow;
use super::functions::Functions;
use super::needs::Wants;
use super::report::Report;
use super::size::{is_too_large, too_large};
pub(super) use super::vars::VarKind;
use super::vars::{Var, Vars};
use crate::ir::{self, Capture, Local, LocalId};
use crate::types::Type;

/// What all bodies of a file write to.
pub(super) struct Shared {
    pub(super) report: Report,
    pub(super) functions: Functions,
    pub(super) wants: Wants,
    /// Of the files' texts, by where they start: workflows of one file share theirs.
    pub(super) hashes: std::collections::BTreeMap<u32, String>,
}

/// One body.
pub(super) struct Body<'s> {
    pub(super) decls: &'s Decls<'s>,
    /// The declarations of the file that is compiled, with those of all others in it.
    pub(super) root: &'s Decls<'s>,
    pub(super) source: &'s Source,
    pub(super) shared: &'s mut Shared,
    pub(super) locals: Vec<Local>,
    pub(super) vars: Vars,
    /// The workflow and the blocks around the one that is gone through, from the outside.
    pub(super) levels: Vec<Level>,
    /// What the block that is gone through has taken along so far.
    pub(super) captures: Vec<Capture>,
    /// Blocks that are done.
    pub(super) blocks: Vec<ir::Block>,
    /// What is known of variables and their fields here, beyond their types.
    pub(super) facts: Facts,
    /// What was known of the variables that the block took along; nothing in it can change that.
    pub(super) of_taken: Facts,
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

impl<'s> Body<'s> {
    pub(super) fn new(decls: &'s Decls<'s>, source: &'s Source, shared: &'s mut Shared) -> Self {
        Self::within(decls, decls, source, shared)
    }

    /// A body of one of several files.
    pub(super) fn within(
        root: &'s Decls<'s>,
        decls: &'s Decls<'s>,
        source: &'s Source,
        shared: &'s mut Shared,
    ) -> Self {
        Self {
            decls,
            root,
            source,
            shared,
            locals: Vec::new(),
            vars: Vars::default(),
            levels: Vec::new(),
            captures: Vec::new(),
            blocks: Vec::new(),
            facts: Facts::default(),
            of_taken: Facts::default(),
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

    /// The declarations of a file.
    pub(super) fn home(&self, file: usize) -> &'s Decls<'s> {
        let root = self.root;
        file.checked_sub(1).and_then(|n| root.others.get(n)).unwrap_or(root)
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
        self.vars.open();
    }

    /// Forgets the names of the innermost scope and tells which of them were never read.
    pub(super) fn close_scope(&mut self) {
        for var in self.vars.close() {
            let expected = matches!(var.kind, VarKind::Value | VarKind::Var | VarKind::Parameter)
                && !var.name.starts_with('_');
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
        let before = self.vars.find(&name.text).map(|v| v.span);
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
            self.shared.report.index.note(name.span, &of.ty);
        }
        self.put(name, local, kind, false);
    }

    /// Lets a name mean another local as long as the innermost scope is open: in an `undo` a step's name is its own result.
    pub(super) fn alias(&mut self, name: &Name, local: LocalId) {
        self.put(name, local, VarKind::Step, true);
    }

    fn put(&mut self, name: &Name, local: LocalId, kind: VarKind, used: bool) {
        let (name, span) = (name.text.clone(), name.span);
        let (level, flow) = (self.levels.len(), self.vars.flow);
        self.vars.declare(Var { name, local, kind, span, level, flow, used, captured: false });
    }

    /// A new local with a name.
    pub(super) fn declare(&mut self, name: &Name, ty: Type, kind: VarKind) -> LocalId {
        let local = self.hidden(&name.text, ty);
        self.name_local(name, local, kind);
        local
    }

    /// The variable of this name, which counts as read. A block takes it along if it stands outside.
    pub(super) fn look_up(&mut self, name: &str) -> Option<&Var> {
        if self.vars.find(name)?.level < self.levels.len() {
            self.take_along(name);
        }
        let var = self.vars.find_mut(name)?;
        var.used = true;
        Some(var)
    }

    /// The same without reading it; its local is one of this block only if its level is.
    pub(super) fn var(&self, name: &str) -> Option<&Var> {
        self.vars.find(name)
    }

    /// The local of a name, if the block that is gone through has one for it.
    pub(super) fn local_here(&self, name: &str) -> Option<LocalId> {
        self.vars.find(name).filter(|v| v.level == self.levels.len()).map(|v| v.local)
    }

    /// All names of variables in scope.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.vars.names()
    }

    /// The locals behind names; for forgetting what was known of them.
    pub(super) fn locals_of(&self, names: &BTreeSet<String>) -> BTreeSet<LocalId> {
        names.iter().filter_map(|name| self.local_here(name)).collect()
    }
}

fn shadows(name: &Name, before: Span) -> Diagnostic {
    Diagnostic::error("E0205", name.span, format!("the name `{}` is in use already", name.text))
        .label("taken again here")
        .also(before, "taken here")
        .help("choose another name; a name means one thing as long as it can be seen")
}
