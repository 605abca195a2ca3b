//! A workflow: its head, its body, and the program that it becomes.

use std::collections::BTreeMap;

use cairn_dsl::tree::{Expr, Name, Span, WorkflowDecl};
use cairn_dsl::{Diagnostic, Source};

use super::body::{Body, Shared, VarKind};
use super::decls::{Decls, Param};
use super::failures::Lets;
use super::fit::widen;
use super::flow::{Lowered, Promised};
use super::functions::default_value;
use super::names::a_type;
use super::needs::Wants;
use super::relate::{has_null, holds_secret};
use super::secrets::recorded;
use super::walk::restarts;
use crate::ir::{self, Program};
use crate::types::Type;

/// Checks a workflow; its program means something only if nothing was reported.
pub(super) fn check(
    decl: &WorkflowDecl,
    doc: Option<&str>,
    (root, decls): (&Decls<'_>, &Decls<'_>),
    source: &Source,
    shared: &mut Shared,
) -> Program {
    shared.functions.clear();
    shared.wants = Wants::default();
    let mut body = Body::within(root, decls, source, shared);
    body.known_kinds(&decl.fails);
    let params = decls.params(&decl.params, true, &mut body.shared.report);
    let result = decl.result.as_ref();
    let result = result.map_or(Type::Null, |ty| decls.recorded_ty(ty, "the result", &mut body.shared.report));
    body.no_secret_params(&params);
    body.flow.result = Promised { ty: result.clone(), span: decl.result.as_ref().map(|ty| ty.span) };
    body.flow.own = Some(decl.name.text.clone());
    body.open_scope();
    let lowered_params = body.params(&params, decl);
    let settings = body.settings(decl, &params);
    body.flow.most_steps = settings.limits.get("steps").copied();
    body.flow.restarts = restarts(&decl.body);
    body.flow.raised.push(BTreeMap::new());
    let lowered = body.statements(&decl.body);
    body.close_scope();
    body.reaches_end(&lowered, decl);
    let raised = body.flow.raised.pop().unwrap_or_default();
    let lets = Lets { what: "workflow", name: &decl.name, fails: &decl.fails, behind: decl.body_span.start };
    body.let_out(&raised, &lets);
    let locals = std::mem::take(&mut body.locals);
    let blocks = std::mem::take(&mut body.blocks);
    let places = std::mem::take(&mut body.flow.keys.places);
    let head = super::meta::Head { decl, doc, settings, params: &params, result: &result };
    let meta = super::meta::meta(head, source, shared);
    let functions = std::mem::take(&mut shared.functions.list);
    let (params, body) = (lowered_params, lowered.stmts);
    let program = Program { meta, places, functions, locals, params, result, body, blocks };
    super::bounds::look(&program, decl, &mut shared.report);
    program
}

impl Body<'_> {
    /// The input of a run is written down.
    fn no_secret_params(&mut self, params: &[Param]) {
        for param in params.iter().filter(|p| holds_secret(&p.ty)) {
            self.report(recorded(param.span.unwrap_or_default(), "the input of a run"));
        }
    }

    fn params(&mut self, params: &[Param], decl: &WorkflowDecl) -> Vec<ir::Param> {
        self.defaults(params, &decl.name.text);
        let mut lowered = Vec::new();
        for param in params {
            let name = Name { text: param.name.clone(), span: param.span.unwrap_or_default() };
            let name =
                decl.params.iter().find(|p| p.name.text == param.name).map_or(name, |p| p.name.clone());
            let default = param.default.as_ref().map(|value| self.param_default(value, param));
            let ty = if default.is_some() { param.ty.clone() } else { param.room() };
            let local = self.declare(&name, ty, VarKind::Given);
            lowered.push(ir::Param {
                name: param.name.clone(),
                local,
                optional: param.may_be_missing(),
                default,
            });
        }
        lowered
    }

    fn param_default(&mut self, value: &Expr, param: &Param) -> ir::Expr {
        widen(default_value(self, value, param), &param.ty)
    }

    /// A result that cannot be null has to be returned on every way.
    fn reaches_end(&mut self, lowered: &Lowered, decl: &WorkflowDecl) {
        let want = self.flow.result.ty.clone();
        if !lowered.falls || has_null(&want) || matches!(want, Type::Json | Type::Never) {
            return;
        }
        let end = Span { start: decl.body_span.end.saturating_sub(1), end: decl.body_span.end };
        let found = Diagnostic::error("E0802", end, "the end of the workflow is reached without a `return`")
            .label(format!("the result is {}", a_type(&want)))
            .help("return a value on every way, or `fail` where there is none");
        let found =
            if let Some(at) = self.flow.result.span { found.also(at, "declared here") } else { found };
        self.report(found);
    }
}
