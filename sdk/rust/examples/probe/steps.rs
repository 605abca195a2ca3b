//! Steps of its own code.

use std::{hint, time::Duration};

use cairn::{Failure, Options, Retry};
use serde_json::{Value, json};

use crate::{Given, go};

pub fn once() -> Given {
    let given = cairn::step("body", &Options::default(), |_| {
        println!("body ran");
        Ok(json!({ "n": 1 }))
    })?;
    go()?;
    Ok(given)
}

pub fn retry() -> Given {
    let patient = Options::default().retry(Retry::times(3).delay(Duration::from_millis(20)).on(&["shaky"]));
    let given = cairn::step("shaky", &patient, |attempt| {
        println!("attempt {}", attempt.number);
        match attempt.number {
            3 => Ok(json!({ "attempt": 3, "key": attempt.idempotency_key })),
            n => Err(Failure::new("shaky", format!("attempt {n}"))),
        }
    })?;
    go()?;
    Ok(given)
}

pub fn failed() -> Given {
    let lost: Given = cairn::step("lost", &Options::default(), |_| Err(Failure::new("gone", "for good")));
    lost.or_else(|failure| Ok(json!(failure.kind)))
}

pub fn slow() -> Given {
    let patient = Options::default()
        .timeout(Duration::from_millis(300))
        .retry(Retry::times(2).delay(Duration::from_millis(10)));
    cairn::step("slow", &patient, |attempt| {
        while attempt.number == 1 {
            hint::black_box(0);
        }
        Ok(json!({ "attempt": attempt.number }))
    })
}

pub fn nested() -> Given {
    cairn::step("outer", &Options::default(), |_| cairn::step("inner", &Options::default(), |_| Ok(json!(1))))
}

pub fn call() -> Given {
    cairn::step("outer", &Options::default(), |_| {
        cairn::call::<Value>("call", "t.echo", json!({ "text": "in a body" }))?.wait()
    })
}
