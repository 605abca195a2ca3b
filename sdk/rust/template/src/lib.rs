//! Greets, sleeps, and waits for an answer.

use std::{thread, time::Duration};

use cairn::{Failure, Options, Retry};
use serde::Deserialize;

#[derive(Deserialize)]
struct Input {
    name: String,
}

#[derive(Deserialize)]
struct Answer {
    word: String,
}

fn run(input: Input) -> Result<String, Failure> {
    let patient = Options::default().timeout(Duration::from_secs(10)).retry(Retry::times(3));
    // What the body gives is recorded: it is not done again, whatever happens.
    let greeting = cairn::step("greet", &patient, |_| Ok(format!("Hello, {}!", input.name)))?;
    println!("{greeting}");
    thread::sleep(Duration::from_secs(2)); // of any length: the code is unloaded meanwhile
    let event = cairn::receive::<Answer>("answer", "answer", &[])?.wait()?;
    Ok(format!("{greeting} You said {}.", event.data.word))
}

cairn::workflow!(run);
