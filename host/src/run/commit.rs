//! The only caller of [`Journal::commit`](cairn_journal::Journal::commit), and the one place where it is decided how sure a
//! commit has to be.
//!
//! The rule: before something leaves the host, all that it could depend on is on disk. What has left nothing behind may be
//! lost in a crash and simply happens again.

use cairn_journal::{
    Commit, Digest, HeadChange, InstanceId, LockChange, MessageId, Receipt, Refusal, Status, StoreError,
    Sync, TimerChange, Waiting,
};
use cairn_replay::{Entry, Json, Seq};

use crate::{Error, port::Ports};

/// What a commit is for.
#[derive(Clone, Debug)]
pub(crate) enum Purpose {
    /// A new instance; whoever asked is told.
    Start,
    /// An attempt at a step goes out.
    EffectLeaves,
    /// An attempt failed, or an operation ended. Lost, it is tried again under the same idempotency key, or ends again.
    OutcomeCame,
    /// A message was taken; lost, it is in the inbox as before.
    MessageTaken(MessageId),
    /// The guest waits in memory: what it did is to be seen, no more.
    Parks,
    /// It is unloaded, and nothing may come after it for a month.
    Unloads(Waiting),
    /// Somebody wants it to stop, and is told that this is on disk.
    CancelAsked,
    /// It runs other code from now on; whoever asked is told.
    Moves(Digest),
    /// The run is over, and everybody is told.
    Over(Status),
    /// Replay and journal disagree; no entry is written.
    Diverged(String),
    /// The next run takes the place of this one, or what is left of it when a part was taken back.
    Restarts,
    /// An operator wants nothing of it to run; whoever asked is told.
    Pauses,
    /// An operator did something behind which it may go on; whoever did is told.
    Wakes,
}

impl Purpose {
    fn sync(&self) -> Sync {
        match self {
            Self::OutcomeCame | Self::MessageTaken(_) | Self::Parks => Sync::Ordered,
            Self::Start
            | Self::EffectLeaves
            | Self::Unloads(_)
            | Self::CancelAsked
            | Self::Moves(_)
            | Self::Over(_)
            | Self::Diverged(_)
            | Self::Pauses
            | Self::Wakes
            | Self::Restarts => Sync::Durable,
        }
    }

    fn head(self) -> (HeadChange, TimerChange, Vec<MessageId>) {
        let status = |status, timer| (HeadChange { status: Some(status), digest: None }, timer, Vec::new());
        match self {
            Self::EffectLeaves | Self::OutcomeCame | Self::Parks => Default::default(),
            Self::MessageTaken(id) => (HeadChange::default(), TimerChange::Keep, vec![id]),
            Self::Pauses => status(Status::Paused, TimerChange::Clear),
            Self::Start | Self::CancelAsked | Self::Wakes | Self::Restarts => {
                status(Status::Ready, TimerChange::Clear)
            }
            Self::Unloads(waiting) => {
                let timer = waiting.until.map_or(TimerChange::Clear, TimerChange::Set);
                status(Status::Waiting(waiting), timer)
            }
            Self::Moves(digest) => {
                let head = HeadChange { status: Some(Status::Ready), digest: Some(digest) };
                (head, TimerChange::Clear, Vec::new())
            }
            Self::Over(over) => status(over, TimerChange::Clear),
            Self::Diverged(message) => status(Status::Diverged(message), TimerChange::Clear),
        }
    }
}

/// What is to be appended, and where.
pub(crate) struct Append {
    pub(crate) id: InstanceId,
    /// The sequence of the first entry.
    pub(crate) expect: Seq,
    pub(crate) entries: Vec<Entry>,
    /// The instance was waiting on disk until now: it is marked as ready, and its timer is cleared.
    pub(crate) wakes: bool,
    /// What goes along.
    pub(crate) along: Along,
}

/// What a commit writes beside an instance's entries, for others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Along {
    /// Where it stands in the lines of locks.
    pub(crate) locks: Vec<LockChange>,
    /// Outcomes that will do for others.
    pub(crate) kept: Vec<(String, Json)>,
}

/// Hands a commit over. It is carried out, in the order of the calls, also if the receipt is dropped.
pub(crate) fn commit(ports: &Ports, append: Append, purpose: Purpose) -> Receipt<Result<(), Refusal>> {
    let Append { id, expect, entries, wakes, along } = append;
    let restart = matches!(purpose, Purpose::Restarts);
    tracing::trace!(instance = %id.instance, expect = expect.0, entries = entries.len(), ?purpose, "commit");
    let sync = purpose.sync();
    let (mut head, mut timer, consumed) = purpose.head();
    if wakes && head.status.is_none() {
        head.status = Some(Status::Ready);
        timer = TimerChange::Clear;
    }
    let at = ports.clock.now();
    ports.journal.commit(
        Commit {
            id,
            expect,
            restart,
            entries,
            timer,
            consumed,
            locks: along.locks,
            kept: along.kept,
            head,
            at,
        },
        sync,
    )
}

/// Waits for the answer.
pub(crate) async fn settled(receipt: Receipt<Result<(), Refusal>>) -> Result<(), Error> {
    match receipt.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(refusal)) => Err(Error::fault(format!("the journal refused a commit: {refusal}"))
            .help("somebody else wrote to this instance; resume it to go on from what is there")),
        Err(error) => Err(store(&error)),
    }
}

/// What the store says: whoever named the directory can name another; the rest is the machine's, or ours.
pub(crate) fn store(error: &StoreError) -> Error {
    let told = error.to_string();
    let told = match error {
        StoreError::Newer { .. } | StoreError::Locked(_) | StoreError::ReadOnly(_) => Error::mistake(told),
        _ => Error::fault(told),
    };
    told.help(error.advice())
}
