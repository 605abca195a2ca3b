//! What the names of tools stand for.

use std::{path::PathBuf, sync::Arc};

use crate::{
    ops::FailureView,
    tool::{self, Grant, Tool},
};

/// Finds tools by name.
pub trait Tools: Send + Sync {
    /// The tool that `name` stands for: what the grant binds it to, else `from`, the code's own word.
    ///
    /// # Errors
    /// The failure that the step ends with: `denied`, `tool_failed`.
    fn resolve(&self, name: &str, from: Option<&str>, grant: &Grant) -> Result<Arc<dyn Tool>, FailureView>;

    /// Whether the host runs tools that are components itself. Where not, [`resolve`](Tools::resolve) is asked for those too.
    fn runs_components(&self) -> bool {
        false
    }
}

/// Those of [`tool`](crate::tool).
#[derive(Clone, Debug, Default)]
pub struct SystemTools {
    /// Where they may keep what belongs to no run alone; without it those that need that fail.
    pub folder: Option<PathBuf>,
}

impl Tools for SystemTools {
    fn resolve(&self, name: &str, from: Option<&str>, grant: &Grant) -> Result<Arc<dyn Tool>, FailureView> {
        tool::resolve_in(name, from, grant, self.folder.as_deref())
    }

    fn runs_components(&self) -> bool {
        true
    }
}
