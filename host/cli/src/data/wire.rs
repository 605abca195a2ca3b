//! What passes through the socket: one line of JSON with a request, one line with the answer, then the end.

use cairn_host::{Error, ops::Reply};
use serde::{Deserialize, Serialize};

/// An answer: `{"ok": reply}` or `{"err": error}`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Answer {
    /// What came of it.
    Ok(Reply),
    /// Why it did not.
    Err(Error),
}

impl From<Result<Reply, Error>> for Answer {
    fn from(result: Result<Reply, Error>) -> Self {
        result.map_or_else(Self::Err, Self::Ok)
    }
}

/// The longest request that is read: the largest event and some more.
pub(crate) const REQUEST_BYTES: u64 = 64 << 20;

#[cfg(test)]
mod tests {
    use cairn_host::ops::{Request, Sent, Show};

    use super::*;

    #[test]
    fn the_form_of_the_lines_stays_as_it_is() {
        let request = Request::Show(Show { tenant: "local".into(), id: "o1".into() });
        assert_eq!(serde_json::to_string(&request).unwrap(), r#"{"verb":"show","tenant":"local","id":"o1"}"#);
        let sent =
            Answer::Ok(Reply::Send(Sent { message: "m".into(), duplicate: false, waits_for: Vec::new() }));
        assert_eq!(
            serde_json::to_string(&sent).unwrap(),
            r#"{"ok":{"verb":"send","message":"m","duplicate":false}}"#
        );
        let error = Answer::Err(Error::mistake("no").help("do"));
        assert_eq!(
            serde_json::to_string(&error).unwrap(),
            r#"{"err":{"mistake":{"message":"no","help":"do"}}}"#
        );
    }
}
