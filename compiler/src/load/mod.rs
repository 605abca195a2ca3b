//! The files that a file speaks of: `use "payout.cairn"`, `from "openapi:power.json"`. The compiler opens none of them itself.

mod disk;

pub use disk::Disk;

use std::collections::BTreeMap;

use cairn_dsl::tree::{self, File, ItemKind, PlainText, UseDecl};
use cairn_dsl::{Diagnostic, Source};

/// Gives the files that a file speaks of.
pub trait Loader {
    /// The file that `using` (as this loader or the caller named it) calls `path`.
    ///
    /// # Errors
    ///
    /// Why there is none, in a few words: `it is not there`.
    fn read(&self, using: &str, path: &str) -> Result<Found, String>;
}

/// A file that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// What it is called; the same for the same file, however it was reached.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// No files at all: the text stands alone.
#[derive(Clone, Copy, Debug)]
pub struct Alone;

impl Loader for Alone {
    fn read(&self, _using: &str, _path: &str) -> Result<Found, String> {
        Err("other files cannot be read from here".into())
    }
}

/// All files that belong together, the first one first, and what they say of tools.
pub(crate) struct Loaded {
    pub(crate) source: Source,
    pub(crate) files: Vec<Unit>,
    /// Faults of the syntax, and files that are not there.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What `from "openapi:…"` and the like name, by the using file and the text behind the colon.
    pub(crate) described: Described,
}

/// A file in the language.
pub(crate) struct Unit {
    pub(crate) tree: File,
    /// The files that its `use` lines name, by the place of the line; none for a line of the standard library, or one that failed.
    pub(crate) uses: BTreeMap<u32, usize>,
}

/// Descriptions of tools: what was read, or why it could not be.
pub(crate) type Described = BTreeMap<(usize, String), Result<Vec<u8>, String>>;

/// What describes a tool's operations, where `from` names a file: `openapi`, `component`, `mcp`, and the file.
pub(crate) fn description(from: &str) -> Option<(&str, String)> {
    let (scheme, rest) = from.split_once(':')?;
    match scheme {
        "mcp" => Some((scheme, format!("{rest}.mcp.json"))),
        "openapi" | "component" => Some((scheme, rest.to_owned())),
        _ => None,
    }
}

/// Reads a file and those that it uses, each once, circles included.
pub(crate) fn load(name: &str, text: &str, loader: &dyn Loader) -> Loaded {
    let source = Source::new(name, text);
    let parsed = cairn_dsl::parse(text);
    let first = Unit { tree: parsed.file, uses: BTreeMap::new() };
    let mut all = Loading {
        loaded: Loaded {
            source,
            files: vec![first],
            diagnostics: parsed.diagnostics,
            described: Described::new(),
        },
        names: vec![name.to_owned()],
        loader,
    };
    let mut next = 0;
    while next < all.loaded.files.len() {
        all.uses_of(next);
        next += 1;
    }
    all.loaded
}

/// More files than this are no program.
const FILES_MAX: usize = 200;

struct Loading<'l> {
    loaded: Loaded,
    names: Vec<String>,
    loader: &'l dyn Loader,
}

impl Loading<'_> {
    fn uses_of(&mut self, file: usize) {
        let Some(unit) = self.loaded.files.get(file) else { return };
        let mut used: Vec<UseDecl> = Vec::new();
        let mut tools: Vec<tree::ToolDecl> = Vec::new();
        for item in &unit.tree.items {
            match &item.kind {
                ItemKind::Use(decl) if !decl.from.value.starts_with("std:") => used.push(decl.clone()),
                ItemKind::Tool(decl) if decl.from.is_some() => tools.push(decl.clone()),
                _ => {}
            }
        }
        for decl in used {
            if let Some(other) = self.used(file, &decl.from)
                && let Some(unit) = self.loaded.files.get_mut(file)
            {
                unit.uses.insert(decl.from.span.start, other);
            }
        }
        for decl in tools {
            self.describe(file, &decl);
        }
    }

    fn describe(&mut self, file: usize, decl: &tree::ToolDecl) {
        let Some((_, path)) = decl.from.as_ref().and_then(|from| description(&from.value)) else { return };
        let using = self.names.get(file).map_or("", String::as_str);
        let read = if path.contains("://") {
            Err("it is an address, and nothing is fetched while compiling: save it beside this file".into())
        } else {
            self.loader.read(using, &path).map(|found| found.bytes)
        };
        self.loaded.described.insert((file, path), read);
    }

    /// The file behind a `use`; reported where it cannot be had.
    fn used(&mut self, file: usize, from: &PlainText) -> Option<usize> {
        let using = self.names.get(file).map_or("", String::as_str);
        let found = match self.loader.read(using, &from.value) {
            Ok(found) => found,
            Err(why) => return self.refuse(from, &why),
        };
        if let Some(before) = self.names.iter().position(|name| *name == found.name) {
            return Some(before);
        }
        let Ok(text) = String::from_utf8(found.bytes) else {
            return self.refuse(from, "it is no text in UTF-8");
        };
        if self.names.len() >= FILES_MAX {
            return self.refuse(from, "too many files are used already");
        }
        let start = self.loaded.source.behind();
        let parsed = cairn_dsl::parse_behind(&text, start);
        self.loaded.source.append(found.name.as_str(), &text);
        self.loaded.diagnostics.extend(parsed.diagnostics);
        self.loaded.files.push(Unit { tree: parsed.file, uses: BTreeMap::new() });
        self.names.push(found.name);
        Some(self.names.len() - 1)
    }

    fn refuse(&mut self, from: &PlainText, why: &str) -> Option<usize> {
        let text = format!("`{}` cannot be used: {why}", from.value);
        let found = Diagnostic::error("E0207", from.span, text);
        let found = if from.value.ends_with(".cairn") {
            found.help("the path is relative to this file")
        } else {
            found.help("`use` takes a file, `use \"payout.cairn\"`, or a part of the standard library, `use \"std:http\"`")
        };
        self.loaded.diagnostics.push(found);
        None
    }
}
