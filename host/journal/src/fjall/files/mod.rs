//! The store's files, looked at without the engine: what promise 8 needs before it may open them.

pub(crate) mod capture;
pub(crate) mod log;
pub(crate) mod mark;
pub(crate) mod scrub;
pub(crate) mod tables;
pub(crate) mod witness;
