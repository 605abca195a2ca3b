//! What happened, line by line: the same for the same seed, byte by byte.

use std::fmt::Write;

/// Kept where somebody wants to read it; a million runs nobody does.
#[derive(Debug, Default)]
pub(crate) struct Trace(Option<String>);

impl Trace {
    pub(crate) fn kept() -> Self {
        Self(Some(String::new()))
    }

    /// A line, with the life of the host and the milliseconds since the beginning in front.
    pub(crate) fn line(&mut self, life: u32, passed: u64, text: impl FnOnce() -> String) {
        if let Some(kept) = &mut self.0 {
            writeln!(kept, "{life} {passed:>9} {}", text()).expect("a String takes everything");
        }
    }

    pub(crate) fn take(&mut self) -> String {
        self.0.take().unwrap_or_default()
    }
}
