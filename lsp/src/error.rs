//! Why the server ended.

use std::fmt;

/// Why the server ended.
#[derive(Debug)]
pub enum Error {
    /// The editor does not keep to the protocol, or went away without a word.
    Protocol(lsp_server::ProtocolError),
    /// What has to be sent cannot be written as JSON, or what came was not what its method says.
    Json(serde_json::Error),
    /// Nobody listens any more.
    Gone,
    /// The threads that read and write ended badly.
    Io(std::io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Protocol(e) => write!(f, "the editor does not keep to the protocol: {e}"),
            Self::Json(e) => write!(f, "a message is not what its method says: {e}"),
            Self::Gone => f.write_str("the editor went away without shutting down"),
            Self::Io(e) => write!(f, "cannot read or write messages: {e}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<lsp_server::ProtocolError> for Error {
    fn from(e: lsp_server::ProtocolError) -> Self {
        Self::Protocol(e)
    }
}

impl From<serde_json::Error> for Error {
    fn from(e: serde_json::Error) -> Self {
        Self::Json(e)
    }
}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        Self::Io(e)
    }
}
