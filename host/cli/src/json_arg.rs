//! JSON on the command line: as it is, `@FILE`, or `@-` for stdin.

use std::{fs, io::Read};

use serde_json::Value;

use crate::problem::{Outcome, mistake};

/// Reads the argument of `what` (`--input`).
///
/// # Errors
///
/// The user's mistake: no such file, or no JSON.
pub(crate) fn read(what: &str, text: &str) -> Outcome<Value> {
    let Some(file) = text.strip_prefix('@') else {
        return parse(text).map_err(|why| {
            mistake(
                format!("{what} is no JSON: {why}"),
                "write it in single quotes, such as '{\"name\": \"ada\"}', or give a file: `@input.json`, or `@-` for stdin",
            )
        });
    };
    let found = if file == "-" { stdin() } else { fs::read_to_string(file) };
    let text =
        found.map_err(|e| mistake(format!("cannot read {what} from `{file}`: {e}"), "is the path right?"))?;
    parse(&text)
        .map_err(|why| mistake(format!("`{file}`, given for {what}, is no JSON: {why}"), "mend the file"))
}

fn stdin() -> std::io::Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map(|_| text)
}

/// Or why not, with the place.
fn parse(text: &str) -> Result<Value, String> {
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    serde_json::from_str(text).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::Paint;

    #[test]
    fn json_is_read_from_the_line_or_a_file_and_mistakes_say_which() {
        assert_eq!(read("--input", "{\"a\": 1}").unwrap()["a"], 1);
        let path = std::env::temp_dir().join(format!("cairn-cli-json-{}", std::process::id()));
        fs::write(&path, "[1").unwrap();
        let argument = format!("@{}", path.display());
        let said = |text: &str| read("--input", text).unwrap_err().text(Paint::plain());
        assert!(said(&argument).contains("given for --input, is no JSON: EOF"), "{}", said(&argument));
        assert!(
            said("{a: 1}").contains("--input is no JSON: key must be a string at line 1 column 2"),
            "{}",
            said("{a")
        );
        assert!(said("@/no/such").contains("cannot read --input from `/no/such`"), "{}", said("@/no/such"));
        fs::write(&path, "[1]").unwrap();
        assert_eq!(read("--input", &argument).unwrap()[0], 1);
        fs::remove_file(&path).unwrap();
    }
}
