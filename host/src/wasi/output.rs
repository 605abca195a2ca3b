//! What a guest prints: lines of the instance's log, written once, however often the code is replayed.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use cairn_replay::{Json, Key, Level};
use tokio::io::AsyncWrite;
use wasmtime_wasi::{
    cli::{IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamError, StreamResult},
};

use crate::run::Activation;

/// A longer line is broken there, in bytes.
const LONGEST_LINE: usize = 16 << 10;

/// So much may be written at once, in bytes.
const PERMIT: usize = 64 << 10;

/// Standard output or standard error. Clones are the same stream.
#[derive(Clone)]
pub(super) struct Printed {
    activation: Arc<Activation>,
    scope: Option<Key>,
    level: Level,
    /// What has no end of line yet.
    line: Arc<Mutex<Vec<u8>>>,
}

impl Printed {
    pub(super) fn new(activation: Arc<Activation>, scope: Option<Key>, level: Level) -> Self {
        Self { activation, scope, level, line: Arc::default() }
    }

    /// Logs what is left without an end of line.
    ///
    /// # Errors
    /// As of a line of the log.
    pub(super) fn ends(&self) -> wasmtime::Result<()> {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = std::mem::take(&mut *line);
        if rest.is_empty() { Ok(()) } else { self.log(&rest) }
    }

    fn print(&self, bytes: &[u8]) -> wasmtime::Result<()> {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        for &byte in bytes {
            if byte == b'\n' || line.len() >= LONGEST_LINE {
                self.log(&std::mem::take(&mut *line))?;
            }
            if byte != b'\n' {
                line.push(byte);
            }
        }
        Ok(())
    }

    fn log(&self, line: &[u8]) -> wasmtime::Result<()> {
        let text = String::from_utf8_lossy(line);
        let (text, fields) = (text.trim_end(), Json("{}".into()));
        if text.is_empty() {
            return Ok(());
        }
        Ok(self.activation.core().log(self.scope.as_ref(), self.level, text, &fields)?)
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Printed {
    async fn ready(&mut self) {}
}

impl OutputStream for Printed {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.print(&bytes).map_err(StreamError::Trap)
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(PERMIT)
    }
}

impl IsTerminal for Printed {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Printed {
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }

    /// Only guests of WASI 0.3 ask for this one.
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }
}

impl AsyncWrite for Printed {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(self.print(bytes).map(|()| bytes.len()).map_err(io::Error::other))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
