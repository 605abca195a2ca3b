//! A registry on loopback: the part of the OCI distribution specification that gives manifests and blobs to those who pull.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use serde_json::json;
use sha2::{Digest as _, Sha256};

/// What it was asked for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) authorization: Option<String>,
}

/// What it says.
#[derive(Clone)]
pub(super) struct Reply {
    status: u16,
    headers: Vec<String>,
    body: Vec<u8>,
    /// How much is sent of the body, whose length is told in full.
    sent: usize,
}

impl Reply {
    pub(super) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        Self { status, headers: Vec::new(), sent: body.len(), body }
    }

    pub(super) fn with(mut self, header: impl Into<String>) -> Self {
        self.headers.push(header.into());
        self
    }

    /// The connection is closed behind so much of it.
    pub(super) fn cut(mut self, sent: usize) -> Self {
        self.sent = sent;
        self
    }

    /// As long, and something else.
    pub(super) fn altered(mut self) -> Self {
        if let Some(last) = self.body.last_mut() {
            *last ^= 1;
        }
        self
    }

    pub(super) fn to(place: &str) -> Self {
        Self::new(307, "").with(format!("location: {place}"))
    }
}

type Otherwise = dyn Fn(&Asked, Reply) -> Reply + Send + Sync;

#[derive(Default)]
struct State {
    /// By path.
    content: BTreeMap<String, Vec<u8>>,
    asked: Vec<Asked>,
    otherwise: Option<Arc<Otherwise>>,
}

/// It answers as long as the test's process lives.
pub(super) struct Registry {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

pub(super) fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

impl Registry {
    pub(super) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let registry = Self { address: listener.local_addr().expect("an address"), state: Arc::default() };
        let state = Arc::clone(&registry.state);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&state);
                thread::spawn(move || serve(stream, &state));
            }
        });
        registry
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes a component under a name; gives its reference.
    pub(super) fn push(&self, name: &str, component: &[u8]) -> String {
        let layer =
            json!({ "mediaType": "application/wasm", "digest": digest(component), "size": component.len() });
        self.push_with(name, component, &[layer])
    }

    /// The same with other layers in the manifest.
    pub(super) fn push_with(&self, name: &str, component: &[u8], layers: &[serde_json::Value]) -> String {
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": { "mediaType": "application/vnd.wasm.config.v0+json", "digest": digest(b"{}"), "size": 2 },
            "layers": layers,
        });
        let manifest = manifest.to_string().into_bytes();
        let digested = digest(&manifest);
        let mut state = self.state();
        state.content.insert(format!("/v2/{name}/blobs/{}", digest(component)), component.to_vec());
        state.content.insert(format!("/v2/{name}/manifests/{digested}"), manifest);
        format!("oci://{}/{name}@{digested}", self.address)
    }

    /// From now on, what would be answered goes through this.
    pub(super) fn instead(&self, otherwise: impl Fn(&Asked, Reply) -> Reply + Send + Sync + 'static) {
        self.state().otherwise = Some(Arc::new(otherwise));
    }

    /// What it was asked for since the last time.
    pub(super) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.state().asked)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn serve(stream: TcpStream, state: &Mutex<State>) {
    let Ok(mut to) = stream.try_clone() else { return };
    let mut from = BufReader::new(stream);
    while let Some(asked) = read(&mut from) {
        let (reply, otherwise) = {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            state.asked.push(asked.clone());
            let found = state.content.get(&asked.path);
            let reply = found.map_or_else(|| Reply::new(404, "{}"), |body| Reply::new(200, body.clone()));
            (reply, state.otherwise.clone())
        };
        let reply = otherwise.map_or_else(|| reply.clone(), |otherwise| otherwise(&asked, reply.clone()));
        let (status, headers, length) = (reply.status, reply.headers.join("\r\n"), reply.body.len());
        let more = if headers.is_empty() { "" } else { "\r\n" };
        let head = format!("HTTP/1.1 {status} Answer\r\n{headers}{more}content-length: {length}\r\n\r\n");
        let body = reply.body.get(..reply.sent).unwrap_or_default();
        if to.write_all(&[head.as_bytes(), body].concat()).is_err() || reply.sent < length {
            let _closed = to.shutdown(Shutdown::Both);
            return;
        }
    }
}

fn read(from: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut line = || {
        let mut text = String::new();
        let read = from.read_line(&mut text).ok()?;
        (read > 0).then(|| text.trim_end().to_owned())
    };
    let path = line()?.split(' ').nth(1)?.to_owned();
    let mut authorization = None;
    while let Some(header) = line().filter(|text| !text.is_empty()) {
        match header.split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("authorization") => {
                authorization = Some(value.to_owned());
            }
            _ => {}
        }
    }
    Some(Asked { path, authorization })
}
