//! The real host on a journal in memory, a clock of virtual time, and tools that answer as the evaluator's do.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use cairn_host::{
    Host, Settings,
    ops::{FailureView, OutcomeView, Reply, Request, Send, Show, Shown, Start},
    port::{Clock, Entropy, Ports, Tools, Wait},
    replay::Instant,
    tool::{Answer, Attempt, Failed, Grant, Tool},
};
use cairn_journal::MemoryJournal;
use cairn_oracle::{
    eval::{Called, Event},
    generate,
};
use serde_json::Value as Json;

use super::Found;

/// Where the virtual clock begins.
const BEGIN: u64 = 1_767_225_600_000;

struct Virtual {
    begin: tokio::time::Instant,
}

impl Clock for Virtual {
    fn now(&self) -> Instant {
        Instant(BEGIN + u64::try_from(self.begin.elapsed().as_millis()).expect("not that long"))
    }

    fn until(&self, moment: Instant) -> Wait {
        let at = self.begin + Duration::from_millis(moment.0.saturating_sub(BEGIN));
        Box::pin(tokio::time::sleep_until(at))
    }
}

struct Fixed;

impl Entropy for Fixed {
    fn bits(&self) -> u64 {
        4
    }
}

/// Tools that answer as the evaluator's do; keeps all attempts, and how many each step has had.
#[derive(Clone, Default)]
struct Answering(Arc<Counted>);

#[derive(Default)]
struct Counted {
    called: Mutex<Vec<Called>>,
    attempts: Mutex<BTreeMap<String, u32>>,
}

impl Tool for Answering {
    fn call(&self, attempt: Attempt) -> Answer<'_> {
        let operation = format!("{}.{}", attempt.tool, attempt.operation);
        let key = attempt.idempotency_key.splitn(3, '/').nth(2).expect("tenant/instance/key").to_owned();
        let number = {
            let mut attempts = self.0.attempts.lock().expect("a lock");
            let number = attempts.entry(attempt.idempotency_key).or_insert(0);
            *number += 1;
            *number
        };
        let answer = generate::answers(&operation, &attempt.arguments, number);
        let called = Called { key, operation, arguments: attempt.arguments };
        self.0.called.lock().expect("a lock").push(called);
        let answer = answer.map_err(|f| match f.kind.as_str() {
            // No tool says so itself: what it says then is that no answer came.
            "unclear" => Failed::Unclear(FailureView {
                kind: "network".to_owned(),
                message: f.message,
                detail: f.detail,
            }),
            _ => Failed::Known(FailureView { kind: f.kind, message: f.message, detail: f.detail }),
        });
        Box::pin(std::future::ready(answer))
    }
}

impl Tools for Answering {
    fn resolve(&self, _: &str, _: Option<&str>, _: &Grant) -> Result<Arc<dyn Tool>, FailureView> {
        Ok(Arc::new(self.clone()))
    }
}

/// A host.
pub(super) struct Real {
    host: Host,
    answering: Answering,
    _cache: tempfile::TempDir,
}

impl Real {
    pub(super) fn new() -> Self {
        let cache = tempfile::tempdir().expect("a folder");
        let answering = Answering::default();
        let ports = Ports {
            journal: Arc::new(MemoryJournal::new()),
            clock: Arc::new(Virtual { begin: tokio::time::Instant::now() }),
            entropy: Arc::new(Fixed),
            tools: Arc::new(answering.clone()),
        };
        let settings = Settings { ride_along: Duration::ZERO, ..Settings::new(cache.path()) };
        let host = Host::with_ports(settings, ports).expect("a host");
        Self { host, answering, _cache: cache }
    }

    pub(super) async fn run(&self, seed: u64, component: &[u8], input: &Json, events: &[Event]) -> Found {
        self.answering.0.called.lock().expect("a lock").clear();
        let (tenant, id) = ("t".to_owned(), format!("run-{seed}"));
        let digest = self.host.deploy(component).await.expect("it is a component").digest;
        for (n, event) in events.iter().enumerate() {
            let (tenant, id, event, data) =
                (tenant.clone(), id.clone(), event.name.clone(), event.data.clone());
            let message = Some(format!("event-{n}"));
            let send = Send { tenant, id, event, data, message, early: true, expires_in: None };
            self.host.handle(Request::Send(send)).await.expect("it is kept");
        }
        let start = Self::start(&tenant, &id, &digest, input);
        self.host.handle(Request::Start(start)).await.expect("it begins");
        let shown = self.ended(&tenant, &id).await;
        let outcome = match shown.outcome.expect("it is over") {
            OutcomeView::Result(json) => Ok(json),
            OutcomeView::Failure(failure) => Err((failure.kind, failure.detail)),
        };
        let asked =
            shown.timeline.into_iter().filter(|line| matches!(line.entry.as_str(), "asked" | "noted"));
        let keys = asked.filter_map(|line| line.key).collect();
        Found { outcome, called: std::mem::take(&mut self.answering.0.called.lock().expect("a lock")), keys }
    }

    fn start(tenant: &str, id: &str, digest: &str, input: &Json) -> Start {
        let request = serde_json::json!({
            "tenant": tenant, "id": id, "digest": digest, "input": input, "grant": { "allow": [], "bind": { "t": "http:https://t.example" } }
        });
        serde_json::from_value(request).expect("a start")
    }

    /// Virtual time goes on while nothing else does.
    async fn ended(&self, tenant: &str, id: &str) -> Box<Shown> {
        loop {
            self.host.at_rest(tenant, id).await.expect("it is there");
            let show = Show { tenant: tenant.to_owned(), id: id.to_owned() };
            match self.host.handle(Request::Show(show)).await {
                Ok(Reply::Show(shown)) if shown.outcome.is_some() => return shown,
                Ok(Reply::Show(_)) => tokio::time::sleep(Duration::from_hours(1)).await,
                other => panic!("it cannot be shown: {other:?}"),
            }
        }
    }
}
