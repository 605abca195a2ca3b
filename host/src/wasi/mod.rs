//! A virtual WASI 0.2: what guests of ordinary toolchains import is there, and nothing of it differs between a run and its replay.
//! Time is the journal's and stands still between the guest's requests; chance comes from a recorded seed; waiting on a clock is a
//! durable sleep; what is printed goes to the instance's log, once. There are no files and no environment, and of the network only
//! requests (`wasi:http`) within the body of a step.
//!
//! The interfaces that carry no time and no chance are those of `wasmtime-wasi`, over a context that holds nothing.

mod chance;
mod clock;
mod net;
mod output;
mod poll;

use std::{collections::BTreeMap, sync::Arc};

use cairn_replay::{Instant, Key, Level};
use chance::Chance;
pub(crate) use clock::Clock;
use output::Printed;
use wasmtime::component::{HasData, Linker, ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView, cli, filesystem, p2::bindings, sockets};
use wasmtime_wasi_http::{
    WasiHttp, WasiHttpCtx, WasiHttpView as _,
    p2::bindings::{LinkOptions, http},
};

use crate::{
    run::{Activation, Guest},
    tool::Egress,
};

/// Interfaces that a component may import, without their version: any of 0.2.
const KNOWN: [&str; 29] = [
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:http/outgoing-handler",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/network",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
];

/// Is an import, with its version, one that is linked here?
pub(crate) fn knows(import: &str) -> bool {
    let Some((name, version)) = import.split_once('@') else { return false };
    KNOWN.contains(&name) && version.starts_with("0.2.")
}

/// So many streams, pollables and the like a guest may hold at once: they are in the host's memory, not in its own.
const RESOURCES: usize = 4096;

/// A guest's side of it; made when the guest first touches it.
pub(crate) struct Wasi {
    ctx: WasiCtx,
    table: ResourceTable,
    http: WasiHttpCtx,
    egress: Egress,
    /// What is waited for on the clock, by the number of its pollable.
    naps: BTreeMap<u32, Instant>,
    chance: Option<Chance>,
    /// The same for the body of a step: not recorded.
    body_chance: Option<Chance>,
    out: Printed,
    err: Printed,
}

impl Wasi {
    pub(crate) fn new(activation: &Arc<Activation>, scope: Option<&Key>) -> Self {
        let printed = |level| Printed::new(Arc::clone(activation), scope.cloned(), level);
        let (out, err) = (printed(Level::Info), printed(Level::Warn));
        let ctx = WasiCtx::builder()
            .stdout(out.clone())
            .stderr(err.clone())
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .build();
        let mut table = ResourceTable::new();
        table.set_max_capacity(RESOURCES);
        let (http, egress) = (WasiHttpCtx::new(), Egress::of(activation.core().grant()));
        Self { ctx, table, http, egress, naps: BTreeMap::new(), chance: None, body_chance: None, out, err }
    }

    /// The body of this step begins: requests may go out.
    pub(crate) fn enter_body(&mut self, key: &Key) {
        self.egress.opens(format!("the step `{}`", key.0));
    }

    /// What happened in the body of a step is behind it.
    pub(crate) fn leave_body(&mut self) {
        self.body_chance = None;
        self.egress.shuts();
    }

    /// What is to be told about requests.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.egress.notes()()
    }

    /// A last line that has no end is a line as well.
    ///
    /// # Errors
    /// As of a line of the log.
    pub(crate) fn ends(&self) -> wasmtime::Result<()> {
        self.out.ends()?;
        self.err.ends()
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let wasi = self.wasi();
        WasiCtxView { ctx: &mut wasi.ctx, table: &mut wasi.table }
    }
}

/// What of WASI needs the journal: a guest, seen by the traits of its interfaces.
pub(crate) struct Journaled<'g>(&'g mut Guest);

struct Has;

impl HasData for Has {
    type Data<'g> = Journaled<'g>;
}

fn journaled(guest: &mut Guest) -> Journaled<'_> {
    Journaled(guest)
}

/// # Errors
/// Two definitions of one interface.
pub(crate) fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    add_journaled(linker)?;
    add_closed(linker)
}

fn add_journaled(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    bindings::clocks::wall_clock::add_to_linker::<_, Has>(linker, journaled)?;
    bindings::clocks::monotonic_clock::add_to_linker::<_, Has>(linker, journaled)?;
    bindings::random::random::add_to_linker::<_, Has>(linker, journaled)?;
    bindings::random::insecure::add_to_linker::<_, Has>(linker, journaled)?;
    bindings::random::insecure_seed::add_to_linker::<_, Has>(linker, journaled)?;
    bindings::io::poll::add_to_linker::<_, Has>(linker, journaled)?;
    net::add_to_linker(linker)?;
    let options = LinkOptions::default();
    http::types::add_to_linker::<_, WasiHttp>(linker, &options.into(), Guest::http)
}

/// Nothing can be reached through these but the guest's own output.
fn add_closed(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    use cli::{WasiCli, WasiCliView as _};
    use filesystem::{WasiFilesystem, WasiFilesystemView as _};
    use sockets::{WasiSockets, WasiSocketsView as _};

    struct HasTable;
    impl HasData for HasTable {
        type Data<'g> = &'g mut ResourceTable;
    }

    let l = linker;
    bindings::io::error::add_to_linker::<_, HasTable>(l, |guest| guest.ctx().table)?;
    bindings::io::streams::add_to_linker::<_, HasTable>(l, |guest| guest.ctx().table)?;
    bindings::cli::environment::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    bindings::cli::exit::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    bindings::cli::stdin::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    bindings::cli::stdout::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    bindings::cli::stderr::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    bindings::cli::terminal_input::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    bindings::cli::terminal_output::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    bindings::cli::terminal_stdin::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    bindings::cli::terminal_stdout::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    bindings::cli::terminal_stderr::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    bindings::filesystem::types::add_to_linker::<_, WasiFilesystem>(l, Guest::filesystem)?;
    bindings::filesystem::preopens::add_to_linker::<_, WasiFilesystem>(l, Guest::filesystem)?;
    let options = bindings::sockets::network::LinkOptions::default();
    bindings::sockets::network::add_to_linker::<_, WasiSockets>(l, &options, Guest::sockets)?;
    bindings::sockets::instance_network::add_to_linker::<_, WasiSockets>(l, Guest::sockets)?;
    bindings::sockets::ip_name_lookup::add_to_linker::<_, WasiSockets>(l, Guest::sockets)?;
    bindings::sockets::tcp::add_to_linker::<_, WasiSockets>(l, Guest::sockets)?;
    bindings::sockets::tcp_create_socket::add_to_linker::<_, WasiSockets>(l, Guest::sockets)?;
    bindings::sockets::udp::add_to_linker::<_, WasiSockets>(l, Guest::sockets)?;
    bindings::sockets::udp_create_socket::add_to_linker::<_, WasiSockets>(l, Guest::sockets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_version_of_wasi_0_2_is_known_and_nothing_beside_it() {
        assert!(knows("wasi:io/poll@0.2.0") && knows("wasi:io/poll@0.2.12"));
        assert!(!knows("wasi:io/poll@0.3.0") && !knows("wasi:io/poll"));
        assert!(knows("wasi:http/outgoing-handler@0.2.6") && !knows("wasi:http/incoming-handler@0.2.6"));
        assert!(!knows("cairn:workflow/step@0.2.0"));
    }
}
