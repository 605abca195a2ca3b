//! The outline of a file: its declarations, and the steps in its workflows.

use cairn_dsl::tree::{Item, ItemKind, Span};
use lsp_types::{DocumentSymbol, SymbolKind};

use crate::{
    document::Document,
    names::{Kind, Symbol},
    text::range,
};

/// All declarations in the order of the file.
pub(crate) fn outline(document: &Document) -> Vec<DocumentSymbol> {
    document.tree.items.iter().filter_map(|item| one(document, item)).collect()
}

fn one(document: &Document, item: &Item) -> Option<DocumentSymbol> {
    if let ItemKind::Test(test) = &item.kind {
        let name = format!("test: {}", test.title.value);
        return Some(entry(document, &name, None, SymbolKind::FUNCTION, item.span, test.title.span));
    }
    let symbols = &document.names.symbols;
    let inside = |symbol: &&Symbol| {
        item.span.start <= symbol.span.start && symbol.span.end <= item.span.end && symbol.whole != item.span
    };
    let own = symbols.iter().find(|symbol| symbol.kind.is_item() && symbol.whole == item.span)?;
    let children = symbols
        .iter()
        .filter(inside)
        .filter(|symbol| matches!(symbol.kind, Kind::Operation | Kind::Step | Kind::Rounds | Kind::Branch));
    let children = children.map(|symbol| {
        let kind = Some(symbol.kind.word().to_owned());
        entry(document, &symbol.name, kind, symbol.kind.symbol(), symbol.whole, symbol.span)
    });
    let detail = Some(own.kind.word().to_owned());
    let shown = entry(document, &own.name, detail, own.kind.symbol(), own.whole, own.span);
    Some(DocumentSymbol { children: Some(children.collect()), ..shown })
}

#[expect(deprecated, reason = "the protocol's type has a field that nobody sets any more")]
fn entry(
    document: &Document,
    name: &str,
    detail: Option<String>,
    kind: SymbolKind,
    whole: Span,
    own: Span,
) -> DocumentSymbol {
    DocumentSymbol {
        name: name.to_owned(),
        detail,
        kind,
        tags: None,
        deprecated: None,
        range: range(&document.text, whole),
        selection_range: range(&document.text, own),
        children: None,
    }
}
