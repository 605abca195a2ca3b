//! Bindings and grants.

use std::time::Duration;

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;
use crate::ops::FailureView;

fn bound(name: &str, to: &str) -> Grant {
    Grant { bind: [(name.to_owned(), to.to_owned())].into(), ..Grant::default() }
}

fn refused(from: Option<&str>, grant: &Grant) -> FailureView {
    match resolve("payments", from, grant) {
        Ok(_) => panic!("it should be refused"),
        Err(failure) => failure,
    }
}

/// Answers every request with the JSON text `"here"`.
async fn service() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 6\r\n\r\n\"here\"";
            let _ = stream.write_all(answer).await;
        }
    });
    format!("http:http://{address}")
}

async fn called(from: Option<&str>, grant: &Grant) -> Result<serde_json::Value, FailureView> {
    let attempt = Attempt {
        tool: "payments".to_owned(),
        operation: "charge".to_owned(),
        arguments: json!({}),
        idempotency_key: "default/o7/charge".to_owned(),
        readonly: false,
        route: None,
        fails: Vec::new(),
        timeout: Duration::from_secs(30),
    };
    Ok(resolve("payments", from, grant).unwrap().call(attempt).await?)
}

#[tokio::test]
async fn what_the_operator_bound_wins_and_is_allowed_by_that() {
    let here = service().await;
    assert_eq!(called(Some("http:http://127.0.0.1:1"), &bound("payments", &here)).await, Ok(json!("here")));
    assert_eq!(called(None, &bound("payments", &here)).await, Ok(json!("here")));
}

#[tokio::test]
async fn what_the_code_says_itself_has_to_be_allowed() {
    let here = service().await;
    let origin = here.trim_start_matches("http:http://");
    assert_eq!(called(Some(&here), &bound("mail", &here)).await.unwrap_err().kind, "denied");
    let allow = vec![format!("http=http://{origin}").parse().unwrap()];
    assert_eq!(called(Some(&here), &Grant { allow, ..Grant::default() }).await, Ok(json!("here")));
}

#[test]
fn a_tool_that_nothing_is_bound_to_is_denied() {
    for grant in [Grant::default(), bound("payment", "http:http://127.0.0.1:1")] {
        let failure = refused(None, &grant);
        assert_eq!(failure.kind, "denied");
        assert!(failure.message.contains("--bind payments=http:https://host"), "{}", failure.message);
    }
}

#[test]
fn a_binding_that_says_nothing_known_is_told() {
    for (binding, said) in [
        ("wasm:acme/pay@1", "which this host cannot call: a tool is `http:URL`"),
        ("https://pay.example", "write `payments=http:https://pay.example`"),
        ("exec:git", "which this host cannot call"),
        ("", "which this host cannot call"),
        ("http:pay.example", "whose address cannot be read"),
        ("http:ftp://pay.example", "no address of http or https"),
        ("http:https://me:secret@pay.example", "must not hold a name or password"),
    ] {
        for failure in [refused(Some(binding), &Grant::default()), refused(None, &bound("payments", binding))]
        {
            assert_eq!(failure.kind, "tool_failed");
            assert!(failure.message.contains(said), "{}", failure.message);
        }
    }
}

#[test]
fn a_component_without_bytes_is_told() {
    for grant in [Grant::default(), bound("payments", "component:pay.wasm")] {
        let failure = refused(Some("component:pay.wasm"), &grant);
        assert_eq!(failure.kind, "denied");
        assert!(failure.message.contains("--bind payments=component:PATH"), "{}", failure.message);
    }
}

#[test]
fn grants_are_written_as_they_are_read() {
    for (written, read) in [
        ("http=https://pay.example", "http=https://pay.example"),
        ("http=HTTPS://Pay.Example:443/", "http=https://pay.example"),
        ("http=http://127.1:7401", "http=http://127.0.0.1:7401"),
        ("exec=git", "exec=git"),
    ] {
        let allow: Allow = written.parse().unwrap();
        assert_eq!(allow.to_string(), read);
        assert_eq!(serde_json::from_value::<Allow>(json!(read)).unwrap(), allow);
    }
    for wrong in
        ["git", "exec=", "http=pay.example", "http=https://pay.example/path", "http=https://me@pay.example"]
    {
        assert!(wrong.parse::<Allow>().is_err(), "{wrong}");
    }
}
