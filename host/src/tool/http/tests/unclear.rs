//! Which failures leave no doubt, and which nobody can know the truth of.

use serde_json::json;
use tokio::net::TcpListener;

use super::{server::Reply, *};

/// Whether it is known what came of the call, and the kind.
async fn known(tool: impl Tool, attempt: Attempt) -> (bool, String) {
    match tool.call(attempt).await.expect_err("it should have failed") {
        Failed::Known(view) => (true, view.kind),
        Failed::Unclear(view) => (false, view.kind),
    }
}

fn charge() -> Attempt {
    attempt("charge", json!({ "cents": 500 }))
}

fn soon() -> Attempt {
    Attempt { timeout: Duration::from_millis(300), ..charge() }
}

#[tokio::test]
async fn what_never_had_a_connection_surely_did_not_leave() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let nobody = format!("http://127.0.0.1:{port}");
    let at = |url: &str| Service::new(Url::parse(url).unwrap(), granted(&[url]));
    assert_eq!(known(at(&nobody), charge()).await, (true, "network".to_owned()));
    assert_eq!(known(at("http://no.such.name.invalid"), charge()).await, (true, "network".to_owned()));
    let denied = Service::new(Url::parse(&nobody).unwrap(), granted(&[]));
    assert_eq!(known(denied, charge()).await, (true, "denied".to_owned()));
}

/// A server that takes no more connections: the kernel keeps those that wait in a short line and answers nothing to the others.
#[tokio::test]
async fn a_timeout_before_there_is_a_connection_is_known() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut line = Vec::new();
    while let Ok(Ok(stream)) =
        tokio::time::timeout(Duration::from_millis(200), tokio::net::TcpStream::connect(address)).await
    {
        line.push(stream);
    }
    let url = format!("http://{address}");
    let full = Service::new(Url::parse(&url).unwrap(), granted(&[&url]));
    assert_eq!(known(full, soon()).await, (true, "timeout".to_owned()));
}

#[tokio::test]
async fn what_was_answered_is_known() {
    for status in [400, 429, 500, 503] {
        let server = Server::start(move |_| Reply::new(status, &[], "")).await;
        assert!(known(service(&server), charge()).await.0);
    }
}

#[tokio::test]
async fn what_left_and_has_no_whole_answer_is_unclear() {
    for bytes in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"] {
        let server = Server::start(move |_| Reply::raw(bytes)).await;
        assert_eq!(known(service(&server), charge()).await, (false, "network".to_owned()));
        let server = Server::start(move |_| Reply::raw(bytes).stalling()).await;
        assert_eq!(known(service(&server), soon()).await, (false, "timeout".to_owned()));
        assert_eq!(server.seen().len(), 1);
    }
}

/// The first answer said where the result is; that the way there is barred does not mean that nothing was done.
#[tokio::test]
async fn what_was_redirected_to_its_result_is_unclear_where_that_is_not_had() {
    let server = Server::start(|_| Reply::redirect(303, "http://127.0.0.2:1/result")).await;
    assert_eq!(known(service(&server), charge()).await, (false, "denied".to_owned()));
    let server = Server::start(|_| Reply::redirect(307, "http://127.0.0.2:1/charge")).await;
    assert_eq!(known(service(&server), charge()).await, (true, "denied".to_owned()));
}
