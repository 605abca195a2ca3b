//! Declarations that nothing speaks of.
//!
//! A name that stands nowhere else, in no file that belongs to the program, is certainly not used; one that also means something else may
//! be missed, and nobody is told wrong. What a tool can do is the tool's to say, so its operations are not asked for one by one.

use std::collections::BTreeMap;

use cairn_dsl::tree::{File, ItemKind, Name};
use cairn_dsl::{Diagnostic, Source, words};

use super::report::Report;

/// Warns of what the first file declares and nothing uses. A file without a workflow declares for others.
pub(super) fn look(file: &File, source: &Source, report: &mut Report) {
    if !file.items.iter().any(|item| matches!(item.kind, ItemKind::Workflow(_))) {
        return;
    }
    let declared: Vec<_> = file.items.iter().filter_map(|item| declared(&item.kind)).collect();
    let mut times: BTreeMap<&str, usize> = declared.iter().map(|(name, _)| (name.text.as_str(), 0)).collect();
    for word in source.parts().flat_map(|part| words(part.text)) {
        if let Some(times) = times.get_mut(word) {
            *times += 1;
        }
    }
    for (name, what) in declared {
        if times.get(name.text.as_str()) == Some(&1) && !name.text.starts_with('_') {
            let text = format!("nothing uses the {what} `{}`", name.text);
            report.push(
                Diagnostic::warning("W0202", name.span, text)
                    .label("its name stands nowhere else")
                    .help("delete it, or begin its name with `_`"),
            );
        }
    }
}

/// What has to be spoken of to be of use, and what people call it.
fn declared(item: &ItemKind) -> Option<(&Name, &'static str)> {
    match item {
        ItemKind::Const(decl) => Some((&decl.name, "constant")),
        ItemKind::Type(decl) => Some((&decl.name, "type")),
        ItemKind::Error(decl) => Some((&decl.name, "error")),
        ItemKind::Event(decl) => Some((&decl.name, "event")),
        ItemKind::Secret(decl) => Some((&decl.name, "secret")),
        ItemKind::Tool(decl) => Some((&decl.name, "tool")),
        ItemKind::Toolset(decl) => Some((&decl.name, "toolset")),
        ItemKind::Fn(decl) => Some((&decl.name, "function")),
        ItemKind::Flow(decl) => Some((&decl.name, "flow")),
        ItemKind::Use(_) | ItemKind::Workflow(_) | ItemKind::Test(_) => None,
    }
}
