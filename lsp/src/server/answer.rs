//! Requests and their answers.

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{Notification as _, ShowMessage};
use lsp_types::request::{
    CodeActionRequest, CodeLensRequest, Completion, DocumentSymbolRequest, Formatting, GotoDefinition,
    HoverRequest, PrepareRenameRequest, References, Rename, Request as _,
};
use lsp_types::{
    CompletionResponse, DocumentSymbolResponse, GotoDefinitionResponse, MessageType, ShowMessageParams,
    TextDocumentPositionParams, Uri,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::state::State;
use crate::{
    document::Document,
    feature::{actions, complete, definition, format, hover, lens, outline, rename},
};

/// What is sent back: the answer, and what people should know besides.
pub(super) fn answer(state: &mut State, request: Request) -> Vec<Message> {
    let id = request.id.clone();
    match look(state, request) {
        Ok(Answer { value, warning }) => {
            let warning = warning.map(|message| {
                let params = ShowMessageParams { typ: MessageType::WARNING, message };
                Message::Notification(Notification::new(ShowMessage::METHOD.to_owned(), params))
            });
            std::iter::once(Response::new_ok(id, value).into()).chain(warning).collect()
        }
        Err(Refusal { code, message }) => vec![refused(id, code, message)],
    }
}

fn refused(id: RequestId, code: ErrorCode, message: String) -> Message {
    Response::new_err(id, code as i32, message).into()
}

struct Answer {
    value: Value,
    warning: Option<String>,
}

struct Refusal {
    code: ErrorCode,
    message: String,
}

impl From<serde_json::Error> for Refusal {
    fn from(e: serde_json::Error) -> Self {
        Self { code: ErrorCode::InvalidParams, message: e.to_string() }
    }
}

impl From<String> for Refusal {
    fn from(message: String) -> Self {
        Self { code: ErrorCode::RequestFailed, message }
    }
}

fn plain(value: impl serde::Serialize) -> Result<Answer, Refusal> {
    Ok(Answer { value: serde_json::to_value(value)?, warning: None })
}

fn params<P: DeserializeOwned>(request: Request) -> Result<P, Refusal> {
    Ok(serde_json::from_value(request.params)?)
}

fn look(state: &State, request: Request) -> Result<Answer, Refusal> {
    match request.method.as_str() {
        HoverRequest::METHOD => {
            let params: lsp_types::HoverParams = params(request)?;
            let at = params.text_document_position_params;
            plain(place(state, &at)?.and_then(|document| hover::hover(document, at.position)))
        }
        Completion::METHOD => {
            let params: lsp_types::CompletionParams = params(request)?;
            let at = params.text_document_position;
            let items = place(state, &at)?.map(|document| complete::complete(document, at.position));
            plain(items.map(CompletionResponse::Array))
        }
        GotoDefinition::METHOD => {
            let params: lsp_types::GotoDefinitionParams = params(request)?;
            let at = params.text_document_position_params;
            let uri = &at.text_document.uri;
            let found = place(state, &at)?.and_then(|file| definition::definition(file, uri, at.position));
            plain(found.map(GotoDefinitionResponse::Scalar))
        }
        References::METHOD => {
            let params: lsp_types::ReferenceParams = params(request)?;
            let (at, own) = (params.text_document_position, params.context.include_declaration);
            let uri = &at.text_document.uri;
            plain(place(state, &at)?.map(|file| definition::references(file, uri, at.position, own)))
        }
        PrepareRenameRequest::METHOD | Rename::METHOD => renaming(state, request),
        _ => whole(state, request),
    }
}

/// What is asked about a whole file.
fn whole(state: &State, request: Request) -> Result<Answer, Refusal> {
    match request.method.as_str() {
        CodeActionRequest::METHOD => {
            let params: lsp_types::CodeActionParams = params(request)?;
            let uri = &params.text_document.uri;
            plain(state.document(uri).map(|file| actions::actions(file, uri, params.range)))
        }
        DocumentSymbolRequest::METHOD => {
            let params: lsp_types::DocumentSymbolParams = params(request)?;
            let found = state.document(&params.text_document.uri).map(outline::outline);
            plain(found.map(DocumentSymbolResponse::Nested))
        }
        CodeLensRequest::METHOD => {
            let params: lsp_types::CodeLensParams = params(request)?;
            let uri: &Uri = &params.text_document.uri;
            plain(state.document(uri).map(|file| lens::lenses(file, uri)))
        }
        Formatting::METHOD => {
            let params: lsp_types::DocumentFormattingParams = params(request)?;
            plain(state.document(&params.text_document.uri).and_then(format::format))
        }
        method => {
            let message = format!("`{method}` is not known here");
            Err(Refusal { code: ErrorCode::MethodNotFound, message })
        }
    }
}

fn renaming(state: &State, request: Request) -> Result<Answer, Refusal> {
    if request.method == PrepareRenameRequest::METHOD {
        let at: TextDocumentPositionParams = params(request)?;
        return match place(state, &at)? {
            Some(document) => plain(rename::prepare(document, at.position)?),
            None => plain(json!(null)),
        };
    }
    let params: lsp_types::RenameParams = params(request)?;
    let at = params.text_document_position;
    let Some(document) = place(state, &at)? else { return plain(json!(null)) };
    let uri = &at.text_document.uri;
    let renamed = rename::rename(document, uri, at.position, &params.new_name, state.annotates)?;
    // Where the change itself carries the warning it need not be told twice.
    let warning = renamed.warning.filter(|_| !state.annotates);
    Ok(Answer { warning, ..plain(renamed.edit)? })
}

/// The file that is asked about, if it is open.
fn place<'s>(state: &'s State, at: &TextDocumentPositionParams) -> Result<Option<&'s Document>, Refusal> {
    Ok(state.document(&at.text_document.uri))
}
