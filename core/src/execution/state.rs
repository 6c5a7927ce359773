//! Where an execution stands, and the one function that changes it.

use serde::{Deserialize, Serialize};

use super::{Answer, ExecutionStatus, MissReason, Outcome, Wait, WaitReason};
use crate::id::{ExecutionId, HolderId};
use crate::time::Timestamp;

/// Where an execution stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum ExecutionState {
    /// Waits for a worker.
    Queued {
        /// Since when.
        since: Timestamp,
        /// Not to be claimed before; later than `since` for paced starts.
        ready_at: Timestamp,
    },
    /// A worker holds it.
    Running {
        /// The attempt under way.
        attempt: u32,
        /// The worker's claim.
        lease: Lease,
        /// Whether the worker is asked to let go at the next step boundary.
        is_pausing: bool,
    },
    /// An attempt failed and another follows.
    Retrying {
        /// The attempt that failed.
        failed: u32,
        /// When the next may start.
        retry_at: Timestamp,
    },
    /// Something outside is not ready; nobody works on it meanwhile.
    Waiting {
        /// For what, and until when.
        #[serde(flatten)]
        wait: Wait,
        /// Since when.
        since: Timestamp,
    },
    /// A person paused it.
    Paused {
        /// Since when.
        since: Timestamp,
    },
    /// A worker is asked to stop.
    Cancelling {
        /// The attempt under way.
        attempt: u32,
        /// The worker's claim.
        lease: Lease,
        /// Since when.
        since: Timestamp,
    },
    /// It has ended; nothing changes any more.
    Finished {
        /// How.
        outcome: Outcome,
        /// When.
        at: Timestamp,
    },
}

/// A worker's time-limited claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lease {
    /// The process.
    pub holder: HolderId,
    /// The number that refuses an earlier holder's writes.
    pub epoch: u64,
    /// When it lapses unless renewed.
    pub expires_at: Timestamp,
}

/// What a worker shows with every write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeaseKey {
    /// The execution it holds.
    pub execution: ExecutionId,
    /// The epoch it was given.
    pub epoch: u64,
}

/// How a worker's attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptEnd {
    /// It did all there was to do, with this outcome.
    Done(Outcome),
    /// It failed, and another attempt follows.
    RetryAt(Timestamp),
    /// Something outside is not ready: the next attempt follows when it may be.
    Wait(Wait),
    /// It let go at a step boundary: asked to pause, to cancel, or the process stops.
    Yielded,
}

/// Something that happens to an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExecutionEvent {
    /// A worker takes it.
    Claimed {
        /// The attempt it starts.
        attempt: u32,
        /// Its claim.
        lease: Lease,
    },
    /// The worker still lives.
    Renewed {
        /// The claim's new end.
        expires_at: Timestamp,
    },
    /// The worker is through with its attempt.
    Ended(AttemptEnd),
    /// The worker's claim lapsed.
    LeaseLapsed,
    /// The worker's claim lapsed, once too often in the same step.
    Quarantined,
    /// Its waiting time is over.
    Woken,
    /// Nobody claimed it within its start timeout.
    StartTimedOut,
    /// A person wants it to rest.
    PauseRequested,
    /// A person wants it to go on.
    ResumeRequested,
    /// A person wants it to stop.
    CancelRequested,
    /// A person has seen that it failed, and nothing is to be done about it.
    DismissRequested,
    /// It has to make way at once: whoever holds it loses it.
    Terminated,
    /// A person says whether it runs.
    Answered(Answer),
    /// A newer occurrence runs, or is asked about, in its place.
    Covered,
}

/// An event a state has no answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an execution in state {status:?} takes no {event:?}")]
pub struct Refusal {
    /// The state it is in.
    pub status: ExecutionStatus,
    /// What happened.
    pub event: ExecutionEvent,
}

impl ExecutionState {
    /// Returns the status the API shows.
    pub fn status(&self) -> ExecutionStatus {
        match self {
            Self::Queued { .. } => ExecutionStatus::Queued,
            Self::Running { .. } => ExecutionStatus::Running,
            Self::Retrying { .. } => ExecutionStatus::Retrying,
            Self::Waiting { .. } => ExecutionStatus::Waiting,
            Self::Paused { .. } => ExecutionStatus::Paused,
            Self::Cancelling { .. } => ExecutionStatus::Cancelling,
            Self::Finished { outcome, .. } => match outcome {
                Outcome::Completed => ExecutionStatus::Completed,
                Outcome::Partial => ExecutionStatus::Partial,
                Outcome::Failed => ExecutionStatus::Failed,
                Outcome::Skipped(_) => ExecutionStatus::Skipped,
                Outcome::Missed(_) => ExecutionStatus::Missed,
                Outcome::Cancelled => ExecutionStatus::Cancelled,
            },
        }
    }

    /// Whether anything can still happen to it.
    pub fn is_open(&self) -> bool {
        !matches!(self, Self::Finished { .. })
    }

    /// Whether a person is asked whether it runs.
    pub fn is_asking(&self) -> bool {
        matches!(self, Self::Waiting { wait: Wait { reason: WaitReason::Ask, .. }, .. })
    }

    /// Returns the claim of the worker that holds it.
    pub fn lease(&self) -> Option<Lease> {
        match self {
            Self::Running { lease, .. } | Self::Cancelling { lease, .. } => Some(*lease),
            Self::Queued { .. }
            | Self::Retrying { .. }
            | Self::Waiting { .. }
            | Self::Paused { .. }
            | Self::Finished { .. } => None,
        }
    }

    /// Returns the state that follows `event`. Reads no clock and no store: `now` is the caller's.
    ///
    /// Asking again for what already is (pausing a paused one, cancelling a cancelled one) changes nothing.
    ///
    /// # Errors
    /// [`Refusal`] when `event` has no meaning here. Whether a worker's claim is still its own is asked before.
    pub fn after(self, event: ExecutionEvent, now: Timestamp) -> Result<Self, Refusal> {
        use ExecutionEvent as E;
        Ok(match (self, event) {
            (Self::Queued { .. }, E::Claimed { attempt, lease }) => {
                Self::Running { attempt, lease, is_pausing: false }
            }
            (Self::Running { attempt, lease, is_pausing }, E::Renewed { expires_at }) => {
                Self::Running { attempt, lease: Lease { expires_at, ..lease }, is_pausing }
            }
            (Self::Cancelling { attempt, lease, since }, E::Renewed { expires_at }) => {
                Self::Cancelling { attempt, lease: Lease { expires_at, ..lease }, since }
            }
            (Self::Running { attempt, is_pausing, .. }, E::Ended(end)) => match end {
                AttemptEnd::Done(outcome) => Self::Finished { outcome, at: now },
                // A pause that was asked for outlasts the failure; resuming then starts the next attempt.
                AttemptEnd::RetryAt(_) | AttemptEnd::Wait(_) if is_pausing => Self::Paused { since: now },
                AttemptEnd::RetryAt(retry_at) => Self::Retrying { failed: attempt, retry_at },
                AttemptEnd::Wait(wait) => Self::Waiting { wait, since: now },
                AttemptEnd::Yielded => Self::rested(is_pausing, now),
            },
            (Self::Running { is_pausing, .. }, E::LeaseLapsed) => Self::rested(is_pausing, now),
            (Self::Running { .. }, E::Quarantined) => Self::failed(now),
            (Self::Cancelling { .. }, E::Ended(_) | E::LeaseLapsed | E::Quarantined) => Self::cancelled(now),
            (Self::Retrying { .. } | Self::Waiting { .. }, E::Woken) => Self::queued(now),
            (Self::Queued { .. }, E::StartTimedOut) => Self::failed(now),
            (Self::Queued { .. } | Self::Retrying { .. } | Self::Waiting { .. }, E::PauseRequested) => {
                Self::Paused { since: now }
            }
            (Self::Running { attempt, lease, .. }, E::PauseRequested) => {
                Self::Running { attempt, lease, is_pausing: true }
            }
            (state @ Self::Paused { .. }, E::PauseRequested) => state,
            (Self::Paused { .. }, E::ResumeRequested) => Self::queued(now),
            (Self::Running { attempt, lease, .. }, E::ResumeRequested) => {
                Self::Running { attempt, lease, is_pausing: false }
            }
            (state @ Self::Queued { .. }, E::ResumeRequested) => state,
            (
                Self::Queued { .. } | Self::Retrying { .. } | Self::Waiting { .. } | Self::Paused { .. },
                E::CancelRequested,
            ) => Self::cancelled(now),
            (Self::Running { attempt, lease, .. }, E::CancelRequested) => {
                Self::Cancelling { attempt, lease, since: now }
            }
            (state @ Self::Cancelling { .. }, E::CancelRequested) => state,
            (
                Self::Queued { .. }
                | Self::Running { .. }
                | Self::Retrying { .. }
                | Self::Waiting { .. }
                | Self::Paused { .. }
                | Self::Cancelling { .. },
                E::Terminated,
            ) => Self::cancelled(now),
            (state @ Self::Finished { outcome: Outcome::Failed, .. }, E::DismissRequested) => state,
            (Self::Waiting { wait: Wait { reason: WaitReason::Ask, .. }, since }, E::Answered(answer)) => {
                Self::answered(answer, since, now)
            }
            (Self::Waiting { wait: Wait { reason: WaitReason::Ask, .. }, .. }, E::Covered) => {
                Self::missed(MissReason::Coalesced, now)
            }
            (
                state @ Self::Finished { outcome: Outcome::Cancelled, .. },
                E::CancelRequested | E::Terminated,
            ) => state,
            (state, event) => return Err(Refusal { status: state.status(), event }),
        })
    }

    fn answered(answer: Answer, since: Timestamp, now: Timestamp) -> Self {
        match answer {
            Answer::RunNow => Self::queued(now),
            Answer::RunAt(until) => Self::Waiting { wait: Wait { reason: WaitReason::Ask, until }, since },
            Answer::Skip => Self::missed(MissReason::Declined, now),
        }
    }

    fn rested(is_pausing: bool, now: Timestamp) -> Self {
        if is_pausing { Self::Paused { since: now } } else { Self::queued(now) }
    }

    fn queued(now: Timestamp) -> Self {
        Self::Queued { since: now, ready_at: now }
    }

    fn failed(now: Timestamp) -> Self {
        Self::Finished { outcome: Outcome::Failed, at: now }
    }

    fn missed(reason: MissReason, now: Timestamp) -> Self {
        Self::Finished { outcome: Outcome::Missed(reason), at: now }
    }

    fn cancelled(now: Timestamp) -> Self {
        Self::Finished { outcome: Outcome::Cancelled, at: now }
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
