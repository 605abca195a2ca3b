//! Gives an open operation an outcome that a person has decided on.

use std::sync::Arc;

use cairn_journal::InstanceId;
use cairn_replay::{Act, Command, Entry, Instant, Json, Key, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Cancel, Done, Order, cancel, named,
    order::{Grip, Past, a_moment, done, grip, is_paused, not_over, past, set_going},
};
use crate::{
    Error, crash, did_you_mean,
    host::Inner,
    run::{Along, Append, Purpose, child_of, chosen, commit, settled, waits_unclear, what},
};

/// Gives an open operation an outcome.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Skip {
    /// Which instance, who and why.
    #[serde(flatten)]
    pub order: Order,
    /// Of which operation.
    pub key: String,
    /// What it gives: the result of a step or another run, the fields of an event, the choice of a person. Null where none is given.
    pub result: Option<Value>,
}

/// # Errors
/// A mistake, and nothing is changed: there is no such instance or it is over, or it waits for nothing under that key.
pub(super) async fn skip(inner: &Arc<Inner>, verb: Skip) -> Result<Done, Error> {
    let id = named(&verb.order.tenant, &verb.order.id)?;
    let key = Key(verb.key.clone());
    loop {
        let grip = grip(inner, &id).await;
        let head = inner.head(&id)?;
        not_over(&head, "nothing of it is open any more")?;
        let past = past(inner, &id)?;
        let outcome = outcome(&verb, &past, inner.ports.clock.now())?;
        let child = child_of(inner, &id, &past.machine, &key)?;
        let kept = match &grip {
            Grip::Loaded(activation) => match activation.decide(&verb.order.who(), &key, outcome)? {
                None => None,
                Some(None) => return Err(not_open(&verb, &past)),
                Some(Some(answer)) => Some(settled(answer).await?),
            },
            Grip::Free(_) => {
                let at = inner.ports.clock.now();
                let decided = verb.order.who().acted(at, Act::Decide { key: key.clone() });
                let entries = vec![decided, Entry::Ended { key: key.clone(), at, outcome }];
                let append = Append {
                    id: id.clone(),
                    expect: head.next,
                    entries,
                    wakes: false,
                    along: Along::default(),
                };
                let purpose = if is_paused(&head) { Purpose::Pauses } else { Purpose::Wakes };
                Some(settled(commit(&inner.ports, append, purpose)).await?)
            }
        };
        if kept.is_some() {
            crash::point("skip:after-commit");
            if let (Grip::Free(claim), false) = (grip, is_paused(&head)) {
                set_going(inner, claim, verb.order.drive);
            }
            not_wanted(inner, &id, child, &verb).await?;
            return done(inner, &id, &format!("has what `{}` gives", verb.key));
        }
        drop(grip);
        a_moment().await;
    }
}

/// Another run whose outcome is not waited for any more.
async fn not_wanted(
    inner: &Arc<Inner>,
    id: &InstanceId,
    child: Option<InstanceId>,
    verb: &Skip,
) -> Result<(), Error> {
    let Some(child) = child else { return Ok(()) };
    let why = format!("`{}`, which had started it, was given another outcome", id.instance);
    let cancelled =
        cancel(inner, Cancel { tenant: child.tenant, id: child.instance, by: verb.order.by.clone(), why })
            .await;
    match cancelled {
        Ok(_) | Err(Error::Mistake(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The outcome in the form that the code knows.
fn outcome(verb: &Skip, past: &Past, now: Instant) -> Result<Outcome, Error> {
    let key = Key(verb.key.clone());
    let open = past.machine.outcome(&key).is_none();
    let Some(command) = past.machine.command(&key).filter(|_| open) else { return Err(not_open(verb, past)) };
    let given = verb.result.clone().unwrap_or(Value::Null);
    let value = match command {
        Command::Call { .. } | Command::Child { .. } => given,
        // An undo is nobody's to give an outcome, unless it waits for that.
        Command::Undo { .. } if waits_unclear(&past.machine, &key) => given,
        Command::Until { .. } | Command::Span { .. } if verb.result.is_none() => Value::Null,
        Command::Until { .. } | Command::Span { .. } => {
            return Err(Error::mistake(format!(
                "`{}` of `{}` is a sleep: it gives nothing",
                verb.key, verb.order.id
            ))
            .help("leave `--result` out"));
        }
        Command::Receive { subscriptions } => {
            let (Some(first), true) = (subscriptions.first(), given.is_object()) else {
                return Err(Error::mistake(format!(
                    "`{}` of `{}` waits for an event",
                    verb.key, verb.order.id
                ))
                .help("say what came, its fields as a JSON object: `--result '{…}'`"));
            };
            json!({ "subscription": 0, "event": first.event, "id": "", "data": given })
        }
        Command::Ask { .. } => {
            let Value::String(choice) = given else {
                return Err(Error::mistake(format!("`{}` of `{}` asks a person", verb.key, verb.order.id))
                    .help("say what is chosen, a JSON text: `--result '\"yes\"'`"));
            };
            let (by, note) = (json!(verb.order.by), json!(verb.order.why));
            return Ok(Ok(chosen(&Value::String(choice), &by, &note, now)));
        }
        _ => return Err(not_open(verb, past)),
    };
    Ok(Ok(Json(value.to_string().into())))
}

/// It cannot be given an outcome; these can.
fn not_open(verb: &Skip, past: &Past) -> Error {
    let (key, name) = (Key(verb.key.clone()), &verb.order.id);
    let open: Vec<(&Key, &Command)> = past.history.iter().filter_map(|entry| open_one(past, entry)).collect();
    let names: Vec<&str> = open.iter().map(|(key, _)| key.0.as_str()).collect();
    let found = match past.machine.command(&key) {
        None => format!("`{name}` has not asked for anything under the key `{}`", key.0),
        Some(_) if past.machine.outcome(&key).is_some() => {
            format!("`{}` of `{name}` has ended already: what is recorded stays", key.0)
        }
        Some(command) => {
            format!("`{}` of `{name}` is {}: nobody can give that an outcome", key.0, what(command))
        }
    };
    let list = open.iter().map(|(key, command)| format!("`{}` ({})", key.0, what(command)));
    let list: Vec<String> = list.collect();
    let error = Error::mistake(found);
    match did_you_mean(&key.0, &names) {
        Some(near) if past.machine.command(&key).is_none() => error.help(format!("did you mean `{near}`?")),
        _ if list.is_empty() => error.help("nothing of it is open"),
        _ => error.help(format!("open are {}", list.join(", "))),
    }
}

fn open_one<'p>(past: &'p Past, entry: &'p Entry) -> Option<(&'p Key, &'p Command)> {
    let Entry::Asked { key, command, .. } = entry else { return None };
    let unclear = waits_unclear(&past.machine, key);
    let operation = unclear
        || matches!(
            command,
            Command::Call { .. }
                | Command::Until { .. }
                | Command::Span { .. }
                | Command::Receive { .. }
                | Command::Ask { .. }
                | Command::Child { .. }
        );
    (operation && past.machine.outcome(key).is_none()).then_some((key, command))
}
