//! `call`, and the `undo` of one.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Callee, Clause, Name, Span, Undo as Written};

use super::{Bind, Outcome};
use crate::check::body::Body;
use crate::check::decls::{Operation, unknown};
use crate::check::expr::broken;
use crate::check::names::nearest;
use crate::ir::{self, LocalId, StmtKind, Undo};

/// An operation by name.
struct Target<'d> {
    /// `payments.charge`
    path: String,
    tool: String,
    operation: String,
    of: &'d Operation,
}

impl<'d> Body<'d> {
    pub(super) fn call(&mut self, call: &tree::Call, bind: &Bind<'_>, out: &mut Vec<ir::Stmt>) -> Outcome {
        if let Some(index) = &call.callee.index {
            return self.chosen_call(call, index, bind, out);
        }
        let Some(target) = self.target(&call.callee) else {
            self.begin("call");
            self.look_over_arguments(&call.args);
            return Outcome::of(broken());
        };
        let segment = bind.name.map_or(target.path.as_str(), |n| n.text.as_str()).to_owned();
        self.begin(&segment);
        let at = self.first_line(call.span);
        let what = format!("call {}", target.path);
        let key = self.claim(&segment, at, &what);
        let arguments =
            self.arguments(&call.args, &target.of.params, &target.operation, call.callee.path.span);
        self.note_call(&target.tool, &target.operation, &call.args, call.callee.path.span);
        let secrets = self.secret_places(&arguments, &target.of.params, call.args_span);
        let options = self.options(&call.clauses, target.of);
        self.raise_all(target.of, options.unclear, at);
        let local =
            (bind.wanted || bind.name.is_some()).then(|| self.hidden("result", target.of.result.clone()));
        self.flush(out);
        let undo = self.undo_clause(&call.clauses, bind.name, local, &segment);
        let result = target.of.result.clone();
        let tool = ir::Tool::Named(target.path.clone());
        let done = ir::Call { local, key, tool, arguments, secrets, options, result, undo };
        self.emit(out, StmtKind::Call(Box::new(done)), call.span);
        self.undo_blocks(&call.clauses, (bind.name, local), &segment, out);
        Outcome::of(local.map_or_else(broken, |local| self.read(local)))
    }

    /// Arguments of a call whose target is not known: names in them count as read.
    pub(super) fn look_over_arguments(&mut self, args: &[tree::Arg]) {
        for arg in args {
            let (tree::Arg::Named { value: e, .. } | tree::Arg::Spread(e, _)) = arg;
            self.expr(e, None);
        }
    }

    /// The operation that is called; what cannot be found is reported.
    fn target(&mut self, callee: &Callee) -> Option<Target<'d>> {
        let decls = self.decls;
        let parts = &callee.path.parts;
        let first = parts.first()?;
        if let Some(index) = &callee.index {
            let found = Diagnostic::error("E0905", index.span, "an `undo` names its operation")
                .help("what undoes a step has to be known when it is registered: `match` on the name, or undo by a block");
            self.report(found);
            return None;
        }
        if decls.excused.contains(&first.text) {
            return None;
        }
        let (tool, operation) = match parts.as_slice() {
            [tool, operation] => (tool.clone(), operation),
            [prefix, tool, operation] if decls.prefixes.contains(&prefix.text) => {
                let text = format!("{}.{}", prefix.text, tool.text);
                (Name { text, span: prefix.span.to(tool.span) }, operation)
            }
            _ => {
                self.no_operation(first, parts.len(), callee.path.span);
                return None;
            }
        };
        let Some(found) = decls.tools.get(&tool.text) else {
            let diagnostic = decls.unknown_tool(&tool);
            self.report(diagnostic);
            return None;
        };
        let Some(of) = found.operations.get(&operation.text) else {
            let near = nearest(&operation.text, found.operations.keys().map(String::as_str));
            let declared = near.and_then(|near| found.operations.get(near)).and_then(|op| op.span);
            let diagnostic = unknown(
                &format!("operation of `{}` called", tool.text),
                operation,
                near,
                declared.or(found.span.filter(|_| near.is_none())),
            );
            self.report(diagnostic);
            return None;
        };
        let path = format!("{}.{}", found.wire, operation.text);
        Some(Target { path, tool: tool.text.clone(), operation: operation.text.clone(), of })
    }

    /// A name alone, or too many.
    fn no_operation(&mut self, first: &Name, parts: usize, span: Span) {
        let decls = self.decls;
        if parts > 1 {
            let found = Diagnostic::error("E0203", span, "a step calls an operation of a tool")
                .help("`call tool.operation(…)`");
            self.report(found);
            return;
        }
        if let Some(function) = decls.functions.get(&first.text) {
            let found =
                Diagnostic::error("E0203", span, format!("`{}` is a function, not a step", first.text))
                    .also(function.decl.name.span, "declared here")
                    .help(format!("`{}(…)` without `call`", first.text));
            self.report(found);
            return;
        }
        let found =
            Diagnostic::error("E0203", span, format!("`{}` is not an operation of a tool", first.text));
        let mut having = decls
            .tools
            .iter()
            .filter(|(_, tool)| tool.operations.contains_key(&first.text))
            .map(|(name, _)| name);
        let found = match (having.next(), having.next(), decls.tools.get(&first.text)) {
            (Some(tool), None, _) => found
                .help(format!("did you mean `{tool}.{}`?", first.text))
                .fix(span, format!("{tool}.{}", first.text)),
            (_, _, Some(tool)) => found.help(format!(
                "name the operation: {}",
                tool.operations
                    .keys()
                    .map(|op| format!("`{}.{op}`", first.text))
                    .collect::<Vec<_>>()
                    .join(", ")
            )),
            _ => found.help("`call tool.operation(…)`"),
        };
        self.report(found);
    }

    pub(super) fn undo_clause(
        &mut self,
        clauses: &[Clause],
        name: Option<&Name>,
        local: Option<LocalId>,
        segment: &str,
    ) -> Option<Undo> {
        let mut undo = None;
        for clause in clauses {
            if let Clause::Undo(Written::Call(call), _) = clause {
                undo = self.undo_call(call, name, local, segment);
            }
        }
        undo
    }

    /// The step's own result may be used under its name.
    fn undo_call(
        &mut self,
        call: &tree::Call,
        name: Option<&Name>,
        local: Option<LocalId>,
        segment: &str,
    ) -> Option<Undo> {
        let target = self.target(&call.callee)?;
        self.open_scope();
        if let (Some(name), Some(local)) = (name, local) {
            self.alias(name, local);
        }
        let arguments =
            self.arguments(&call.args, &target.of.params, &target.operation, call.callee.path.span);
        self.close_scope();
        self.note_call(&target.tool, &target.operation, &call.args, call.callee.path.span);
        let secrets = self.secret_places(&arguments, &target.of.params, call.args_span);
        let options = self.options(&call.clauses, target.of);
        let what = format!("undo {}", target.path);
        let key = self.claim(&format!("{segment}.undo"), self.first_line(call.span), &what);
        Some(Undo { key, tool: target.path, arguments, secrets, options })
    }
}
