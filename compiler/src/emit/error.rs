//! What can keep a checked program from becoming a component.

use std::fmt;

/// Why there is no component. The checker has seen to everything that is the author's to mend but for one thing: size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmitError {
    /// WebAssembly does not take a function as large as this workflow's body.
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        found: usize,
        /// How much there may be, by the limits that engines share (those of the JavaScript interface).
        most: usize,
    },
    /// Our fault: the embedded runtime, the world or the emitter is wrong.
    Internal(String),
}

impl EmitError {
    pub(super) fn internal(what: impl fmt::Display) -> Self {
        Self::Internal(what.to_string())
    }
}

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { what, found, most } => {
                write!(
                    f,
                    "the workflow is too large: it has {found} {what}, and WebAssembly takes {most}; split it"
                )
            }
            Self::Internal(what) => {
                write!(f, "code generation failed, which is a defect of the compiler: {what}")
            }
        }
    }
}

impl std::error::Error for EmitError {}
