//! What editors ask, one question a file.

pub(crate) mod actions;
pub(crate) mod complete;
pub(crate) mod definition;
pub(crate) mod diagnostics;
pub(crate) mod format;
pub(crate) mod hover;
pub(crate) mod lens;
pub(crate) mod outline;
pub(crate) mod rename;
