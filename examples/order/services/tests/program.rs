//! The program as it is started by hand: three addresses, real connections.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts it at free ports; the addresses in the order that it tells them.
fn started() -> (Program, Vec<String>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_order-services"));
    let mut child = command.args(["--port-base", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().take(3);
    let addresses = lines.map(|line| line.unwrap().split_once("http://").unwrap().1.to_owned()).collect();
    (Program(child), addresses)
}

fn send(address: &str, requests: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(requests.as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    answers
}

#[test]
fn three_services_on_connections_that_stay_open() {
    let (_program, addresses) = started();
    let post = |operation: &str, key: &str, body: &str, then: &str| {
        let length = body.len();
        format!(
            "POST /{operation} HTTP/1.1\r\nIdempotency-Key: {key}\r\ncontent-length: {length}\r\n{then}\r\n{body}"
        )
    };
    let last = "Connection: close\r\n";
    let twice =
        post("reserve", "a", "{\"sku\":\"tea\"}", "") + &post("reserve", "a", "{\"sku\":\"tea\"}", last);
    let answers = send(&addresses[0], &twice);
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
    assert_eq!(answers.matches("{\"id\":\"hold-1\"}").count(), 2, "{answers}");

    let declined = send(&addresses[1], &post("charge", "b", "{\"card\":\"4000000000000002\"}", last));
    assert!(declined.starts_with("HTTP/1.1 402 Payment Required"), "{declined}");

    let counts = send(&addresses[2], &format!("GET /counts HTTP/1.1\r\n{last}\r\n"));
    assert!(counts.contains("\"inventory.reserve\":{\"calls\":2,\"keys\":1,\"repeated\":1}"), "{counts}");
    assert!(counts.contains("\"payments.charge\":{\"calls\":1,\"keys\":1,\"repeated\":0}"), "{counts}");
}
