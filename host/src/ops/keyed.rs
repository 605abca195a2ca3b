//! Instances that are one because of their key: `key … else …` of a workflow.

use cairn_journal::{InstanceId, LockChange, Place};
use cairn_replay::Key;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{Error, KeyMeta, KeyPart, Otherwise, host::Inner, run::store};

/// Longer keys are cut and told apart by a digest, in bytes: with the workflow's name in front and a number behind they have to
/// be names of instances.
const LONGEST: usize = 100;

/// `WORKFLOW:KEY`: the name of the first instance of a key. What stands for something in such a name is percent-encoded.
///
/// # Errors
/// A mistake if the input has nothing that can be part of a key where the workflow says.
pub(crate) fn name(workflow: &str, meta: &KeyMeta, input: &Value) -> Result<String, Error> {
    let mut key = String::new();
    for part in &meta.parts {
        match part {
            KeyPart::Text(text) => key.push_str(text),
            KeyPart::Input(pointer) => key.push_str(&of_input(workflow, pointer, input)?),
        }
    }
    Ok(format!("{workflow}:{}", short(&encoded(&key))))
}

fn of_input(workflow: &str, pointer: &str, input: &Value) -> Result<String, Error> {
    match input.pointer(pointer) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(value.to_string()),
        found => {
            let found = found.map_or_else(|| "nothing".to_owned(), ToString::to_string);
            let place = pointer.trim_start_matches('/').replace('/', ".");
            Err(Error::mistake(format!(
                "the key of `{workflow}` is made of `{place}`, which is {found} in this input"
            ))
            .help("give it a text, an int or a bool, or name the instance yourself"))
        }
    }
}

fn encoded(key: &str) -> String {
    key.chars()
        .map(
            |c| {
                if c == '%' || c == '~' || c.is_control() {
                    format!("%{:02X}", u32::from(c))
                } else {
                    c.into()
                }
            },
        )
        .collect()
}

fn short(key: &str) -> String {
    if key.len() <= LONGEST {
        return key.to_owned();
    }
    let end = (0..=LONGEST - 20).rev().find(|at| key.is_char_boundary(*at)).unwrap_or(0);
    format!("{}%%{}", key.get(..end).unwrap_or_default(), short_digest(key))
}

/// 16 hex digits of a SHA-256.
pub(crate) fn short_digest(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The `number`-th instance of a key, from 1: `NAME`, `NAME~2`, `NAME~3` …
pub(crate) fn numbered(name: &str, number: u32) -> String {
    if number <= 1 { name.to_owned() } else { format!("{name}~{number}") }
}

/// The line that the instances of a key stand in.
pub(crate) fn turn(name: &str) -> String {
    format!("!turn {name}")
}

/// Where a start of a key leads.
#[derive(Debug)]
pub(crate) struct Placed {
    /// To this instance.
    pub(crate) id: InstanceId,
    /// It is to be begun, and stands so in the line of its key; none: it is there.
    pub(crate) turn: Option<LockChange>,
}

/// Decides about a start of a key. Nobody else may do so until what is to be begun is begun.
///
/// # Errors
/// A mistake if the key is in use and that is refused.
pub(crate) fn place(inner: &Inner, tenant: &str, name: &str, otherwise: Otherwise) -> Result<Placed, Error> {
    let line = turn(name);
    let queue = inner.ports.journal.queue(tenant, &line).map_err(|e| store(&e))?;
    let last = queue.last().map(|last| last.id.clone());
    match (last, otherwise) {
        (Some(id), Otherwise::Join) => return Ok(Placed { id, turn: None }),
        (Some(id), Otherwise::Reject) => {
            return Err(Error::mistake(format!("`{}` has this key and is not over", id.instance))
                .help("start it when that one is over, or cancel that one"));
        }
        (Some(_), Otherwise::Queue | Otherwise::Replace) | (None, _) => {}
    }
    let to = if queue.is_empty() { Place::Holds { of: 1 } } else { Place::Waits };
    let change = LockChange { name: line, key: Key(TURN.to_owned()), asked: inner.ports.clock.now(), to };
    Ok(Placed { id: next(inner, tenant, name)?, turn: Some(change) })
}

/// How an instance that was over stands in the line of its key again.
///
/// # Errors
/// A mistake if another one of the key is not over, and the workflow says that there is one at a time.
pub(crate) fn again(
    inner: &Inner,
    id: &InstanceId,
    name: &str,
    otherwise: Otherwise,
) -> Result<LockChange, Error> {
    let line = turn(name);
    let queue = inner.ports.journal.queue(&id.tenant, &line).map_err(|e| store(&e))?;
    if let (Some(other), Otherwise::Join | Otherwise::Reject) = (queue.last(), otherwise) {
        let (other, name) = (&other.id.instance, &id.instance);
        return Err(Error::mistake(format!("`{other}` has the key of `{name}` and is not over"))
            .help("there is one run of a key at a time: do it when that one is over, or cancel that one"));
    }
    let to = if queue.is_empty() { Place::Holds { of: 1 } } else { Place::Waits };
    Ok(LockChange { name: line, key: Key(TURN.to_owned()), asked: inner.ports.clock.now(), to })
}

/// Under which key an instance stands in the line of its own key.
pub(crate) const TURN: &str = "!turn";

/// The first name of a key that nobody has. They are taken one after the other, so the search is in steps that double.
fn next(inner: &Inner, tenant: &str, name: &str) -> Result<InstanceId, Error> {
    let id = |number| InstanceId { tenant: tenant.to_owned(), instance: numbered(name, number) };
    let taken = |number| inner.find(&id(number)).map(|head| head.is_some());
    let (mut low, mut high) = (0, 1);
    while taken(high)? {
        (low, high) = (high, high.saturating_mul(2));
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if taken(middle)? { low = middle } else { high = middle }
    }
    Ok(id(high))
}

/// The line in which an instance may have to wait for its turn, if its name is one of a key's.
pub(crate) fn turn_of(id: &InstanceId) -> Option<String> {
    let (name, number) = id.instance.rsplit_once('~').unwrap_or((&id.instance, "0"));
    let counted = number.bytes().all(|byte| byte.is_ascii_digit()) && name.contains(':');
    counted.then(|| turn(name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::Otherwise;

    fn meta() -> KeyMeta {
        let parts =
            vec![KeyPart::Input("/repo".into()), KeyPart::Text("/".into()), KeyPart::Input("/at/n".into())];
        KeyMeta { parts, otherwise: Otherwise::Join }
    }

    #[test]
    fn a_key_is_made_of_texts_and_of_what_the_input_says() {
        let named = |input| name("ci", &meta(), &input);
        assert_eq!(named(json!({ "repo": "a~b%", "at": { "n": 7 } })).unwrap(), "ci:a%7Eb%25/7");
        let refused = named(json!({ "repo": "a", "at": { "n": null } })).unwrap_err().to_string();
        assert_eq!(refused, "the key of `ci` is made of `at.n`, which is null in this input");
        assert!(
            named(json!({ "repo": "a" })).unwrap_err().to_string().contains("which is nothing in this input")
        );
    }

    proptest! {
        #[test]
        fn keys_are_names_and_stay_apart(one in ".{0,300}", other in ".{0,300}") {
            let of = |repo: &str| name("ci", &meta(), &json!({ "repo": repo, "at": { "n": true } })).unwrap();
            prop_assert!(of(&one).len() <= LONGEST + 3 && !of(&one).chars().any(char::is_control));
            prop_assert_eq!(of(&one) == of(&other), one == other);
            for number in 1..4 {
                let id = InstanceId { tenant: "t".into(), instance: numbered(&of(&one), number) };
                prop_assert_eq!(turn_of(&id), Some(turn(&of(&one))));
            }
        }
    }
}
