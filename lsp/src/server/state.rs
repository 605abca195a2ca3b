//! The open files.

use std::collections::BTreeMap;

use lsp_server::{Connection, Message, Notification};
use lsp_types::notification::{
    DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument, Notification as _, PublishDiagnostics,
};
use lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, InitializeParams,
    PublishDiagnosticsParams, Uri,
};

use crate::{
    Error,
    document::{Document, Name},
    feature::diagnostics,
};

/// The open files, and what the editor can do.
pub(super) struct State {
    /// By address.
    open: BTreeMap<String, Open>,
    /// A change can be explained before it is made.
    pub(super) annotates: bool,
}

struct Open {
    uri: Uri,
    document: Document,
    /// Its diagnostics have been sent.
    told: bool,
}

impl State {
    pub(super) fn new(params: &InitializeParams) -> Self {
        let workspace = params.capabilities.workspace.as_ref();
        let edits = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
        let annotates = edits.is_some_and(|edits| {
            edits.change_annotation_support.is_some() && edits.document_changes == Some(true)
        });
        Self { open: BTreeMap::new(), annotates }
    }

    /// All diagnostics have been sent.
    pub(super) fn is_settled(&self) -> bool {
        self.open.values().all(|open| open.told)
    }

    /// Sends the diagnostics of what has changed.
    pub(super) fn settle(&mut self, connection: &Connection) -> Result<(), Error> {
        for open in self.open.values_mut().filter(|open| !open.told) {
            open.told = true;
            let found = diagnostics::all(&open.document, &open.uri);
            publish(connection, &open.uri, found, Some(open.document.version))?;
        }
        Ok(())
    }

    pub(super) fn document(&self, uri: &Uri) -> Option<&Document> {
        self.open.get(uri.as_str()).map(|open| &open.document)
    }

    /// Takes in what the editor tells.
    ///
    /// # Errors
    ///
    /// It is not what the protocol says it is; nothing is changed by it.
    pub(super) fn note(&mut self, note: &Notification) -> Result<(), serde_json::Error> {
        match note.method.as_str() {
            DidOpenTextDocument::METHOD => {
                let params: DidOpenTextDocumentParams = serde_json::from_value(note.params.clone())?;
                let file = params.text_document;
                self.take(file.uri, file.text, file.version);
            }
            DidChangeTextDocument::METHOD => {
                let params: DidChangeTextDocumentParams = serde_json::from_value(note.params.clone())?;
                let file = params.text_document;
                // Whole texts: the newest is the last.
                if let Some(change) = params.content_changes.into_iter().next_back() {
                    self.take(file.uri, change.text, file.version);
                }
            }
            DidCloseTextDocument::METHOD => {
                let params: DidCloseTextDocumentParams = serde_json::from_value(note.params.clone())?;
                self.open.remove(params.text_document.uri.as_str());
            }
            _ => {}
        }
        Ok(())
    }

    fn take(&mut self, uri: Uri, text: String, version: i32) {
        let key = uri.as_str().to_owned();
        let document = match self.open.remove(&key) {
            Some(before) => before.document.next(text, version),
            None => Document::new(Name::of(&uri), text, version),
        };
        self.open.insert(key, Open { uri, document, told: false });
    }
}

fn publish(
    connection: &Connection,
    uri: &Uri,
    diagnostics: Vec<lsp_types::Diagnostic>,
    version: Option<i32>,
) -> Result<(), Error> {
    let params = PublishDiagnosticsParams { uri: uri.clone(), diagnostics, version };
    let note = Notification::new(PublishDiagnostics::METHOD.to_owned(), params);
    super::send(connection, Message::Notification(note))
}
