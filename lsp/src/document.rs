//! An open file.

use cairn_compiler::{Index, check_with_index};
use cairn_dsl::tree::{File, ItemKind};
use cairn_dsl::{Diagnostic, Severity};

use crate::names::Names;

/// An open file, and what is known of its text.
pub(crate) struct Document {
    pub(crate) text: String,
    pub(crate) version: i32,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) tree: File,
    pub(crate) names: Names,
    pub(crate) index: Index,
    /// The parts of the standard library that it uses: the name that each goes by here, and its tree.
    pub(crate) parts: Vec<(String, File, &'static str)>,
    /// As it was when it could last be read as a whole: for what is asked in the middle of a word.
    pub(crate) good: Option<Box<Good>>,
}

/// What was known of a text that could be read as a whole.
pub(crate) struct Good {
    pub(crate) names: Names,
    pub(crate) index: Index,
}

impl Document {
    /// Reads and checks a text.
    pub(crate) fn new(name: &str, text: String, version: i32) -> Self {
        let tree = cairn_dsl::parse(&text).file;
        let (checked, index) = check_with_index(name, &text);
        let (names, parts) = (Names::of(&tree), parts(&tree));
        Self { text, version, diagnostics: checked.diagnostics, tree, names, index, parts, good: None }
    }

    /// The next text of the same file.
    pub(crate) fn next(self, name: &str, text: String, version: i32) -> Self {
        let broken = self
            .diagnostics
            .iter()
            .any(|one| one.severity == Severity::Error && one.code.0.starts_with("E01"));
        let good =
            if broken { self.good } else { Some(Box::new(Good { names: self.names, index: self.index })) };
        Self { good, ..Self::new(name, text, version) }
    }

    /// The declaration of a tool: in the file, or in a part of the standard library, with the text that it stands in.
    pub(crate) fn tool(&self, name: &str) -> Option<(&cairn_dsl::tree::ToolDecl, &str)> {
        let own = self.tree.items.iter().find_map(|item| match &item.kind {
            ItemKind::Tool(tool) if tool.name.text == name => Some((tool, self.text.as_str())),
            _ => None,
        });
        own.or_else(|| {
            let (_, tree, text) = self.parts.iter().find(|(part, ..)| part == name)?;
            tree.items.iter().find_map(|item| match &item.kind {
                ItemKind::Tool(tool) => Some((tool, *text)),
                _ => None,
            })
        })
    }

    /// The names of all tools.
    pub(crate) fn tools(&self) -> Vec<&str> {
        let own = self.tree.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Tool(tool) => Some(tool.name.text.as_str()),
            _ => None,
        });
        own.chain(self.parts.iter().map(|(name, ..)| name.as_str())).collect()
    }
}

fn parts(tree: &File) -> Vec<(String, File, &'static str)> {
    let parts = tree.items.iter().filter_map(|item| {
        let ItemKind::Use(decl) = &item.kind else { return None };
        let from = decl.from.value.as_str();
        let text = cairn_compiler::std_part(from)?;
        let own = from.rsplit([':', '/']).next().unwrap_or(from);
        let name = decl.alias.as_ref().map_or(own, |alias| alias.text.as_str());
        Some((name.to_owned(), cairn_dsl::parse(text).file, text))
    });
    parts.collect()
}
