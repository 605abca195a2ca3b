//! One run of a probe, and what may happen to it.

use std::time::Duration;

use cairn_tests::{Answer, Cmd, Ran, Services};
use serde_json::{Value, json};

use super::language::Language;
use crate::orders;

/// A run of its own in the language's directory, with services that only it calls.
pub(super) struct Guest<'a> {
    pub(super) language: &'a Language,
    pub(super) services: Services,
    pub(super) id: String,
    case: &'static str,
}

impl<'a> Guest<'a> {
    pub(super) fn new(language: &'a Language, id: &str, case: &'static str) -> Self {
        let services = Services::new();
        let text = |asked: &cairn_tests::Asked| asked.arguments["text"].clone();
        services.on("t.echo", move |asked| Answer::Good(text(asked)));
        services.on("t.reserve", |asked| Answer::Good(json!({ "held": asked.arguments["item"] })));
        services.on("t.refuse", |_| {
            Answer::Status(409, json!({ "error": "no_carrier", "message": "not today", "code": 5 }))
        });
        services.on("t.slow", |_| {
            std::thread::sleep(Duration::from_secs(20));
            Answer::Good(json!("at last"))
        });
        Self { language, services, id: id.to_owned(), case }
    }

    /// The same under another id.
    pub(super) fn again(&self, suffix: &str) -> Self {
        Self::new(self.language, &format!("{}-{suffix}", self.id), self.case)
    }

    pub(super) fn cmd(&self, words: &str) -> Cmd {
        self.language.cairn.cmd(words)
    }

    /// `run` of its case, with more to its input.
    pub(super) fn start(&self, more: &Value) -> Cmd {
        let mut input = more.clone();
        input["case"] = self.case.into();
        let flags = self.services.flags(&["t"]);
        self.cmd("run").arg(&self.language.probe).args(["--id", &self.id]).args(flags).input(&input)
    }

    /// Runs to its end and gives the result.
    #[track_caller]
    pub(super) fn gives(&self, more: &Value) -> Value {
        orders::result(&self.start(more).run().ended(0))
    }

    /// Runs to its end, which is a failure of this kind; gives all that it wrote.
    #[track_caller]
    pub(super) fn fails(&self, more: &Value, kind: &str) -> Ran {
        let ran = self.start(more).run().ended(1);
        self.failed(kind);
        ran
    }

    /// It has failed with this kind.
    #[track_caller]
    pub(super) fn failed(&self, kind: &str) {
        let state = self.language.cairn.show(&self.id)["instance"]["state"].clone();
        assert_eq!(state, json!({ "is": "failed", "kind": kind }));
    }

    /// Runs until it can only wait, and leaves it there, unloaded.
    #[track_caller]
    pub(super) fn waits(&self, more: &Value) {
        self.start(more).arg("--no-wait").run().ended(3);
    }

    /// Sends `go`.
    #[track_caller]
    pub(super) fn go(&self, data: &Value) {
        orders::send(&self.language.cairn, &self.id, "go", &data.to_string()).run().ended(0);
    }

    /// Sends `go` before the run is there.
    #[track_caller]
    pub(super) fn goes_early(&self, data: &Value) {
        self.cmd("send").args([&self.id, "go", &data.to_string(), "--early"]).run().ended(0);
    }

    /// Goes on from the journal to the end and gives the result.
    #[track_caller]
    pub(super) fn goes_on(&self) -> Value {
        orders::result(&self.resume().run().ended(0))
    }

    pub(super) fn resume(&self) -> Cmd {
        self.cmd("resume").arg(&self.id)
    }

    /// Waits, is told `go`, and goes on: all before was answered from the journal.
    #[track_caller]
    pub(super) fn gives_when_replayed(&self, more: &Value) -> Value {
        self.waits(more);
        self.go(&json!({}));
        self.goes_on()
    }

    pub(super) fn log(&self) -> String {
        self.cmd("logs").arg(&self.id).run().ended(0).stdout
    }

    /// How many lines of the log hold this.
    pub(super) fn logged(&self, text: &str) -> usize {
        self.log().lines().filter(|line| line.contains(text)).count()
    }

    /// The operations that were called, oldest first.
    pub(super) fn called(&self) -> Vec<String> {
        self.services.calls().into_iter().map(|call| call.operation).collect()
    }

    /// In Cairn a step is named by its `let`, which some words cannot be.
    pub(super) fn is_cairn(&self) -> bool {
        self.language.name == "cairn"
    }

    /// The idempotency key that an operation under this key has.
    pub(super) fn key(&self, key: &str) -> String {
        format!("local/{}/{key}", self.id)
    }
}
