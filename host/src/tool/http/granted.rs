//! Which servers a step may talk to.

use url::Url;

use super::super::{Allow, Grant, failure::failure};
use crate::ops::FailureView;

/// Origins: scheme, host and port.
#[derive(Clone, Debug, Default)]
pub(in crate::tool) struct Granted {
    origins: Vec<String>,
}

impl Granted {
    /// Those of a grant.
    pub(in crate::tool) fn of(grant: &Grant) -> Self {
        let origins = grant.allow.iter().filter_map(|allow| match allow {
            Allow::Http(origin) => Some(origin.clone()),
            Allow::Exec(_) => None,
        });
        Self { origins: origins.collect() }
    }

    /// And that of this address.
    pub(in crate::tool) fn and(mut self, address: Option<&Url>) -> Self {
        self.origins.extend(address.map(origin));
        self
    }

    /// # Errors
    /// `denied` where the address belongs to none of them.
    pub(super) fn check(&self, what: &str, url: &Url) -> Result<(), FailureView> {
        let wanted = origin(url);
        if self.origins.contains(&wanted) {
            return Ok(());
        }
        let advice = match url.scheme() {
            "http" | "https" => format!("allow it with `--allow http={wanted}`"),
            other => format!("`{other}:` is neither http nor https"),
        };
        Err(failure("denied", format!("{what} may not reach {url}, which is not granted: {advice}")))
    }
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}
