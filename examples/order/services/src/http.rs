//! As much of HTTP/1.1 as the services need: requests with a length, answers with JSON, connections that stay open.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use serde_json::Value;

/// The largest body that is read.
const LARGEST: usize = 1 << 20;

/// A request.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Of the header `idempotency-key`.
    pub(crate) key: Option<String>,
    pub(crate) body: Vec<u8>,
    last: bool,
}

#[cfg(test)]
impl Request {
    pub(crate) fn get(path: &str) -> Self {
        Self { method: "GET".to_owned(), path: path.to_owned(), key: None, body: Vec::new(), last: false }
    }

    pub(crate) fn post(operation: &str, key: &str, arguments: &Value) -> Self {
        let (method, path, body) =
            ("POST".to_owned(), format!("/{operation}"), arguments.to_string().into_bytes());
        Self { method, path, key: Some(key.to_owned()), body, last: false }
    }
}

/// Status and JSON.
pub(crate) type Answer = (u16, Value);

/// Answers whoever comes, each connection on a thread of its own.
pub(crate) fn serve(listener: &TcpListener, answer: &(dyn Fn(&Request) -> Answer + Sync)) {
    thread::scope(|scope| {
        for stream in listener.incoming().flatten() {
            // A caller that goes away half-way is no trouble of ours.
            scope.spawn(move || drop(converse(stream, answer)));
        }
    });
}

fn converse(stream: TcpStream, answer: &(dyn Fn(&Request) -> Answer + Sync)) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut out = stream.try_clone()?;
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream)? {
        let (status, body) = answer(&request);
        let body = body.to_string();
        let head = format!(
            "HTTP/1.1 {status} {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            reason(status),
            body.len()
        );
        out.write_all(format!("{head}{body}").as_bytes())?;
        if request.last {
            break;
        }
    }
    Ok(())
}

fn read(stream: &mut impl BufRead) -> io::Result<Option<Request>> {
    let bad = || io::Error::from(io::ErrorKind::InvalidData);
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = words.next().zip(words.next()).ok_or_else(bad)?;
    let mut request = Request { method, path, key: None, body: Vec::new(), last: false };
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match (name.to_ascii_lowercase().as_str(), value.trim()) {
            ("content-length", value) => length = value.parse().map_err(|_| bad())?,
            ("idempotency-key", value) => request.key = Some(value.to_owned()),
            ("connection", "close") => request.last = true,
            _ => {}
        }
    }
    if length > LARGEST {
        return Err(bad());
    }
    request.body = vec![0; length];
    stream.read_exact(&mut request.body)?;
    Ok(Some(request))
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        402 => "Payment Required",
        404 => "Not Found",
        409 => "Conflict",
        422 => "Unprocessable Content",
        _ => "Bad Request",
    }
}
