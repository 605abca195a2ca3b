//! Failure kinds: which a step may end with, which are let out, which are caught.

use std::collections::{BTreeMap, BTreeSet};

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Span};

use super::body::Body;
use super::decls::Operation;
use crate::ir::Unclear;

/// The kinds of failure that need no declaration, as `wit/types.wit` lists them.
pub const BUILT_IN: [&str; 17] = [
    "timeout",
    "network",
    "cancelled",
    "limit",
    "trapped",
    "missing",
    "bad_data",
    "overflow",
    "arithmetic",
    "duplicate_key",
    "tool_failed",
    "denied",
    "undo_failed",
    "unclear",
    "http_4xx",
    "http_5xx",
    "http_429",
];

/// Those of them that only a step, or `fail`, can bring.
pub(super) const OF_STEPS: [&str; 8] =
    ["timeout", "network", "tool_failed", "denied", UNCLEAR, "http_4xx", "http_5xx", "http_429"];

/// What only a step brings that wants to fail so.
pub(super) const UNCLEAR: &str = "unclear";

pub(super) fn is_built_in(kind: &str) -> bool {
    BUILT_IN.contains(&kind)
}

/// Those that may come from anywhere: every expression can fail with some of them.
pub(super) fn from_anywhere(kind: &str) -> bool {
    is_built_in(kind) && !OF_STEPS.contains(&kind)
}

/// A workflow or flow, and where its failures are listed.
pub(super) struct Lets<'l> {
    /// `workflow` or `flow`
    pub(super) what: &'static str,
    pub(super) name: &'l tree::Name,
    pub(super) fails: &'l [tree::FailKind],
    /// Where `fails …` would be put.
    pub(super) behind: u32,
}

impl Body<'_> {
    /// What a call of the operation may fail with.
    pub(super) fn raise_all(&mut self, operation: &Operation, unclear: Unclear, at: Span) {
        for kind in operation.fails.iter().map(|(kind, _)| kind.as_str()).chain(OF_STEPS) {
            if kind != UNCLEAR || unclear == Unclear::Fail {
                self.flow.raise(kind, at);
            }
        }
    }

    /// Declared kinds that nobody catches have to stand behind `fails`.
    pub(super) fn let_out(&mut self, raised: &BTreeMap<String, Span>, decl: &Lets<'_>) {
        let listed: BTreeSet<&str> = decl.fails.iter().map(|f| f.name.text.as_str()).collect();
        for (kind, at) in raised {
            if is_built_in(kind) || listed.contains(kind.as_str()) || !self.decls.errors.contains_key(kind) {
                continue;
            }
            let (place, text) = match decl.fails.last() {
                Some(last) => (last.name.span.end, format!(", {kind}")),
                None => (decl.behind, format!("fails {kind} ")),
            };
            let found = Diagnostic::error(
                "E0701",
                *at,
                format!("`{}` lets out `{kind}` and does not say so", decl.name.text),
            )
            .label(format!("may fail with `{kind}`"))
            .also(decl.name.span, format!("this {}", decl.what))
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
                    .help("here the kind stands alone");
                self.report(found);
            }
        }
    }
}

fn list_with(decl: &Lets<'_>, kind: &str) -> String {
    decl.fails.iter().map(|f| f.name.text.as_str()).chain([kind]).collect::<Vec<_>>().join(", ")
}
