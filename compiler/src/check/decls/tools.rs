//! Tools, their operations, and parameters.

use std::collections::{BTreeMap, BTreeSet};

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Span};

use super::{Decls, Operation, Param, Tool};
use crate::check::report::Report;
use crate::ir::Unclear;
use crate::types::Type;

impl Decls<'_> {
    /// `ours`: it stands in the user's text, and its places can be shown.
    pub(super) fn tool(&mut self, decl: &tree::ToolDecl, ours: bool, report: &mut Report) -> Tool {
        let mut operations = BTreeMap::new();
        for op in &decl.operations {
            if operations.contains_key(&op.name.text) {
                let text = format!("`{}` has two operations called `{}`", decl.name.text, op.name.text);
                report.push(
                    Diagnostic::error("E0202", op.name.span, text)
                        .help("give one of them another name, or delete it"),
                );
                continue;
            }
            operations.insert(op.name.text.clone(), self.operation(op, ours, report));
        }
        if let Some(from) = &decl.from {
            binding(from, report);
        }
        let from = decl.from.as_ref().map(|from| from.value.clone());
        Tool {
            wire: decl.name.text.clone(),
            from,
            operations,
            component: None,
            span: ours.then_some(decl.name.span),
        }
    }

    fn operation(&self, op: &tree::ToolOp, ours: bool, report: &mut Report) -> Operation {
        let mut fails = Vec::new();
        let mut statuses: BTreeMap<u16, Span> = BTreeMap::new();
        for kind in &op.fails {
            if !self.knows_kind(&kind.name.text) {
                report.push(self.unknown_kind(&kind.name));
            }
            let status =
                kind.status.and_then(|(status, span)| status_code(status, span, &mut statuses, report));
            fails.push((kind.name.text.clone(), status));
        }
        Operation {
            params: self.params(&op.params, ours, report),
            result: self.recorded_ty(&op.result, "what a tool gives", report),
            fails,
            readonly: op.readonly,
            idempotent: op.idempotent,
            unclear: self.unclear(op, report),
            route: None,
            span: ours.then_some(op.name.span),
        }
    }

    /// What is done about unclear attempts, unless a call says something else.
    fn unclear(&self, op: &tree::ToolOp, report: &mut Report) -> Option<Unclear> {
        let (policy, span) = op.unclear?;
        let harmless = [(op.readonly, "readonly"), (op.idempotent, "idempotent")];
        if let Some((_, word)) = harmless.into_iter().find(|(is, _)| *is) {
            report.push(needless(word, span));
            return None;
        }
        Some(lowered(policy))
    }

    /// Parameters with their types; two of a name are an error.
    pub(in crate::check) fn params(
        &self,
        written: &[tree::Param],
        ours: bool,
        report: &mut Report,
    ) -> Vec<Param> {
        let mut seen = BTreeSet::new();
        let mut params = Vec::new();
        for param in written {
            if !seen.insert(param.name.text.as_str()) {
                let text = format!("there are two parameters called `{}`", param.name.text);
                report.push(
                    Diagnostic::error("E0202", param.name.span, text)
                        .help("give one of them another name, or delete it"),
                );
                continue;
            }
            let script = is_script(&param.ty);
            let ty = if script { Type::Text } else { self.ty(&param.ty, report) };
            params.push(Param {
                name: param.name.text.clone(),
                ty,
                optional: param.optional,
                default: param.default.clone(),
                script,
                home: self.file,
                span: ours.then_some(param.span),
            });
        }
        params
    }
}

/// The policy in the checked form.
pub(in crate::check) fn lowered(policy: tree::Unclear) -> Unclear {
    match policy {
        tree::Unclear::Retry => Unclear::Retry,
        tree::Unclear::Fail => Unclear::Fail,
        tree::Unclear::Ask => Unclear::Ask,
    }
}

/// Where making it again does no harm, nothing is ever unclear.
pub(in crate::check) fn needless(word: &str, span: Span) -> Diagnostic {
    let text = format!("`unclear` does nothing here: the operation is `{word}`, so it is simply made again");
    Diagnostic::warning("W1012", span, text).help(format!(
        "delete it; or, if doing it twice is not as good as once, the `{word}` of the operation"
    ))
}

/// `script`: a text that has to be a literal.
fn is_script(ty: &tree::Ty) -> bool {
    matches!(&ty.kind, tree::TyKind::Named(path) if path.parts.len() == 1 && path.parts.iter().all(|p| p.text == "script"))
}

fn status_code(status: i64, span: Span, seen: &mut BTreeMap<u16, Span>, report: &mut Report) -> Option<u16> {
    let Some(code) = u16::try_from(status).ok().filter(|code| (400..600).contains(code)) else {
        let text = format!("{status} is no HTTP status of a failure");
        report.push(Diagnostic::error("E1004", span, text).help("failures have the statuses 400 to 599"));
        return None;
    };
    if let Some(before) = seen.insert(code, span) {
        let found = Diagnostic::error("E1004", span, format!("the status {code} means two failures"))
            .label("this one")
            .also(before, "and this one")
            .help("leave one of the numbers away: that failure is then known by the `error` in the answer's body");
        report.push(found);
    }
    Some(code)
}

/// Where a tool is: a scheme and what belongs to it.
fn binding(from: &tree::PlainText, report: &mut Report) {
    const SCHEMES: [&str; 6] = ["http", "exec", "component", "mcp", "openapi", "ci"];
    let scheme = from.value.split_once(':').map(|(scheme, _)| scheme);
    let address = from.value.strip_prefix("http:").filter(|url| !url.is_empty());
    let wrong = match (scheme, address) {
        (Some(scheme), _) if !SCHEMES.contains(&scheme) => {
            Some(format!("I know no kind of tool `{scheme}:`"))
        }
        (None, _) => Some("this does not say what kind of tool it is".to_owned()),
        (_, Some(url)) if crate::check::needs::origin(url).is_none() => {
            Some(format!("`{url}` is no address of a service"))
        }
        _ => None,
    };
    if let Some(text) = wrong {
        let found = Diagnostic::error("E1005", from.span, text)
            .help("write `from \"http:https://pay.example.com/v1\"`, or leave `from` away: then the operator binds the tool");
        report.push(found);
    }
}
