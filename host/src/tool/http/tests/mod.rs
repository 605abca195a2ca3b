//! Against a real server on loopback.

mod address;
mod general;
mod network;
mod redirect;
mod route;
mod server;
mod service;
mod unclear;

use std::time::Duration;

use serde_json::Value;
use url::Url;

use self::server::Server;
use super::{
    super::{Allow, Attempt, Failed, Grant, Tool},
    General, Granted, Service,
};
use crate::ops::FailureView;

const LONG: Duration = Duration::from_secs(30);

fn attempt(operation: &str, arguments: Value) -> Attempt {
    Attempt {
        tool: "payments".to_owned(),
        operation: operation.to_owned(),
        arguments,
        idempotency_key: "default/o7/charge".to_owned(),
        readonly: false,
        route: None,
        fails: Vec::new(),
        timeout: LONG,
    }
}

fn granted(origins: &[&str]) -> Granted {
    let allow =
        origins.iter().map(|origin| Allow::Http(Url::parse(origin).unwrap().origin().ascii_serialization()));
    Granted::of(&Grant { allow: allow.collect(), ..Grant::default() })
}

/// The service at this server, allowed to be reached.
fn service(server: &Server) -> Service {
    Service::new(Url::parse(&server.url("")).unwrap(), granted(&[&server.url("")]))
}

/// The general client, allowed to reach this server.
fn general(server: &Server) -> General {
    General::new(granted(&[&server.url("")]))
}

#[track_caller]
fn assert_failed(
    result: Result<Value, impl Into<FailureView> + std::fmt::Debug>,
    kind: &str,
    said: &[&str],
) -> FailureView {
    let failure = result.expect_err("it should have failed").into();
    assert_eq!(failure.kind, kind, "{}", failure.message);
    for part in said {
        assert!(failure.message.contains(part), "`{part}` is not in: {}", failure.message);
    }
    failure
}
