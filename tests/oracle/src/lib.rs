//! What compiled workflows are compared with: a plain evaluator of the checked form ([`eval`]), and programs that nobody thought of
//! ([`generate`], [`mutate`]).
//!
//! The evaluator shares no code with the emitter and the value runtime. It knows no journal, no crash and no concurrency: it says
//! what a run has to come to when everything goes its way at once.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what the checker promises is relied on; where it does not hold, the comparison has found something"
)]

pub mod eval;
pub mod generate;
pub mod mutate;
mod random;

pub use random::Random;
