//! Renaming, with a word of warning where the name is part of journal keys.

use std::collections::HashMap;

use cairn_dsl::tree::Span;
use lsp_types::{
    AnnotatedTextEdit, ChangeAnnotation, DocumentChangeOperation, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, Position, PrepareRenameResponse, TextDocumentEdit, TextEdit,
    Uri, WorkspaceEdit,
};

use super::definition::at_byte;
use super::hover::is_word;
use crate::{
    document::Document,
    names::{Kind, Symbol},
    text::range,
};

/// A change and what has to be known about it.
pub(crate) struct Renamed {
    pub(crate) edit: WorkspaceEdit,
    /// Why it should be thought over.
    pub(crate) warning: Option<String>,
}

/// What can be renamed at a place.
///
/// # Errors
///
/// Why it cannot be renamed, for people.
pub(crate) fn prepare(document: &Document, at: Position) -> Result<PrepareRenameResponse, String> {
    let (symbol, span) = found(document, at)?;
    Ok(PrepareRenameResponse::RangeWithPlaceholder {
        range: range(&document.text, span),
        placeholder: symbol.name.clone(),
    })
}

/// All edits that give it another name. `annotated`: the editor shows what a change is about before it makes it.
///
/// # Errors
///
/// Why it cannot be renamed, for people.
pub(crate) fn rename(
    document: &Document,
    uri: &Uri,
    at: Position,
    name: &str,
    annotated: bool,
) -> Result<Renamed, String> {
    let (symbol, _) = found(document, at)?;
    check(document, symbol, name)?;
    let edits = edits(document, symbol, name);
    let warning = symbol.kind.is_in_keys().then(|| {
        format!(
            "`{}` is part of journal keys: runs that have begun cannot be moved to the new code where they have \
             recorded something under it. They stay with the code they have; `cairn compat OLD NEW` tells which keys change",
            symbol.name
        )
    });
    let edit = match &warning {
        Some(warning) if annotated => annotate(document, uri, edits, warning),
        _ => plain(uri, edits),
    };
    Ok(Renamed { edit, warning })
}

fn found(document: &Document, at: Position) -> Result<(&Symbol, Span), String> {
    let known = document.names.at(at_byte(document, at));
    let known = known.and_then(|(symbol, span)| Some((document.names.get(symbol)?, span)));
    let (symbol, span) = known.ok_or("there is no name here that is declared in this file")?;
    match symbol.kind {
        Kind::Taken => Err(format!("`{}` is also the field that it is taken from", symbol.name)),
        Kind::Branch => {
            Err(format!("`{}` is also a field of the block's value: rename it by hand", symbol.name))
        }
        _ => Ok((symbol, span)),
    }
}

fn check(document: &Document, symbol: &Symbol, name: &str) -> Result<(), String> {
    let fine = name.starts_with(|c: char| is_word(c) && !c.is_ascii_digit()) && name.chars().all(is_word);
    // Names that a reader may take for something else are refused by the grammar itself.
    let reserved = !cairn_dsl::parse(&format!("const {name} = 1")).diagnostics.is_empty();
    if !fine || reserved {
        return Err(format!(
            "`{name}` cannot be a name: letters, digits and `_`, and no word of the language"
        ));
    }
    let clashes = |other: &&Symbol| {
        let meet = other.seen.start <= symbol.seen.end && symbol.seen.start <= other.seen.end;
        other.name == name
            && (other.kind == symbol.kind || !other.kind.is_item() && !symbol.kind.is_item() && meet)
    };
    match document.names.symbols.iter().find(clashes) {
        Some(other) if other.span != symbol.span => {
            Err(format!("there is a {} called `{name}` already", other.kind.word()))
        }
        _ => Ok(()),
    }
}

fn edits(document: &Document, symbol: &Symbol, name: &str) -> Vec<TextEdit> {
    let own = document.names.symbols.iter().position(|other| std::ptr::eq(other, symbol));
    let uses = document.names.uses.iter().filter(|one| Some(one.symbol) == own);
    let text = &document.text;
    let used = uses.map(|one| {
        // `name` alone stands for `name: name`; the field keeps its name.
        let new = if one.short { format!("{}: {name}", symbol.name) } else { name.to_owned() };
        TextEdit::new(range(text, one.span), new)
    });
    std::iter::once(TextEdit::new(range(text, symbol.span), name.to_owned())).chain(used).collect()
}

fn plain(uri: &Uri, edits: Vec<TextEdit>) -> WorkspaceEdit {
    WorkspaceEdit::new(HashMap::from([(uri.clone(), edits)]))
}

fn annotate(document: &Document, uri: &Uri, edits: Vec<TextEdit>, warning: &str) -> WorkspaceEdit {
    const ID: &str = "keys";
    let edit = |text_edit| OneOf::Right(AnnotatedTextEdit { text_edit, annotation_id: ID.to_owned() });
    let change = TextDocumentEdit {
        text_document: OptionalVersionedTextDocumentIdentifier {
            uri: uri.clone(),
            version: Some(document.version),
        },
        edits: edits.into_iter().map(edit).collect(),
    };
    let annotation = ChangeAnnotation {
        label: "Changes journal keys".to_owned(),
        needs_confirmation: Some(true),
        description: Some(warning.to_owned()),
    };
    WorkspaceEdit {
        changes: None,
        document_changes: Some(DocumentChanges::Operations(vec![DocumentChangeOperation::Edit(change)])),
        change_annotations: Some(HashMap::from([(ID.to_owned(), annotation)])),
    }
}
