//! `run test` above each test, `graph` above each workflow. The editor's extension carries them out, with the program `cairn`.

use cairn_dsl::tree::ItemKind;
use lsp_types::{CodeLens, Command, Uri};
use serde_json::json;

use crate::{document::Document, text::range};

/// Runs one test: its arguments are the file and the title.
const RUN_TEST: &str = "cairn.runTest";
/// Shows a workflow as a picture: its arguments are the file and the name.
const SHOW_GRAPH: &str = "cairn.showGraph";

/// All lenses of a file.
pub(crate) fn lenses(document: &Document, uri: &Uri) -> Vec<CodeLens> {
    let lens = |item: &cairn_dsl::tree::Item| {
        let (title, command, name) = match &item.kind {
            ItemKind::Test(test) => ("run test", RUN_TEST, &test.title.value),
            ItemKind::Workflow(workflow) => ("graph", SHOW_GRAPH, &workflow.name.text),
            _ => return None,
        };
        let command = Command::new(title.to_owned(), command.to_owned(), Some(vec![json!(uri), json!(name)]));
        Some(CodeLens { range: range(&document.text, item.span), command: Some(command), data: None })
    };
    document.tree.items.iter().filter_map(lens).collect()
}
