//! Requests of the workflow's own, with an ordinary client, in the body of a step: what came of them is recorded, so a replay sends nothing.

use std::time::Duration;

use cairn::{Attempt, Failure, Options, Retry};
use serde::{Deserialize, Serialize};
use wstd::http::{Body, Client, Request};

#[derive(Deserialize)]
struct Input {
    url: String,
    /// Sent, if it is there; else the page is only fetched.
    text: Option<String>,
    /// How long an attempt may take, in milliseconds.
    #[serde(default = "usual")]
    patience_ms: u64,
    /// Asks outside of a step, which the host refuses.
    #[serde(default)]
    carelessly: bool,
}

fn usual() -> u64 {
    10_000
}

#[derive(Serialize, Deserialize)]
struct Page {
    status: u16,
    text: String,
}

fn run(input: Input) -> Result<Page, Failure> {
    if input.carelessly {
        return fetch(&input, None);
    }
    let patient = Options::default()
        .timeout(Duration::from_millis(input.patience_ms))
        .retry(Retry::times(3).delay(Duration::from_millis(20)));
    let page = cairn::step("fetch", &patient, |attempt| fetch(&input, Some(&attempt)))?;
    // Durable: a replay behind it has the page from the journal.
    std::thread::sleep(Duration::from_millis(20));
    Ok(page)
}

fn fetch(input: &Input, attempt: Option<&Attempt>) -> Result<Page, Failure> {
    wstd::runtime::block_on(async {
        let request = match &input.text {
            None => Request::get(&input.url).body(Body::empty())?,
            Some(text) => {
                // So the server can tell a repetition from a new request.
                let key = attempt.map(|attempt| attempt.idempotency_key.as_str()).unwrap_or_default();
                Request::post(&input.url).header("idempotency-key", key).body(Body::from(text.clone()))?
            }
        };
        let lost = |why: wstd::http::Error| Failure::new("network", format!("{why:?}"));
        let mut answer = Client::new().send(request).await.map_err(lost)?;
        let status = answer.status().as_u16();
        Ok(Page { status, text: answer.body_mut().str_contents().await.map_err(lost)?.to_owned() })
    })
}

cairn::workflow!(run);
