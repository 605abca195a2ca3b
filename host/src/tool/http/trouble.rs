//! Why no answer came, for people: what lies under the layers of the HTTP library is looked for, not printed.

use std::{error::Error, io};

use url::Url;

use super::{
    super::{Failed, failure::failure},
    resolver::{NotFound, Private},
};
/// `denied` where the name leads to a private address, else `network`. What is known before there is a connection surely did not leave.
pub(super) fn trouble(what: &str, url: &Url, error: &reqwest::Error) -> Failed {
    if let Some(private) = cause::<Private>(error) {
        return failure("denied", format!("`{what}` may not reach {url}: {private}")).into();
    }
    let server = server(url);
    let message = if let Some(not_found) = cause::<NotFound>(error) {
        format!("`{what}` could not reach {url}: {not_found}")
    } else if let Some(tls) = cause::<rustls::Error>(error) {
        format!("`{what}` got no secure connection to {server}: {}", untrusted(tls))
    } else if let Some(io) = cause::<io::Error>(error) {
        format!("`{what}` {}", broken(&server, io))
    } else {
        format!("`{what}` had no answer from {server}: {}", innermost(error))
    };
    let failure = failure("network", message);
    if error.is_connect() { Failed::Known(failure) } else { Failed::Unclear(failure) }
}

fn server(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or("?"), url.port_or_known_default().unwrap_or(0))
}

fn broken(server: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            format!("was refused a connection by {server}: nothing listens there; is the service running?")
        }
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => {
            format!("lost the connection to {server} before the answer was whole")
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            format!("found no way to {server}: is this machine connected?")
        }
        _ => format!("had no answer from {server}: {error}"),
    }
}

fn untrusted(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer) => {
            "its certificate comes from an authority that this machine does not trust".to_owned()
        }
        other => other.to_string(),
    }
}

/// The first cause of this type. An `io::Error` may hold another error instead of having it as its source.
pub(super) fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let held = error.downcast_ref::<io::Error>().and_then(|io| io.get_ref());
        if let Some(found) = held.and_then(|held| cause(held as &(dyn Error + 'static))) {
            return Some(found);
        }
        next = error.source();
    }
    None
}

fn innermost(error: &dyn Error) -> String {
    let mut last: &dyn Error = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}
