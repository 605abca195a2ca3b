//! A run that is stuck is cancelled: all of it is stopped at once, then what it did is undone.

use std::time::{Duration, Instant};

use cairn_tests::{Answer, Services, workspace};
use serde_json::json;

use crate::cairn;

/// The code that counts would go on for 10 s, and the call for 10 minutes.
const PROMPT: Duration = Duration::from_secs(5);

#[test]
fn what_is_stuck_in_every_way_is_stopped_and_then_undone_newest_first() {
    let (cairn, services) = (cairn(), Services::new());
    services.on("desk.take", |asked| Answer::Good(asked.arguments["n"].clone()));
    services.on("desk.hang", |_| {
        std::thread::sleep(Duration::from_secs(120));
        Answer::Good(json!(null))
    });
    let program = workspace().join("tests/program/stuck.cairn");
    let command = cairn.cmd("run").arg(program).args(["--id", "s"]).args(services.flags(&["desk"]));
    let mut run = command.input(&json!({ "many": 1_000 })).spawn();
    run.until(|| services.count("desk.hang") == 1);

    let begun = Instant::now();
    cairn.cmd("cancel s").run().ended(0);
    let ran = run.finish().ended(1);
    assert!(begun.elapsed() < PROMPT, "{:?}\n{}", begun.elapsed(), ran.text());
    println!("it is over {:?} after it was to be cancelled", begun.elapsed());
    assert_eq!(cairn.show("s")["instance"]["state"], json!({ "is": "failed", "kind": "cancelled" }));
    let calls: Vec<_> =
        services.calls().iter().map(|call| (call.operation.clone(), call.arguments["n"].clone())).collect();
    let undone = [("desk.give".to_owned(), json!(1)), ("desk.give".to_owned(), json!(0))];
    assert!(calls.ends_with(&undone), "{calls:?}");
}
