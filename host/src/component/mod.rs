//! A component, and what it says of itself.

mod meta;
mod missing;
mod places;
mod read;
mod schema;
mod written;

pub use meta::{
    BodyMeta, EventMeta, FailsMeta, KeyMeta, KeyPart, Meta, Missed, Needs, OperationMeta, Otherwise,
    RouteMeta, ScheduleMeta, StartFrom, StartMeta, StartingEventMeta, ToolMeta, TriggerMeta,
};
pub use missing::{Missing, missing};
pub use places::Place;
pub(crate) use places::find as find_place;
pub(crate) use read::{attached, digest, read};
pub(crate) use schema::{Often, misfits};
pub(crate) use written::written;

use serde::{Deserialize, Serialize};

/// A component as its bytes tell, without running it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// `sha256:` and 64 hex digits.
    pub digest: String,
    /// The `cairn-meta` section, if it carries one.
    pub meta: Option<Meta>,
    /// The `cairn-map` section; empty without one.
    pub places: Vec<Place>,
    /// The names of what it imports.
    pub imports: Vec<String>,
}

impl Component {
    /// The workflow's name; a component that says nothing of itself has the name `workflow`.
    #[must_use]
    pub fn workflow(&self) -> &str {
        match &self.meta {
            Some(meta) if !meta.workflow.is_empty() => &meta.workflow,
            _ => "workflow",
        }
    }

    /// `order.cairn:21:5 (call inventory.reserve)` of a journal key.
    pub(crate) fn place(&self, key: &str) -> Option<String> {
        let place = find_place(&self.places, key)?;
        let source = self.meta.as_ref().and_then(|meta| meta.source.as_deref()).unwrap_or("source");
        Some(format!("{source}:{}:{} ({})", place.line, place.column, place.what))
    }
}

/// A component that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployed {
    /// `sha256:` and 64 hex digits.
    pub digest: String,
    /// What it says of itself.
    pub component: Component,
}

#[cfg(test)]
mod tests;
