//! Servers that do not answer as they should.

use std::time::Instant;

use serde_json::json;
use tokio::{io::AsyncReadExt, net::TcpListener};

use super::{super::exchange::LARGEST, server::Reply, *};

async fn get(server: &Server) -> Result<Value, Failed> {
    general(server).call(attempt("get", json!({ "url": server.url("/") }))).await
}

#[tokio::test]
async fn nobody_there() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let call =
        Service::new(Url::parse(&url).unwrap(), granted(&[&url])).call(attempt("charge", json!({}))).await;
    let server = format!("`payments.charge` was refused a connection by 127.0.0.1:{port}");
    assert_failed(call, "network", &[&server, "is the service running?"]);
}

#[tokio::test]
async fn an_answer_that_breaks_off() {
    for bytes in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"] {
        let server = Server::start(move |_| Reply::raw(bytes)).await;
        assert_failed(get(&server).await, "network", &["127.0.0.1"]);
    }
}

#[tokio::test]
async fn an_answer_that_is_no_http() {
    let server = Server::start(|_| Reply::raw("SSH-2.0-OpenSSH_9.9\r\n")).await;
    assert_failed(get(&server).await, "network", &["had no answer from 127.0.0.1"]);
}

#[tokio::test]
async fn a_server_without_tls_where_tls_is_asked_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad\r\n\r\n").await;
            let _ = stream.read(&mut [0; 512]).await;
        }
    });
    let call = General::new(granted(&[&url])).call(attempt("get", json!({ "url": url }))).await;
    assert_failed(call, "network", &["got no secure connection to 127.0.0.1"]);
}

#[tokio::test]
async fn the_whole_attempt_has_one_limit() {
    let limit = Duration::from_millis(300);
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n";
    for bytes in [String::new(), head.to_owned(), format!("{head}12345")] {
        let server = Server::start(move |_| Reply::raw(bytes.clone()).stalling()).await;
        let begun = Instant::now();
        let call = Attempt { timeout: limit, ..attempt("get", json!({ "url": server.url("/") })) };
        assert_failed(general(&server).call(call).await, "timeout", &["payments.get", "within 300ms"]);
        assert!(begun.elapsed() >= limit && begun.elapsed() < limit * 20, "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn redirects_do_not_begin_the_time_anew() {
    let server = Server::start(|_| {
        std::thread::sleep(Duration::from_millis(120));
        Reply::redirect(302, "/")
    })
    .await;
    let call =
        Attempt { timeout: Duration::from_millis(300), ..attempt("get", json!({ "url": server.url("/") })) };
    assert_failed(general(&server).call(call).await, "timeout", &[]);
}

#[tokio::test]
async fn the_largest_body_is_read_and_a_byte_more_is_not() {
    let body = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2));
    for (announced, over) in [(true, 0), (true, 1), (false, 0), (false, 1)] {
        let server = Server::start(move |_| match announced {
            true => Reply::new(200, &[], &body(LARGEST + over)),
            false => {
                Reply::raw(format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", body(LARGEST + over)))
            }
        })
        .await;
        match over {
            0 => assert_eq!(get(&server).await.unwrap()["body"].as_str().unwrap().len(), LARGEST - 2),
            _ => drop(assert_failed(get(&server).await, "limit", &["over 8 MiB"])),
        }
    }
}

#[tokio::test]
async fn dropping_the_call_closes_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let general = General::new(granted(&[&url]));
    let call = tokio::spawn(async move { general.call(attempt("get", json!({ "url": url }))).await });
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = [0; 4096];
    assert!(stream.read(&mut request).await.unwrap() > 0);
    call.abort();
    let end = tokio::time::timeout(LONG, stream.read(&mut request)).await.expect("the connection stays open");
    assert!(matches!(end, Ok(0) | Err(_)));
}
