//! What Cairn promises, tried on the real program. Tests are named after the promise that they prove; `README.md` in the
//! folder above says how each kind is done.

#[cfg(test)]
mod cancel;
#[cfg(test)]
mod changed;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod directory;
#[cfg(test)]
mod disk;
#[cfg(test)]
mod editor;
#[cfg(test)]
mod emit;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod frozen;
#[cfg(test)]
mod guests;
#[cfg(test)]
mod habits;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod load;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod oci;
#[cfg(test)]
mod operate;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod order;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod programs;
#[cfg(test)]
mod projects;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod runtime;
#[cfg(test)]
mod schedules;
#[cfg(test)]
mod second;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod tools;
#[cfg(test)]
mod unclear;
#[cfg(test)]
mod waits;

/// The program, with a folder of its own.
#[cfg(test)]
fn cairn() -> cairn_tests::Cairn {
    cairn_tests::Cairn::new(env!("CARGO_BIN_EXE_cairn-tested"))
}
