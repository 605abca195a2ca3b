//! `use "payout.cairn"`: what another file declares can be seen in this one, under its name or behind a prefix.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::UseDecl;

use super::Decls;
use crate::check::report::Report;
use crate::load::Unit;

impl<'t> Decls<'t> {
    /// Takes over what the other file itself declares; what that one uses stays its own business.
    pub(super) fn import(&mut self, decl: &UseDecl, from: &Decls<'t>, report: &mut Report) {
        let prefix = decl.alias.as_ref().map(|alias| alias.text.as_str());
        let called = |name: &str| prefix.map_or_else(|| name.to_owned(), |prefix| format!("{prefix}.{name}"));
        if let Some(prefix) = prefix {
            self.prefixes.insert(prefix.to_owned());
        }
        for (what, name) in from.places.keys() {
            let own = from.places.get(&(*what, name.clone())).is_some_and(|at| !from.borrowed.contains(at));
            if !own {
                continue;
            }
            let here = called(name);
            if *what == "error" {
                // A kind has one name wherever it is caught, so it has no prefix.
                self.import_error(decl, name, from, report);
                continue;
            }
            if self.places.insert((what, here.clone()), decl.from.span).is_some() {
                report.push(twice(decl, what, &here));
                continue;
            }
            self.borrowed.insert(decl.from.span);
            self.import_one(what, name, here, from);
        }
    }

    fn import_one(&mut self, what: &str, name: &str, here: String, from: &Decls<'t>) {
        match what {
            "type" => take(&mut self.types, &from.types, name, here),
            "constant" => take(&mut self.consts, &from.consts, name, here),
            "event" => take(&mut self.events, &from.events, name, here),
            "tool" => take(&mut self.tools, &from.tools, name, here),
            "function" => take(&mut self.functions, &from.functions, name, here),
            "flow" => take(&mut self.flows, &from.flows, name, here),
            "workflow" => take(&mut self.signatures, &from.signatures, name, here),
            "secret" => take(&mut self.secrets, &from.secrets, name, here),
            "toolset" => take(&mut self.toolsets, &from.toolsets, name, here),
            _ => {}
        }
    }

    fn import_error(&mut self, decl: &UseDecl, name: &str, from: &Decls<'t>, report: &mut Report) {
        let Some(theirs) = from.errors.get(name) else { return };
        if let Some(ours) = self.errors.get(name) {
            if ours.fields != theirs.fields {
                report.push(twice(decl, "error", name));
            }
            return;
        }
        self.errors.insert(name.to_owned(), theirs.clone());
        self.places.insert(("error", name.to_owned()), decl.from.span);
        self.borrowed.insert(decl.from.span);
    }
}

fn take<V: Clone>(
    to: &mut std::collections::BTreeMap<String, V>,
    from: &std::collections::BTreeMap<String, V>,
    name: &str,
    here: String,
) {
    if let Some(value) = from.get(name) {
        to.insert(here, value.clone());
    }
}

fn twice(decl: &UseDecl, what: &str, name: &str) -> Diagnostic {
    let text = format!("`{}` brings a second {what} called `{name}`", decl.from.value);
    let alias = decl.from.value.trim_end_matches(".cairn").rsplit('/').next().unwrap_or("other").to_owned();
    Diagnostic::error("E0202", decl.from.span, text)
        .help(format!("put a prefix in front of its names: `use \"{}\" as {alias}`", decl.from.value))
}

/// `use` of the file itself.
pub(super) fn itself(decl: &UseDecl) -> Diagnostic {
    Diagnostic::error("E0207", decl.from.span, "this file uses itself")
        .help("delete the line: what a file declares can be seen in all of it")
}

/// The files, each behind those that it uses; in a circle one of them is first all the same.
pub(super) fn order(files: &[Unit]) -> Vec<usize> {
    let mut done = Vec::new();
    let mut seen = vec![false; files.len()];
    visit(0, files, &mut seen, &mut done);
    done
}

fn visit(file: usize, files: &[Unit], seen: &mut [bool], done: &mut Vec<usize>) {
    match seen.get_mut(file) {
        Some(seen) if !*seen => *seen = true,
        _ => return,
    }
    for next in files.get(file).into_iter().flat_map(|unit| unit.uses.values()) {
        visit(*next, files, seen, done);
    }
    done.push(file);
}

/// Some file uses one that uses it.
pub(super) fn circular(files: &[Unit]) -> bool {
    let order = order(files);
    let place = |file: usize| order.iter().position(|other| *other == file);
    files
        .iter()
        .enumerate()
        .any(|(file, unit)| unit.uses.values().any(|used| *used != file && place(*used) > place(file)))
}

/// Types that were larger in every round hold themselves across files.
pub(super) fn still_growing(before: Option<&Decls<'_>>, now: &Decls<'_>, report: &mut Report) {
    for (name, (ty, span)) in &now.types {
        let known = before.and_then(|before| before.types.get(name));
        if known.is_some_and(|(known, _)| known != ty) && !now.borrowed.contains(span) {
            let text = format!("the type `{name}` holds itself, by way of another file");
            let found = Diagnostic::error("E0206", *span, text)
                .help("types cannot be recursive; use `json` for what may be nested to any depth");
            report.push(found);
        }
    }
}
