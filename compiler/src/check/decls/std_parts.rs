//! `use "std:…"`: parts of the standard library, which are Cairn source themselves.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, ItemKind, UseDecl};

use super::{Decls, Shaped, Tool, nearest};
use crate::check::report::Report;
use crate::types::Type;

const PARTS: [(&str, &str); 4] = [
    ("std:http", include_str!("../../std/http.cairn")),
    ("std:exec", include_str!("../../std/exec.cairn")),
    ("std:ci", include_str!("../../std/ci.cairn")),
    ("std:git", include_str!("../../std/git.cairn")),
];

/// The source of a part of the standard library such as `std:http`; `None` where there is none of this name.
#[must_use]
pub fn std_part(name: &str) -> Option<&'static str> {
    PARTS.iter().find(|(part, _)| *part == name).map(|(_, source)| *source)
}

impl Decls<'_> {
    pub(super) fn use_part(&mut self, decl: &UseDecl, report: &mut Report) {
        let from = decl.from.value.as_str();
        let own = from.rsplit([':', '/']).next().unwrap_or(from).trim_end_matches(".cairn");
        let name = decl.alias.as_ref().map_or_else(|| own.to_owned(), |alias| alias.text.clone());
        let Some((_, source)) = PARTS.iter().find(|(part, _)| *part == from) else {
            self.excused.insert(name);
            report.push(unknown_part(decl));
            return;
        };
        let span = decl.alias.as_ref().map_or(decl.from.span, |alias| alias.span);
        let name = tree::Name { text: name, span };
        if self.place("tool", &name, report) {
            self.borrowed.insert(span);
            self.load(&name.text, source, report);
        }
    }

    /// A part reports nothing: its text is ours, and a test checks it.
    fn load(&mut self, name: &str, source: &str, report: &mut Report) {
        let parsed = cairn_dsl::parse(source);
        report.mute();
        for item in &parsed.file.items {
            if let ItemKind::Error(decl) = &item.kind {
                let fields = decl.fields.as_ref().map(|ty| self.ty(ty, report));
                let fields = if let Some(Type::Record(fields)) = fields { fields } else { Vec::new() };
                self.errors.insert(
                    decl.name.text.clone(),
                    Shaped { fields, wire: decl.name.text.clone(), span: None },
                );
            }
        }
        for item in &parsed.file.items {
            if let ItemKind::Event(decl) = &item.kind {
                let shaped = Shaped { span: None, ..self.shaped(&decl.name, decl.fields.as_ref(), report) };
                let own = format!("git.{}", shaped.wire);
                self.events.insert(format!("{name}.{}", shaped.wire), Shaped { wire: own, ..shaped });
            }
            if let ItemKind::Tool(decl) = &item.kind {
                let tool = Tool { wire: name.to_owned(), ..self.tool(decl, false, report) };
                self.tools.insert(name.to_owned(), tool);
            }
        }
        report.unmute();
    }

    /// The tool's operations are those of the general HTTP client.
    pub(in crate::check) fn is_http_client(&self, tool: &str) -> bool {
        self.tools.get(tool).is_some_and(|tool| tool.from.as_deref() == Some("http:"))
    }

    /// The tool's operations are those of the command runner.
    pub(in crate::check) fn is_command_runner(&self, tool: &str) -> bool {
        self.tools.get(tool).is_some_and(|tool| tool.from.as_deref() == Some("exec:"))
    }

    /// `E0203` for a tool.
    pub(in crate::check) fn unknown_tool(&self, name: &tree::Name) -> Diagnostic {
        let near = super::nearest(&name.text, self.tools.keys().map(String::as_str));
        let declared = self.tools.get(near.unwrap_or_default()).and_then(|tool| tool.span);
        let found = super::unknown("tool", name, near, declared);
        let std = PARTS.iter().find(|(part, _)| part.strip_prefix("std:") == Some(&name.text));
        match (near, std) {
            (Some(_), _) => found,
            (None, Some((part, _))) => found.help(format!("write `use \"{part}\"` at the top of the file")),
            (None, None) => {
                found.help(format!("declare it at the top of the file: `tool {} {{ … }}`", name.text))
            }
        }
    }
}

fn unknown_part(decl: &UseDecl) -> Diagnostic {
    let from = decl.from.value.as_str();
    let found =
        Diagnostic::error("E0207", decl.from.span, format!("the standard library has no part `{from}`"));
    match nearest(from, PARTS.iter().map(|(part, _)| *part)) {
        Some(near) => found.help(format!("did you mean `{near}`?")).fix(decl.from.span, format!("{near:?}")),
        None => found.help("there are `std:http`, `std:exec`, `std:ci` and `std:git`"),
    }
}

#[cfg(test)]
mod tests {
    use super::PARTS;

    #[test]
    fn the_parts_are_clean_cairn_source() {
        for (part, source) in PARTS {
            let checked = crate::check(part, source);
            assert!(checked.diagnostics.is_empty(), "{part}: {:?}", checked.diagnostics);
        }
    }
}
