//! `fn`s and constants: checked once for the file, lowered again for each workflow that uses them.

use std::collections::{BTreeMap, BTreeSet};

use cairn_dsl::tree::{Entry, Expr, ExprKind, Name, Span};
use cairn_dsl::{Diagnostic, Source};

use super::body::{Body, Shared, VarKind};
use super::decls::{Decls, Function};
use super::fit::Slot;
use super::relate::vague;
use super::stmt::holds_empty;
use super::walk::mentioned;
use crate::ir::{self, FunctionId};
use crate::types::Type;

/// The functions of one program so far; those that are called stand before those that call them.
#[derive(Default)]
pub(super) struct Functions {
    /// By the file too: two files may have functions of one name.
    ids: BTreeMap<(Which, usize, String), FunctionId>,
    pub(super) list: Vec<ir::Function>,
    /// Those that call themselves: reported, and silent from then on.
    pub(super) circular: BTreeSet<String>,
}

/// What became a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Which {
    Function,
    Constant,
}

impl Functions {
    /// Begins anew for the next program.
    pub(super) fn clear(&mut self) {
        self.ids.clear();
        self.list.clear();
    }
}

/// Checks all functions and constants of the file.
pub(super) fn check_all(root: &Decls<'_>, decls: &Decls<'_>, source: &Source, shared: &mut Shared) {
    find_circles(decls, shared);
    for (name, decl) in decls.consts.iter().filter(|(_, decl)| decl.home == decls.file) {
        if is_policy(&decl.value) && decl.ty.is_none() {
            Body::within(root, decls, source, shared).policy(&decl.value);
        } else if !shared.functions.circular.contains(name) {
            Body::within(root, decls, source, shared).constant(decl);
        }
    }
    for (name, function) in decls.functions.iter().filter(|(_, f)| f.home == decls.file) {
        if !shared.functions.circular.contains(&called(name)) {
            Body::within(root, decls, source, shared).function(function);
        }
    }
    let own = |home: usize| home == decls.file;
    for (tool, op) in decls.tools.values().flat_map(|t| t.operations.iter()) {
        if op.params.iter().all(|p| own(p.home)) {
            Body::within(root, decls, source, shared).defaults(&op.params, tool);
        }
    }
    shared.functions.clear();
}

/// A retry policy in a constant: `on` lists failure kinds, which are no values.
fn is_policy(value: &Expr) -> bool {
    let ExprKind::Record(entries) = &value.kind else { return false };
    entries.iter().any(
        |entry| matches!(entry, Entry::Field { name, .. } if name.text == "attempts" || name.text == "on"),
    )
}

/// Who speaks of whom; whoever comes back to itself is reported.
fn find_circles(decls: &Decls<'_>, shared: &mut Shared) {
    let mut uses: Uses<'_> = BTreeMap::new();
    let functions = decls.functions.values().map(|f| (called(&f.decl.name.text), &f.decl.name, &f.decl.body));
    let consts = decls.consts.values().map(|c| (c.name.text.clone(), &c.name, &c.value));
    for (as_used, name, body) in functions.chain(consts) {
        let mut names = BTreeSet::new();
        mentioned(body, &mut names);
        uses.insert(as_used, (name, names));
    }
    for (name, (at, _)) in &uses {
        let seen = reached(name, &uses);
        if !seen.contains(name) || shared.functions.circular.contains(name) {
            continue;
        }
        // Everyone who comes back here is of the same circle, and told with it.
        let circle = seen.into_iter().filter(|other| reached(other, &uses).contains(name));
        shared.functions.circular.extend(circle);
        let found = Diagnostic::error(
            "E0206",
            at.span,
            format!("`{}` is worked out with the help of itself", at.text),
        );
        shared.report.push(if name.ends_with("()") {
            found.help("functions cannot be recursive, so that each ends; go through a list with `map`, `filter` or `sum`, or loop in the workflow")
        } else {
            found.help("give it a value that does not need it")
        });
    }
}

/// By name, a function's with `()` behind it: where it is declared and which names its body speaks of.
type Uses<'d> = BTreeMap<String, (&'d Name, BTreeSet<String>)>;

fn called(function: &str) -> String {
    format!("{function}()")
}

fn reached(from: &str, uses: &Uses<'_>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    reach(from, uses, &mut seen);
    seen
}

fn reach(from: &str, uses: &Uses<'_>, seen: &mut BTreeSet<String>) {
    let Some((_, names)) = uses.get(from) else { return };
    for name in names {
        if uses.contains_key(name) && seen.insert(name.clone()) {
            reach(name, uses, seen);
        }
    }
}

impl Body<'_> {
    /// The value of a constant where its name stands.
    pub(super) fn constant_value(&mut self, name: &str) -> Option<ir::Expr> {
        let (decl, home) = self.decls.consts.get(name).map(|decl| (decl.written(), decl.home))?;
        if is_policy(&decl.value) && decl.ty.is_none() {
            return None;
        }
        if self.shared.functions.circular.contains(name) {
            return Some(super::expr::broken());
        }
        if decl.ty.is_none() && self.decls.literal(&decl.value).is_some() {
            return Some(self.quietly(|body| body.expr(&decl.value, None)));
        }
        let id = self.intern(Which::Constant, (home, name), |body| body.constant(decl));
        Some(self.call_function(id, Vec::new()))
    }

    /// A call of a `fn`, arguments checked already.
    pub(super) fn function_value(&mut self, function: &Function<'_>, args: Vec<ir::Expr>) -> ir::Expr {
        let name = &function.decl.name.text;
        if self.shared.functions.circular.contains(&called(name)) {
            return super::expr::broken();
        }
        let id = self.intern(Which::Function, (function.home, name), |body| body.function(function));
        self.call_function(id, args)
    }

    fn call_function(&self, id: FunctionId, args: Vec<ir::Expr>) -> ir::Expr {
        let ty = self.shared.functions.list.get(id.0 as usize).map_or(Type::Never, |f| f.result.clone());
        ir::Expr { kind: ir::ExprKind::Call(id, args), ty }
    }

    /// The function's place in this program; lowered at its first use, after those that it uses.
    fn intern(
        &mut self,
        which: Which,
        (home, name): (usize, &str),
        lower: impl FnOnce(&mut Body<'_>) -> ir::Function,
    ) -> FunctionId {
        let key = (which, home, name.to_owned());
        if let Some(id) = self.shared.functions.ids.get(&key) {
            return *id;
        }
        self.shared.report.mute();
        let function = lower(&mut Body::within(self.root, self.home(home), self.source, self.shared));
        self.shared.report.unmute();
        let id = FunctionId(u32::try_from(self.shared.functions.list.len()).unwrap_or(u32::MAX));
        self.shared.functions.list.push(function);
        self.shared.functions.ids.insert(key, id);
        id
    }

    fn quietly<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        self.shared.report.mute();
        let done = work(self);
        self.shared.report.unmute();
        done
    }

    fn function(&mut self, function: &Function<'_>) -> ir::Function {
        self.pure = Some("a `fn`");
        self.open_scope();
        self.defaults(&function.params, &function.decl.name.text);
        for (param, written) in function.params.iter().zip(&function.decl.params) {
            self.declare(&written.name, param.room(), VarKind::Parameter);
        }
        let slot = Slot::Result { declared: Some(function.decl.result.span) };
        let body = self.expr_to(&function.decl.body, &function.result, &slot);
        self.close_scope();
        ir::Function {
            name: function.decl.name.text.clone(),
            locals: std::mem::take(&mut self.locals),
            params: function.params.len(),
            result: function.result.clone(),
            body,
        }
    }

    fn constant(&mut self, decl: &cairn_dsl::tree::ConstDecl) -> ir::Function {
        self.pure = Some("a constant");
        let body = match &decl.ty {
            Some(written) => {
                let want = self.decls.ty(written, &mut self.shared.report);
                self.expr_to(
                    &decl.value,
                    &want,
                    &Slot::Binding { name: decl.name.text.clone(), declared: Some(written.span) },
                )
            }
            None => self.expr(&decl.value, None),
        };
        if super::size::is_too_large(&body.ty) {
            self.report(super::size::too_large("value", &decl.name));
        }
        if decl.ty.is_none() && vague(&body.ty) && (holds_empty(&body) || !self.shared.report.failed()) {
            self.unclear(&body.ty, &decl.name, decl.value.span);
        }
        ir::Function {
            name: decl.name.text.clone(),
            locals: std::mem::take(&mut self.locals),
            params: 0,
            result: if super::size::is_too_large(&body.ty) { Type::Never } else { body.ty.clone() },
            body,
        }
    }

    /// The values that parameters have where they are left out.
    pub(super) fn defaults(&mut self, params: &[super::decls::Param], of: &str) {
        let before = self.pure.replace("a default value");
        for param in params {
            if let Some(value) = &param.default {
                let slot = Slot::Argument { param: param.name.clone(), of: of.to_owned(), declared: None };
                self.expr_to(value, &param.ty, &slot);
            }
        }
        self.pure = before;
    }

    /// The type of something empty cannot be told.
    pub(super) fn unclear(&mut self, ty: &Type, name: &Name, value: Span) {
        let (what, example) = match ty {
            Type::List(_) => ("an empty list does not say what it is a list of", "[json]"),
            Type::Map(_) | Type::Record(_) => {
                ("something empty in this does not say what it holds", "map<json>")
            }
            Type::Never => return,
            _ => ("the type of this cannot be told", "json"),
        };
        let found = Diagnostic::error("E0307", value, what)
            .help(format!("write the type: `{}: {example} = …`", name.text));
        self.report(found);
    }
}

/// The value of a parameter that was left out.
pub(super) fn default_value(body: &mut Body<'_>, value: &Expr, param: &super::decls::Param) -> ir::Expr {
    let home = body.home(param.home);
    let here = std::mem::replace(&mut body.decls, home);
    let value = body.quietly(|body| body.expr_to(value, &param.ty, &Slot::Plain("the default")));
    body.decls = here;
    value
}
