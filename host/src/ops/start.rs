//! Begins a run.

use serde::{Deserialize, Serialize};

use super::InstanceView;
use crate::tool::Grant;

/// Begins a run of a component that was deployed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Start {
    /// Whose it is.
    pub tenant: String,
    /// Its name; made up where none is given.
    pub id: Option<String>,
    /// The component: `sha256:` and 64 hex digits.
    pub digest: String,
    /// What it is started with: a JSON object.
    pub input: serde_json::Value,
    /// What it may do, kept with the instance.
    pub grant: Grant,
}

/// It is on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Started {
    /// As it stands.
    pub instance: InstanceView,
    /// It was there before, with the same code and input: it goes on instead.
    pub existed: bool,
}
