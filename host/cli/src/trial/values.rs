//! The expressions of a test, worked out: their program runs as any other does, on a host of its own.

use std::{collections::BTreeMap, sync::Arc};

use cairn_compiler::ir::test::Part;
use cairn_host::{
    Error, Host, Settings,
    journal::MemoryJournal,
    ops::{OutcomeView, Reply, Request, Show, Start},
    port::Ports,
    tool::Grant,
};
use serde_json::Value;

use super::{chance::Chance, journal::Promised, time::VirtualClock, tools::Mocks, world::TENANT};

/// What a program worked out.
#[derive(Clone, Debug, Default)]
pub(super) struct Values(Value);

/// Why a part has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NoValue {
    pub(super) kind: String,
    pub(super) message: String,
}

impl Values {
    /// The value of a part; of something that has none, null.
    pub(super) fn part(&self, part: Part) -> Result<&Value, NoValue> {
        let text = |of: &Value, name| of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        match self.0.get(format!("{}.failure", part.0)) {
            None | Some(Value::Null) => Ok(self.0.get(part.0.to_string()).unwrap_or(&Value::Null)),
            Some(failure) => Err(NoValue { kind: text(failure, "kind"), message: text(failure, "message") }),
        }
    }
}

/// Runs a program of a test.
///
/// # Errors
/// A fault: such programs catch what their expressions fail with.
pub(super) async fn work_out(settings: &Settings, component: &[u8], input: Value) -> Result<Values, Error> {
    let clock = VirtualClock::new();
    let (memory, promised) = (MemoryJournal::new(), Promised::default());
    let ports = Ports {
        journal: Arc::new(memory.clone()),
        clock: Arc::new(clock),
        entropy: Arc::new(Chance::new(0)),
        tools: Arc::new(Mocks::new(&[], clock, memory, promised)),
    };
    let host = Host::with_ports(settings.clone(), ports)?;
    let digest = host.deploy(component).await?.digest;
    let id = "values".to_owned();
    let start = Start {
        tenant: TENANT.to_owned(),
        id: Some(id.clone()),
        digest,
        input,
        grant: Grant::default(),
        peers: BTreeMap::new(),
    };
    host.handle(Request::Start(start)).await?;
    host.at_rest(TENANT, &id).await?;
    let shown = host.handle(Request::Show(Show { tenant: TENANT.to_owned(), id })).await?;
    host.close().await;
    let Reply::Show(shown) = shown else { return Err(Error::fault("a run was not shown")) };
    match shown.outcome {
        Some(OutcomeView::Result(value)) => Ok(Values(value)),
        other => Err(Error::fault(format!("the expressions of a test could not be worked out: {other:?}"))),
    }
}
