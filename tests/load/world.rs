//! The host that is loaded, and what its runs are.

use std::{path::Path, sync::Arc};

use cairn_host::{
    Host, Settings,
    ops::{OutcomeView, Progress, Reply, Request, Send, Show, Shown, Start, Update},
    port::{Ports, Tools},
    tool::Grant,
};
use cairn_journal::{FjallJournal, Journal};
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use crate::tools::{One, Telling};

pub(crate) const TENANT: &str = "local";

const PROGRAM: &str = include_str!("../program/load.cairn");

/// The component of all runs.
pub(crate) fn component() -> Result<Vec<u8>, String> {
    let checked = cairn_compiler::check("load.cairn", PROGRAM);
    let program = checked.workflows.first().ok_or("the program is not right")?;
    cairn_compiler::emit(program).map_err(|error| error.to_string())
}

/// The journal of a data directory.
pub(crate) fn journal(dir: &Path) -> Result<Arc<dyn Journal>, String> {
    Ok(Arc::new(FjallJournal::open(dir).map_err(|error| format!("opening: {error}"))?))
}

/// A host on a journal, whose tools tell.
pub(crate) fn host(dir: &Path, journal: Arc<dyn Journal>) -> Result<Host, String> {
    host_with(dir, journal, Arc::new(One(Arc::new(Telling))))
}

/// A host with other tools.
pub(crate) fn host_with(
    dir: &Path,
    journal: Arc<dyn Journal>,
    tools: Arc<dyn Tools>,
) -> Result<Host, String> {
    let ports = Ports { tools, ..Ports::system(journal) };
    Host::with_ports(Settings::new(dir), ports).map_err(|error| error.to_string())
}

/// Begins a run.
pub(crate) async fn start(host: &Host, digest: &str, number: u64) -> Result<(), String> {
    let grant = Grant { bind: [("t".to_owned(), "exec:".to_owned())].into(), ..Grant::default() };
    let start = Start {
        tenant: TENANT.to_owned(),
        id: Some(format!("r{number}")),
        digest: digest.to_owned(),
        input: json!({ "first": number % 100 }),
        grant,
        peers: Default::default(),
    };
    host.handle(Request::Start(start)).await.map(drop).map_err(|error| error.to_string())
}

/// The id of its one event.
pub(crate) fn message(id: &str) -> String {
    format!("{id}-turn")
}

/// Its one event, always under the same message id.
pub(crate) async fn send(host: &Host, id: &str) -> Result<(), String> {
    let (tenant, id, event) = (TENANT.to_owned(), id.to_owned(), "turn".to_owned());
    let message = Some(message(&id));
    let send = Send { tenant, id, event, data: json!({ "n": 5 }), message, early: true, expires_in: None };
    host.handle(Request::Send(send)).await.map(drop).map_err(|error| error.to_string())
}

/// Resolves when a run cannot go on, which only a failing disk or a journal that does not fit brings about.
pub(crate) async fn stopped(host: &Host) -> String {
    let mut updates = host.watch();
    loop {
        match updates.recv().await {
            Ok(Update { progress: Progress::Stopped { message }, .. }) => return message,
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return "the host is gone".to_owned(),
        }
    }
}

/// All about a run.
pub(crate) async fn show(host: &Host, id: &str) -> Result<Box<Shown>, String> {
    let show = Show { tenant: TENANT.to_owned(), id: id.to_owned() };
    match host.handle(Request::Show(show)).await {
        Ok(Reply::Show(shown)) => Ok(shown),
        Ok(_) => Err("a show is answered with something else".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// An outcome in a line.
pub(crate) fn told(outcome: &OutcomeView) -> String {
    match outcome {
        OutcomeView::Result(value) => value.to_string(),
        OutcomeView::Failure(failure) => format!("{}: {}", failure.kind, failure.message),
    }
}
