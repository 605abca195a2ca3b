//! Against real servers: one on loopback, and a program.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::super::{Attempt, Failed, Grant, resolve};
use crate::ops::FailureView;

fn attempt(operation: &str) -> Attempt {
    Attempt {
        tool: "llm".to_owned(),
        operation: operation.to_owned(),
        arguments: json!({ "n": 2 }),
        idempotency_key: "local/o1/ask".to_owned(),
        readonly: false,
        route: None,
        fails: vec![("overloaded".to_owned(), None)],
        timeout: Duration::from_secs(20),
    }
}

async fn called(to: &str, grant: Grant, operation: &str) -> Result<Value, FailureView> {
    let grant = Grant { bind: [("llm".to_owned(), to.to_owned())].into(), ..grant };
    Ok(resolve("llm", Some("mcp:models"), &grant)?.call(attempt(operation)).await?)
}

/// What a small server says to a message; none to a notification.
fn said(message: &Value) -> Option<Value> {
    let id = message.get("id")?;
    let text = |text: &str| json!([{ "type": "text", "text": text }]);
    let result = match (message["method"].as_str()?, message["params"]["name"].as_str()) {
        ("initialize", _) => json!({ "protocolVersion": "2025-03-26", "capabilities": { "tools": {} } }),
        (_, Some("double")) => {
            json!({ "content": text("4"), "structuredContent": { "n": message["params"]["arguments"]["n"].as_i64()? * 2 } })
        }
        (_, Some("words")) => json!({ "content": text("as it is") }),
        (_, Some("data")) => json!({ "content": text("[1, 2]") }),
        (_, Some("busy")) => json!({ "content": text("{\"error\":\"overloaded\"}"), "isError": true }),
        (_, Some("bad")) => json!({ "content": text("no such file"), "isError": true }),
        _ => {
            return Some(
                json!({ "jsonrpc": "2.0", "id": id, "error": { "code": -32602, "message": "unknown tool" } }),
            );
        }
    };
    Some(json!({ "jsonrpc": "2.0", "id": id, "result": result }))
}

/// Answers as JSON or as a stream of events, and wants what a session has to have.
async fn server(stream: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let request = request(&mut socket).await;
            let (head, body) = request.split_once("\r\n\r\n").unwrap();
            let head = head.to_ascii_lowercase();
            let message: Value = serde_json::from_str(body).unwrap();
            let first = message["method"] == "initialize";
            let session =
                head.contains("mcp-session-id: s1") && head.contains("mcp-protocol-version: 2025-03-26");
            let answer = match said(&message) {
                _ if !first && !session => (400, "text/plain", "no session".to_owned()),
                None => (202, "text/plain", String::new()),
                Some(answer) if stream => {
                    let log = json!({ "jsonrpc": "2.0", "method": "notifications/message" });
                    (200, "text/event-stream", format!("data: {log}\n\nevent: message\ndata: {answer}\n\n"))
                }
                Some(answer) => (200, "application/json", answer.to_string()),
            };
            let (status, kind, body) = answer;
            let reply = format!(
                "HTTP/1.1 {status} S\r\nconnection: close\r\nmcp-session-id: s1\r\ncontent-type: {kind}\r\n\
                 content-length: {}\r\n\r\n{body}",
                body.len()
            );
            let _ = socket.write_all(reply.as_bytes()).await;
        }
    });
    format!("mcp:http://{address}/mcp")
}

async fn request(socket: &mut tokio::net::TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        let read = socket.read(&mut buffer).await.unwrap();
        text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.to_ascii_lowercase().lines().find_map(|line| {
            line.strip_prefix("content-length:").map(|length| length.trim().parse::<usize>().unwrap())
        });
        if read == 0 || body.len() >= length.unwrap_or(0) {
            return text;
        }
    }
}

async fn all_of_it(to: &str, grant: impl Fn() -> Grant) {
    let call = |operation: &'static str| called(to, grant(), operation);
    assert_eq!(call("double").await, Ok(json!({ "n": 4 })));
    assert_eq!(call("words").await, Ok(json!("as it is")));
    assert_eq!(call("data").await, Ok(json!([1, 2])));
    assert_eq!(call("busy").await.unwrap_err().kind, "overloaded");
    let bad = call("bad").await.unwrap_err();
    assert_eq!((bad.kind.as_str(), bad.message.as_str()), ("tool_failed", "no such file"));
    let unknown = call("what").await.unwrap_err();
    assert_eq!(unknown.message, "the MCP server refused `llm.what`: unknown tool");
}

#[tokio::test]
async fn a_server_over_http_is_called_in_a_session_of_its_own() {
    for stream in [false, true] {
        all_of_it(&server(stream).await, Grant::default).await;
    }
}

/// A server of a few lines of shell, which also talks of other things.
const PROGRAM: &str = r#"#!/bin/sh
echo "starting" >&2
while read -r line; do
  case "$line" in
    *'"method":"initialize"'*)
      echo '{"jsonrpc":"2.0","method":"notifications/message","params":{}}'
      echo '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-06-18"}}' ;;
    *'"name":"double"'*) echo '{"jsonrpc":"2.0","id":2,"result":{"structuredContent":{"n":4}}}' ;;
    *'"name":"gone"'*) exit 3 ;;
    *'"name":"slow"'*) sleep 60 ;;
    *) : ;;
  esac
done
"#;

#[tokio::test]
async fn a_program_is_talked_to_over_its_own_input_and_output() {
    use std::os::unix::fs::PermissionsExt;
    let path = std::env::temp_dir().join(format!("cairn-mcp-{}", std::process::id()));
    std::fs::write(&path, PROGRAM).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let (to, allow) = (format!("mcp:exec:{} --quiet", path.display()), format!("exec={}", path.display()));
    let grant = || Grant { allow: vec![allow.parse().unwrap()], ..Grant::default() };
    assert_eq!(called(&to, grant(), "double").await, Ok(json!({ "n": 4 })));
    let gone = called(&to, grant(), "gone").await.unwrap_err();
    assert!(gone.message.contains("ended before it answered"), "{}", gone.message);
    let denied = called(&to, Grant::default(), "double").await.unwrap_err();
    assert_eq!(denied.kind, "denied");
    let all = Grant { bind: [("llm".to_owned(), to.clone())].into(), ..grant() };
    let slow = Attempt { timeout: Duration::from_millis(300), ..attempt("slow") };
    let late = resolve("llm", None, &all).unwrap().call(slow).await.unwrap_err();
    assert!(matches!(&late, Failed::Unclear(late) if late.kind == "timeout"), "{late:?}");
    let tool = resolve("llm", None, &all).unwrap();
    let gone = tool.call(attempt("gone")).await.unwrap_err();
    assert!(matches!(gone, Failed::Unclear(_)), "its call had been written: {gone:?}");
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_server_that_the_code_only_names_has_to_be_bound() {
    let Err(failure) = resolve("llm", Some("mcp:models"), &Grant::default()) else { panic!("it was found") };
    assert_eq!(failure.kind, "denied");
    assert!(failure.message.contains("--bind llm=mcp:https://host/mcp"), "{}", failure.message);
}
