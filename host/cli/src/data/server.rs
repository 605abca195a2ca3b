//! The socket of a process that holds a data directory: others send their verbs through it.

use std::{
    fs,
    io::{self, Error as IoError},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use cairn_host::{Error, Host, ops::Request};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    task::JoinHandle,
};

use super::{
    Dir,
    reach::Reach,
    wire::{Answer, REQUEST_BYTES},
};

/// Whoever connects has so long to ask.
const PATIENCE: Duration = Duration::from_secs(10);

/// A socket that answers, for as long as this lives.
#[derive(Debug)]
pub(crate) struct Served {
    task: JoinHandle<()>,
    path: PathBuf,
}

impl Served {
    /// Binds the socket, in place of one that a dead process left behind, and answers. To be called with the lock.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub(crate) fn new(host: Host, dir: &Dir) -> io::Result<Self> {
        let path = dir.socket();
        let listener = bind(&path)?;
        Ok(Self { task: tokio::spawn(accept(listener, host)), path })
    }
}

impl Served {
    /// Answers nobody any more, and holds the host no longer when it returns.
    pub(crate) async fn stop(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
        let _ = fs::remove_file(&self.path);
    }
}

/// Only the user who runs this process can connect, at no moment anybody else: the socket is made in a private folder, gets its
/// mode there and is moved to its place then.
fn bind(path: &Path) -> io::Result<UnixListener> {
    let nest = path.with_extension(std::process::id().to_string());
    let _ = fs::remove_dir_all(&nest);
    fs::DirBuilder::new().mode(0o700).create(&nest)?;
    let bound = bind_in(&nest, path);
    let _ = fs::remove_dir_all(&nest);
    bound
}

fn bind_in(nest: &Path, path: &Path) -> io::Result<UnixListener> {
    let inner = nest.join("socket");
    let reach = Reach::new(&inner)?;
    let listener = UnixListener::bind(reach.path())?;
    fs::set_permissions(&inner, fs::Permissions::from_mode(0o600))?;
    fs::rename(&inner, path)?;
    Ok(listener)
}

async fn accept(listener: UnixListener, host: Host) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(answer(stream, host.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "the socket did not accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn answer(mut stream: UnixStream, host: Host) {
    if let Err(error) = exchange(&mut stream, &host).await {
        tracing::debug!(%error, "a connection to the socket ended early");
    }
}

async fn exchange(stream: &mut UnixStream, host: &Host) -> io::Result<()> {
    let (read, mut write) = stream.split();
    let mut line = Vec::new();
    let mut read = BufReader::new(read).take(REQUEST_BYTES);
    tokio::time::timeout(PATIENCE, read.read_until(b'\n', &mut line)).await.map_err(IoError::from)??;
    if line.is_empty() {
        return Ok(()); // somebody only looked whether anybody is here
    }
    let answer = Answer::from(handled(&line, host).await);
    let mut text = serde_json::to_vec(&answer)?;
    text.push(b'\n');
    write.write_all(&text).await?;
    write.shutdown().await
}

async fn handled(line: &[u8], host: &Host) -> Result<cairn_host::ops::Reply, Error> {
    let request = serde_json::from_slice(line).map_err(|e| {
        Error::mistake(format!("the request cannot be read: {e}"))
            .help("it may come from another version of cairn than the process that holds the data directory")
    })?;
    match request {
        // Whoever starts something wants to see it through; this process may end at any time.
        Request::Start(_) | Request::Resume(_) => Err(Error::mistake(
            "runs are started and taken up only by the process that holds the data directory",
        )),
        request => host.handle(request).await,
    }
}
