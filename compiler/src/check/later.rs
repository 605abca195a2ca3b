//! What the grammar has and this version of the compiler does not: one clear sentence each, and a way round where there is one.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::Span;

/// A construct that is not compiled yet.
pub(super) struct Later {
    /// As it is called in messages.
    pub(super) what: &'static str,
    /// What to write meanwhile.
    pub(super) meanwhile: &'static str,
}

impl Later {
    /// One error for all places of the construct.
    pub(super) fn diagnostic(&self, spans: &[Span], places: usize) -> Option<Diagnostic> {
        let (first, rest) = spans.split_first()?;
        let mut found =
            Diagnostic::error("E0190", *first, format!("{} not in this version of the compiler", self.what))
                .label("part of the language, but not compiled yet")
                .help(self.meanwhile);
        for span in rest.iter().take(places) {
            found = found.also(*span, "and here");
        }
        Some(found)
    }
}

macro_rules! later {
    ($($name:ident: $what:literal, $meanwhile:literal;)*) => {
        $(pub(super) const $name: Later = Later { what: $what, meanwhile: $meanwhile };)*
    };
}

later! {
    TOOLSET: "`toolset` is", "`match` on the name, with one `call` in each arm";
    SECRET: "`secret` is", "let the operator's binding of the tool carry it: a secret then never comes near the workflow";
    USE_FILE: "`use` of another file is", "write its declarations into this file";
    USE_STD: "this part of the standard library is", "there are `std:http` and `std:exec`; other tools are declared with `tool`";
    ZONES: "calendar arithmetic with time zones is", "add durations such as `24h`, or ask a tool for the date";
    HANDLES: "the types `file` and `tree` are", "pass a path or an address as a `string`, or the content as `bytes`";
}
