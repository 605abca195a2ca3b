//! Three little HTTP services for the order example, in one program: inventory, payments, and dispatch (parcels and mail).
//!
//! `order-services [--port-base 7401] [--slow MILLISECONDS]`
//!
//! They keep what they did in memory, and they do what a service has to do so that a caller may safely ask again: the same
//! `idempotency-key` gets the same answer, and the work is done once. `GET /counts` at any of them says how often each
//! operation was called and with how many different keys, `GET /open` what is held, charged and booked now.

mod desk;
mod http;
mod ledger;
mod options;
#[cfg(test)]
mod tests;

use std::{
    io::{self, Write},
    net::TcpListener,
    process::ExitCode,
    sync::Arc,
    thread,
};

use crate::{desk::Desk, options::Options};

/// Each listens at a port of its own: the first, the second and the third after the base.
const SERVICES: [&str; 3] = ["inventory", "payments", "dispatch"];

/// The whole program, so that another binary can be the same.
#[must_use]
pub fn main() -> ExitCode {
    match Options::read(std::env::args().skip(1)).and_then(|options| serve(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

fn serve(options: &Options) -> Result<(), String> {
    let desk = Arc::new(Desk::new(options.slow));
    let mut threads = Vec::new();
    for (service, port) in SERVICES.into_iter().zip(options.ports()) {
        let listener = TcpListener::bind(("127.0.0.1", port)).map_err(|e| {
            format!("{service} cannot listen at 127.0.0.1:{port}: {e}; choose others with --port-base")
        })?;
        let address = listener.local_addr().map_err(|e| e.to_string())?;
        tell(&format!("{service:<10} http://{address}"));
        let desk = Arc::clone(&desk);
        threads.push(thread::spawn(move || {
            http::serve(&listener, &move |request| desk.answer(service, request));
        }));
    }
    for thread in threads {
        thread.join().map_err(|_| "a service stopped".to_owned())?;
    }
    Ok(())
}

/// A line on the terminal. If nobody reads it any more, the services go on.
fn tell(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}
