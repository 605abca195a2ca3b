//! Faults of letters alone.

/// A fault that needs no grammar to be seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    /// Which.
    pub(crate) kind: FaultKind,
    /// The first byte of it.
    pub(crate) start: usize,
    /// The byte behind it.
    pub(crate) end: usize,
}

/// The faults there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// `'…'` or `` `…` ``
    Quotes,
    /// `# …`
    Hash,
    /// `/* … */`
    Block,
    /// A `"` whose line ends first.
    OpenText,
    /// A `"""` whose file ends first.
    OpenMulti,
    /// A `${` whose text ends first.
    OpenInterpolation,
    /// `\q`
    Escape,
}
