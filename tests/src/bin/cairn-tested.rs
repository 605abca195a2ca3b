//! The program `cairn`, under another name: Cargo tells integration tests where the binaries of their own package are, and only those.

fn main() -> std::process::ExitCode {
    cairn_cli::main()
}
