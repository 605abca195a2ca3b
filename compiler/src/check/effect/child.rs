//! Other workflows: `run`, which waits for the result, `spawn`, which does not, and `restart`, which is the next run of this one.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{Arg, Clause, Name, Path, Run, Span};

use super::{Bind, Outcome};
use crate::check::body::Body;
use crate::check::decls::{Signature, unknown};
use crate::check::expr::broken;
use crate::check::failures::OF_STEPS;
use crate::check::fit::Slot;
use crate::check::names::nearest;
use crate::ir::{self, Child, Deadline, StmtKind};
use crate::types::Type;

impl<'d> Body<'d> {
    /// `run payout(…) timeout 5d`
    pub(super) fn run(&mut self, run: &Run, bind: &Bind<'_>, span: Span, out: &mut Vec<ir::Stmt>) -> Outcome {
        let Some((child, local)) = self.child(run, bind, span) else { return Outcome::of(broken()) };
        let target = run.target.parts.last().map_or("run", |p| p.text.as_str());
        let segment = bind.name.map_or(target, |n| n.text.as_str()).to_owned();
        self.emit(out, StmtKind::Child(Box::new(child)), span);
        self.undo_of_more(&run.clauses, (bind.name, local), &segment, out);
        Outcome::of(local.map_or_else(broken, |local| self.read(local)))
    }

    /// The operation of a `run`, and the local that gets its result.
    pub(in crate::check) fn child(
        &mut self,
        run: &Run,
        bind: &Bind<'_>,
        span: Span,
    ) -> Option<(Child, Option<ir::LocalId>)> {
        let of = self.started("run", run)?;
        let segment = bind.name.map_or(of.name.as_str(), |n| n.text.as_str()).to_owned();
        self.begin(&segment);
        let at = self.first_line(span);
        let key = self.claim(&segment, at, &format!("run {}", of.name));
        let input = self.arguments(&run.args, &of.params, &of.name, run.target.span);
        for kind in of.fails.iter().map(String::as_str).chain(OF_STEPS) {
            self.flow.raise(kind, at);
        }
        let deadline = self.child_clauses("run", &run.clauses).map(|span| {
            let key = self.claim(&format!("{segment}.deadline"), at, "end of a `run`");
            Deadline { key, span }
        });
        let wanted = bind.wanted || bind.name.is_some();
        let local = wanted.then(|| self.hidden("result", of.result.clone()));
        let child =
            Child { local, key, workflow: of.wire.clone(), input, deadline, result: of.result.clone() };
        Some((child, local))
    }

    /// `spawn watch(…)`: gives the id of what was started.
    pub(super) fn spawn(
        &mut self,
        run: &Run,
        bind: &Bind<'_>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> Outcome {
        let Some(of) = self.started("spawn", run) else { return Outcome::of(broken()) };
        let segment = bind.name.map_or(of.name.as_str(), |n| n.text.as_str()).to_owned();
        self.begin(&segment);
        let at = self.first_line(span);
        let key = self.claim(&segment, at, &format!("spawn {}", of.name));
        let input = self.arguments(&run.args, &of.params, &of.name, run.target.span);
        for clause in &run.clauses {
            let (Clause::Timeout(_, span)
            | Clause::Retry(_, span)
            | Clause::Undo(_, span)
            | Clause::Unclear(_, span)
            | Clause::Cache(_, span)) = clause;
            let found =
                Diagnostic::error("E1006", *span, "`spawn` waits for nothing, so it takes no clauses")
                    .help("delete it, or `run` the workflow and wait for its result");
            self.report(found);
        }
        let wanted = bind.wanted || bind.name.is_some();
        let local = wanted.then(|| self.hidden("child", Type::Text));
        self.emit(out, StmtKind::Spawn { local, key, workflow: of.wire.clone(), input }, span);
        Outcome::of(local.map_or_else(broken, |local| self.read(local)))
    }

    /// The workflow that is meant; reported where there is none.
    fn started(&mut self, word: &str, run: &Run) -> Option<&'d Signature> {
        let decls = self.decls;
        let name = whole(&run.target);
        let found = decls.signatures.get(&name.text);
        if let Some(of) = found {
            self.shared.wants.workflows.insert(of.wire.clone());
            return found;
        }
        for arg in &run.args {
            let (Arg::Named { value, .. } | Arg::Spread(value, _)) = arg;
            self.expr(value, None);
        }
        if !decls.excused.contains(&run.target.parts.first()?.text) {
            let found = self.unknown_workflow(word, &name);
            self.report(found);
        }
        None
    }

    fn unknown_workflow(&self, word: &str, name: &Name) -> Diagnostic {
        let decls = self.decls;
        let near = nearest(&name.text, decls.signatures.keys().map(String::as_str));
        let declared = near.and_then(|near| decls.signatures.get(near)).and_then(|of| of.span);
        let found = unknown("workflow", name, near, declared);
        if near.is_some() {
            return found;
        }
        if decls.functions.contains_key(&name.text) {
            return found.help(format!("it is a function: `{}(…)` without `{word}`", name.text));
        }
        if decls.is_flow(&name.text) {
            let here = Span { start: name.span.start, end: name.span.start };
            let word_at = Span { start: here.start.saturating_sub(length(word) + 1), end: here.start };
            let found = found.help(format!("it is a flow of this file: `do {}(…)`", name.text));
            let stands = self.source.text.get(word_at.range()) == Some(&format!("{word} "));
            return if stands { found.fix(word_at, "do ") } else { found };
        }
        found.help(format!("declare it, `workflow {}(…) {{ … }}`, or `use` the file that does", name.text))
    }

    /// Only the time and, elsewhere, the undo: another workflow retries its own steps.
    fn child_clauses(&mut self, word: &str, clauses: &[Clause]) -> Option<ir::Expr> {
        let mut timeout = None;
        for clause in clauses {
            match clause {
                Clause::Timeout(e, _) => {
                    timeout = Some(self.expr_to(e, &Type::Duration, &Slot::Plain("`timeout`")));
                }
                Clause::Undo(..) => {}
                Clause::Retry(_, span) => {
                    let text = format!("`{word}` is not retried: a workflow retries its own steps");
                    let help = format!("put it into a `try retry {{ … }} {{ {word} … }}` to start it anew");
                    self.report(Diagnostic::error("E1006", *span, text).help(help));
                }
                Clause::Unclear(_, span) => {
                    let text =
                        format!("a `{word}` is never unclear: other workflows are started exactly once");
                    let help = "`unclear` stands behind a `call`: write it in the workflow that is started";
                    self.report(Diagnostic::error("E1006", *span, text).help(help));
                }
                Clause::Cache(_, span) => {
                    let text = format!("the result of a `{word}` is not kept for others");
                    let help = "`cache` stands behind a `call`: write it in the workflow that is started";
                    self.report(Diagnostic::error("E1006", *span, text).help(help));
                }
            }
        }
        timeout
    }

    /// `restart (…)`: this run ends, and the next begins with these arguments.
    pub(in crate::check) fn restart(&mut self, args: &[Arg], span: Span, out: &mut Vec<ir::Stmt>) {
        self.begin("restart");
        self.flow.leaves += 1;
        let at = self.first_line(span);
        let decls = self.decls;
        // In a flow there is none, and that has been told.
        let own = self.flow.own.as_ref().filter(|_| self.flow.depth == 0);
        let Some(own) = own.and_then(|name| decls.signatures.get(name)) else { return };
        let input = self.arguments(args, &own.params, &own.name, at);
        self.emit(out, StmtKind::Restart(input), span);
    }
}

/// `shop.payout` as one name.
fn whole(path: &Path) -> Name {
    let text = path.parts.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join(".");
    Name { text, span: path.span }
}

fn length(word: &str) -> u32 {
    u32::try_from(word.len()).unwrap_or(0)
}
