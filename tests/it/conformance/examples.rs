//! The five examples that the libraries have in common: the same keys are asked for in the same order, and the same comes of them, in whatever language.

use std::path::Path;

use cairn_tests::{Answer, Cairn, Services, golden};
use serde_json::{Value, json};

use super::language::examples;
use crate::{cairn, guests, orders};

/// One run under the id `g1`.
struct Tried<'a> {
    folder: &'a Path,
    cairn: Cairn,
    services: Services,
}

impl<'a> Tried<'a> {
    fn new(folder: &'a Path) -> Self {
        let services = Services::new();
        services.on("inventory.reserve", |asked| Answer::Good(json!({ "hold": asked.arguments["item"] })));
        services.on("payments.charge", |_| Answer::Good(json!({ "charge": "c1" })));
        services.on("dispatch.book", |_| {
            Answer::Status(409, json!({ "error": "no_carrier", "message": "not today" }))
        });
        services.on("render.start", |_| Answer::Good(json!({ "id": "j1" })));
        services.on("render.look", |asked| {
            Answer::Good(if asked.before == 0 {
                json!({ "state": "busy" })
            } else {
                json!({ "state": "done", "url": "u" })
            })
        });
        services.on("rows.parse", |asked| {
            Answer::Good(json!({ "rows": asked.arguments["file"].as_str().map_or(0, str::len) }))
        });
        Self { folder, cairn: cairn(), services }
    }

    /// Until it has ended, or can only wait.
    fn run(self, example: &str, input: &Value) -> Self {
        let flags = self.services.flags(&["inventory", "payments", "dispatch", "render", "rows"]);
        let code = self.folder.join(format!("{example}.wasm"));
        let cmd = self.cairn.cmd("run --no-wait --id g1").arg(code).args(flags).input(input);
        let ran = cmd.run();
        assert!(matches!(ran.code, Some(0 | 1 | 3)), "{example}: {}", ran.text());
        self
    }

    /// Asked for and come to, without what a language's own start needs.
    fn told(&self, example: &str) -> String {
        let shown = self.cairn.show("g1");
        let mut told = format!("{example}\n");
        for entry in
            shown["timeline"].as_array().into_iter().flatten().filter(|entry| entry["entry"] == "asked")
        {
            let what = entry["what"].as_str().unwrap_or_default();
            let what: Vec<&str> =
                what.split(' ').take(if what.starts_with("call") { 2 } else { 1 }).collect();
            told += &format!("  {} {}\n", entry["key"].as_str().unwrap_or_default(), what.join(" "));
        }
        let calls = self.services.calls().into_iter();
        let mut calls: Vec<_> =
            calls.map(|call| format!("  > {} {}\n", call.operation, sorted(&call.arguments))).collect();
        if example == "fan_out" {
            // They were out at once.
            calls.sort();
        }
        told + &calls.concat() + &format!("  = {}\n", sorted(&shown["outcome"]))
    }
}

/// In one order, whatever the language has.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<_> = fields.iter().collect();
            names.sort_by_key(|(name, _)| name.as_str());
            names.into_iter().map(|(name, value)| (name.clone(), sorted(value))).collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

fn all(folder: &Path) -> String {
    let hello = Tried::new(folder).run("hello", &json!({ "name": "Ada" }));
    orders::send(&hello.cairn, "g1", "answer", r#"{"word":"yes"}"#).run().ended(0);
    hello.cairn.cmd("resume g1").run().ended(0);
    let order = json!({ "id": "o1", "items": ["tea", "cup"], "cents": 900 });
    let approval = |patience: u64| json!({ "text": "News", "editor": "ops", "patience_ms": patience });
    let agreed = Tried::new(folder).run("approval", &approval(60_000));
    agreed.cairn.cmd("answer g1 approve yes --by eve").run().ended(0);
    agreed.cairn.cmd("resume g1").run().ended(0);
    let late = Tried::new(folder).run("approval", &approval(0));
    late.cairn.cmd("resume g1").run();
    let poll = Tried::new(folder).run("poll", &json!({ "scene": "s" }));
    poll.cairn.cmd("resume g1").run();
    [
        hello.told("hello"),
        Tried::new(folder).run("order", &order).told("order"),
        poll.told("poll"),
        Tried::new(folder).run("fan_out", &json!({ "files": ["a", "bb", "ccc"] })).told("fan_out"),
        agreed.told("approval: yes"),
        late.told("approval: nobody"),
    ]
    .concat()
}

#[test]
fn the_examples_come_to_the_same_in_each_language() {
    if let Some(folder) = guests::built() {
        golden("examples", &all(folder));
    }
    for language in ["c", "zig", "go"] {
        if let Some(folder) = examples(language) {
            println!("{language}: the examples");
            golden("examples", &all(&folder));
        }
    }
}
