//! The services of the order example, under another name, for the same reason as `cairn-tested`.

fn main() -> std::process::ExitCode {
    order_services::main()
}
