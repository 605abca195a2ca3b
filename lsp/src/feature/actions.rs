//! Code actions: the edits that diagnostics bring, and all certain ones of a file at once.

use std::collections::HashMap;

use cairn_dsl::{Diagnostic as Found, Edit};
use lsp_types::{CodeAction, CodeActionKind, CodeActionOrCommand, Range, TextEdit, Uri, WorkspaceEdit};

use super::diagnostics;
use crate::{document::Document, text};

/// What can be mended in a range.
#[expect(clippy::mutable_key_type, reason = "the protocol's own type for edits; its keys are never changed")]
pub(crate) fn actions(document: &Document, uri: &Uri, at: Range) -> Vec<CodeActionOrCommand> {
    let edits = |edits: &[Edit]| {
        let edit = |edit: &Edit| TextEdit::new(text::range(&document.text, edit.span), edit.text.clone());
        let changes = HashMap::from([(uri.clone(), edits.iter().map(edit).collect())]);
        WorkspaceEdit::new(changes)
    };
    let mendable: Vec<&Found> = document.diagnostics.iter().filter(|one| !one.edits.is_empty()).collect();
    let touched = mendable.iter().filter(|one| {
        let place = text::range(&document.text, one.primary.span);
        place.start <= at.end && at.start <= place.end
    });
    let mut actions: Vec<CodeActionOrCommand> = touched
        .map(|one| {
            let action = CodeAction {
                title: title(one),
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![diagnostics::one(document, one, uri)]),
                edit: Some(edits(&one.edits)),
                is_preferred: Some(true),
                ..CodeAction::default()
            };
            action.into()
        })
        .collect();
    if mendable.len() > 1 {
        let every: Vec<Edit> = apart(mendable.iter().flat_map(|one| one.edits.clone()).collect());
        let action = CodeAction {
            title: format!("Mend all {} that can be mended", mendable.len()),
            kind: Some(CodeActionKind::SOURCE_FIX_ALL),
            edit: Some(edits(&every)),
            ..CodeAction::default()
        };
        actions.push(action.into());
    }
    actions
}

/// Edits of one change may not overlap: of two that do, the first is made.
fn apart(mut edits: Vec<Edit>) -> Vec<Edit> {
    edits.sort_by_key(|edit| edit.span);
    let mut end = 0;
    edits.retain(|edit| {
        let fits = edit.span.start >= end;
        if fits {
            end = edit.span.end;
        }
        fits
    });
    edits.dedup();
    edits
}

/// The help says what to do; without one, what is wrong.
fn title(found: &Found) -> String {
    let line = found.help.as_deref().and_then(|help| help.lines().next()).unwrap_or(&found.message);
    let mut title = line.replace('`', "");
    if let Some(first) = title.get(..1).map(str::to_uppercase) {
        title.replace_range(..1, &first);
    }
    title
}
