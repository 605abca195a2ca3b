//! The five examples come to the same journal in every language: the same keys, the same outcomes.

use std::path::{Path, PathBuf};

use cairn_tests::{Answer, Cairn, Services};
use serde_json::{Value, json};

use super::language::{LANGUAGES, examples};
use crate::{cairn, orders};

/// An example, what it is given, and what happens to it.
struct Scene {
    example: &'static str,
    input: fn() -> Value,
    /// What it waits for, given once it waits: words of a command behind the run's id.
    then: Option<(&'static str, [&'static str; 2])>,
}

const SCENES: [Scene; 7] = [
    Scene {
        example: "hello",
        input: || json!({ "name": "Ada" }),
        then: Some(("send", ["answer", r#"{"word":"yes"}"#])),
    },
    Scene {
        example: "order",
        input: || json!({ "id": "good", "items": ["a", "b/c"], "cents": 5 }),
        then: None,
    },
    Scene {
        example: "order",
        input: || json!({ "id": "nobody-ships", "items": ["a", "b/c"], "cents": 5 }),
        then: None,
    },
    Scene { example: "poll", input: || json!({ "scene": "teapot" }), then: None },
    Scene { example: "fan_out", input: || json!({ "files": ["a.csv", "b.csv", "c.csv"] }), then: None },
    Scene {
        example: "approval",
        input: || json!({ "text": "News", "editor": "ed", "patience_ms": 60_000 }),
        then: Some(("answer", ["approve", "yes"])),
    },
    Scene {
        example: "approval",
        input: || json!({ "text": "News", "editor": "ed", "patience_ms": 50 }),
        then: None,
    },
];

fn services() -> Services {
    let services = Services::new();
    services.on("words.greet", |asked| {
        Answer::Good(json!(format!("Hello, {}!", asked.arguments["name"].as_str().unwrap_or("?"))))
    });
    services.on("inventory.reserve", |asked| Answer::Good(json!({ "hold": asked.arguments["item"] })));
    services.on("payments.charge", |_| Answer::Good(json!({ "charge": "c1" })));
    services.on("dispatch.book", |asked| match asked.arguments["order"].as_str() {
        Some("good") => Answer::Good(Value::Null),
        _ => Answer::Status(409, json!({ "message": "nobody carries it" })),
    });
    services.on("render.start", |_| Answer::Good(json!({ "id": "j1" })));
    services.on("render.look", |asked| {
        let over = asked.key.as_deref().is_some_and(|key| key.contains("look[2]"));
        Answer::Good(if over {
            json!({ "state": "done", "url": "/j1.png" })
        } else {
            json!({ "state": "running" })
        })
    });
    services.on("rows.parse", |asked| {
        Answer::Good(json!({ "rows": asked.arguments["file"].as_str().map_or(0, str::len) }))
    });
    services
}

/// Plays a scene; gives its result or failure, and what has ended under which key.
fn played(
    cairn: &Cairn,
    services: &Services,
    scene: &Scene,
    id: &str,
    file: &Path,
) -> (Value, Vec<(String, Value)>) {
    let tools = ["words", "inventory", "payments", "dispatch", "render", "rows"];
    let mut run =
        cairn.cmd("run").arg(file).args(["--id", id]).args(services.flags(&tools)).input(&(scene.input)());
    if scene.then.is_some() {
        run = run.arg("--no-wait");
    }
    let mut ran = run.run();
    if let Some((verb, words)) = scene.then {
        // It may have been left where it sleeps.
        cairn.cmd("resume --no-wait").arg(id).run();
        cairn.cmd(verb).arg(id).args(words).run().ended(0);
        ran = cairn.cmd("resume").arg(id).run();
    }
    let outcome = match ran.code {
        Some(0) => orders::result(&ran),
        _ => cairn.show(id)["instance"]["state"].clone(),
    };
    (outcome, ended(&cairn.show(id)))
}

/// Steps, undos, timers, events and answers by key. Left out is what a language has of its own: blocks, the unwinding itself, and what was no longer wanted.
fn ended(shown: &Value) -> Vec<(String, Value)> {
    let entries = shown["timeline"].as_array().expect("a timeline").iter();
    let ended = entries.filter(|entry| entry["entry"] == "ended");
    let mut ended: Vec<_> = ended
        .filter(|entry| entry["what"] != "block" && entry["what"] != "run the undos")
        .filter(|entry| entry["failure"]["kind"] != "cancelled")
        .map(|entry| (entry["key"].as_str().unwrap_or_default().to_owned(), outcome(entry)))
        .collect();
    ended.sort_by(|a, b| a.0.cmp(&b.0));
    ended
}

/// Without ids and moments that are of one run.
fn outcome(entry: &Value) -> Value {
    let data = &entry["data"];
    match &entry["failure"] {
        Value::Null if data.get("event").is_some() => json!([data["event"], data["data"]]),
        Value::Null if data.get("choice").is_some() => data["choice"].clone(),
        Value::Null => data.clone(),
        failure => json!({ "failed": failure["kind"] }),
    }
}

fn file(language: &str, folder: &Path, example: &str) -> Option<PathBuf> {
    let ending = if language == "cairn" { "cairn" } else { "wasm" };
    let path = folder.join(format!("{example}.{ending}"));
    // JavaScript shows what differs from TypeScript; the rest is there in TypeScript alone.
    let there = path.exists();
    assert!(there || language == "js", "{} was not built", path.display());
    there.then_some(path)
}

#[test]
fn the_examples_come_to_the_same_journal_in_every_language() {
    let (cairn, services) = (cairn(), services());
    let mut expected: Vec<_> = Vec::new();
    for language in LANGUAGES {
        let Some(folder) = examples(language) else { continue };
        for (number, scene) in SCENES.iter().enumerate() {
            let Some(file) = file(language, &folder, scene.example) else { continue };
            let id = format!("{language}-{}-{number}", scene.example);
            let seen = played(&cairn, &services, scene, &id, &file);
            match expected.get(number) {
                None => expected.push(seen),
                Some(expected) => assert_eq!(&seen, expected, "{id}"),
            }
        }
    }
    assert!(expected.iter().all(|(_, ended)| !ended.is_empty()));
}
