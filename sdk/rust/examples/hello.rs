//! A step, a sleep and an event.

use std::{thread, time::Duration};

use cairn::{Failure, Options};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Input {
    name: String,
}

#[derive(Serialize, Deserialize)]
struct Word {
    word: String,
}

fn run(input: Input) -> Result<String, Failure> {
    let greeting = cairn::step("greet", &Options::default(), |_| Ok(format!("Hello, {}!", input.name)))?;
    println!("{greeting}");
    thread::sleep(Duration::from_millis(200));
    let event = cairn::receive::<Word>("answer", "answer", &[])?.wait()?;
    Ok(format!("{greeting} {} said {}.", input.name, event.data.word))
}

cairn::workflow!(run);
