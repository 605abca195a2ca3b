//! History on disk: the trait that every store keeps, with its numbered promises; the binary form of an entry; two stores,
//! [`FjallJournal`] on disk and [`MemoryJournal`]; and the `conformance` suite that both are tested by.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod format;

mod fjall;
mod memory;
mod model;
mod store;

pub use fjall::{
    Backup, Counts, Faults, Finding, FjallJournal, NoFaults, Repair, Repaired, Verified, repair, verify,
};
pub use memory::MemoryJournal;
pub use store::{
    Commit, Digest, Discard, Head, HeadChange, InstanceId, Journal, Keep, LockChange, Message, MessageId,
    Page, Place, Purge, Put, Queued, Receipt, Refusal, Status, StoreError, Swept, Sync, TimerChange, Waiting,
};
