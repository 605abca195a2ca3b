//! Verbs through the socket of the process that holds the data directory.

use std::{io, time::Duration};

use cairn_host::ops::{Reply, Request};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    time::timeout,
};

use super::{Dir, owner_words, reach::Reach, wire::Answer};
use crate::problem::{Problem, fault};

/// So long an answer may take: the other process may be busy, or stopped.
const PATIENCE: Duration = Duration::from_secs(60);

/// Copying takes as long as it takes.
const COPYING: Duration = Duration::from_secs(24 * 60 * 60);

/// Whether somebody answers there; a connection for one request.
pub(crate) async fn connect(dir: &Dir) -> Option<UnixStream> {
    let reach = Reach::new(&dir.socket()).ok()?;
    UnixStream::connect(reach.path()).await.ok()
}

/// Why a request has no reply.
#[derive(Debug)]
pub(crate) enum Unanswered {
    /// The other process ended while it was at it: nobody knows whether it was carried out.
    CutOff(Problem),
    /// The verb's own answer, or one that makes no sense.
    Refused(Problem),
}

/// Sends a request and reads what came of it.
///
/// # Errors
///
/// Those of the verb, and a fault where the other process does not answer as it should.
pub(crate) async fn ask(dir: &Dir, mut stream: UnixStream, request: &Request) -> Result<Reply, Unanswered> {
    use Unanswered::{CutOff, Refused};

    let patience = if matches!(request, Request::Backup(_)) { COPYING } else { PATIENCE };
    let text = match timeout(patience, exchange(&mut stream, request)).await {
        Ok(Ok(text)) => text,
        Ok(Err(e)) => return Err(CutOff(cut_off(dir, &e.to_string()))),
        Err(_) => return Err(Refused(silent(dir))),
    };
    if text.is_empty() {
        return Err(CutOff(cut_off(dir, "it closed the connection")));
    }
    match serde_json::from_slice(&text) {
        Ok(Answer::Ok(reply)) => Ok(reply),
        Ok(Answer::Err(error)) => Err(Refused(error.into())),
        Err(e) if e.is_eof() => Err(CutOff(cut_off(dir, "its answer broke off"))),
        Err(e) => Err(Refused(strange(dir, &e.to_string()))),
    }
}

async fn exchange(stream: &mut UnixStream, request: &Request) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut text = Vec::new();
    stream.read_to_end(&mut text).await?;
    Ok(text)
}

fn cut_off(dir: &Dir, how: &str) -> Problem {
    fault(
        format!("{} holds `{}` and did not answer: {how}", owner_words(dir), dir.path().display()),
        "it may have ended just now, and whether this was done before nobody knows: look (`cairn show`, `cairn list`), then do it again",
    )
}

fn silent(dir: &Dir) -> Problem {
    let (who, secs) = (owner_words(dir), PATIENCE.as_secs());
    fault(
        format!("{who} holds `{}` and has not answered for {secs} s", dir.path().display()),
        "see whether it is stopped or overloaded; if it has to be ended, nothing recorded is lost",
    )
}

/// An answer that cannot be read.
pub(crate) fn strange(dir: &Dir, why: &str) -> Problem {
    fault(
        format!(
            "{} holds `{}` and answered something that this version ({}) cannot read: {why}",
            owner_words(dir),
            dir.path().display(),
            env!("CARGO_PKG_VERSION")
        ),
        "use the same version of cairn for both",
    )
}

#[cfg(test)]
mod tests {
    use cairn_host::ops::Show;
    use tokio::{
        io::{AsyncBufReadExt, BufReader},
        net::UnixListener,
    };

    use super::*;
    use crate::screen::Paint;

    /// What is said when the other side answers with these bytes.
    async fn answered(name: &str, bytes: &'static [u8]) -> String {
        let folder = std::env::temp_dir().join(format!("cairn-cli-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let dir = Dir::new(&folder);
        let listener = UnixListener::bind(dir.socket()).unwrap();
        let other = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut line = String::new();
            BufReader::new(&mut stream).read_line(&mut line).await.unwrap();
            stream.write_all(bytes).await.unwrap();
            line
        });
        let stream = connect(&dir).await.unwrap();
        let request = Request::Show(Show { tenant: "local".into(), id: "o1".into() });
        let said = ask(&dir, stream, &request).await;
        assert!(other.await.unwrap().ends_with("\"o1\"}\n"));
        assert!(connect(&dir).await.is_none(), "nobody listens any more");
        std::fs::remove_dir_all(folder).unwrap();
        match said {
            Ok(reply) => format!("{reply:?}"),
            Err(Unanswered::CutOff(problem) | Unanswered::Refused(problem)) => problem.text(Paint::plain()),
        }
    }

    #[tokio::test]
    async fn answers_are_read_and_what_is_none_is_said() {
        let good =
            answered("good", b"{\"ok\":{\"verb\":\"send\",\"message\":\"m\",\"duplicate\":true}}\n").await;
        assert!(good.contains("duplicate: true"), "{good}");
        let refused =
            answered("refused", b"{\"err\":{\"mistake\":{\"message\":\"no\",\"help\":null}}}\n").await;
        assert_eq!(refused, "error: no\n");
        let strange = answered("strange", b"hello\n").await;
        assert!(strange.contains("answered something that this version"), "{strange}");
        let broken = answered("broken", b"{\"ok\":{\"verb\"").await;
        assert!(broken.contains("its answer broke off"), "{broken}");
        let closed = answered("closed", b"").await;
        assert!(closed.contains("it closed the connection"), "{closed}");
    }
}
