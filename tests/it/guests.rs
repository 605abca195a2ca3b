//! The examples of the Rust library, built for `wasm32-wasip2`; what all languages have in common is in `conformance`. Skipped with a line where that target is not
//! installed.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use cairn_tests::{Answer, Cairn, Cmd, Services, workspace};
use serde_json::{Value, json};

use crate::{cairn, orders};

const TARGET: &str = "wasm32-wasip2";

/// Where the examples of the library are, built; none where they cannot be.
pub(crate) fn built() -> Option<&'static Path> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    BUILT.get_or_init(|| Some(component("sdk/rust/examples", &["--examples"])?.join("examples"))).as_deref()
}

/// Builds a folder of Rust for the components' target; gives where they are.
pub(crate) fn component(folder: &str, flags: &[&str]) -> Option<PathBuf> {
    let rustc = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output().ok()?;
    let libraries = String::from_utf8(rustc.stdout).ok()?;
    if !Path::new(libraries.trim()).is_dir() {
        println!("skipped: `rustup target add {TARGET}` is needed to build {folder}");
        return None;
    }
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sdk");
    let cargo = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--target", TARGET, "--target-dir"])
        .arg(&target)
        .args(flags)
        .current_dir(workspace().join(folder))
        .output()
        .expect("cargo runs");
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    Some(target.join(TARGET).join("release"))
}

/// Runs an example under the id `g1`.
fn run(cairn: &Cairn, example: &Path, input: &Value) -> Cmd {
    cairn.cmd("run").arg(example).args(["--id", "g1"]).input(input)
}

#[test]
fn there_is_no_network() {
    let Some(examples) = built() else { return };
    let ran = run(&cairn(), &examples.join("probe.wasm"), &json!({ "case": "network" })).run().ended(0);
    let seen = orders::result(&ran);
    assert!(seen["address"].as_str().is_some_and(|said| said.starts_with("Permission denied")), "{seen}");
    assert!(seen["name"].as_str().is_some_and(|said| said.starts_with("failed to lookup")), "{seen}");
}

#[test]
fn promise_1_it_comes_to_the_same_wherever_it_was_killed() {
    let Some(examples) = built() else { return };
    let hello = examples.join("hello.wasm");
    let mut kills = 0;
    for point in [
        "ask:before-commit",
        "end:before-commit",
        "end:after-commit",
        "event:before-consume",
        "wait:before-unload",
    ] {
        for n in 1..=3 {
            let cairn = cairn();
            let ran = run(&cairn, &hello, &json!({ "name": "Ada" })).arg("--no-wait").crash(point, n).run();
            kills += usize::from(ran.killed());
            if !cairn.data().exists() || cairn.cmd("show g1").run().code != Some(0) {
                continue;
            }
            orders::send(&cairn, "g1", "answer", "{\"word\":\"yes\"}").run().ended(0);
            let ran = cairn.cmd("resume g1").crash(point, n).run();
            kills += usize::from(ran.killed());
            let ran = cairn.cmd("resume g1").run().ended(0);
            assert_eq!(orders::result(&ran), json!("Hello, Ada! Ada said yes."), "{point}:{n}");
        }
    }
    assert!(kills >= 5, "killed only {kills} times");
}

#[test]
fn an_order_that_fails_is_undone_newest_first() {
    let Some(examples) = built() else { return };
    let (cairn, services) = (cairn(), Services::new());
    services.on("inventory.reserve", |asked| Answer::Good(json!({ "hold": asked.arguments["item"] })));
    services.on("payments.charge", |_| Answer::Good(json!({ "charge": "c1" })));
    services.on("dispatch.book", |_| {
        Answer::Status(409, json!({ "error": "no_carrier", "message": "not today" }))
    });
    let ran = run(
        &cairn,
        &examples.join("order.wasm"),
        &json!({ "id": "o1", "items": ["tea", "cup"], "cents": 900 }),
    )
    .args(services.flags(&["inventory", "payments", "dispatch"]))
    .run();
    assert_eq!(ran.code, Some(1), "{}", ran.text());
    let calls: Vec<String> = services.calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(
        calls,
        [
            "inventory.reserve",
            "inventory.reserve",
            "payments.charge",
            "dispatch.book",
            "payments.refund",
            "inventory.release",
            "inventory.release"
        ]
    );
}

#[test]
fn many_calls_are_out_at_once_and_each_is_recorded() {
    let Some(examples) = built() else { return };
    let (cairn, services) = (cairn(), Services::new());
    services.on("rows.parse", |asked| {
        Answer::Good(json!({ "rows": asked.arguments["file"].as_str().map_or(0, str::len) }))
    });
    let files: Vec<String> = (0..20).map(|n| format!("file-{n:02}")).collect();
    let ran = run(&cairn, &examples.join("fan_out.wasm"), &json!({ "files": files }))
        .args(services.flags(&["rows"]))
        .run()
        .ended(0);
    assert_eq!((orders::result(&ran), services.count("rows.parse")), (json!(140), 20));
}

#[test]
fn a_person_answers_or_it_goes_on_without() {
    let Some(examples) = built() else { return };
    let input = |patience: u64| json!({ "text": "News", "editor": "ops", "patience_ms": patience });
    let approval = examples.join("approval.wasm");
    let late = run(&cairn(), &approval, &input(50)).run().ended(1);
    assert!(late.text().contains("ops did not answer"), "{}", late.text());

    let cairn = cairn();
    run(&cairn, &approval, &input(60_000)).arg("--no-wait").run().ended(3);
    cairn.cmd("answer g1 approve yes --by eve").run().ended(0);
    let ran = cairn.cmd("resume g1").run().ended(0);
    assert_eq!(orders::result(&ran), json!("published; eve agreed"));
}
