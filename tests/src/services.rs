//! Services for a workflow to call: on loopback, in the test's own process, counting.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::BufReader,
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::http;

/// A call that came in.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `payments.charge`
    pub operation: String,
    /// The header `idempotency-key`.
    pub key: Option<String>,
    /// The body.
    pub arguments: Value,
    /// How many calls of this operation came before.
    pub before: usize,
}

/// What a service does with a call.
#[derive(Clone, Debug)]
pub enum Answer {
    /// 200 with this body.
    Good(Value),
    /// This status and body.
    Status(u16, Value),
    /// Closes the connection without a word.
    Nothing,
}

type Behaviour = Arc<dyn Fn(&Asked) -> Answer + Send + Sync>;

#[derive(Default)]
struct State {
    calls: Vec<Asked>,
    behaviour: BTreeMap<String, Behaviour>,
    latency: Duration,
}

/// The services; they answer as long as the test's process lives.
pub struct Services {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Services {
    /// The services of the order example: each answers from its arguments alone, so the same call has the same answer.
    ///
    /// # Panics
    /// If no port is to be had.
    #[must_use]
    pub fn new() -> Self {
        Self::at(SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// The same at an address that is free.
    ///
    /// # Panics
    /// If it is not.
    #[must_use]
    pub fn at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).expect("a port on loopback");
        let address = listener.local_addr().expect("it has an address");
        let services = Self { address, state: Arc::default() };
        let state = Arc::clone(&services.state);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&state);
                thread::spawn(move || serve(stream, &state));
            }
        });
        services.on("inventory.reserve", |asked| {
            let sku = asked.arguments.get("sku").and_then(Value::as_str).unwrap_or("?");
            Answer::Good(json!({ "id": format!("hold-{sku}") }))
        });
        services.on("payments.charge", |asked| {
            let order = asked.arguments.get("order_id").and_then(Value::as_str).unwrap_or("?");
            Answer::Good(json!({ "id": format!("charge-{order}") }))
        });
        services
    }

    /// From now on, calls of `tool.operation` are answered by this. Operations without are answered with null.
    pub fn on(&self, operation: &str, answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) {
        self.state().behaviour.insert(operation.to_owned(), Arc::new(answer));
    }

    /// From now on, each answer takes so long.
    pub fn latency(&self, span: Duration) {
        self.state().latency = span;
    }

    /// Scheme, host and port: what has to be granted.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The flags that bind these tools here and grant the address.
    #[must_use]
    pub fn flags(&self, tools: &[&str]) -> Vec<String> {
        let origin = self.origin();
        let bind =
            tools.iter().flat_map(|tool| ["--bind".to_owned(), format!("{tool}=http:{origin}/{tool}")]);
        bind.chain(["--allow".to_owned(), format!("http={origin}")]).collect()
    }

    /// All calls up to now, oldest first.
    #[must_use]
    pub fn calls(&self) -> Vec<Asked> {
        self.state().calls.clone()
    }

    /// How often each key came, by operation: the key of a call without one is empty.
    #[must_use]
    pub fn keys(&self) -> BTreeMap<String, BTreeMap<String, usize>> {
        let mut keys: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for call in &self.state().calls {
            let of = keys.entry(call.operation.clone()).or_default();
            *of.entry(call.key.clone().unwrap_or_default()).or_default() += 1;
        }
        keys
    }

    /// Which keys came, by operation.
    #[must_use]
    pub fn distinct(&self) -> BTreeMap<String, BTreeSet<String>> {
        self.keys().into_iter().map(|(operation, keys)| (operation, keys.into_keys().collect())).collect()
    }

    /// How often an operation was called.
    #[must_use]
    pub fn count(&self, operation: &str) -> usize {
        self.state().calls.iter().filter(|call| call.operation == operation).count()
    }

    /// Forgets all calls.
    pub fn forget(&self) {
        self.state().calls.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }
}

impl Default for Services {
    fn default() -> Self {
        Self::new()
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers all requests of a connection until it is closed.
fn serve(stream: TcpStream, state: &Mutex<State>) {
    // A caller that was killed closes in the middle: that is no fault of the service.
    let Ok(mut to) = stream.try_clone() else { return };
    let mut from = BufReader::new(stream);
    while let Ok(Some(asking)) = http::read(&mut from) {
        let (answer, latency) = answer(&asking, state);
        thread::sleep(latency);
        let sent = match answer {
            Answer::Good(body) => http::write(&mut to, 200, &body.to_string()),
            Answer::Status(status, body) => http::write(&mut to, status, &body.to_string()),
            Answer::Nothing => return,
        };
        if sent.is_err() {
            return;
        }
    }
}

fn answer(asking: &http::Asking, state: &Mutex<State>) -> (Answer, Duration) {
    let operation = asking.path.trim_matches('/').replace('/', ".");
    let mut state = locked(state);
    let asked = Asked {
        before: state.calls.iter().filter(|call| call.operation == operation).count(),
        key: asking.headers.get("idempotency-key").cloned(),
        arguments: serde_json::from_slice(&asking.body).unwrap_or(Value::Null),
        operation,
    };
    state.calls.push(asked.clone());
    let behaviour = state.behaviour.get(&asked.operation).map(Arc::clone);
    let latency = state.latency;
    drop(state);
    (behaviour.map_or(Answer::Good(Value::Null), |behaviour| behaviour(&asked)), latency)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpStream,
    };

    use serde_json::json;

    use super::{Answer, Services};

    fn post(to: &mut TcpStream, path: &str, key: &str, body: &str) -> String {
        let request = format!(
            "POST {path} HTTP/1.1\r\nIdempotency-Key: {key}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        to.write_all(request.as_bytes()).unwrap();
        let mut answer = [0; 4096];
        let n = to.read(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[..n]).into_owned()
    }

    #[test]
    fn calls_are_answered_and_counted_by_key_on_one_connection() {
        let services = Services::new();
        services.on("a.fail", |asked| Answer::Status(409, json!({ "n": asked.before })));
        let mut to = TcpStream::connect(services.address).unwrap();
        assert!(post(&mut to, "/inventory/reserve", "k1", r#"{"sku":"x"}"#).ends_with(r#"{"id":"hold-x"}"#));
        assert!(post(&mut to, "/inventory/reserve", "k1", r#"{"sku":"x"}"#).contains(" 200 "));
        assert!(post(&mut to, "/a/fail", "k2", "{}").contains(" 409 "));
        assert!(post(&mut to, "/a/fail", "k3", "{}").ends_with(r#"{"n":1}"#));
        assert_eq!(services.keys()["inventory.reserve"]["k1"], 2);
        assert_eq!(services.distinct()["a.fail"].len(), 2);
        services.on("a.hang_up", |_| Answer::Nothing);
        assert_eq!(post(&mut to, "/a/hang_up", "k4", "{}"), "");
    }
}
