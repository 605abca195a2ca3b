//! `try` and `catch`

use std::collections::{BTreeMap, BTreeSet};

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{Catch as Written, Clause, Expr, Path, Retry, Span, Try};

use crate::check::body::{Body, VarKind};
use crate::check::failures::{UNCLEAR, from_anywhere, is_built_in};
use crate::check::flow::{Frame, FrameKind, State};
use crate::check::walk::assigned;
use crate::ir::{self, Catch, StmtKind};
use crate::types::{Field, Type};

/// What the catches of one `try` have to deal with.
struct Tried {
    raised: BTreeMap<String, Span>,
    /// Kinds that an arm before lists, each with the place; `any` under its own name.
    caught: BTreeMap<String, Span>,
    entry: State,
    ways: Vec<State>,
}

impl Body<'_> {
    pub(super) fn try_(&mut self, tried: &Try, span: Span, out: &mut Vec<ir::Stmt>) -> bool {
        let at = self.first_line(span);
        self.begin("try");
        let (timeout, retry) = self.try_clauses(tried, at);
        let deadline = timeout.map(|e| self.deadline(e, "try.deadline", at));
        let retry = retry.map(|e| self.policy_kept(e, out));
        self.flush(out);
        let unwind_key = self.shared_key("try.undo", span, "undo of a `try`");
        let entry = self.state();
        let before = self.flow.keys.watch();
        self.flow.raised.push(BTreeMap::new());
        let body = match &retry {
            None => self.block(&tried.body),
            Some(policy) => {
                self.forget(&assigned(&tried.body));
                self.retried(policy, "try", at, |body| body.block(&tried.body))
            }
        };
        if deadline.is_some() {
            self.flow.raise("timeout", at);
        }
        let raised = self.flow.raised.pop().unwrap_or_default();
        let ways = if body.falls { vec![self.state()] } else { Vec::new() };
        self.go_back_to(&entry);
        self.forget(&assigned(&tried.body));
        let seen = self.flow.keys.unwatch(before);
        self.flow.keys.add_used(&seen);
        let mut state = Tried { raised, caught: BTreeMap::new(), entry: self.state(), ways };
        let catches = tried.catches.iter().map(|c| self.catch(c, &mut state)).collect();
        for (kind, at) in &state.raised {
            if !catches_kind(&state.caught, kind) {
                self.flow.raise(kind, *at);
            }
        }
        let (falls, finally) = self.at_last(tried, state);
        self.emit(out, StmtKind::Try { body: body.stmts, deadline, catches, unwind_key, finally }, span);
        falls
    }

    /// `finally`, which is come to on every way; and whether the flow goes on behind it all.
    fn at_last(&mut self, tried: &Try, state: Tried) -> (bool, Vec<ir::Stmt>) {
        let falls = !state.ways.is_empty();
        let Some(finally) = &tried.finally else {
            self.meet(state.ways);
            return (falls, Vec::new());
        };
        let before = self.flow.keys.watch();
        self.go_back_to(&state.entry);
        for caught in &tried.catches {
            self.forget(&assigned(&caught.body));
        }
        let id = self.flow.new_loop();
        let at = self.first_line(finally.span);
        self.flow.frames.push(Frame::new(FrameKind::Finally, id, None, None, at));
        let lowered = self.block(finally);
        self.flow.frames.pop();
        let seen = self.flow.keys.unwatch(before);
        self.meet(state.ways);
        self.forget(&assigned(finally));
        self.flow.keys.add_used(&seen);
        (falls && lowered.falls, lowered.stmts)
    }

    /// `timeout` and `retry`; what else stands there belongs elsewhere.
    fn try_clauses<'t>(&mut self, tried: &'t Try, at: Span) -> (Option<&'t Expr>, Option<&'t Expr>) {
        let (mut timeout, mut retry) = (None, None);
        for clause in &tried.clauses {
            let (text, help, span) = match clause {
                Clause::Timeout(e, _) => {
                    timeout = Some(e);
                    continue;
                }
                Clause::Retry(Retry::Policy(e), _) => {
                    retry = Some(e);
                    continue;
                }
                Clause::Retry(Retry::None, span) => {
                    ("a `try` is not tried again unless it says so", "delete it", span)
                }
                Clause::Undo(_, span) => {
                    ("what undoes a step stands with the step", "move the `undo` behind the `call`", span)
                }
                Clause::Unclear(_, span) => (
                    "what leaves the host and can be unclear is a step",
                    "move the `unclear` behind the `call`, or to `defaults`",
                    span,
                ),
                Clause::Cache(_, span) => {
                    ("a `try` has no result to keep", "move the `cache` behind the `call`", span)
                }
            };
            let found = Diagnostic::error("E1006", *span, text);
            self.report(found.help(format!("{help}; a `try` takes `timeout` and `retry`")));
        }
        if tried.finally.is_none() && tried.catches.is_empty() && tried.clauses.is_empty() {
            let found = Diagnostic::error("E0706", at, "this `try` catches nothing")
                .help("add `catch kind as e { … }`, or take the `try` away");
            self.report(found);
        }
        (timeout, retry)
    }

    fn catch(&mut self, written: &Written, tried: &mut Tried) -> Catch {
        self.go_back_to(&tried.entry);
        let kinds: Vec<String> = match &written.kinds {
            Some(paths) => paths.iter().filter_map(|path| self.caught_kind(path, tried)).collect(),
            None => {
                self.catch_any(written.span, tried);
                Vec::new()
            }
        };
        self.open_scope();
        let local = written.binder.as_ref().map(|name| {
            let possible = if written.kinds.is_none() {
                tried.raised.keys().cloned().collect()
            } else {
                kinds.iter().cloned().collect::<BTreeSet<_>>()
            };
            let ty = self.failure_type(&kinds);
            self.declare(name, ty, VarKind::Caught(possible))
        });
        let body = self.block(&written.body);
        self.close_scope();
        if body.falls {
            tried.ways.push(self.state());
        }
        Catch { kinds, local, body: body.stmts }
    }

    fn catch_any(&mut self, span: Span, tried: &mut Tried) {
        if let Some(before) = tried.caught.insert("any".into(), span) {
            let kind = "any";
            self.caught_before(kind, span, before);
        }
    }

    fn caught_kind(&mut self, path: &Path, tried: &mut Tried) -> Option<String> {
        let name = path.parts.last()?;
        let kind = name.text.clone();
        if kind == "cancelled" {
            let found = Diagnostic::error("E0703", name.span, "`cancelled` cannot be caught")
                .help("a cancelled run ends; what it has to clean up is said with `undo`, which runs then");
            self.report(found);
            return None;
        }
        if !self.decls.knows_kind(&kind) {
            let found = self.decls.unknown_kind(name);
            self.report(found);
            return None;
        }
        let wider = tried
            .caught
            .get("any")
            .or_else(|| (kind == "http_429").then(|| tried.caught.get("http_4xx")).flatten());
        let before = wider.copied().or_else(|| tried.caught.get(&kind).copied());
        if let Some(before) = before {
            self.caught_before(&kind, name.span, before);
        } else if !from_anywhere(&kind) && !tried.raised.contains_key(&kind) {
            let found =
                Diagnostic::warning("W0702", name.span, format!("nothing in this `try` fails with `{kind}`"))
                    .help(if kind == UNCLEAR {
                        "only steps with `unclear fail` do; delete the kind"
                    } else if is_built_in(&kind) {
                        "only steps do; delete the kind"
                    } else {
                        "delete the kind, or list it behind `fails` of the operation that fails so"
                    });
            self.report(found);
        }
        tried.caught.insert(kind.clone(), name.span);
        Some(kind)
    }

    fn caught_before(&mut self, kind: &str, span: Span, before: Span) {
        let found = Diagnostic::error("E0704", span, format!("`{kind}` is caught already"))
            .label("never reached")
            .also(before, "caught here")
            .help("delete this one, or put it in front");
        self.report(found);
    }

    /// `kind`, `message`, and the declared fields that all kinds have in common; of `any`: the detail as json.
    pub(super) fn failure_type(&self, kinds: &[String]) -> Type {
        let plain = |name: &str, ty: Type| Field { name: name.into(), ty, optional: false };
        let mut fields = vec![plain("kind", Type::Text), plain("message", Type::Text)];
        if kinds.is_empty() {
            fields.push(plain("detail", Type::Json));
            return Type::Record(fields);
        }
        let declared =
            |kind: &String| self.decls.errors.get(kind).map(|e| e.fields.clone()).unwrap_or_default();
        let mut common = kinds.first().map(declared).unwrap_or_default();
        for kind in kinds.iter().skip(1) {
            let other = declared(kind);
            common.retain(|f| other.contains(f));
        }
        fields.extend(common);
        Type::Record(fields)
    }
}

fn catches_kind(caught: &BTreeMap<String, Span>, kind: &str) -> bool {
    let any = caught.contains_key("any") && kind != "cancelled";
    any || caught.contains_key(kind) || (kind == "http_429" && caught.contains_key("http_4xx"))
}

#[cfg(test)]
mod tests {
    use crate::check::failures::{BUILT_IN, from_anywhere};

    #[test]
    fn a_step_alone_can_time_out_but_anything_can_overflow() {
        assert!(BUILT_IN.contains(&"timeout") && !from_anywhere("timeout"));
        assert!(from_anywhere("overflow") && !from_anywhere("card_declined"));
    }
}
