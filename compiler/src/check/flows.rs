//! `flow`s: each is checked once by itself, so that what is wrong in it is told once; where it is done it is written out.

use std::collections::{BTreeMap, BTreeSet};

use cairn_dsl::tree::{EffectKind, FlowDecl, Run, Span};
use cairn_dsl::{Diagnostic, Source};

use super::body::{Body, Shared, VarKind};
use super::decls::{Decls, Flow};
use super::failures::Lets;
use super::flow::{Frame, FrameKind, Promised};
use super::names::a_type;
use super::relate::has_null;
use super::walk::{Part, in_block};
use crate::types::Type;

/// Checks all flows of the file.
pub(super) fn check_all(root: &Decls<'_>, decls: &Decls<'_>, source: &Source, shared: &mut Shared) {
    find_circles(decls, shared);
    for (name, flow) in decls.flows.iter().filter(|(_, flow)| flow.home == decls.file) {
        if !shared.functions.circular.contains(&done(name)) {
            let mut body = Body::within(root, decls, source, shared);
            body.flow_alone(flow);
            if body.flow.too_many {
                shared.functions.circular.insert(done(name));
            }
        }
    }
    shared.functions.clear();
}

/// How a flow is called among what comes back to itself.
fn done(flow: &str) -> String {
    format!("do {flow}")
}

/// Whoever does itself, at whatever distance, could not be written out.
fn find_circles(decls: &Decls<'_>, shared: &mut Shared) {
    let uses: BTreeMap<&str, BTreeMap<String, Span>> =
        decls.flows.iter().map(|(name, flow)| (name.as_str(), targets(flow.decl))).collect();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for name in uses.keys() {
        let Some(circle) = circle(name, &uses) else { continue };
        shared.functions.circular.extend(circle.iter().map(|name| done(name)));
        if circle.iter().any(|name| told.contains(name)) {
            continue;
        }
        told.extend(&circle);
        if let Some(flow) = decls.flows.get(*name) {
            shared.report.push(recursion(flow, &circle, &uses));
        }
    }
}

/// The flows that a flow does, each with the first place.
fn targets(decl: &FlowDecl) -> BTreeMap<String, Span> {
    let mut found = BTreeMap::new();
    let mut note = |run: &Run| {
        let text = run.target.parts.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join(".");
        found.entry(text).or_insert(run.target.span);
    };
    in_block(&decl.body, &mut |part| match part {
        Part::Effect(effect) => {
            if let EffectKind::Do(run) = &effect.kind {
                note(run);
            }
        }
        Part::Do(run) => note(run),
        Part::Stmt(_) | Part::Expr(_) => {}
    });
    found
}

/// The way from a flow back to itself, the shortest there is.
fn circle<'n>(from: &'n str, uses: &'n BTreeMap<&'n str, BTreeMap<String, Span>>) -> Option<Vec<&'n str>> {
    let mut ways: Vec<Vec<&str>> = vec![vec![from]];
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let next = way.last().and_then(|last| uses.get(last)).into_iter().flat_map(BTreeMap::keys);
            for name in next {
                if name == from {
                    return Some(way);
                }
                if seen.insert(name) {
                    longer.push([way.as_slice(), &[name.as_str()]].concat());
                }
            }
        }
        ways = longer;
    }
    None
}

fn recursion(flow: &Flow<'_>, circle: &[&str], uses: &BTreeMap<&str, BTreeMap<String, Span>>) -> Diagnostic {
    let name = &flow.decl.name;
    let round: Vec<&str> = circle.iter().copied().chain(circle.first().copied()).collect();
    let text = match circle {
        [_] => format!("the flow `{}` does itself", name.text),
        _ => format!("these flows do each other: {}", round.join(" does ")),
    };
    let mut found = Diagnostic::error("E0206", name.span, text).label("it would never come to an end");
    for pair in round.windows(2) {
        if let [from, to] = pair
            && let Some(at) = uses.get(from).and_then(|targets| targets.get(*to))
        {
            found = found.also(*at, format!("`{to}` is done here"));
        }
    }
    found.help("repeat with `loop … max`; or make a workflow of it, and `run` it or `restart` it")
}

impl Body<'_> {
    /// A flow without anyone who does it.
    fn flow_alone(&mut self, flow: &Flow<'_>) {
        let decl = flow.decl;
        self.known_kinds(&decl.fails);
        let id = self.flow.new_loop();
        let result = self.hidden("result", flow.result.clone());
        let frame = Frame::new(FrameKind::Flow, id, Some(result), Some(flow.result.clone()), decl.name.span);
        self.flow.frames.push(frame);
        self.flow.result = Promised { ty: flow.result.clone(), span: decl.result.as_ref().map(|ty| ty.span) };
        self.open_scope();
        self.defaults(&flow.params, &decl.name.text);
        for (param, written) in flow.params.iter().zip(&decl.params) {
            self.declare(&written.name, param.room(), VarKind::Parameter);
        }
        self.flow.raised.push(BTreeMap::new());
        let lowered = self.block(&decl.body);
        self.close_scope();
        let raised = self.flow.raised.pop().unwrap_or_default();
        if lowered.falls {
            self.flow_ends(decl, &flow.result);
        }
        let lets = Lets { what: "flow", name: &decl.name, fails: &decl.fails, behind: decl.body.span.start };
        self.let_out(&raised, &lets);
    }

    /// A result that cannot be null has to be returned on every way.
    fn flow_ends(&mut self, decl: &FlowDecl, want: &Type) {
        if has_null(want) || matches!(want, Type::Json | Type::Never) {
            return;
        }
        let end = Span { start: decl.body.span.end.saturating_sub(1), end: decl.body.span.end };
        let found = Diagnostic::error("E0802", end, "the end of the flow is reached without a `return`")
            .label(format!("the result is {}", a_type(want)))
            .help("return a value on every way, or `fail` where there is none");
        let found = match &decl.result {
            Some(ty) => found.also(ty.span, "declared here"),
            None => found,
        };
        self.report(found);
    }
}
