//! Parts that run side by side as code of their own.

use cairn::Failure;
use serde_json::{Value, json};

use crate::{Given, operations, refused};

/// Both at once; their results in order.
pub fn together() -> Given {
    let texts = ["a", "b"];
    let begun = texts.map(|text| cairn::block(&cairn::key!("part[{}]", text), part, &text.to_owned()));
    begun.into_iter().map(|one| one?.wait()).collect()
}

pub fn part(text: String) -> Given {
    println!("part {text}");
    let said: Value = cairn::call("say", "t.slowly", json!({ "text": text }))?.wait()?;
    cairn::sleep("nap", std::time::Duration::from_millis(5)).wait()?;
    Ok(json!([text, said]))
}

pub fn fails() -> Given {
    let failure = cairn::block("bad", bad, &())?.wait().err().unwrap_or_else(refused);
    Ok(json!({ "kind": failure.kind, "message": failure.message }))
}

pub fn bad((): ()) -> Given {
    operations::reserve("a")?;
    Err(refused())
}

pub fn undone() -> Given {
    cairn::block("good", good, &())?.wait()?;
    Err(refused())
}

pub fn good((): ()) -> Result<(), Failure> {
    operations::reserve("a")?;
    operations::reserve("b")?;
    Ok(())
}
