//! What holds for the whole process: panics end it with our exit code, and `CAIRN_LOG` says what happens inside.

use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;

use crate::{exit::Exit, screen::out};

/// A panic, in whatever thread, is our fault: one line, and the process ends. The journal is as after a crash.
pub(crate) fn panics_end_it() {
    std::panic::set_hook(Box::new(|info| {
        out::tell(&format!("{}\n", words(info)));
        std::process::exit(Exit::Fault.code().into());
    }));
}

fn words(info: &PanicHookInfo<'_>) -> String {
    let what = info.payload_as_str().unwrap_or("for a reason without words").replace('\n', " ");
    let place =
        info.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
    format!(
        "error: cairn {} broke off: {what}{place}; nothing recorded is lost; please report this line",
        env!("CARGO_PKG_VERSION")
    )
}

/// Writes what happens inside to stderr, if the environment's `CAIRN_LOG` asks for it: `debug`, `cairn_host=trace`, ….
pub(crate) fn logging() {
    let Ok(filter) = EnvFilter::try_from_env("CAIRN_LOG") else { return };
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .try_init();
}
