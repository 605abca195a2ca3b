//! Chance.

/// Random bits. What a guest gets of them is journaled.
pub trait Entropy: Send + Sync {
    /// 64 evenly distributed bits.
    fn bits(&self) -> u64;
}

/// The operating system's.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn bits(&self) -> u64 {
        // No system that this runs on refuses; and if one did, a moment in nanoseconds names things apart just as well.
        getrandom::u64().unwrap_or_else(|_| {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            u64::try_from(now.as_nanos() & u128::from(u64::MAX)).unwrap_or_default()
        })
    }
}
