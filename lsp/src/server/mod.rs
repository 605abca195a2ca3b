//! The loop: one message after the other, and diagnostics when the writing pauses.

mod answer;
mod state;

use std::time::Duration;

use lsp_server::{Connection, Message, Notification};
use lsp_types::notification::{LogMessage, Notification as _};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CodeLensOptions, CompletionOptions,
    HoverProviderCapability, InitializeParams, InitializeResult, LogMessageParams, MessageType, OneOf,
    RenameOptions, ServerCapabilities, ServerInfo, TextDocumentSyncCapability, TextDocumentSyncKind,
    WorkDoneProgressOptions,
};

use crate::Error;
use state::State;

/// Nobody wants to be told of faults in what is being written; who pauses does.
const PAUSE: Duration = Duration::from_millis(200);

/// Serves an editor on stdin and stdout until it says goodbye.
///
/// # Errors
///
/// See [`Error`].
pub fn stdio() -> Result<(), Error> {
    let (connection, threads) = Connection::stdio();
    let served = serve(&connection);
    drop(connection);
    let ended = threads.join();
    served?;
    Ok(ended?)
}

/// Serves an editor on a connection until it says goodbye.
///
/// # Errors
///
/// See [`Error`].
pub fn serve(connection: &Connection) -> Result<(), Error> {
    let (id, params) = connection.initialize_start()?;
    let params: InitializeParams = serde_json::from_value(params)?;
    let info = ServerInfo { name: "cairn".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) };
    let result = InitializeResult { capabilities: capabilities(), server_info: Some(info) };
    connection.initialize_finish(id, serde_json::to_value(result)?)?;
    let mut state = State::new(&params);
    loop {
        let message = if state.is_settled() {
            connection.receiver.recv().map_err(|_| Error::Gone)?
        } else {
            match connection.receiver.recv_timeout(PAUSE) {
                Ok(message) => message,
                Err(e) if e.is_timeout() => {
                    state.settle(connection)?;
                    continue;
                }
                Err(_) => return Err(Error::Gone),
            }
        };
        match message {
            Message::Request(request) => {
                if connection.handle_shutdown(&request)? {
                    return Ok(());
                }
                let answers = answer::answer(&mut state, request);
                answers.into_iter().try_for_each(|answer| send(connection, answer))?;
            }
            Message::Notification(note) => {
                if let Err(e) = state.note(&note) {
                    send(connection, unread(&note.method, &e))?;
                }
            }
            Message::Response(_) => {}
        }
    }
}

/// For the editor's log: what it told could not be read, and no answer is due that could say so.
fn unread(method: &str, why: &serde_json::Error) -> Message {
    let message = format!("`{method}` cannot be read: {why}");
    let params = LogMessageParams { typ: MessageType::WARNING, message };
    Message::Notification(Notification::new(LogMessage::METHOD.to_owned(), params))
}

fn send(connection: &Connection, message: Message) -> Result<(), Error> {
    connection.sender.send(message).map_err(|_| Error::Gone)
}

fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::FULL)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some([".", " ", "(", ","].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        document_formatting_provider: Some(OneOf::Left(true)),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, CodeActionKind::SOURCE_FIX_ALL]),
            ..CodeActionOptions::default()
        })),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        ..ServerCapabilities::default()
    }
}
