//! An open file.

use cairn_compiler::{Alone, Checked, Disk, Index, check_with_index};
use cairn_dsl::tree::{File, ItemKind};
use cairn_dsl::{Diagnostic, Severity};

use crate::names::Names;

/// An open file, and what is known of its text.
pub(crate) struct Document {
    /// Its path, or, if it is not on this machine's disk, whatever the editor calls it.
    name: Name,
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

/// Where a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// On the disk: files that it uses are found beside it.
    Path(String),
    /// Not saved, or somewhere else: it stands alone.
    Elsewhere(String),
}

impl Name {
    /// Of an address such as `file:///srv/order%20new.cairn`.
    pub(crate) fn of(uri: &lsp_types::Uri) -> Self {
        let path = decoded(uri.path().as_str());
        let on_disk = uri.scheme().is_some_and(|scheme| scheme.as_str() == "file");
        if !on_disk {
            return Self::Elsewhere(path);
        }
        // `/C:/srv` is `C:/srv`.
        let drive = path.strip_prefix('/').filter(|rest| rest.as_bytes().get(1) == Some(&b':'));
        Self::Path(drive.unwrap_or(&path).to_owned())
    }

    /// Checks a text of this name.
    pub(crate) fn check(&self, text: &str) -> (Checked, Index) {
        match self {
            Self::Path(path) => check_with_index(path, text, &Disk),
            Self::Elsewhere(name) => check_with_index(name, text, &Alone),
        }
    }
}

/// `%20` as a space; what is no UTF-8 is left as it stands.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        let digits = behind.get(..2).filter(|_| byte == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| path.to_owned())
}

impl Document {
    /// Checks another text in the place of this one.
    pub(crate) fn check_instead(&self, text: &str) -> Index {
        self.name.check(text).1
    }

    /// Reads and checks a text.
    pub(crate) fn new(name: Name, text: String, version: i32) -> Self {
        let tree = cairn_dsl::parse(&text).file;
        let (checked, index) = name.check(&text);
        let (names, parts) = (Names::of(&tree), parts(&tree));
        Self { name, text, version, diagnostics: checked.diagnostics, tree, names, index, parts, good: None }
    }

    /// The next text of the same file.
    pub(crate) fn next(self, text: String, version: i32) -> Self {
        let broken = self
            .diagnostics
            .iter()
            .any(|one| one.severity == Severity::Error && one.code.0.starts_with("E01"));
        let good =
            if broken { self.good } else { Some(Box::new(Good { names: self.names, index: self.index })) };
        Self { good, ..Self::new(self.name, text, version) }
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

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn an_address_is_a_path_where_it_is_on_the_disk() {
        let name = |uri: &str| Name::of(&uri.parse().unwrap());
        assert_eq!(name("file:///srv/a%20b.cairn"), Name::Path("/srv/a b.cairn".into()));
        assert_eq!(name("file:///C:/srv/w.cairn"), Name::Path("C:/srv/w.cairn".into()));
        assert_eq!(name("untitled:one"), Name::Elsewhere("one".into()));
    }
}
