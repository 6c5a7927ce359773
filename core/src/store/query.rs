//! What can be asked of a store.

use std::collections::BTreeSet;

use crate::draft::DraftStatus;
use crate::execution::{Due, ExecutionStatus, Outcome, TriggerKind, WaitReason};
use crate::home::Home;
use crate::id::{ExecutionId, JobId, ProjectId};
use crate::job::JobType;
use crate::platform::Platform;
use crate::time::Timestamp;

/// Which part of a list to return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The most items to return, at least 1.
    pub limit: usize,
    /// Where the previous page ended; the beginning when absent.
    pub after: Option<Position>,
}

/// Where a page ended: bytes only the store understands. The interface seals them before they leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position(pub Vec<u8>);

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where to go on; `None` at the end.
    pub next: Option<Position>,
}

/// Which jobs to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Of these homes, whatever else is asked; of all when absent.
    pub within: Option<BTreeSet<Home>>,
    /// Of this project.
    pub project: Option<ProjectId>,
    /// Of this type.
    pub job_type: Option<JobType>,
    /// Enabled or disabled.
    pub is_enabled: Option<bool>,
    /// Whose name holds these words, in any case.
    pub search: Option<String>,
}

/// Which executions to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExecutionFilter {
    /// Of these homes, whatever else is asked; of all when absent.
    pub within: Option<BTreeSet<Home>>,
    /// Of this job.
    pub job: Option<JobId>,
    /// Of this project.
    pub project: Option<ProjectId>,
    /// In this status.
    pub status: Option<ExecutionStatus>,
    /// For this trigger.
    pub trigger: Option<TriggerKind>,
    /// Only those that failed and were neither run again nor dismissed.
    pub is_dead_letter: bool,
    /// Recorded at or after.
    pub from: Option<Timestamp>,
    /// Recorded before.
    pub to: Option<Timestamp>,
}

/// Which drafts to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftFilter {
    /// Of these homes, whatever else is asked; of all when absent.
    pub within: Option<BTreeSet<Home>>,
    /// Of this project.
    pub project: Option<ProjectId>,
    /// Written by this execution.
    pub execution: Option<ExecutionId>,
    /// For this platform.
    pub platform: Option<Platform>,
    /// In this state.
    pub status: Option<DraftStatus>,
}

/// Counts and durations over executions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExecutionStats {
    /// All, open ones included.
    pub total: u64,
    /// COMPLETED.
    pub completed: u64,
    /// PARTIAL.
    pub partial: u64,
    /// FAILED.
    pub failed: u64,
    /// SKIPPED.
    pub skipped: u64,
    /// MISSED; a range record counts its occurrences.
    pub missed: u64,
    /// CANCELLED.
    pub cancelled: u64,
    /// Mean over those that ran to an end, milliseconds; `None` when none did.
    pub average_duration_ms: Option<u64>,
    /// Median, milliseconds, to within 1/64.
    pub p50_duration_ms: Option<u64>,
    /// 95th percentile (nearest rank), milliseconds, to within 1/64.
    pub p95_duration_ms: Option<u64>,
}

impl ExecutionStats {
    /// Returns completed ÷ (completed + partial + failed), or `None` when there are none of these.
    pub fn success_rate(&self) -> Option<f64> {
        let judged = self.completed + self.partial + self.failed;
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
        (judged > 0).then(|| self.completed as f64 / judged as f64)
    }
}

/// What became of an occurrence, or of a range of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OccurrenceRecord {
    /// What the schedule named.
    pub due: Due,
    /// Its record.
    pub execution: ExecutionId,
    /// Where the record stands.
    pub status: ExecutionStatus,
    /// How it ended, with the reason of a skipped or missed one.
    pub outcome: Option<Outcome>,
    /// What it waits for.
    pub waits_for: Option<WaitReason>,
    /// The newer execution it made way for.
    pub superseded_by: Option<ExecutionId>,
    /// When it started.
    pub started_at: Option<Timestamp>,
}
