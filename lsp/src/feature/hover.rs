//! What stands under the pointer.

use cairn_compiler::explain;
use cairn_dsl::tree::{ItemKind, Span, ToolOp};
use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position};

use super::definition::at_byte;
use crate::{
    document::Document,
    names::{Kind, Symbol},
    text::{range, slice},
};

/// What is known of a name or expression, and the page of what is wrong there.
pub(crate) fn hover(document: &Document, at: Position) -> Option<Hover> {
    let byte = at_byte(document, at);
    let named = named(document, byte).or_else(|| library(document, byte));
    let (span, about) = match named.or_else(|| typed(document, byte)) {
        Some((span, about)) => (Some(span), about),
        None => (None, String::new()),
    };
    let pages = pages(document, byte);
    let value =
        [about, pages].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n---\n\n");
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value: value.clone() });
    let range = span.map(|span| range(&document.text, span));
    (!value.is_empty()).then_some(Hover { contents, range })
}

fn named(document: &Document, byte: u32) -> Option<(Span, String)> {
    let (symbol, span) = document.names.at(byte)?;
    let symbol = document.names.get(symbol)?;
    let head = if symbol.kind.is_item() {
        slice(&document.text, head(document, symbol)).to_owned()
    } else {
        let narrowed = document.index.of(span);
        let ty = narrowed.or_else(|| document.index.of(symbol.span));
        match ty {
            Some(ty) => format!("{}: {ty}", symbol.name),
            None => symbol.name.clone(),
        }
    };
    let mut about = code(&head);
    if symbol.kind.is_in_keys() && !symbol.kind.is_item() {
        about = format!("{about}\n\n{}: its name is part of journal keys", symbol.kind.word());
    }
    Some((span, documented(about, symbol.doc.as_deref())))
}

/// Of a declaration with statements, what stands in front of them; of the others, all.
fn head(document: &Document, symbol: &Symbol) -> Span {
    let item = document.tree.items.iter().find(|item| item.span == symbol.whole);
    let end = match item.map(|item| &item.kind) {
        Some(ItemKind::Workflow(decl)) => decl.body_span.start,
        Some(ItemKind::Flow(decl)) => decl.body.span.start,
        _ => symbol.whole.end,
    };
    let text = slice(&document.text, Span { start: symbol.whole.start, end });
    let trimmed = u32::try_from(text.trim_end().len()).unwrap_or_default();
    Span { start: symbol.whole.start, end: symbol.whole.start + trimmed }
}

/// An operation of a part of the standard library: `http.get`.
fn library(document: &Document, byte: u32) -> Option<(Span, String)> {
    let start = word_start(&document.text, byte as usize);
    let end = word_end(&document.text, byte as usize);
    let name = document.text.get(start..end)?;
    let before = document.text.get(..start)?.strip_suffix('.')?;
    let tool = before.get(word_start(before, before.len())..)?;
    let (decl, text) = document.tool(tool)?;
    let operation = decl.operations.iter().find(|operation| operation.name.text == name)?;
    Some((Span::of(start, end), documented(code(signature(operation, text)), operation.doc.as_deref())))
}

/// An operation as it was declared.
pub(crate) fn signature<'t>(operation: &ToolOp, text: &'t str) -> &'t str {
    slice(text, operation.span)
}

fn typed(document: &Document, byte: u32) -> Option<(Span, String)> {
    let (span, ty) = document.index.at(byte)?;
    Some((span, code(&ty.to_string())))
}

fn pages(document: &Document, byte: u32) -> String {
    let here = document.diagnostics.iter().filter(|one| {
        let span = one.primary.span;
        span.start <= byte && byte <= span.end
    });
    let mut codes: Vec<&str> = here.map(|one| one.code.0).collect();
    codes.dedup();
    codes.iter().filter_map(|code| explain::page(code)).map(str::trim_end).collect::<Vec<_>>().join("\n\n")
}

fn documented(about: String, doc: Option<&str>) -> String {
    match doc {
        Some(doc) => format!("{about}\n\n{doc}"),
        None => about,
    }
}

pub(crate) fn code(text: &str) -> String {
    format!("```cairn\n{text}\n```")
}

/// Where the word around a byte begins.
pub(crate) fn word_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.rfind(|c: char| !is_word(c)).map_or(0, |end| {
        end + before.get(end..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
    })
}

fn word_end(text: &str, at: usize) -> usize {
    let behind = text.get(at..).unwrap_or_default();
    at + behind.find(|c: char| !is_word(c)).unwrap_or(behind.len())
}

pub(crate) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

impl Kind {
    /// As outlines show it.
    pub(crate) fn symbol(self) -> lsp_types::SymbolKind {
        use lsp_types::SymbolKind as S;
        match self {
            Self::Type => S::STRUCT,
            Self::Const | Self::Secret => S::CONSTANT,
            Self::Error => S::ENUM_MEMBER,
            Self::Event => S::EVENT,
            Self::Tool | Self::Toolset => S::INTERFACE,
            Self::Operation | Self::Step => S::METHOD,
            Self::Function | Self::Flow | Self::Workflow => S::FUNCTION,
            Self::Parameter | Self::Variable | Self::Taken => S::VARIABLE,
            Self::Rounds | Self::Branch => S::NAMESPACE,
        }
    }
}
