//! Operations that OpenAPI describes.

use serde_json::json;

use super::{server::Reply, *};
use crate::{BodyMeta, RouteMeta, tool::http::Described};

fn reserve(server: &str) -> Attempt {
    let route = RouteMeta {
        server: format!("{server}/api/v2/"),
        method: "post".to_owned(),
        path: "/stations/{station}/slots".to_owned(),
        query: vec!["kind".to_owned(), "near".to_owned(), "none".to_owned()],
        headers: vec!["x-trace".to_owned()],
        body: BodyMeta::Rest,
    };
    let arguments = json!({
        "station": "a/../b ö", "kind": ["fast", "dc&ac"], "near": null, "x-trace": 7, "minutes": 30, "note": null
    });
    Attempt { route: Some(route), ..attempt("reserve", arguments) }
}

#[tokio::test]
async fn each_argument_goes_where_its_place_is() {
    let server = Server::start(|_| Reply::json(200, &json!({ "slot": 3 }))).await;
    let tool = Described::new(None, granted(&[&server.url("")]));
    assert_eq!(tool.call(reserve(&server.url(""))).await, Ok(json!({ "slot": 3 })));
    let seen = server.only();
    assert_eq!(seen.method, "POST");
    assert_eq!(seen.path, "/api/v2/stations/a%2F..%2Fb%20%C3%B6/slots?kind=fast&kind=dc%26ac");
    assert_eq!(seen.headers["x-trace"], "7");
    assert_eq!(seen.headers["idempotency-key"], "default/o7/charge");
    assert_eq!(serde_json::from_str::<Value>(&seen.body).unwrap(), json!({ "minutes": 30, "note": null }));
}

#[tokio::test]
async fn the_operators_address_takes_the_place_of_the_described_one() {
    let server = Server::start(|_| Reply::new(204, &[], "")).await;
    let base = Url::parse(&server.url("/own")).unwrap();
    let tool = Described::new(Some(base.clone()), Granted::default().and(Some(&base)));
    let mut get = reserve("https://nowhere.example");
    if let Some(route) = &mut get.route {
        (route.method, route.body) = ("GET".to_owned(), BodyMeta::None);
    }
    assert_eq!(tool.call(get).await, Ok(Value::Null));
    let seen = server.only();
    assert!(seen.path.starts_with("/own/stations/"), "{}", seen.path);
    assert!(!seen.headers.contains_key("idempotency-key") && seen.body.is_empty());
}

#[tokio::test]
async fn what_has_no_place_or_no_grant_is_refused() {
    let server = Server::start(|_| Reply::json(409, &json!({ "error": "taken" }))).await;
    let tool = Described::new(None, granted(&[&server.url("")]));
    let here = || reserve(&server.url(""));
    assert_failed(tool.call(Attempt { route: None, ..here() }).await, "tool_failed", &["has no route"]);
    for station in [json!(null), json!(""), json!("..")] {
        let mut attempt = here();
        attempt.arguments["station"] = station;
        assert_failed(tool.call(attempt).await, "tool_failed", &["needs `station` for its path"]);
    }
    let fails = vec![("taken".to_owned(), Some(409))];
    assert_failed(tool.call(Attempt { fails, ..here() }).await, "taken", &[]);
    let elsewhere = Described::new(None, granted(&["http://127.0.0.1:1"]));
    assert_failed(elsewhere.call(here()).await, "denied", &["--allow http="]);
}
