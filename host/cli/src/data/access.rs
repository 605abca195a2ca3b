//! A data directory, by whichever way it can be reached: opened here, or through the process that holds it.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
    time::{Duration, Instant},
};

use cairn_host::{
    Deployed, Error, Host, Settings,
    ops::{Reply, Request},
    port::{Entropy as _, SystemEntropy},
};

use super::{
    Dir, Named, Served,
    client::{self, Unanswered},
    lock, owner_words, repeat, verbs,
};
use crate::{
    problem::{Outcome, Problem, fault, mistake},
    screen::out,
};

/// Somebody who holds the directory for a moment only (`cairn list`) is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// How to reach a data directory.
#[derive(Debug)]
pub(crate) enum Access {
    /// This process holds it.
    Here(Held),
    /// Another does.
    There(Dir),
}

impl Access {
    /// For verbs that run nothing: through the process that holds it, if there is one. Makes no directory.
    ///
    /// # Errors
    ///
    /// No such directory; held by a process that does not answer; the host's.
    pub(crate) async fn any(dir: &Dir) -> Outcome<Self> {
        dir.required()?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            if client::connect(dir).await.is_some() {
                return Ok(Self::There(dir.clone()));
            }
            match open(dir).await {
                Ok(held) => return Ok(Self::Here(held)),
                Err(Locked::No(problem)) => return Err(problem),
                Err(Locked::Yes) if Instant::now() > deadline => return Err(deaf(dir)),
                Err(Locked::Yes) => pause().await,
            }
        }
    }

    /// As [`Access::any`]; makes the directory if need be.
    ///
    /// # Errors
    ///
    /// Held by a process that does not answer; the host's.
    pub(crate) async fn made(dir: &Dir) -> Outcome<Self> {
        match dir.required() {
            Ok(()) => Self::any(dir).await,
            Err(_) => Held::driving(dir).await.map(Self::Here),
        }
    }

    /// Takes a component in.
    ///
    /// # Errors
    ///
    /// A mistake: it is none. A fault where it cannot be handed over to another process.
    pub(crate) async fn deploy(&self, component: &[u8]) -> Outcome<Deployed> {
        if let Self::Here(held) = self {
            return Ok(held.host.deploy(component).await?);
        }
        self.hand_over(component, false).await
    }

    /// Takes a component in that is a tool.
    ///
    /// # Errors
    ///
    /// As of [`Access::deploy`].
    pub(crate) async fn deploy_tool(&self, component: &[u8]) -> Outcome<Deployed> {
        if let Self::Here(held) = self {
            return Ok(held.host.deploy_tool(component).await?);
        }
        self.hand_over(component, true).await
    }

    async fn hand_over(&self, component: &[u8], tool: bool) -> Outcome<Deployed> {
        let file = Handed::new(component).map_err(|e| {
            fault(
                format!("cannot hand a component over: {e}"),
                "it goes through a file in the folder for temporary ones",
            )
        })?;
        verbs::deploy(self, file.0.clone(), tool).await
    }

    /// Carries out a verb. Where the process that held the directory ends in that moment, the verb is carried out again by whoever holds it
    /// then, if it comes to the same.
    ///
    /// # Errors
    ///
    /// The verb's; a fault where the other process does not answer.
    pub(crate) async fn handle(&self, mut request: Request) -> Outcome<Reply> {
        let dir = match self {
            Self::Here(held) => return Ok(held.host.handle(request).await?),
            Self::There(dir) => dir,
        };
        if repeat::name(&mut request) {
            return through(dir, request).await.map(repeat::as_first);
        }
        through(dir, request).await
    }

    /// Lets go of it.
    pub(crate) async fn close(self) {
        if let Self::Here(held) = self {
            held.close().await;
        }
    }
}

/// A component on its way to another process of the same user, in a file that is gone afterwards.
struct Handed(PathBuf);

impl Handed {
    fn new(component: &[u8]) -> io::Result<Self> {
        let name = format!("cairn-{}-{:016x}.wasm", std::process::id(), SystemEntropy.bits());
        let path = std::env::temp_dir().join(name);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        let handed = Self(path);
        file.write_all(component)?;
        Ok(handed)
    }
}

impl Drop for Handed {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Carries out a verb through whoever holds the directory, here if nobody does any more.
async fn through(dir: &Dir, request: Request) -> Outcome<Reply> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let problem = match client::connect(dir).await {
            Some(stream) => match client::ask(dir, stream, &request).await {
                Ok(reply) => return Ok(reply),
                Err(Unanswered::Refused(problem)) => return Err(problem),
                Err(Unanswered::CutOff(problem)) if !repeat::harmless(&request) => return Err(problem),
                Err(Unanswered::CutOff(problem)) => problem,
            },
            None => gone(dir),
        };
        if Instant::now() > deadline {
            return Err(problem);
        }
        if let Access::Here(held) = Access::any(dir).await? {
            let reply = held.host.handle(request).await;
            held.close().await;
            return Ok(reply?);
        }
    }
}

/// A data directory that this process holds.
pub(crate) struct Held {
    /// The host that runs in it.
    pub(crate) host: Host,
    served: Option<Served>,
    named: Option<Named>,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Held")
            .field("served", &self.served)
            .field("named", &self.named)
            .finish_non_exhaustive()
    }
}

impl Held {
    /// For verbs that run something: makes the directory if need be, and answers others while it lives.
    ///
    /// # Errors
    ///
    /// Held by another process; the host's.
    pub(crate) async fn driving(dir: &Dir) -> Outcome<Self> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match open(dir).await {
                Ok(mut held) => {
                    held.serve(dir);
                    return Ok(held);
                }
                Err(Locked::No(problem)) => return Err(problem),
                Err(Locked::Yes) if client::connect(dir).await.is_some() => return Err(taken(dir)),
                Err(Locked::Yes) if Instant::now() > deadline => return Err(deaf(dir)),
                Err(Locked::Yes) => pause().await,
            }
        }
    }

    /// Answers others from now on. Where that cannot be, what runs here is worth more than that others can ask about it.
    fn serve(&mut self, dir: &Dir) {
        match Served::new(self.host.clone(), dir) {
            Ok(served) => self.served = Some(served),
            Err(e) => out::tell(&format!(
                "warning: other processes cannot reach what runs here: cannot make the socket `{}`: {e}\n",
                dir.socket().display()
            )),
        }
    }

    /// Takes nothing more in, lets commits finish, and gives the directory back.
    pub(crate) async fn close(self) {
        if let Some(served) = self.served {
            served.stop().await;
        }
        drop(self.named);
        if tokio::time::timeout(PATIENCE, self.host.close()).await.is_err() {
            tracing::warn!("the host did not close in time; as after a crash, nothing recorded is lost");
        }
    }
}

/// Why a directory was not opened.
enum Locked {
    Yes,
    No(Problem),
}

async fn open(dir: &Dir) -> Result<Held, Locked> {
    let host = match Host::open(Settings::new(dir.path())).await {
        Ok(host) => host,
        Err(_) if lock::held(dir) => return Err(Locked::Yes),
        // Whoever held it may have let go between the two looks: only a second refusal is one.
        Err(_) => Host::open(Settings::new(dir.path())).await.map_err(|e| refused(dir, e))?,
    };
    let named = Named::write(dir)
        .map_err(|e| tracing::warn!(error = %e, "cannot write who holds the directory"))
        .ok();
    Ok(Held { host, served: None, named })
}

fn refused(dir: &Dir, error: Error) -> Locked {
    if lock::held(dir) { Locked::Yes } else { Locked::No(error.into()) }
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

fn taken(dir: &Dir) -> Problem {
    mistake(
        format!("the data directory `{}` is held by {}", dir.path().display(), owner_words(dir)),
        "one process at a time runs things in a data directory: wait for it, or end it (Ctrl-C loses nothing) and do this again\n\
         or take a directory of its own for this run: `--data DIR`\n\
         `cairn send`, `show`, `list`, `logs`, `cancel`, `pause` and the like work meanwhile",
    )
}

fn deaf(dir: &Dir) -> Problem {
    mistake(
        format!(
            "the data directory `{}` is held by {}, which does not answer on `{}`",
            dir.path().display(),
            owner_words(dir),
            dir.socket().display()
        ),
        "it may be stopped, or hang while it ends; if it has to be ended, nothing recorded is lost",
    )
}

fn gone(dir: &Dir) -> Problem {
    fault(
        format!("the process that held `{}` has ended just now", dir.path().display()),
        "do it again: nothing was changed",
    )
}

#[cfg(test)]
mod tests {
    use cairn_host::ops::Send;
    use tokio::{
        io::{AsyncBufReadExt, BufReader},
        net::UnixListener,
    };

    use super::*;

    /// An event to a run that is not there yet: it needs nothing but a directory.
    fn letter() -> Request {
        Request::Send(Send {
            tenant: "local".into(),
            id: "o1".into(),
            event: "paid".into(),
            data: serde_json::json!({}),
            message: None,
            early: true,
            expires_in: None,
        })
    }

    #[tokio::test]
    async fn an_event_whose_answer_is_lost_with_the_process_is_sent_once_by_the_next() {
        let folder = std::env::temp_dir().join(format!("cairn-cli-access-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let dir = Dir::new(&folder);
        let listener = UnixListener::bind(dir.socket()).unwrap();
        let first = dir.clone();
        let dies = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut line = String::new();
            BufReader::new(&mut stream).read_line(&mut line).await.unwrap();
            drop(listener);
            // It carries the event out and ends before it can say so.
            let held = Held::driving(&first).await.unwrap();
            let reply = held.host.handle(serde_json::from_str(&line).unwrap()).await.unwrap();
            held.close().await;
            drop(stream);
            reply
        });
        let reply = Access::There(dir.clone()).handle(letter()).await.unwrap();
        let Reply::Send(before) = dies.await.unwrap() else { panic!("another reply") };
        let Reply::Send(sent) = reply else { panic!("another reply") };
        assert_eq!(sent.message, before.message, "both are the same message");
        assert!(!sent.duplicate, "whoever sends it knows of one sending");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
