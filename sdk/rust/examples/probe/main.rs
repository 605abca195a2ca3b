//! Does what its input says: the cases of `sdk/conformance.md`.

mod blocks;
mod ends;
mod operations;
mod steps;
mod time;

use cairn::{Event, Failure, Operation};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Input {
    case: String,
    value: Option<Value>,
    text: Option<String>,
    texts: Option<Vec<String>>,
    ms: Option<u64>,
    at: Option<u64>,
    id: Option<String>,
    n: Option<u32>,
}

type Given = Result<Value, Failure>;

fn run(input: Input) -> Given {
    match input.case.as_str() {
        "echo" => Ok(input.value.unwrap_or_default()),
        "fail" => Err(refused().detail(json!({ "code": 7 }))),
        "crash" => panic!("as the input said"),
        "call" => operations::call(&input.text.unwrap_or_default()),
        "call_failed" => operations::call_failed(),
        "call_uncaught" => cairn::call("refuse", "t.refuse", json!({}))?.wait(),
        "call_retry" => operations::retry(),
        "call_not_retried" => operations::not_retried(),
        "call_timeout" => operations::timeout(),
        "together" => operations::together(&input.texts.unwrap_or_default()),
        "first" => operations::first(),
        "sleep" => time::sleep(input.ms.unwrap_or_default()),
        "sleep_native" => time::sleep_native(input.ms.unwrap_or_default()),
        "sleep_until" => time::sleep_until(input.at.unwrap_or_default()),
        "time" => time::time(),
        "random" => time::random(),
        "order" => time::order(),
        "now" => time::now(),
        "event" => go(),
        "two_events" => operations::two_events(),
        "event_where" => operations::event_where(&input.id.unwrap_or_default()),
        "event_timeout" => operations::event_timeout(input.ms.unwrap_or_default()),
        "ask" => operations::ask(),
        "emit" => operations::emit(),
        "step" => steps::once(),
        "step_retry" => steps::retry(),
        "step_failed" => steps::failed(),
        "step_slow" => steps::slow(),
        "step_nested" => steps::nested(),
        "call_in_step" => steps::call(),
        "undo" => operations::undo(),
        "unwind" => operations::unwind(),
        "undo_cancel" => operations::reserve("a").and_then(|_| go()),
        "cancel_seen" => ends::cancel_seen(),
        "loop" => ends::endless(),
        "memory" => ends::memory(),
        "restart" => ends::restart(input.n.unwrap_or_default()),
        "lock" => cairn::lock("door", "door", 1, || go().map(|_| json!("held"))),
        "who" => Ok(json!({ "instance": cairn::who().instance, "workflow": cairn::who().workflow })),
        "expose" => ends::expose(),
        "log" => ends::log(),
        "print" => ends::print(),
        "closed" => Ok(ends::closed()),
        "network" => Ok(ends::network()),
        "exit" => std::process::exit(3),
        "blocks" => blocks::together(),
        "block_failed" => blocks::fails(),
        "block_undo" => blocks::undone(),
        "saga" => operations::saga(),
        other => Err(Failure::new("bad_data", format!("no such case: {other}"))),
    }
}

fn refused() -> Failure {
    Failure::new("refused", "as asked")
}

/// Waits for `go` under this key.
fn receive(key: &str) -> Result<Operation<Event<Value>>, Failure> {
    cairn::receive(key, "go", &[])
}

/// Waits for `go` and gives its data.
fn go() -> Given {
    Ok(receive("go")?.wait()?.data)
}

cairn::workflow!(run, blocks: [blocks::part, blocks::bad, blocks::good]);
