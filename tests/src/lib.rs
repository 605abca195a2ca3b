//! The harness of the integration tests: the program as a user has it, services for it to call, recorded texts.
//!
//! What goes wrong in here fails the test that asked for it, and so panics, saying what was found.
#![expect(clippy::expect_used, clippy::panic, reason = "a fault of the harness fails the test that uses it")]

mod cairn;
mod golden;
mod http;
mod mask;
mod program;
mod random;
mod running;
mod services;

pub use cairn::{Cairn, Cmd};
pub use golden::{golden, golden_at};
pub use mask::mask;
pub use program::{workspace, written};
pub use random::Random;
pub use running::{Ran, Running};
pub use services::{Answer, Asked, Services};
