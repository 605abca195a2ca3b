//! `do`: a flow is written out where it is done, under a name of its own.

use std::collections::BTreeMap;

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{Clause, Expr as WrittenExpr, Name, Retry as WrittenRetry, Run, Span};

use super::{Bind, Outcome};
use crate::check::body::{Body, VarKind};
use crate::check::decls::{Flow, unknown};
use crate::check::expr::broken;
use crate::check::fit::{Slot, widen};
use crate::check::flow::{Frame, FrameKind, Lowered, Promised};
use crate::check::keys::Segment;
use crate::check::names::nearest;
use crate::check::relate::has_null;
use crate::check::stmt::strip_tail;
use crate::ir::{self, Deadline, Expr, ExprKind, LocalId, StmtKind};
use crate::types::Type;

/// More flows than this in one workflow are not written out: a few that do each other twice would never end.
const MOST: u32 = 1_000;

/// What stands behind the arguments of a `do`.
#[derive(Default)]
struct Clauses<'c> {
    timeout: Option<&'c WrittenExpr>,
    retry: Option<&'c WrittenExpr>,
}

impl<'d> Body<'d> {
    pub(super) fn do_(&mut self, run: &Run, bind: &Bind<'_>, span: Span, out: &mut Vec<ir::Stmt>) -> Outcome {
        let Some(flow) = self.flow_done(run) else {
            self.look_over_arguments(&run.args);
            return Outcome::of(broken());
        };
        let own = &flow.decl.name.text;
        let segment = bind.name.map_or(own.as_str(), |n| n.text.as_str()).to_owned();
        self.begin(&segment);
        let at = self.first_line(span);
        let free = self.claim_path(&segment, at, &format!("do {own}"));
        let clauses = self.do_clauses(&run.clauses);
        let given = self.arguments(&run.args, &flow.params, own, run.target.span);
        let deadline = clauses.timeout.map(|e| self.deadline(e, &format!("{segment}.deadline"), at));
        let retry = clauses.retry.map(|e| self.policy_kept(e, out));
        self.flush(out);
        let result = self.hidden("result", flow.result.clone());
        self.flow.inlined += 1;
        if !free || self.flow.inlined > MOST {
            return Outcome::of(broken());
        }
        self.flow.raised.push(BTreeMap::new());
        let lowered = match retry {
            Some(policy) => {
                self.retried(&policy, &segment, at, |body| body.written_out(flow, given, result, span))
            }
            None => {
                let outside = self.flow.keys.enter(&[Segment::plain(&segment)]);
                let lowered = self.written_out(flow, given, result, span);
                self.flow.keys.leave(outside);
                lowered
            }
        };
        let raised = self.flow.raised.pop().unwrap_or_default();
        raised.keys().for_each(|kind| self.flow.raise(kind, at));
        self.too_many_flows(at);
        self.done(lowered, deadline, at, out, (flow, result, run, bind, &segment))
    }

    /// What stands around it: its end by a clock, and what undoes it.
    fn done(
        &mut self,
        lowered: Lowered,
        deadline: Option<Deadline>,
        at: Span,
        out: &mut Vec<ir::Stmt>,
        (flow, result, run, bind, segment): (&Flow<'d>, LocalId, &Run, &Bind<'_>, &str),
    ) -> Outcome {
        match deadline {
            None => out.extend(lowered.stmts),
            Some(deadline) => {
                self.flow.raise("timeout", at);
                let unwind_key = self.shared_key("try.undo", at, "undo of a `try`");
                let kind = StmtKind::Try {
                    body: lowered.stmts,
                    deadline: Some(deadline),
                    catches: Vec::new(),
                    unwind_key,
                    finally: Vec::new(),
                };
                self.emit(out, kind, at);
            }
        }
        if lowered.falls {
            self.undo_of_more(&run.clauses, (bind.name, Some(result)), segment, out);
        }
        let value = if flow.result == Type::Never { broken() } else { self.read(result) };
        Outcome { value, falls: lowered.falls }
    }

    /// The flow's statements, its parameters set, and where it returns its value in the result.
    fn written_out(&mut self, flow: &Flow<'d>, given: Expr, result: LocalId, span: Span) -> Lowered {
        let mut stmts = Vec::new();
        let around = self.vars.flow;
        let args = self.hidden("args", given.ty.clone());
        self.emit(&mut stmts, StmtKind::Set(args, given), span);
        let id = self.flow.new_loop();
        let want = Some(flow.result.clone());
        self.flow.frames.push(Frame::new(FrameKind::Flow, id, Some(result), want, flow.decl.name.span));
        let declared = flow.decl.result.as_ref().map(|ty| ty.span);
        let promised = Promised { ty: flow.result.clone(), span: declared };
        let promised = std::mem::replace(&mut self.flow.result, promised);
        self.flow.depth += 1;
        self.vars.flow = self.flow.depth;
        // What is wrong in it was told when the flow itself was looked at.
        self.shared.report.mute();
        let home = self.home(flow.home);
        let here = std::mem::replace(&mut self.decls, home);
        self.open_scope();
        self.parameters(flow, args, span, &mut stmts);
        let lowered = self.block(&flow.decl.body);
        self.close_scope();
        self.decls = here;
        self.shared.report.unmute();
        self.vars.flow = around;
        self.flow.depth -= 1;
        self.flow.result = promised;
        stmts.extend(lowered.stmts);
        self.returned(Lowered { stmts, falls: lowered.falls }, result, id, span)
    }

    fn parameters(&mut self, flow: &Flow<'d>, args: LocalId, span: Span, stmts: &mut Vec<ir::Stmt>) {
        for (param, written) in flow.params.iter().zip(&flow.decl.params) {
            let ty = param.room();
            let whole = Box::new(self.read(args));
            let kind = if has_null(&ty) || ty == Type::Json || param.may_be_missing() {
                ExprKind::FieldOrNull(whole, param.name.clone())
            } else {
                ExprKind::Field(whole, param.name.clone())
            };
            let read = if param.may_be_missing() { ty.clone().optional() } else { ty.clone() };
            let value = Expr { kind, ty: read };
            let value = if value.ty == ty {
                value
            } else {
                Expr { kind: ExprKind::Narrow(Box::new(value)), ty: ty.clone() }
            };
            let local = self.declare(&written.name, ty, VarKind::Given);
            self.emit(stmts, StmtKind::Set(local, value), span);
        }
    }

    /// Behind the flow the ways meet again on which it returned.
    fn returned(&mut self, lowered: Lowered, result: LocalId, id: ir::LoopId, span: Span) -> Lowered {
        let mut stmts = lowered.stmts;
        let Some(frame) = self.flow.frames.pop() else { return Lowered { stmts, falls: false } };
        let mut ways = frame.ways;
        if lowered.falls {
            ways.push(self.state());
            let null = widen(Expr { kind: ExprKind::Null, ty: Type::Null }, &self.local_type(result));
            self.emit(&mut stmts, StmtKind::Set(result, null), span);
        }
        let falls = !ways.is_empty();
        self.meet(ways);
        if strip_tail(&mut stmts, id) > 0 {
            let counter = self.hidden("once", Type::Int);
            let max = Some(Expr { kind: ExprKind::Int(1), ty: Type::Int });
            stmts = vec![ir::Stmt { kind: StmtKind::Loop { id, counter, max, body: stmts }, span }];
        }
        Lowered { stmts, falls }
    }

    fn flow_done(&mut self, run: &Run) -> Option<&'d Flow<'d>> {
        let decls = self.decls;
        let text = run.target.parts.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join(".");
        if let Some(flow) = decls.flows.get(&text) {
            return (!self.shared.functions.circular.contains(&format!("do {text}"))).then_some(flow);
        }
        if !decls.excused.contains(&text) {
            let found = self.unknown_flow(&Name { text, span: run.target.span });
            self.report(found);
        }
        None
    }

    fn unknown_flow(&self, name: &Name) -> Diagnostic {
        let decls = self.decls;
        let near = nearest(&name.text, decls.flows.keys().map(String::as_str));
        let declared = near.and_then(|near| decls.flows.get(near)).map(|f| f.decl.name.span);
        let found = unknown("flow", name, near, declared);
        let word = Span { start: name.span.start.saturating_sub(3), end: name.span.start.saturating_sub(1) };
        let stands = self.source.text.get(word.range()) == Some("do");
        if near.is_some() {
            return found;
        }
        if decls.signatures.contains_key(&name.text) {
            let found = found.help(format!("it is a workflow: `run {}(…)` starts it and waits", name.text));
            return if stands { found.fix(word, "run") } else { found };
        }
        if let Some(function) = decls.functions.get(&name.text) {
            return found
                .also(function.decl.name.span, "a function is declared here")
                .help(format!("a function is called without `do`: `{}(…)`", name.text));
        }
        if name.text.split_once('.').is_some_and(|(tool, _)| decls.has_tool(tool)) {
            let found = found.help(format!("it is the operation of a tool: `call {}(…)`", name.text));
            return if stands { found.fix(word, "call") } else { found };
        }
        found.help(format!("declare it: `flow {}(…) {{ … }}`", name.text))
    }

    fn do_clauses<'c>(&mut self, clauses: &'c [Clause]) -> Clauses<'c> {
        let mut found = Clauses::default();
        for clause in clauses {
            match clause {
                Clause::Timeout(e, _) => found.timeout = Some(e),
                Clause::Retry(WrittenRetry::Policy(e), _) => found.retry = Some(e),
                Clause::Retry(WrittenRetry::None, _) | Clause::Undo(..) => {}
                Clause::Unclear(_, span) => {
                    let found =
                        Diagnostic::error("E1006", *span, "a flow does not leave the host, its steps do")
                            .help("`unclear` stands behind a `call`: write it in the flow, or in `defaults`");
                    self.report(found);
                }
                Clause::Cache(_, span) => {
                    let found = Diagnostic::error("E1006", *span, "what a flow does is not kept for others")
                        .help("`cache` stands behind a `call`: write it in the flow");
                    self.report(found);
                }
            }
        }
        found
    }

    /// How long something may take, and the timer that ends it.
    pub(in crate::check) fn deadline(&mut self, e: &WrittenExpr, segment: &str, at: Span) -> Deadline {
        let span = self.expr_to(e, &Type::Duration, &Slot::Plain("`timeout`"));
        Deadline { key: self.shared_key(segment, at, "end of a `try`"), span }
    }

    fn too_many_flows(&mut self, at: Span) {
        if self.flow.inlined > MOST
            && self.flow.depth == 0
            && !std::mem::replace(&mut self.flow.too_many, true)
        {
            let text = format!("more than {MOST} flows would have to be written out for this");
            let found = Diagnostic::error("E0208", at, text)
                .label("a flow is compiled into each place that does it")
                .help("make a workflow of the part that is done so often, and `run` it");
            self.report(found);
        }
    }
}
