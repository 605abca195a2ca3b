//! Messages to instances: which of them fit a wait.

mod condition;

pub(crate) use condition::holds;

use cairn_journal::Message;
use cairn_replay::{Instant, Json, Subscription};
use serde_json::{Value, json};

/// The name of the messages that answer questions; no event of a workflow can have it.
pub(crate) const ANSWER: &str = "!answer";

/// May anybody still take it?
pub(crate) fn is_live(expires: Option<Instant>, now: Instant) -> bool {
    expires.is_none_or(|expires| now < expires)
}

/// The first of the subscriptions that a message fits.
pub(crate) fn fits(message: &Message, subscriptions: &[Subscription]) -> Option<usize> {
    let of_name = |one: &&Subscription| one.event == message.event;
    if !subscriptions.iter().any(|one| of_name(&one)) {
        return None;
    }
    let data: Value = serde_json::from_str(&message.data.0).unwrap_or_default();
    subscriptions.iter().position(|one| of_name(&one) && takes(one, &data))
}

/// Its fields equal all that are wanted, and its condition holds.
fn takes(subscription: &Subscription, data: &Value) -> bool {
    let condition =
        subscription.condition.as_ref().map(|text| serde_json::from_str(&text.0).unwrap_or_default());
    subscription.fields.iter().all(|field| equal(data, field))
        && condition.is_none_or(|condition: Value| condition::holds(&condition, data))
}

/// Fields are equal as JSON values; one that is not there is null.
fn equal(data: &Value, (field, wanted): &(String, Json)) -> bool {
    let found = data.get(field).unwrap_or(&Value::Null);
    serde_json::from_str::<Value>(&wanted.0).is_ok_and(|wanted| same(found, &wanted))
}

/// `1` and `1.0` are the same number.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || (one.is_f64() != other.is_f64() && one.as_f64() == other.as_f64())
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| same(one, other)))
        }
        _ => one == other,
    }
}

/// What a wait ends with when it has taken a message.
pub(crate) fn received(message: &Message, subscription: usize) -> Json {
    let data: Value = serde_json::from_str(&message.data.0).unwrap_or_default();
    let text = json!({
        "subscription": subscription,
        "event": message.event,
        "id": message.id.0,
        "data": data,
    });
    Json(text.to_string().into())
}
