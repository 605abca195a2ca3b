//! What a caller may rely on.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    desk::Desk,
    http::{Answer, Request},
    options::Options,
};

fn desk() -> Desk {
    Desk::new(Duration::ZERO)
}

fn post(desk: &Desk, service: &str, operation: &str, key: &str, arguments: &Value) -> Answer {
    desk.answer(service, &Request::post(operation, key, arguments))
}

fn get(desk: &Desk, path: &str) -> Value {
    desk.answer("inventory", &Request::get(path)).1
}

#[test]
fn the_same_key_gets_the_same_answer_and_is_counted() {
    let (desk, order) = (desk(), json!({ "sku": "tea", "qty": 1, "order_id": "o7" }));
    let first = post(&desk, "inventory", "reserve", "a", &order);
    assert_eq!(first, post(&desk, "inventory", "reserve", "a", &order));
    assert_ne!(first, post(&desk, "inventory", "reserve", "b", &order));
    assert_eq!(
        get(&desk, "/counts"),
        json!({ "inventory.reserve": { "calls": 3, "keys": 2, "repeated": 1 } })
    );
    assert_eq!(get(&desk, "/open").as_object().map(serde_json::Map::len), Some(2));
    assert_eq!(post(&desk, "inventory", "reserve", "a", &json!({ "sku": "milk" })).0, 422);
}

#[test]
fn a_refusal_is_remembered_too() {
    let (desk, charge) = (desk(), json!({ "card": "4000 0000 0000 0002", "cents": 1, "order_id": "o7" }));
    for _ in 0..2 {
        let (status, body) = post(&desk, "payments", "charge", "a", &charge);
        assert_eq!(
            (status, &body["error"], &body["code"]),
            (402, &json!("card_declined"), &json!("do_not_honour"))
        );
    }
    assert_eq!(get(&desk, "/counts")["payments.charge"]["repeated"], 1);
}

#[test]
fn what_is_undone_is_open_no_more() {
    let desk = desk();
    let (_, hold) = post(&desk, "inventory", "reserve", "a", &json!({ "sku": "tea" }));
    assert_eq!(post(&desk, "inventory", "release", "b", &hold), (200, Value::Null));
    assert_eq!(post(&desk, "inventory", "release", "b", &hold), (200, Value::Null));
    assert_eq!(post(&desk, "inventory", "release", "c", &hold).0, 404);
    assert_eq!(get(&desk, "/open"), json!({}));
}

#[test]
fn what_cannot_be_sold_is_told() {
    let (status, body) = post(&desk(), "inventory", "reserve", "a", &json!({ "sku": "unobtainium" }));
    assert_eq!((status, &body["sku"]), (409, &json!("unobtainium")));
    assert_eq!(post(&desk(), "inventory", "charge", "a", &json!({})).0, 404);
}

#[test]
fn options() {
    let read = |line: &str| Options::read(line.split_whitespace().map(str::to_owned));
    assert_eq!(read("").unwrap().ports(), [7401, 7402, 7403]);
    assert_eq!(read("--port-base 9000 --slow 20").unwrap().ports(), [9000, 9001, 9002]);
    assert_eq!(read("--slow 20").unwrap().slow, Duration::from_millis(20));
    for wrong in ["--slow", "--slow soon", "--port-base 70000", "--port-base 65535", "--fast 1"] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}
