//! `cairn run`

use std::{collections::BTreeMap, path::PathBuf};

use cairn_host::{
    Component,
    ops::{InstanceView, Start, State},
};
use clap::Args;
use serde_json::{Map, Value};

use super::allowed::{Allowance, Allowed};
use crate::{
    code::Code,
    data::{
        Held,
        verbs::{self, TENANT},
    },
    drive::{Follow, Report, Signals, Until, through},
    global::Global,
    json_arg,
    problem::{Outcome, fault, mistake},
    screen::{Paint, digest, one_line, out, shell, template},
};

/// Run a workflow and show what it does; its result goes to stdout
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn run hello.cairn --input '{\"name\": \"ada\"}'
  cairn run order.cairn --id o1 --input @order.json --allow http=https://pay.example
  cairn run ci.wasm --allow exec=cargo --json
  cairn run oci://registry.example/team/order@sha256:3fa9… --id o2 --input @order.json

Nothing is allowed by itself: what is missing is said before anything runs, with the
flags that would allow it. The same command with the same --id goes on with that run,
from the last finished step, whatever happened to it.

Exit codes: 0 it finished, 1 it failed, 2 your mistake, 3 it waits (with --no-wait),
4 replay and journal disagree, 70 our fault, 130 interrupted (nothing is lost).")]
pub(crate) struct Run {
    /// A .cairn file, or a component: a file, or in a registry (oci://HOST/NAME@sha256:…)
    #[arg(value_name = "FILE|WASM|OCI")]
    file: PathBuf,

    /// What it is started with: a JSON object, @FILE, or @- for stdin
    #[arg(long, short, value_name = "JSON")]
    input: Option<String>,

    /// The run's name; made up if left out
    #[arg(long, value_name = "ID")]
    id: Option<String>,

    /// Which workflow, if the file holds several; the first if left out
    #[arg(long, value_name = "NAME")]
    workflow: Option<String>,

    #[command(flatten)]
    allowed: Allowed,

    /// End with code 3 as soon as it waits
    #[arg(long)]
    no_wait: bool,
}

impl Run {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let code = Code::load(&self.file, self.workflow.as_deref(), global).await?;
        let input = self.input(&code.component)?;
        let allowance = self.allowed.grant(&code, "run", global).await?;
        let held = Held::driving(&global.dir()).await?;
        let exit = self.driven(global, &held, &code, input, allowance).await;
        held.close().await;
        exit
    }

    fn input(&self, component: &Component) -> Outcome<Value> {
        if let Some(text) = &self.input {
            return json_arg::read("--input", text);
        }
        let schema = component.meta.as_ref().map(|meta| &meta.input).unwrap_or(&Value::Null);
        let required =
            schema.get("required").and_then(Value::as_array).is_some_and(|names| !names.is_empty());
        if !required {
            return Ok(Value::Object(Map::new()));
        }
        let form = shell::quoted(&one_line(&template(schema)));
        Err(mistake(
            format!("`{}` has to be started with something", component.workflow()),
            format!("give it an input of this form: --input {form}\nor from a file: --input @input.json"),
        ))
    }

    async fn driven(
        &self,
        global: &Global,
        held: &Held,
        code: &Code,
        input: Value,
        allowance: Allowance,
    ) -> Outcome {
        let signals =
            Signals::new().map_err(|e| fault(format!("cannot listen to signals: {e}"), "try again"))?;
        let hints = global.dir().hints();
        let follow = Follow::new(&held.host, signals, Report::new(global.json, hints.clone(), false));
        let main = code.deployed(&held.host).await?;
        let mut peers = BTreeMap::from([(main.component.workflow().to_owned(), main.digest.clone())]);
        for peer in &code.peers {
            let peer = held.host.deploy(peer).await?;
            peers.insert(peer.component.workflow().to_owned(), peer.digest);
        }
        for tool in &allowance.tools {
            held.host.deploy_tool(tool).await?;
        }
        let grant = allowance.grant;
        let (tenant, id) = (TENANT.to_owned(), self.id.clone());
        let start = Start { tenant, id, digest: main.digest, input, grant, peers };
        let started = verbs::start(&held.host, start).await?;
        if !global.json {
            out::tell(&head(&started.instance, started.existed, Paint::stderr()));
        }
        let until = if self.no_wait { Until::Rest } else { Until::End };
        through(follow, &held.host, &started.instance.id, until, &hints).await
    }
}

/// `o1 · order_fulfilment@sha256:3fa9c0d2e1b4…`
pub(crate) fn head(view: &InstanceView, existed: bool, paint: Paint) -> String {
    let before = match (existed, &view.state) {
        (false, _) => "",
        (true, State::Finished | State::Failed { .. }) => "  (begun before: it is over)",
        (true, _) => "  (begun before: it goes on)",
    };
    format!("{} · {}@{}{}\n", paint.bold(&view.id), view.workflow, digest(&view.digest), paint.dim(before))
}
