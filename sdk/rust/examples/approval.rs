//! Asks a person, and does not wait for ever.

use std::time::Duration;

use cairn::{Failure, Question};
use serde::Deserialize;

#[derive(Deserialize)]
struct Input {
    text: String,
    editor: String,
    patience_ms: u64,
}

fn run(input: Input) -> Result<String, Failure> {
    let question = Question {
        title: "Publish this?".to_owned(),
        text: Some(input.text),
        choices: vec!["yes".to_owned(), "no".to_owned()],
    };
    let answer = cairn::ask("approve", &input.editor, &question)?;
    let too_late = cairn::sleep("approve.deadline", Duration::from_millis(input.patience_ms));
    if cairn::first(&[&answer, &too_late]) == 1 {
        answer.cancel();
        return Err(Failure::new("timeout", format!("{} did not answer", input.editor)));
    }
    let answer = answer.wait()?;
    match answer.choice.as_str() {
        "yes" => Ok(format!("published; {} agreed", answer.by)),
        _ => Err(Failure::new("rejected", format!("{} did not agree", answer.by))),
    }
}

cairn::workflow!(run);
