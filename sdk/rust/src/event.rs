//! What comes from outside, and what goes there.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    Failure, Operation, failure,
    world::cairn::workflow::event::{self as world, Subscription},
};

/// An event that came.
#[derive(Clone, Debug, Deserialize)]
pub struct Event<T> {
    /// Its name.
    pub event: String,
    /// The sender's id of it.
    pub id: String,
    /// Its fields.
    pub data: T,
}

/// Waits for the oldest event of this name whose fields equal these and that nobody has taken, also one that came before.
///
/// # Errors
/// The fields cannot be written.
pub fn receive<T: DeserializeOwned>(
    key: &str,
    event: &str,
    fields: &[(&str, Value)],
) -> Result<Operation<Event<T>>, Failure> {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect();
    let subscription = Subscription { event: event.to_owned(), where_: fields, condition: None };
    Ok(Operation::new(world::receive(key, &[subscription])))
}

/// What a person is asked.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Question {
    /// In a line.
    pub title: String,
    /// In full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What can be answered; empty means `yes` and `no` as the host has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// What a person answered.
#[derive(Clone, Debug, Deserialize)]
pub struct Answer {
    /// One of the choices.
    pub choice: String,
    /// Who.
    pub by: String,
    /// What else they said.
    pub note: Option<String>,
}

/// Asks a person.
///
/// # Errors
/// The question cannot be written.
pub fn ask(key: &str, whom: &str, question: &Question) -> Result<Operation<Answer>, Failure> {
    Ok(Operation::new(world::ask(key, whom, &failure::write(question, "a question")?)))
}

/// Sends an event: to this run, or to all that know it.
///
/// # Errors
/// The fields cannot be written.
pub fn emit(
    key: &str,
    event: &str,
    data: &impl Serialize,
    to: Option<&str>,
) -> Result<Operation<()>, Failure> {
    Ok(Operation::new(world::emit(key, event, &failure::write(data, "an event")?, to)))
}
