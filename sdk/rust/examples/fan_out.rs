//! Many calls at once, then their sum.

use cairn::{Failure, Operation};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Input {
    files: Vec<String>,
}

#[derive(Deserialize)]
struct Rows {
    rows: u64,
}

fn run(input: Input) -> Result<u64, Failure> {
    let begun = |file: &String| cairn::call(&cairn::key!("rows/file[{}]/parse", file), "rows.parse", json!({ "file": file }));
    let parsed: Vec<Operation<Rows>> = input.files.iter().map(begun).collect::<Result<_, _>>()?;
    parsed.iter().map(|one| one.wait().map(|of| of.rows)).sum()
}

cairn::workflow!(run);
