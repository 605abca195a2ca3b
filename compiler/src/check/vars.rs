//! The names that can be seen at a point: by name, so that finding one does not take longer the more there are.

use std::collections::{BTreeMap, BTreeSet};

use cairn_dsl::tree::Span;

use crate::ir::LocalId;

/// A variable in scope.
#[derive(Clone, Debug)]
pub(super) struct Var {
    pub(super) name: String,
    /// Of the block at depth `level`.
    pub(super) local: LocalId,
    pub(super) kind: VarKind,
    pub(super) span: Span,
    /// How many blocks are around the one that it was declared in; 0 for the workflow itself.
    pub(super) level: usize,
    /// How many flows are written out around it: one does not see the names of who does it.
    pub(super) flow: usize,
    pub(super) used: bool,
    /// A block took it along.
    pub(super) captured: bool,
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
    /// A parameter of a function or flow: whoever calls it gives something for nothing if it is not read.
    Parameter,
    /// What a run is started with, a loop's counter or item.
    Given,
    /// `catch … as e`, and the kinds it can be.
    Caught(BTreeSet<String>),
}

/// All of them.
#[derive(Default)]
pub(super) struct Vars {
    by_name: BTreeMap<String, Vec<Var>>,
    /// Names in the order of their declarations.
    declared: Vec<String>,
    /// How many were declared when each open scope was opened.
    scopes: Vec<usize>,
    /// How many flows are being written out.
    pub(super) flow: usize,
}

impl Vars {
    /// What a name means here.
    pub(super) fn find(&self, name: &str) -> Option<&Var> {
        self.by_name.get(name)?.iter().rev().find(|v| v.flow == self.flow)
    }

    pub(super) fn find_mut(&mut self, name: &str) -> Option<&mut Var> {
        let flow = self.flow;
        self.by_name.get_mut(name)?.iter_mut().rev().find(|v| v.flow == flow)
    }

    /// All names that mean something here.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let here = |vars: &&Vec<Var>| vars.iter().any(|v| v.flow == self.flow);
        self.by_name.values().filter(here).filter_map(|vars| vars.last()).map(|v| v.name.as_str())
    }

    pub(super) fn declare(&mut self, var: Var) {
        self.declared.push(var.name.clone());
        self.by_name.entry(var.name.clone()).or_default().push(var);
    }

    pub(super) fn open(&mut self) {
        self.scopes.push(self.declared.len());
    }

    /// Forgets the names of the innermost scope and gives what they were.
    pub(super) fn close(&mut self) -> Vec<Var> {
        let mark = self.scopes.pop().unwrap_or(0);
        let names = self.declared.split_off(mark);
        names.iter().rev().filter_map(|name| self.remove(name, |v| !v.captured)).collect()
    }

    /// A block at this depth has taken it along: what the name means from here on.
    pub(super) fn capture(&mut self, var: Var) {
        self.by_name.entry(var.name.clone()).or_default().push(Var { captured: true, ..var });
    }

    /// The local that a block at this depth has for what it took along.
    pub(super) fn captured_at(&self, name: &str, level: usize) -> Option<LocalId> {
        let found = self.by_name.get(name)?.iter().rev().find(|v| v.captured && v.level == level);
        found.map(|v| v.local)
    }

    /// Forgets what a block took along; tells whether it was read there.
    pub(super) fn forget_captured(&mut self, name: &str, level: usize) -> bool {
        self.remove(name, |v| v.captured && v.level == level).is_some_and(|v| v.used)
    }

    fn remove(&mut self, name: &str, which: impl Fn(&Var) -> bool) -> Option<Var> {
        let vars = self.by_name.get_mut(name)?;
        let at = vars.iter().rposition(which)?;
        let var = vars.remove(at);
        if vars.is_empty() {
            self.by_name.remove(name);
        }
        Some(var)
    }
}
