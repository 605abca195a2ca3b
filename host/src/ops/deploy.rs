//! Takes a component in.

use std::{path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{Deployed, Error, host::Inner, run::store};

/// Takes in the component that lies in a file, which the process that has the data directory reads. Whoever is that process itself need not write one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Deploy {
    /// An absolute path.
    pub file: PathBuf,
    /// It is a tool and not a workflow.
    #[serde(default)]
    pub tool: bool,
}

/// # Errors
/// A mistake: the file cannot be read, or is no component that can be run.
pub(super) async fn deploy_file(inner: &Arc<Inner>, verb: &Deploy) -> Result<Deployed, Error> {
    let bytes = tokio::fs::read(&verb.file).await.map_err(|e| {
        Error::mistake(format!("the component `{}` cannot be read: {e}", verb.file.display()))
            .help("it is read by the process that has the data directory: may that one read it?")
    })?;
    if verb.tool { deploy_tool(inner, bytes).await } else { deploy(inner, bytes).await }
}

/// # Errors
/// A mistake that says what is wrong with it; then nothing is kept.
pub(crate) async fn deploy(inner: &Arc<Inner>, bytes: Vec<u8>) -> Result<Deployed, Error> {
    let code = inner.registry.prepare(bytes.clone()).await?;
    let digest = keep(inner, bytes).await?;
    tracing::info!(%digest, workflow = code.component.workflow(), "deployed");
    Ok(Deployed { digest, component: code.component.clone() })
}

/// # Errors
/// A mistake that says what is wrong with it; then nothing is kept.
pub(crate) async fn deploy_tool(inner: &Arc<Inner>, bytes: Vec<u8>) -> Result<Deployed, Error> {
    let component = inner.registry.prepare_tool(bytes.clone()).await?.component().clone();
    let digest = keep(inner, bytes).await?;
    tracing::info!(%digest, "deployed a tool");
    Ok(Deployed { digest, component })
}

async fn keep(inner: &Arc<Inner>, bytes: Vec<u8>) -> Result<String, Error> {
    let journal = Arc::clone(&inner.ports.journal);
    let kept = tokio::task::spawn_blocking(move || journal.put_blob(&bytes)).await;
    let kept =
        kept.map_err(|e| Error::fault(format!("keeping the component did not come to its end: {e}")))?;
    Ok(kept.map_err(|e| store(&e))?.0)
}
