//! What an instance may do: deny by default.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use super::secret::is_place;
use serde::{Deserialize, Serialize};

/// What an instance may do, and how its tools are bound. Kept with it from its start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// What is allowed.
    pub allow: Vec<Allow>,
    /// Tool names bound by the operator: `payments` to `http:https://pay.example`; these win over the code's own `from`.
    pub bind: BTreeMap<String, String>,
    /// Where secrets are: `API_KEY` in `env:PAYMENTS_KEY` or `file:/run/secrets/key`. The values are read when they are used and kept
    /// nowhere.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, String>,
}

/// One permission, written `http=https://host:port` or `exec=program`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Allow {
    /// Requests to this origin: scheme, host and port, in the form of [`url::Origin`]'s ASCII serialisation.
    Http(String),
    /// This program, as it is written in the code.
    Exec(String),
}

/// A permission that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadGrant(pub String);

impl fmt::Display for BadGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadGrant {}

impl fmt::Display for Allow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(origin) => write!(f, "http={origin}"),
            Self::Exec(program) => write!(f, "exec={program}"),
        }
    }
}

impl FromStr for Allow {
    type Err = BadGrant;

    fn from_str(text: &str) -> Result<Self, BadGrant> {
        match text.split_once('=') {
            Some(("http", address)) => origin(address).map(Self::Http),
            Some(("exec", program)) if !program.is_empty() => Ok(Self::Exec(program.to_owned())),
            _ => Err(BadGrant(format!(
                "`{text}` is no grant: write `http=https://host:port` or `exec=program`"
            ))),
        }
    }
}

impl Grant {
    /// What one has that the other has not, in words of the command line; nothing where both allow the same.
    #[must_use]
    pub fn differs(&self, other: &Self) -> Option<String> {
        let (before, now) = (self.flags(), other.flags());
        let only = |those: &BTreeSet<String>, others: &BTreeSet<String>| {
            let flags: Vec<String> = those.difference(others).map(|flag| format!("`{flag}`")).collect();
            flags.join(", ")
        };
        let (lost, gained) = (only(&before, &now), only(&now, &before));
        match (lost.is_empty(), gained.is_empty()) {
            (true, true) => None,
            (true, false) => Some(format!("without {gained}")),
            (false, true) => Some(format!("also with {lost}")),
            (false, false) => Some(format!("with {lost}, not with {gained}")),
        }
    }

    /// As somebody would say it on the command line.
    fn flags(&self) -> BTreeSet<String> {
        let allow = self.allow.iter().map(|allow| format!("--allow {allow}"));
        let bind = self.bind.iter().map(|(name, target)| format!("--bind {name}={target}"));
        let secret = self.secrets.iter().map(|(name, place)| format!("--secret {name}={place}"));
        allow.chain(bind).chain(secret).collect()
    }

    /// Grants a secret, written `NAME=env:VARIABLE` or `NAME=file:PATH`.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn secret(&mut self, text: &str) -> Result<(), BadGrant> {
        match text.split_once('=') {
            Some((name, place)) if !name.is_empty() && is_place(place) => {
                self.secrets.insert(name.to_owned(), place.to_owned());
                Ok(())
            }
            _ => Err(BadGrant(format!(
                "`{text}` does not say where a secret is: write `NAME=env:VARIABLE` or `NAME=file:PATH`"
            ))),
        }
    }
}

fn origin(address: &str) -> Result<String, BadGrant> {
    let url = url::Url::parse(address).map_err(|e| BadGrant(format!("`{address}` is no address: {e}")))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(BadGrant(format!(
            "`{address}` is no address of http or https: write `https://host:port`"
        )));
    }
    if url.path() != "/" || url.query().is_some() || !url.username().is_empty() {
        return Err(BadGrant(format!(
            "`{address}` has more than scheme, host and port: a grant is for a whole server, such as `{}`",
            url.origin().ascii_serialization()
        )));
    }
    Ok(url.origin().ascii_serialization())
}

impl Serialize for Allow {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Allow {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_grants_differ_by_what_only_one_of_them_has() {
        let grant = |allow: &[&str], bind: &[(&str, &str)]| Grant {
            allow: allow.iter().map(|text| text.parse().expect("a grant")).collect(),
            bind: bind.iter().map(|(name, to)| ((*name).to_owned(), (*to).to_owned())).collect(),
            ..Grant::default()
        };
        let git = grant(&["exec=git", "exec=cargo"], &[]);
        assert_eq!(git.differs(&grant(&["exec=cargo", "exec=git", "exec=git"], &[])), None);
        let told = git.differs(&grant(&["exec=git"], &[]));
        assert_eq!(told.as_deref(), Some("also with `--allow exec=cargo`"));
        let (here, there) =
            (grant(&[], &[("pay", "http:https://a")]), grant(&[], &[("pay", "http:https://b")]));
        let told = here.differs(&there);
        let both = "with `--bind pay=http:https://a`, not with `--bind pay=http:https://b`";
        assert_eq!(told.as_deref(), Some(both));
    }
}
