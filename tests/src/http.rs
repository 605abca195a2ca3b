//! As much of HTTP/1.1 as a service for tests needs: requests with a length or in chunks, answers with one, connections that are kept.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
};

/// A request as it came in.
pub(crate) struct Asking {
    /// From the first `/` on.
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// The next request on this connection; none where it was closed.
pub(crate) fn read(from: &mut BufReader<TcpStream>) -> io::Result<Option<Asking>> {
    let Some(first) = line(from)? else { return Ok(None) };
    let path = first.split(' ').nth(1).unwrap_or("/").to_owned();
    let mut headers = BTreeMap::new();
    while let Some(text) = line(from)?.filter(|text| !text.is_empty()) {
        if let Some((name, value)) = text.split_once(':') {
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
    }
    let chunked = headers.get("transfer-encoding").is_some_and(|how| how == "chunked");
    let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let body = if chunked { chunks(from)? } else { exactly(from, length)? };
    Ok(Some(Asking { path, headers, body }))
}

fn exactly(from: &mut BufReader<TcpStream>, length: usize) -> io::Result<Vec<u8>> {
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    Ok(body)
}

/// A body of unknown length (RFC 9112, 7.1), without trailers.
fn chunks(from: &mut BufReader<TcpStream>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(from)?.and_then(|text| usize::from_str_radix(&text, 16).ok()).unwrap_or(0);
        body.extend(exactly(from, size)?);
        line(from)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

/// Answers with JSON.
pub(crate) fn write(to: &mut TcpStream, status: u16, body: &str) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status} Answer\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    to.write_all(&[head.as_bytes(), body.as_bytes()].concat())
}

fn line(from: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut text = String::new();
    let read = from.read_line(&mut text)?;
    Ok((read > 0).then(|| text.trim_end().to_owned()))
}
