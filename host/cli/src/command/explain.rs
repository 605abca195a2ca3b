//! `cairn explain`

use clap::Args;
use serde_json::json;

use crate::{
    exit::Exit,
    global::Global,
    language,
    problem::{Outcome, mistake},
    screen::{out, table},
};

/// Explain a code such as E0304, with an example of the mistake and how to mend it
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn explain E0304
  cairn explain            lists all codes")]
pub(crate) struct Explain {
    /// The code; all are listed if it is left out
    code: Option<String>,
}

impl Explain {
    pub(crate) fn run(&self, global: &Global) -> Outcome {
        match &self.code {
            Some(code) => page(&code.to_ascii_uppercase(), global)?,
            None => list(global)?,
        }
        Ok(Exit::Finished)
    }
}

fn page(code: &str, global: &Global) -> Outcome<()> {
    let page = language::page(code).ok_or_else(|| {
        mistake(format!("there is no code `{code}`"), format!("{}`cairn explain` lists all", near(code)))
    })?;
    if global.json {
        out::pretty(&json!({ "code": code, "page": page }))?;
    } else {
        out::data(&format!("{}\n", page.trim_end()))?;
    }
    Ok(())
}

fn list(global: &Global) -> Outcome<()> {
    let codes = language::codes();
    if global.json {
        let codes: Vec<_> =
            codes.iter().map(|(code, title)| json!({ "code": code, "title": title })).collect();
        out::pretty(&json!({ "codes": codes }))?;
    } else {
        let rows: Vec<_> =
            codes.iter().map(|(code, title)| vec![code.to_string(), title.to_string()]).collect();
        out::data(&table(&rows))?;
    }
    Ok(())
}

/// Codes of the same group, for a hint.
fn near(code: &str) -> String {
    let group = code.get(..3).unwrap_or(code);
    let near: Vec<_> =
        language::codes().into_iter().map(|(other, _)| other).filter(|o| o.starts_with(group)).collect();
    if near.is_empty() { String::new() } else { format!("there are {}\n", near.join(", ")) }
}
