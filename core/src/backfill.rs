//! Backfills: runs for occurrences of the past, each for the window that ends with its occurrence. They point to their
//! occurrence and never stand in for it, so the schedule's own records, its next run and all cursors stay as they are.

use serde::{Deserialize, Serialize};

use crate::execution::{ExecutionStatus, Outcome, SkipReason};
use crate::id::BackfillId;
use crate::time::Timestamp;

/// So many occurrences make one backfill at most.
pub const BACKFILL_MAX: usize = 500;

/// Which occurrences are run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BackfillMode {
    /// Those that never ran.
    #[default]
    Missing,
    /// Those that never ran or did not succeed.
    MissingAndFailed,
    /// All.
    All,
}

/// What an execution of a backfill is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Backfilled {
    /// The backfill it belongs to.
    pub backfill: BackfillId,
    /// When its occurrence was due: the first instant after its window.
    pub scheduled_for: Timestamp,
    /// When the occurrence before it was due: the first instant of its window.
    pub since: Timestamp,
}

/// What became of an occurrence, as far as a backfill asks. The later ones outweigh the earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Served {
    /// Nothing ran.
    Never,
    /// What ran did not succeed.
    Failed,
    /// Something ran, or still does.
    Ran,
}

impl Served {
    /// Returns what a record in this status says of its occurrence.
    pub fn by(status: ExecutionStatus, outcome: Option<Outcome>) -> Self {
        match status {
            ExecutionStatus::Queued
            | ExecutionStatus::Running
            | ExecutionStatus::Retrying
            | ExecutionStatus::Waiting
            | ExecutionStatus::Paused
            | ExecutionStatus::Cancelling
            | ExecutionStatus::Completed
            | ExecutionStatus::Partial => Self::Ran,
            ExecutionStatus::Failed | ExecutionStatus::Cancelled => Self::Failed,
            ExecutionStatus::Skipped => match outcome {
                // There was nothing to do, or not enough, and that is what was found out.
                Some(Outcome::Skipped(SkipReason::NoActivity | SkipReason::Condition)) => Self::Ran,
                _ => Self::Never,
            },
            ExecutionStatus::Missed => Self::Never,
        }
    }
}

impl BackfillMode {
    /// Whether an occurrence is run of which this is known.
    pub fn wants(self, served: Served) -> bool {
        match self {
            Self::Missing => served == Served::Never,
            Self::MissingAndFailed => served <= Served::Failed,
            Self::All => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execution::MissReason;

    #[test]
    fn the_mode_says_which_occurrences_run() {
        use BackfillMode::{All, Missing, MissingAndFailed};
        let skipped = |reason| (ExecutionStatus::Skipped, Some(Outcome::Skipped(reason)));
        let missed = (ExecutionStatus::Missed, Some(Outcome::Missed(MissReason::Coalesced)));
        let cases = [
            (missed, [true, true]),
            (skipped(SkipReason::Paused), [true, true]),
            (skipped(SkipReason::Overlap), [true, true]),
            (skipped(SkipReason::NoActivity), [false, false]),
            (skipped(SkipReason::Condition), [false, false]),
            ((ExecutionStatus::Failed, Some(Outcome::Failed)), [false, true]),
            ((ExecutionStatus::Cancelled, Some(Outcome::Cancelled)), [false, true]),
            ((ExecutionStatus::Completed, Some(Outcome::Completed)), [false, false]),
            ((ExecutionStatus::Partial, Some(Outcome::Partial)), [false, false]),
            ((ExecutionStatus::Running, None), [false, false]),
        ];
        for ((status, outcome), expected) in cases {
            let served = Served::by(status, outcome);
            assert_eq!([Missing, MissingAndFailed].map(|mode| mode.wants(served)), expected, "{status:?}");
            assert!(All.wants(served));
        }
        assert!(Missing.wants(Served::Never), "an occurrence without a record never ran");
    }
}
