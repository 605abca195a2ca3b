//! Calls, events, people and undos.

use std::time::Duration;

use cairn::{Failure, Operation, Options, Question, Retry};
use serde_json::{Value, json};

use crate::{Given, go, receive, refused};

pub fn call(text: &str) -> Given {
    cairn::call("call", "t.echo", json!({ "text": text }))?.wait()
}

pub fn call_failed() -> Given {
    match cairn::call::<Value>("refuse", "t.refuse", json!({}))?.wait() {
        Err(failure) => {
            Ok(json!({ "kind": failure.kind, "message": failure.message, "detail": failure.detail }))
        }
        given => given,
    }
}

fn three() -> Retry {
    Retry::times(3).delay(Duration::from_millis(10))
}

pub fn retry() -> Given {
    cairn::call_with("shaky", "t.shaky", json!({}), &Options::default().retry(three()))?.wait()
}

pub fn not_retried() -> Given {
    let options = Options::default().retry(three().on(&["http_5xx"]));
    kind(cairn::call_with("refuse", "t.refuse", json!({}), &options)?)
}

pub fn timeout() -> Given {
    let options = Options::default().timeout(Duration::from_millis(200));
    kind(cairn::call_with("slow", "t.slow", json!({}), &options)?)
}

fn kind(operation: Operation<Value>) -> Given {
    operation.wait().or_else(|failure| Ok(json!(failure.kind)))
}

pub fn together(texts: &[String]) -> Given {
    let begun: Vec<Operation<Value>> = texts
        .iter()
        .map(|text| cairn::call(&format!("item[{text}]"), "t.slowly", json!({ "text": text })))
        .collect::<Result<_, _>>()?;
    begun.iter().map(Operation::wait).collect()
}

pub fn first() -> Given {
    let both: [Operation<Value>; 2] =
        [cairn::call("a", "t.slow", json!({}))?, cairn::call("b", "t.echo", json!({ "text": "b" }))?];
    let index = cairn::first(&[&both[0], &both[1]]);
    both[1 - index].cancel();
    let result = both[index].wait()?;
    go()?;
    Ok(json!({ "index": index, "result": result }))
}

pub fn two_events() -> Given {
    let n = |key: &str| Ok::<_, Failure>(receive(key)?.wait()?.data["n"].clone());
    Ok(json!([n("one")?, n("two")?]))
}

pub fn event_where(id: &str) -> Given {
    Ok(cairn::receive::<Value>("go", "go", &[("id", json!(id))])?.wait()?.data)
}

pub fn event_timeout(ms: u64) -> Given {
    let (came, late) = (receive("go")?, cairn::sleep("patience", Duration::from_millis(ms)));
    Ok(match cairn::first(&[&came, &late]) {
        0 => {
            late.cancel();
            json!("came")
        }
        _ => {
            came.cancel();
            json!("late")
        }
    })
}

pub fn ask() -> Given {
    let question = Question {
        title: "Go on?".to_owned(),
        choices: vec!["yes".to_owned(), "no".to_owned()],
        ..Question::default()
    };
    let answer = cairn::ask("ask", "ops", &question)?.wait()?;
    Ok(json!({ "choice": answer.choice, "by": answer.by }))
}

pub fn emit() -> Given {
    cairn::emit("tell", "go", &json!({ "n": 1 }), Some(&cairn::who().instance))?.wait()?;
    go()
}

/// With its undo.
pub fn reserve(item: &str) -> Given {
    let held = cairn::call(item, "t.reserve", json!({ "item": item }))?.wait()?;
    cairn::undo(&format!("undo_{item}"), "t.release", json!({ "item": item }), &Options::default())?;
    Ok(held)
}

pub fn undo() -> Given {
    reserve("a")?;
    reserve("b")?;
    Err(refused())
}

pub fn unwind() -> Given {
    let depth = cairn::undo_depth();
    reserve("a")?;
    cairn::unwind("back", depth)?;
    Ok(json!("back"))
}

pub fn saga() -> Given {
    let a = reserve("a")?;
    let body: u32 = cairn::step("body", &Options::default(), |_| {
        println!("body");
        Ok(1)
    })?;
    cairn::sleep("nap", Duration::from_millis(5)).wait()?;
    let b = reserve("b")?;
    Ok(json!({ "a": a, "body": body, "b": b, "go": go()? }))
}
