//! The general client.

use serde_json::{Value, json};

use super::{server::Reply, *};

fn echo(seen: &server::Seen) -> Reply {
    Reply::new(200, &[("X-Twice", "a"), ("X-Twice", "b"), ("content-type", "application/json")], &seen.body)
}

#[tokio::test]
async fn each_method_goes_out_as_itself() {
    let server = Server::start(echo).await;
    for operation in ["get", "head", "post", "put", "patch", "delete"] {
        let changes = !matches!(operation, "get" | "head");
        let mut arguments = json!({ "url": server.url("/a/b?c=d"), "headers": { "X-Own": "1" } });
        if matches!(operation, "post" | "put" | "patch") {
            arguments["body"] = json!({ "n": 1 });
        }
        let result = general(&server).call(attempt(operation, arguments.clone())).await.unwrap();
        assert_eq!(result["status"], 200);
        assert_eq!(result["headers"]["x-twice"], "a, b");
        assert_eq!(result["body"], arguments.get("body").cloned().unwrap_or_default());

        let seen = server.seen().pop().unwrap();
        assert_eq!((seen.method, seen.path), (operation.to_uppercase(), "/a/b?c=d".to_owned()));
        assert_eq!(seen.headers["x-own"], "1");
        assert_eq!(seen.headers.contains_key("idempotency-key"), changes);
    }
}

#[tokio::test]
async fn a_key_of_the_code_wins() {
    let server = Server::start(echo).await;
    let headers = json!({ "Idempotency-Key": "own" });
    let arguments = json!({ "url": server.url("/"), "headers": headers, "body": 1 });
    general(&server).call(attempt("post", arguments)).await.unwrap();
    assert_eq!(server.only().headers["idempotency-key"], "own");
}

#[tokio::test]
async fn a_body_is_json_unless_the_headers_say_that_it_is_text() {
    let server = Server::start(|_| Reply::new(204, &[], "")).await;
    let post = |body: Value, kind: Option<&str>| {
        let headers = kind.map(|kind| json!({ "content-type": kind }));
        let call = attempt("post", json!({ "url": server.url("/"), "headers": headers, "body": body }));
        let client = general(&server);
        async move { client.call(call).await }
    };
    for (body, kind, sent, sent_kind) in [
        (json!("words"), None, "\"words\"", "application/json"),
        (json!([1]), None, "[1]", "application/json"),
        (json!("words"), Some("text/plain"), "words", "text/plain"),
        (json!("a=b"), Some("application/x-www-form-urlencoded"), "a=b", "application/x-www-form-urlencoded"),
        (
            json!("words"),
            Some("application/JSON; charset=utf-8"),
            "\"words\"",
            "application/JSON; charset=utf-8",
        ),
        (
            json!({ "op": 1 }),
            Some("application/merge-patch+json"),
            "{\"op\":1}",
            "application/merge-patch+json",
        ),
    ] {
        post(body, kind).await.unwrap();
        let seen = server.seen().pop().unwrap();
        assert_eq!((seen.body.as_str(), seen.headers["content-type"].as_str()), (sent, sent_kind));
    }
    assert_failed(post(json!({}), Some("text/plain")).await, "tool_failed", &["`text/plain`, not JSON"]);
}

#[tokio::test]
async fn what_the_server_calls_text_stays_text() {
    for (kind, body, value) in [
        ("text/plain; charset=utf-8", "42", json!("42")),
        ("Text/HTML", "{}", json!("{}")),
        ("application/json", "42", json!(42)),
        ("application/octet-stream", "plain", json!("plain")),
        ("text/plain", "", Value::Null),
    ] {
        let server = Server::start(move |_| Reply::new(200, &[("content-type", kind)], body)).await;
        let result = general(&server).call(attempt("get", json!({ "url": server.url("/") }))).await.unwrap();
        assert_eq!(result["body"], value);
    }
}

#[tokio::test]
async fn statuses_fail_as_those_of_services_and_3xx_are_results() {
    for (status, kind) in [(404, "http_4xx"), (429, "http_429"), (502, "http_5xx")] {
        let server = Server::start(move |_| Reply::json(status, &json!({ "why": 1 }))).await;
        let result = general(&server).call(attempt("get", json!({ "url": server.url("/") }))).await;
        let failure = assert_failed(result, kind, &["payments.get", &server.url("/")]);
        assert_eq!(failure.detail, json!({ "status": status, "body": { "why": 1 } }));
    }
    let server = Server::start(|_| Reply::new(304, &[], "")).await;
    let result = general(&server).call(attempt("get", json!({ "url": server.url("/") }))).await;
    assert_eq!(result.unwrap()["status"], 304);
}

#[tokio::test]
async fn arguments_that_are_wrong_are_told_and_nothing_is_sent() {
    let server = Server::start(echo).await;
    let url = server.url("/");
    let with_header = |name: &str, value: &str| json!({ "url": url, "headers": { name: value } });
    for (operation, arguments, said) in [
        ("get", json!({}), "missing field `url`"),
        ("get", json!({ "url": url, "boby": 1 }), "unknown field `boby`"),
        ("get", json!({ "url": "nowhere" }), "cannot read `nowhere`"),
        ("get", json!({ "url": url.replace("http://", "http://me:secret@") }), "with a name or password"),
        ("get", json!({ "url": url, "body": 1 }), "has no `body`"),
        ("fetch", json!({ "url": url }), "is not there"),
        ("get", with_header("Host", "other.example"), "may not set the header `host`"),
        ("get", with_header("x-a", "1\r\nx-b: 2"), "a line end"),
        ("get", with_header("x a", "1"), "no header's name"),
    ] {
        assert_failed(general(&server).call(attempt(operation, arguments)).await, "tool_failed", &[said]);
    }
    for url in ["file:///etc/passwd", "ftp://127.0.0.1/", "data:,x"] {
        assert_failed(general(&server).call(attempt("get", json!({ "url": url }))).await, "denied", &[]);
    }
    assert!(server.seen().is_empty());
}
