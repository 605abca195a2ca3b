//! Lines on stderr, and on a terminal one more below them that changes: what is under way.

use std::io::IsTerminal;

use super::{Paint, out};

/// Wide enough for most keys, narrow enough for most terminals.
const WIDTH: usize = 78;

/// Where lines and the status line go.
#[derive(Debug)]
pub(crate) struct Status {
    terminal: bool,
    paint: Paint,
    shown: Option<String>,
}

impl Status {
    /// On stderr.
    pub(crate) fn stderr() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), paint: Paint::stderr(), shown: None }
    }

    /// Whether there is a status line at all.
    pub(crate) fn lives(&self) -> bool {
        self.terminal
    }

    /// Writes lines above the status line.
    pub(crate) fn lines(&mut self, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let below = self.shown.take();
        out::tell(&format!("{}{text}", if below.is_some() { CLEAR } else { "" }));
        self.set(below);
    }

    /// Changes the status line, or takes it away.
    pub(crate) fn set(&mut self, text: Option<String>) {
        if !self.terminal || text == self.shown {
            return;
        }
        let cut: String = text.iter().flat_map(|text| text.chars()).take(WIDTH).collect();
        out::tell(&format!("{CLEAR}{}", self.paint.dim(&cut)));
        self.shown = text;
    }
}

/// To the line's start, and nothing behind it (ECMA-48: CR, EL).
const CLEAR: &str = "\r\x1b[2K";
