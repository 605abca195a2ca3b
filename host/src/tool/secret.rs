//! Secrets: where they are, and how they get into a request. What is kept of a request is a template; a value is looked up at the
//! moment of an attempt, and is in nothing that outlives it.

use std::{env, fs};

use serde_json::Value;

use super::{Failed, Grant, failure::failure};
use crate::ops::FailureView;

/// What stands where a secret stood.
const MASK: &str = "***";

/// Can a secret be found where this says: `env:VARIABLE` or `file:PATH`?
pub(super) fn is_place(text: &str) -> bool {
    matches!(text.split_once(':'), Some(("env" | "file", place)) if !place.is_empty())
}

/// The values that were filled in, to be kept out of what comes back.
#[derive(Default)]
pub(crate) struct Filled(Vec<String>);

/// Puts secrets into their places in the arguments of a request: what stands at each JSON pointer is an array of texts and of
/// `{ "secret": NAME }`, which becomes one text.
///
/// # Errors
/// `denied` where a secret is not granted or not there, `tool_failed` where a place is no template.
pub(crate) fn fill(arguments: &mut Value, places: &[String], grant: &Grant) -> Result<Filled, FailureView> {
    let mut filled = Filled::default();
    for place in places {
        let template = arguments.pointer_mut(place).ok_or_else(|| no_template(place))?;
        *template = Value::String(joined(template, place, grant, &mut filled)?);
    }
    Ok(filled)
}

fn joined(template: &Value, place: &str, grant: &Grant, filled: &mut Filled) -> Result<String, FailureView> {
    let parts = template.as_array().ok_or_else(|| no_template(place))?;
    let mut text = String::new();
    for part in parts {
        if let Some(plain) = part.as_str() {
            text.push_str(plain);
            continue;
        }
        let name = part.get("secret").and_then(Value::as_str).ok_or_else(|| no_template(place))?;
        let value = value(name, grant)?;
        text.push_str(&value);
        filled.0.push(value);
    }
    Ok(text)
}

fn no_template(place: &str) -> FailureView {
    failure("tool_failed", format!("what stands at `{place}` of the arguments is no template of a secret"))
}

/// The value of a secret. It is read anew for each attempt, so that a changed one counts at once.
fn value(name: &str, grant: &Grant) -> Result<String, FailureView> {
    let denied = |why: String| failure("denied", format!("the secret `{name}` {why}"));
    let Some(place) = grant.secrets.get(name) else {
        return Err(denied(format!("is not granted: say where it is, such as `--secret {name}=env:{name}`")));
    };
    let found = match place.split_once(':') {
        Some(("env", variable)) => env::var(variable)
            .map_err(|_| format!("is not there: the environment variable `{variable}` is not set")),
        Some(("file", path)) => fs::read_to_string(path)
            .map(|text| text.trim_end_matches(['\n', '\r']).to_owned())
            .map_err(|error| format!("is not there: `{path}` cannot be read ({error})")),
        _ => Err("is granted in a way that this host does not know: write `env:VARIABLE` or `file:PATH`"
            .to_owned()),
    };
    match found {
        Ok(value) if value.is_empty() => Err(denied("is empty".to_owned())),
        Ok(value) => Ok(value),
        Err(why) => Err(denied(why)),
    }
}

impl Filled {
    /// An answer without the values that went out, whoever sent them back.
    pub(crate) fn masked(&self, went: Result<Value, Failed>) -> Result<Value, Failed> {
        if self.0.is_empty() {
            return went;
        }
        match went {
            Ok(value) => Ok(self.value(value)),
            Err(failed) => Err(failed.map(|view| FailureView {
                kind: view.kind,
                message: self.text(&view.message),
                detail: self.value(view.detail),
            })),
        }
    }

    fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.value(item)).collect(),
            Value::Object(fields) => {
                fields.into_iter().map(|(name, value)| (self.text(&name), self.value(value))).collect()
            }
            other => other,
        }
    }

    fn text(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), MASK))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A granted secret in a file of its own.
    fn granted(value: &str) -> (Grant, std::path::PathBuf) {
        let path = env::temp_dir().join(format!("cairn-secret-{}-{}", std::process::id(), value.len()));
        fs::write(&path, format!("{value}\n")).unwrap();
        let secrets = [("API_KEY".to_owned(), format!("file:{}", path.display()))];
        (Grant { secrets: secrets.into(), ..Grant::default() }, path)
    }

    #[test]
    fn a_template_becomes_a_text_and_answers_are_masked() {
        let (grant, path) = granted("s3cr3t");
        let mut arguments = json!({ "headers": { "a/b": ["Bearer ", { "secret": "API_KEY" }] }, "n": 1 });
        let filled = fill(&mut arguments, &["/headers/a~1b".to_owned()], &grant).ok().unwrap();
        assert_eq!(arguments, json!({ "headers": { "a/b": "Bearer s3cr3t" }, "n": 1 }));
        let answer = json!({ "said": ["you sent Bearer s3cr3t"], "s3cr3t": 1, "n": 7 });
        assert_eq!(
            filled.masked(Ok(answer)),
            Ok(json!({ "said": ["you sent Bearer ***"], "***": 1, "n": 7 }))
        );
        let lost = Failed::Unclear(failure("tool_failed", "no s3cr3t here"));
        let masked = Failed::Unclear(failure("tool_failed", "no *** here"));
        assert_eq!(filled.masked(Err(lost)), Err(masked));
        fs::remove_file(path).unwrap();
        let mut arguments = json!({ "key": [{ "secret": "API_KEY" }] });
        let gone = fill(&mut arguments, &["/key".to_owned()], &grant).err().unwrap();
        assert_eq!(gone.kind, "denied");
        assert!(gone.message.contains("cannot be read"), "{}", gone.message);
    }

    #[test]
    fn what_is_not_granted_or_no_template_is_refused() {
        let place = ["/key".to_owned()];
        for (arguments, kind) in [
            (json!({ "key": [{ "secret": "API_KEY" }] }), "denied"),
            (json!({ "key": "API_KEY" }), "tool_failed"),
            (json!({ "key": [7] }), "tool_failed"),
            (json!({}), "tool_failed"),
        ] {
            let mut filled = arguments.clone();
            let refused = fill(&mut filled, &place, &Grant::default()).err().unwrap();
            assert_eq!((refused.kind.as_str(), filled), (kind, arguments));
        }
        let unset =
            Grant { secrets: [("K".into(), "env:CAIRN_NO_SUCH_VARIABLE".into())].into(), ..Grant::default() };
        let refused = fill(&mut json!({ "key": [{ "secret": "K" }] }), &place, &unset).err().unwrap();
        assert!(refused.message.contains("`CAIRN_NO_SUCH_VARIABLE` is not set"), "{}", refused.message);
        assert!(is_place("env:A") && is_place("file:/a") && !is_place("env:") && !is_place("A"));
    }
}
