//! What Cairn promises, tried on the real program. Tests are named after the promise that they prove; `README.md` in the
//! folder above says how each kind is done.

#[cfg(test)]
mod order;

#[cfg(test)]
fn cairn() -> cairn_tests::Cairn {
    cairn_tests::Cairn::new(env!("CARGO_BIN_EXE_cairn-tested"))
}
