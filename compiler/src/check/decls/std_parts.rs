//! `use "std:…"`: parts of the standard library, which are Cairn source themselves.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, ItemKind, UseDecl};

use super::{Decls, Shaped};
use crate::check::later;
use crate::check::report::Report;
use crate::types::Type;

const PARTS: [(&str, &str); 2] =
    [("std:http", include_str!("../../std/http.cairn")), ("std:exec", include_str!("../../std/exec.cairn"))];

impl Decls<'_> {
    pub(super) fn use_part(&mut self, decl: &UseDecl, report: &mut Report) {
        let from = decl.from.value.as_str();
        let own = from.rsplit([':', '/']).next().unwrap_or(from).trim_end_matches(".cairn");
        let name = decl.alias.as_ref().map_or_else(|| own.to_owned(), |alias| alias.text.clone());
        let Some((_, source)) = PARTS.iter().find(|(part, _)| *part == from) else {
            let what = if from.starts_with("std:") { &later::USE_STD } else { &later::USE_FILE };
            report.later(what, decl.from.span);
            self.excused.insert(name);
            return;
        };
        let span = decl.alias.as_ref().map_or(decl.from.span, |alias| alias.span);
        if self.place("tool", &tree::Name { text: name.clone(), span }, report) {
            self.load(&name, source, report);
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
                self.errors.insert(decl.name.text.clone(), Shaped { fields, wire: decl.name.text.clone(), span: None });
            }
        }
        for item in &parsed.file.items {
            if let ItemKind::Tool(decl) = &item.kind {
                let tool = self.tool(decl, false, report);
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
