//! Mistakes that are made on purpose, to see whether the simulation finds them: what cannot fail proves nothing.
//!
//! One is made at a time, by the thread that asked for it: a simulated world lives on one thread. Programs built for
//! release have none of this; asking then costs nothing and the answer is always no.

/// A mistake that a scheduler can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// A change is acknowledged before the disk has it.
    AcknowledgedBeforeCommit,
    /// Nothing keeps an occurrence from being recorded twice.
    NoUniqueDueTime,
    /// The scheduler sleeps up to the due time, and trusts its timer for that long.
    TimerTrusted,
    /// A later attempt runs a step again that is recorded as done.
    DoneStepRunAgain,
    /// Whoever lost the lease can still write.
    NoFencing,
    /// A local time that comes twice runs twice.
    RepeatedHourRunsTwice,
    /// After downtime everything starts at once.
    StartsNotPaced,
    /// Work is looked for only when somebody says so.
    NoSweep,
    /// What was queued is forgotten at the next start.
    QueueForgotten,
    /// What passed unserved leaves no record.
    MissesNotRecorded,
    /// A commit that failed is taken for done.
    CommitErrorIgnored,
    /// What was read before a change is believed after it.
    StaleSchedule,
    /// A refused request uses up its key.
    RefusalBurnsKey,
    /// Events are told before they are committed.
    ToldBeforeCommit,
    /// A store that is opened again after a failure is empty.
    ReopensEmpty,
}

impl Mistake {
    /// Every mistake.
    pub const ALL: [Self; 15] = [
        Self::AcknowledgedBeforeCommit,
        Self::NoUniqueDueTime,
        Self::TimerTrusted,
        Self::DoneStepRunAgain,
        Self::NoFencing,
        Self::RepeatedHourRunsTwice,
        Self::StartsNotPaced,
        Self::NoSweep,
        Self::QueueForgotten,
        Self::MissesNotRecorded,
        Self::CommitErrorIgnored,
        Self::StaleSchedule,
        Self::RefusalBurnsKey,
        Self::ToldBeforeCommit,
        Self::ReopensEmpty,
    ];
}

#[cfg(debug_assertions)]
mod made {
    use std::cell::Cell;

    use super::Mistake;

    thread_local! {
        static MADE: Cell<Option<Mistake>> = const { Cell::new(None) };
    }

    /// Whether this thread makes `mistake`.
    pub fn is_made(mistake: Mistake) -> bool {
        MADE.get() == Some(mistake)
    }

    /// From now on this thread makes `mistake` and no other, or none.
    pub fn make(mistake: Option<Mistake>) {
        MADE.set(mistake);
    }
}

#[cfg(debug_assertions)]
pub use made::{is_made, make};

/// Whether this thread makes `mistake`: never in a program that is built for release.
#[cfg(not(debug_assertions))]
#[inline]
pub const fn is_made(_: Mistake) -> bool {
    false
}
