//! Failure kinds: which a step may end with, which are let out, which are caught.

use std::collections::{BTreeMap, BTreeSet};

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Span};

use super::body::Body;
use super::decls::Operation;

/// Kinds of the language, as `wit/types.wit` lists them.
pub(super) const BUILT_IN: [&str; 15] = [
    "timeout",
    "network",
    "cancelled",
    "limit",
    "missing",
    "bad_data",
    "overflow",
    "arithmetic",
    "duplicate_key",
    "tool_failed",
    "denied",
    "undo_failed",
    "http_4xx",
    "http_5xx",
    "http_429",
];

/// Those of them that only a step, or `fail`, can bring.
pub(super) const OF_STEPS: [&str; 7] =
    ["timeout", "network", "tool_failed", "denied", "http_4xx", "http_5xx", "http_429"];

pub(super) fn is_built_in(kind: &str) -> bool {
    BUILT_IN.contains(&kind)
}

/// Those that may come from anywhere: every expression can fail with some of them.
pub(super) fn from_anywhere(kind: &str) -> bool {
    is_built_in(kind) && !OF_STEPS.contains(&kind)
}

impl Body<'_> {
    /// What a call of the operation may fail with.
    pub(super) fn raise_all(&mut self, operation: &Operation, at: Span) {
        for kind in operation.fails.iter().map(|(kind, _)| kind.as_str()).chain(OF_STEPS) {
            self.flow.raise(kind, at);
        }
    }

    /// Declared kinds that nobody catches have to stand behind `fails`.
    pub(super) fn let_out(&mut self, raised: &BTreeMap<String, Span>, decl: &tree::WorkflowDecl) {
        let listed: BTreeSet<&str> = decl.fails.iter().map(|f| f.name.text.as_str()).collect();
        for (kind, at) in raised {
            if is_built_in(kind) || listed.contains(kind.as_str()) || !self.decls.errors.contains_key(kind) {
                continue;
            }
            let (place, text) = match decl.fails.last() {
                Some(last) => (last.name.span.end, format!(", {kind}")),
                None => (decl.body_span.start, format!("fails {kind} ")),
            };
            let found = Diagnostic::error(
                "E0701",
                *at,
                format!("`{}` lets out `{kind}` and does not say so", decl.name.text),
            )
            .label(format!("may fail with `{kind}`"))
            .also(decl.name.span, "this workflow")
            .help(format!("catch it, or list it: `fails {}`", list_with(decl, kind)))
            .fix(Span { start: place, end: place }, text);
            self.report(found);
        }
    }

    /// Kinds behind a workflow's `fails` have to exist.
    pub(super) fn known_kinds(&mut self, fails: &[tree::FailKind]) {
        for kind in fails {
            if !self.decls.knows_kind(&kind.name.text) {
                let found = self.decls.unknown_kind(&kind.name);
                self.report(found);
            }
            if let Some((_, span)) = kind.status {
                let found = Diagnostic::error("E1004", span, "a status belongs to the operation of a tool")
                    .help("a workflow lists the kind alone");
                self.report(found);
            }
        }
    }
}

fn list_with(decl: &tree::WorkflowDecl, kind: &str) -> String {
    decl.fails.iter().map(|f| f.name.text.as_str()).chain([kind]).collect::<Vec<_>>().join(", ")
}
