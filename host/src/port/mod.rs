//! The doors to the world outside: clock, chance, tools and disk. Tests may put others in.

mod clock;
mod entropy;
mod tools;

pub use clock::{Clock, SystemClock, Wait};
pub use entropy::{Entropy, SystemEntropy};
pub use tools::{SystemTools, Tools};

use std::sync::Arc;

use cairn_journal::Journal;

/// All doors of one host.
#[derive(Clone)]
pub struct Ports {
    /// Where histories are kept.
    pub journal: Arc<dyn Journal>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// What the names of tools stand for.
    pub tools: Arc<dyn Tools>,
}

impl Ports {
    /// The system's clock, chance and tools, with this journal.
    #[must_use]
    pub fn system(journal: Arc<dyn Journal>) -> Self {
        Self {
            journal,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            tools: Arc::new(SystemTools::default()),
        }
    }
}
