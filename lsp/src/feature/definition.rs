//! Where a name is declared, and where it is used.

use lsp_types::{Location, Position, Uri};

use crate::{
    document::Document,
    text::{byte, range},
};

/// Where what stands at a place is declared.
pub(crate) fn definition(document: &Document, uri: &Uri, at: Position) -> Option<Location> {
    let (symbol, _) = document.names.at(at_byte(document, at))?;
    let symbol = document.names.get(symbol)?;
    Some(Location { uri: uri.clone(), range: range(&document.text, symbol.span) })
}

/// Where it is used, and, if wanted, where it is declared.
pub(crate) fn references(document: &Document, uri: &Uri, at: Position, declared: bool) -> Vec<Location> {
    let Some((symbol, _)) = document.names.at(at_byte(document, at)) else { return Vec::new() };
    let own = document.names.get(symbol).filter(|_| declared).map(|symbol| symbol.span);
    let uses = document.names.uses.iter().filter(|one| one.symbol == symbol).map(|one| one.span);
    let place = |span| Location { uri: uri.clone(), range: range(&document.text, span) };
    own.into_iter().chain(uses).map(place).collect()
}

/// The byte of a place, as the tree counts.
pub(crate) fn at_byte(document: &Document, at: Position) -> u32 {
    u32::try_from(byte(&document.text, at)).unwrap_or(u32::MAX)
}
