//! Takes up what can go on.

use serde::{Deserialize, Serialize};

use super::InstanceView;

/// Takes up one instance, or all that can go on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Resume {
    /// Whose.
    pub tenant: String,
    /// Which; all that are ready or due where none is given.
    pub id: Option<String>,
    /// Other code to go on with: it is first proven by replay, then the instance is moved to it.
    pub code: Option<String>,
}

/// What was taken up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Resumed {
    /// As they stood.
    pub instances: Vec<InstanceView>,
}
