//! Deliberate bugs, between the host and its world: what the simulation is good for is seen by whether it finds them.

/// A bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canary {
    /// The journal loses an outcome in a crash although it had said that it is on disk.
    ForgetsEnded,
    /// The journal answers before anything is on disk.
    AnswersEarly,
    /// The journal takes what has to be on disk for what only has to be in order.
    Downgrades,
    /// The journal writes two commits in another order than they were handed over.
    Reorders,
    /// The journal writes another outcome than it was given.
    Alters,
    /// The journal takes a message whose id it has had.
    ForgetsIds,
    /// The journal gives the newest message first.
    NewestFirst,
    /// The journal does not show an instance to a host that has just been opened.
    Hides,
    /// The clock runs ahead now and then.
    ClockEarly,
    /// The clock sleeps through a moment.
    ClockSleeps,
    /// The tools are called twice.
    SendsTwice,
    /// The tools are given another idempotency key after a crash.
    OtherKey,
    /// An acknowledged cancel is forgotten.
    LosesCancel,
    /// A lock has a place more than it should.
    OnePlaceMore,
    /// Who pauses, restarts or ends an instance is told so, and nobody has heard of it.
    LosesAct,
    /// Whatever an operator wants is done twice.
    ActsTwice,
    /// The journal writes that somebody else did it.
    OtherWho,
    /// The tools are given the key of before when a part of a run was taken back.
    SameKeyAgain,
    /// The journal takes back an outcome more.
    CutsDeeper,
    /// A step leaves while its run is paused.
    RunsPaused,
    /// A run that is terminated goes on.
    RunsTerminated,
    /// What is removed is still there.
    KeepsPurged,
    /// The host forgets a limit.
    ManyEntries,
    /// As [`Canary::ManyEntries`].
    ManyOperations,
    /// As [`Canary::ManyEntries`].
    ManySteps,
    /// As [`Canary::ManyEntries`].
    ManyChildren,
    /// As [`Canary::ManyEntries`].
    LongTime,
    /// As [`Canary::ManyEntries`].
    Deep,
    /// As [`Canary::ManyEntries`].
    FullInbox,
    /// As [`Canary::ManyEntries`].
    ManyBytes,
    /// The journal does not give back that an attempt was about to leave.
    ForgetsSent,
    /// The journal begins a run by itself, and does not keep which moment it is for.
    NotesNothing,
    /// The journal says that more moments are dealt with than are.
    SkipsMoments,
    /// The journal does not give back when a message expires.
    TakesExpired,
}

impl Canary {
    /// All of them.
    pub const ALL: [Self; 34] = [
        Self::ForgetsEnded,
        Self::AnswersEarly,
        Self::Downgrades,
        Self::Reorders,
        Self::Alters,
        Self::ForgetsIds,
        Self::NewestFirst,
        Self::Hides,
        Self::ClockEarly,
        Self::ClockSleeps,
        Self::SendsTwice,
        Self::OtherKey,
        Self::LosesCancel,
        Self::OnePlaceMore,
        Self::LosesAct,
        Self::ActsTwice,
        Self::OtherWho,
        Self::SameKeyAgain,
        Self::CutsDeeper,
        Self::RunsPaused,
        Self::RunsTerminated,
        Self::KeepsPurged,
        Self::ManyEntries,
        Self::ManyOperations,
        Self::ManySteps,
        Self::ManyChildren,
        Self::LongTime,
        Self::Deep,
        Self::FullInbox,
        Self::ManyBytes,
        Self::ForgetsSent,
        Self::NotesNothing,
        Self::SkipsMoments,
        Self::TakesExpired,
    ];
}
