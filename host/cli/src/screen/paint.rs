//! Colour, where somebody sees it. Nothing is said by colour alone.

use std::io::IsTerminal;

/// Paints text, or leaves it as it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    colour: bool,
}

impl Paint {
    /// Never any colour.
    pub(crate) fn plain() -> Self {
        Self { colour: false }
    }

    /// For stdout.
    pub(crate) fn stdout() -> Self {
        Self::stream(std::io::stdout().is_terminal())
    }

    /// For stderr.
    pub(crate) fn stderr() -> Self {
        Self::stream(std::io::stderr().is_terminal())
    }

    /// Colour only on a terminal that can show it, and not where `NO_COLOR` (<https://no-color.org>) is set.
    fn stream(terminal: bool) -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self { colour: terminal && !dumb && !set("NO_COLOR") }
    }

    /// Whether it colours.
    pub(crate) fn colours(self) -> bool {
        self.colour
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.with("1;31", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.with("32", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.with("33", text)
    }

    pub(crate) fn cyan(self, text: &str) -> String {
        self.with("36", text)
    }

    /// The escapes are ECMA-48's "select graphic rendition".
    fn with(self, rendition: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{rendition}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
