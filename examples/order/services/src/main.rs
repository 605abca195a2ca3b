//! `order-services`: see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    order_services::main()
}
