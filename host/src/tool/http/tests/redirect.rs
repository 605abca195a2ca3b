//! Redirects: followed, but only to where the grant reaches.

use serde_json::json;

use super::{
    super::exchange::HOPS,
    server::{Reply, Seen},
    *,
};

/// `/n` leads to `/n-1`, and `/0` is the end.
fn countdown(seen: &Seen) -> Reply {
    match seen.path.trim_start_matches('/').parse::<usize>() {
        Ok(0) => Reply::json(200, &json!("arrived")),
        Ok(n) => Reply::redirect(302, &format!("/{}", n - 1)),
        Err(_) => Reply::new(404, &[], ""),
    }
}

#[tokio::test]
async fn a_few_are_followed_and_no_more() {
    let server = Server::start(countdown).await;
    let get = |hops: usize| {
        let call = attempt("get", json!({ "url": server.url(&format!("/{hops}")) }));
        let client = general(&server);
        async move { client.call(call).await }
    };
    for hops in 0..=HOPS {
        assert_eq!(get(hops).await.unwrap()["body"], "arrived");
    }
    let before = server.seen().len();
    assert_failed(get(HOPS + 1).await, "tool_failed", &["redirected more than 5 times"]);
    assert_eq!(server.seen().len() - before, HOPS + 1);
}

#[tokio::test]
async fn one_to_another_origin_needs_a_grant_of_its_own() {
    let there = Server::start(|_| Reply::json(200, &json!("there"))).await;
    let to = there.url("/x");
    let here = Server::start(move |_| Reply::redirect(307, &to)).await;
    let call = || {
        let headers = json!({ "authorization": "Bearer x", "cookie": "a=b", "x-own": "1" });
        attempt("post", json!({ "url": here.url("/"), "headers": headers, "body": { "n": 1 } }))
    };

    let refused = General::new(granted(&[&here.url("")])).call(call()).await;
    assert_failed(refused, "denied", &[&format!("--allow http={}", there.url(""))]);
    assert!(there.seen().is_empty());

    let both = granted(&[&here.url(""), &there.url("")]);
    assert_eq!(General::new(both).call(call()).await.unwrap()["body"], "there");
    let seen = there.only();
    assert_eq!((seen.method.as_str(), seen.body.as_str()), ("POST", "{\"n\":1}"));
    assert_eq!(seen.headers["x-own"], "1");
    assert!(!seen.headers.contains_key("authorization") && !seen.headers.contains_key("cookie"));
}

#[tokio::test]
async fn one_of_a_service_is_bound_by_the_grant_too() {
    let there = Server::start(|_| Reply::json(200, &json!("there"))).await;
    let to = there.url("/x");
    let here = Server::start(move |_| Reply::redirect(308, &to)).await;
    assert_failed(service(&here).call(attempt("charge", json!({}))).await, "denied", &[]);
    assert!(there.seen().is_empty());
}

#[tokio::test]
async fn the_method_changes_as_the_standard_says() {
    for (status, method, becomes) in [
        (301, "post", "GET"),
        (302, "post", "GET"),
        (303, "post", "GET"),
        (303, "put", "GET"),
        (303, "head", "HEAD"),
        (302, "put", "PUT"),
        (307, "post", "POST"),
        (308, "patch", "PATCH"),
    ] {
        let server = Server::start(move |seen| match seen.path.as_str() {
            "/from" => Reply::redirect(status, "to"),
            _ => Reply::new(204, &[], ""),
        })
        .await;
        let mut arguments = json!({ "url": server.url("/from") });
        if method != "head" {
            arguments["body"] = json!(1);
        }
        general(&server).call(attempt(method, arguments)).await.unwrap();
        let arrived = server.seen().pop().unwrap();
        assert_eq!((arrived.method.as_str(), arrived.path.as_str()), (becomes, "/to"), "{status} {method}");
        assert_eq!(arrived.body.is_empty(), matches!(becomes, "GET" | "HEAD"));
    }
}
