//! Services: what goes out, and what each answer means.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{super::service::key_value, server::Reply, *};

/// What a call comes to where the service answers so, and two kinds are declared.
async fn answered(status: u16, content_type: &'static str, body: &'static str) -> Result<Value, Failed> {
    let server = Server::start(move |_| Reply::new(status, &[("content-type", content_type)], body)).await;
    let fails =
        [("card_declined", Some(402)), ("expired", Some(402)), ("unknown_card", None), ("later", Some(202))];
    let fails = fails.map(|(kind, status)| (kind.to_owned(), status)).to_vec();
    service(&server).call(Attempt { fails, ..attempt("charge", json!({})) }).await
}

#[tokio::test]
async fn a_call_posts_its_arguments_to_the_operation() {
    let server = Server::start(|_| Reply::json(200, &json!({ "id": "ch-1", "cents": i64::MAX }))).await;
    let arguments = json!({ "cents": 9_007_199_254_740_993_i64, "card": "tök" });
    let result = service(&server).call(attempt("charge", arguments.clone())).await;
    assert_eq!(result, Ok(json!({ "id": "ch-1", "cents": i64::MAX })));

    let seen = server.only();
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/charge"));
    assert_eq!(serde_json::from_str::<Value>(&seen.body).unwrap(), arguments);
    assert_eq!(seen.headers["content-type"], "application/json");
    assert_eq!(seen.headers["idempotency-key"], "default/o7/charge");
}

#[tokio::test]
async fn one_that_only_reads_sends_no_key() {
    let server = Server::start(|_| Reply::new(200, &[], "")).await;
    let result = service(&server).call(Attempt { readonly: true, ..attempt("balance", json!({})) }).await;
    assert_eq!(result, Ok(Value::Null));
    assert!(!server.only().headers.contains_key("idempotency-key"));
}

#[tokio::test]
async fn the_path_and_query_of_the_address_are_kept() {
    let server = Server::start(|_| Reply::new(200, &[], "")).await;
    for (base, path) in [("/api/v1", "/api/v1/charge"), ("/api/", "/api/charge"), ("/a?b=c", "/a/charge?b=c")]
    {
        let base = Url::parse(&server.url(base)).unwrap();
        Service::new(base, granted(&[&server.url("")])).call(attempt("charge", json!({}))).await.unwrap();
        assert_eq!(server.seen().last().unwrap().path, path);
    }
}

#[tokio::test]
async fn an_operation_cannot_leave_the_path_of_its_service() {
    let server = Server::start(|_| Reply::new(200, &[], "")).await;
    let base = Url::parse(&server.url("/api")).unwrap();
    for operation in ["../admin", "..", "a/b", "x?y#z"] {
        let call =
            Service::new(base.clone(), granted(&[&server.url("")])).call(attempt(operation, json!({}))).await;
        drop(call);
    }
    assert!(server.seen().iter().all(|seen| seen.path.starts_with("/api")), "{:?}", server.seen());
}

#[tokio::test]
async fn a_service_that_is_not_granted_is_not_called() {
    let server = Server::start(|_| Reply::new(200, &[], "")).await;
    let base = Url::parse(&server.url("")).unwrap();
    let others = ["http://127.0.0.1:1", "http://localhost", &format!("https://127.0.0.1:{}", server.port())];
    let result = Service::new(base, granted(&others)).call(attempt("charge", json!({}))).await;
    assert_failed(result, "denied", &["payments.charge", &format!("--allow http={}", server.url(""))]);
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn results_are_json_or_text_or_null() {
    let json = "application/json";
    assert_eq!(answered(200, json, "[1, 2.5, null]").await, Ok(json!([1, 2.5, null])));
    assert_eq!(answered(201, "text/plain", "plain words").await, Ok(json!("plain words")));
    assert_eq!(answered(204, json, "").await, Ok(Value::Null));
}

#[tokio::test]
async fn a_status_that_is_declared_is_that_kind() {
    let failure =
        answered(402, "application/json", r#"{ "message": "no funds", "code": "51", "error": "?" }"#).await;
    let failure = assert_failed(failure, "card_declined", &[]);
    assert_eq!(failure.message, "no funds");
    assert_eq!(failure.detail, json!({ "code": "51" }));

    // Also one that would otherwise be a result.
    assert_failed(
        answered(202, "application/json", "{}").await,
        "later",
        &["payments.charge", "/charge", "202"],
    );
    // Of two with the same status, the body says which.
    assert_failed(answered(402, "application/json", r#"{ "error": "expired" }"#).await, "expired", &[]);
    // Nothing to take a detail from.
    assert_eq!(answered(402, "text/plain", "broke").await.unwrap_err().view().detail, Value::Null);
}

#[tokio::test]
async fn an_error_that_the_body_names_is_that_kind_where_it_is_declared() {
    let named = r#"{ "error": "unknown_card", "detail": { "last4": "0002" }, "extra": 1 }"#;
    for status in [400, 404, 500] {
        let failure = assert_failed(answered(status, "application/json", named).await, "unknown_card", &[]);
        assert_eq!(failure.detail, json!({ "last4": "0002" }));
    }
    assert_eq!(answered(200, "application/json", named).await.unwrap()["extra"], 1);
    assert_failed(answered(400, "application/json", r#"{ "error": "else" }"#).await, "http_4xx", &[]);
    assert_failed(
        answered(400, "application/json", r#"{ "error": { "type": "unknown_card" } }"#).await,
        "http_4xx",
        &[],
    );
}

#[tokio::test]
async fn other_statuses_are_the_general_kinds() {
    for (status, kind) in
        [(400, "http_4xx"), (404, "http_4xx"), (429, "http_429"), (500, "http_5xx"), (503, "http_5xx")]
    {
        let failure =
            assert_failed(answered(status, "text/html", "<p>no").await, kind, &[&status.to_string()]);
        assert_eq!(failure.detail, json!({ "status": status, "body": "<p>no" }));
    }
    assert_failed(answered(304, "text/html", "").await, "tool_failed", &["304", "which is no result"]);
}

proptest! {
    /// Any key makes a header, and two keys never the same one. A `%` that is a key's own stands for itself only where it
    /// is encoded, which is how keys are made.
    #[test]
    fn keys_become_headers(parts in prop::collection::vec(".{0,12}", 2)) {
        let keys: Vec<String> = parts.iter().map(|part| part.replace('%', "%25")).collect();
        let values: Vec<_> = keys.iter().map(|key| key_value(key)).collect();
        prop_assert!(values.iter().all(|value| value.to_str().is_ok()));
        prop_assert_eq!(keys[0] == keys[1], values[0] == values[1]);
    }
}
