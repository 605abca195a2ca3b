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
    PARALLEL: "`parallel { … }` is", "write the branches one after another; each is a step of its own all the same";
    RACE: "`race` is", "call them one after another, each with a `timeout` and a `try`";
    FOR_PARALLEL: "`for … parallel` is", "leave `parallel` and its options away: the items are gone through one after another, and steps need no other change";
    FOR_HEADS: "a `for` over several lists at once is", "put one `for` into another";
    FLOW: "`flow` is", "write its statements where `do` stands; what is pure can be a `fn`";
    DO: "`do` is", "write the statements of the flow here; what is pure can be a `fn`";
    RUN: "`undo run` is", "undo by one step: `undo call …`";
    TOOLSET: "`toolset` is", "`match` on the name, with one `call` in each arm";
    SECRET: "`secret` is", "let the operator's binding of the tool carry it: a secret then never comes near the workflow";
    USE_FILE: "`use` of another file is", "write its declarations into this file";
    USE_STD: "this part of the standard library is", "there are `std:http` and `std:exec`; other tools are declared with `tool`";
    FINALLY: "`finally` is", "write what it does behind the `try` and at the end of each `catch`";
    TRY_TIMEOUT: "`try timeout` is", "give each call in it a `timeout`";
    TRY_RETRY: "`try retry` is", "give each call in it a `retry`, or put the `try` into a `loop … max` that ends with `break`";
    UNDO_BLOCK: "an `undo` of several statements is", "undo by one step: `undo call …`";
    SETTING_KEY: "the setting `key` is", "choose the id when the run is started";
    SETTING_LIMITS: "the setting `limits` is", "the host's own limits hold; bound loops with `max` and calls with `timeout`";
    SETTING_ON: "starting by itself (`on …`) is", "start it from outside: a scheduler or a service can call the host";
    ZONES: "calendar arithmetic with time zones is", "add durations such as `24h`, or ask a tool for the date";
    HANDLES: "the types `file` and `tree` are", "pass a path or an address as a `string`, or the content as `bytes`";
}
