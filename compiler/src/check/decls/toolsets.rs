//! `toolset every = [safe, mail.send]`: operations that may be chosen among while a workflow runs.

use std::collections::BTreeMap;

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Path, ToolsetDecl};

use super::{Decls, Member, Toolset, nearest, unknown};
use crate::check::report::Report;

impl Decls<'_> {
    /// All toolsets of the file, each after those that are in it.
    pub(super) fn resolve_toolsets(&mut self, written: &[&ToolsetDecl], report: &mut Report) {
        let mut open: BTreeMap<&str, &ToolsetDecl> = BTreeMap::new();
        for decl in written {
            if self.place("toolset", &decl.name, report) {
                open.insert(&decl.name.text, decl);
            }
        }
        for decl in written {
            self.resolve_toolset(decl, &open, &mut Vec::new(), report);
        }
    }

    fn resolve_toolset<'n>(
        &mut self,
        decl: &'n ToolsetDecl,
        open: &BTreeMap<&str, &'n ToolsetDecl>,
        path: &mut Vec<&'n str>,
        report: &mut Report,
    ) {
        if self.toolsets.contains_key(&decl.name.text) {
            return;
        }
        path.push(&decl.name.text);
        let mut members: Vec<Member> = Vec::new();
        for member in &decl.members {
            let name = joined(member);
            if path.contains(&name.text.as_str()) {
                let found = Diagnostic::error(
                    "E0206",
                    member.span,
                    format!("the toolset `{}` holds itself", name.text),
                )
                .also(decl.name.span, "in this toolset")
                .help("delete it: a toolset has its own operations anyway");
                report.push(found);
                continue;
            }
            if let Some(inner) = open.get(name.text.as_str()).copied() {
                self.resolve_toolset(inner, open, path, report);
            }
            for found in self.members(member, report) {
                if !members.iter().any(|known| known.path == found.path) {
                    members.push(found);
                }
            }
        }
        path.pop();
        if decl.members.is_empty() {
            let found = Diagnostic::error(
                "E0905",
                decl.name.span,
                "this toolset is empty, so nothing can be called by it",
            )
            .help("`toolset safe = [search.query, files.read]`");
            report.push(found);
        }
        let set = Toolset { members, span: decl.name.span };
        self.toolsets.insert(decl.name.text.clone(), set);
    }

    /// What a member stands for: an operation, or all of another toolset.
    fn members(&self, member: &Path, report: &mut Report) -> Vec<Member> {
        let name = joined(member);
        if let Some(set) = self.toolsets.get(&name.text) {
            return set.members.clone();
        }
        let (tool, operation) = name.text.rsplit_once('.').unwrap_or((&name.text, ""));
        let Some(of) = self.tools.get(tool) else {
            report.push(self.no_member(&name, member));
            return Vec::new();
        };
        if operation.is_empty() || !of.operations.contains_key(operation) {
            report.push(no_operation(&name, of, operation));
            return Vec::new();
        }
        if of.from.as_deref() == Some("http:") || of.from.as_deref() == Some("exec:") {
            let text = format!("`{}` cannot be in a toolset", name.text);
            let found = Diagnostic::error("E0905", member.span, text)
                .label("what it reaches is only known where it is called")
                .help("declare a tool of your own for the service, and put its operations here");
            report.push(found);
            return Vec::new();
        }
        let path = format!("{}.{operation}", of.wire);
        vec![Member { path, tool: of.clone(), operation: operation.to_owned() }]
    }

    fn no_member(&self, name: &tree::Name, member: &Path) -> Diagnostic {
        let sets = self.places.keys().filter(|(what, _)| *what == "toolset").map(|(_, name)| name.as_str());
        if member.parts.len() > 1 {
            let tool = member.parts.first().cloned().unwrap_or_else(|| name.clone());
            return self.unknown_tool(&tool);
        }
        let near = nearest(&name.text, sets);
        let found = unknown("toolset", name, near, None);
        if near.is_some() {
            found
        } else {
            found.help("a toolset lists operations, `search.query`, and other toolsets")
        }
    }
}

fn no_operation(name: &tree::Name, of: &super::Tool, operation: &str) -> Diagnostic {
    let tool = name.text.strip_suffix(&format!(".{operation}")).unwrap_or(&name.text);
    let all: Vec<String> = of.operations.keys().map(|op| format!("`{tool}.{op}`")).collect();
    if operation.is_empty() {
        return Diagnostic::error("E0905", name.span, format!("`{tool}` is a tool, not an operation"))
            .help(format!("name its operations one by one: {}", all.join(", ")));
    }
    let near = nearest(operation, of.operations.keys().map(String::as_str)).map(|op| format!("{tool}.{op}"));
    let found = unknown("operation", name, near.as_deref(), of.span);
    if near.is_some() { found } else { found.help(format!("there are {}", all.join(", "))) }
}

fn joined(path: &Path) -> tree::Name {
    let text = path.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".");
    tree::Name { text, span: path.span }
}
