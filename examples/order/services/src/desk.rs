//! Takes requests in: remembers each key and what it was answered, counts, and tells on the terminal.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use serde_json::{Map, Value, json};

use crate::{
    http::{Answer, Request},
    ledger::Ledger,
};

/// What all three services share.
pub(crate) struct Desk {
    slow: Duration,
    books: Mutex<Books>,
}

#[derive(Default)]
struct Books {
    ledger: Ledger,
    /// By operation.
    counts: BTreeMap<String, Counts>,
}

#[derive(Default)]
struct Counts {
    calls: u64,
    repeated: u64,
    /// By key: what was asked, and what was answered.
    answered: BTreeMap<String, (Vec<u8>, Answer)>,
}

impl Desk {
    pub(crate) fn new(slow: Duration) -> Self {
        Self { slow, books: Mutex::default() }
    }

    /// The answer of a service.
    pub(crate) fn answer(&self, service: &str, request: &Request) -> Answer {
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/counts") => (200, self.books(|books| books.counted())),
            ("GET", "/open") => (200, self.books(|books| books.ledger.all_open())),
            ("POST", path) => {
                let operation = format!("{service}.{}", path.trim_start_matches('/'));
                let answer = self.books(|books| books.take(&operation, request));
                // After the work: whoever is cut off here does not know that it is done.
                thread::sleep(self.slow);
                answer
            }
            _ => (
                404,
                json!({ "error": "unknown_path", "message": "POST /operation, GET /counts or GET /open" }),
            ),
        }
    }

    fn books<T>(&self, of: impl FnOnce(&mut Books) -> T) -> T {
        of(&mut self.books.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Books {
    fn take(&mut self, operation: &str, request: &Request) -> Answer {
        let Ok(arguments) = serde_json::from_slice::<Value>(&request.body) else {
            return (400, json!({ "error": "no_json", "message": "the body is not JSON" }));
        };
        let counts = self.counts.entry(operation.to_owned()).or_default();
        counts.calls += 1;
        let known = request.key.as_ref().and_then(|key| counts.answered.get(key));
        if let Some((asked, answer)) = known.cloned() {
            counts.repeated += 1;
            crate::tell(&format!("{operation:<18} {arguments}  asked again: the same answer, nothing done"));
            return if asked == request.body { answer } else { reused() };
        }
        let answer = self.ledger.work(operation, &arguments);
        crate::tell(&format!("{operation:<18} {arguments}  {} {}", answer.0, answer.1));
        if let Some(key) = &request.key {
            counts.answered.insert(key.clone(), (request.body.clone(), answer.clone()));
        }
        answer
    }

    fn counted(&self) -> Value {
        let each = self.counts.iter().map(|(operation, counts)| {
            let Counts { calls, repeated, answered } = counts;
            (operation.clone(), json!({ "calls": calls, "keys": answered.len(), "repeated": repeated }))
        });
        Value::Object(each.collect::<Map<_, _>>())
    }
}

fn reused() -> Answer {
    (
        422,
        json!({ "error": "key_reused", "message": "this idempotency key came with other arguments before" }),
    )
}
