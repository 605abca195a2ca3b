//! History on disk: the trait that every store keeps, with its numbered promises.

mod store;

pub use store::{
    Commit, Digest, Head, HeadChange, InstanceId, Journal, Message, MessageId, Page, Put, Receipt, Refusal,
    Status, StoreError, Sync, TimerChange, Waiting,
};
