//! How long records are kept, and which executions stay whatever their age.
//!
//! Content (drafts with their briefs, publications) and statistics are kept for ever. A brief comes with its first draft
//! and drafts never go, so no brief is ever without one.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::execution::{Execution, ExecutionState, ExecutionStatus};
use crate::time::Timestamp;

/// The longest a lifetime can be set to, days.
pub const DAYS_MAX: u32 = 3_650;
/// The most executions of a job that can be kept whatever their age.
pub const RUNS_MIN_MAX: u32 = 1_000;

/// How long records are kept, days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Retention {
    /// Executions that were completed or cancelled.
    pub succeeded_days: u32,
    /// Executions that failed, all or in part, and occurrences that were missed.
    pub failed_days: u32,
    /// Executions that were skipped.
    pub skipped_days: u32,
    /// What executions logged.
    pub logs_days: u32,
    /// What the steps of executions came to.
    pub steps_days: u32,
    /// What was read of projects' activity.
    pub activity_days: u32,
    /// Notifications and their deliveries.
    pub notifications_days: u32,
    /// Who changed what.
    pub audit_days: u32,
    /// The newest executions of each job that are kept whatever their age.
    pub runs_min: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            succeeded_days: 30,
            failed_days: 90,
            skipped_days: 7,
            logs_days: 14,
            steps_days: 30,
            activity_days: 60,
            notifications_days: 90,
            audit_days: 365,
            runs_min: 20,
        }
    }
}

/// A change of [`Retention`]: what is absent stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after what they change")]
pub struct RetentionChange {
    pub succeeded_days: Option<u32>,
    pub failed_days: Option<u32>,
    pub skipped_days: Option<u32>,
    pub logs_days: Option<u32>,
    pub steps_days: Option<u32>,
    pub activity_days: Option<u32>,
    pub notifications_days: Option<u32>,
    pub audit_days: Option<u32>,
    pub runs_min: Option<u32>,
}

/// A number that cannot be set: its field as the interface spells it, and the most it can be; the least is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfBounds {
    /// The field.
    pub field: &'static str,
    /// What was given.
    pub value: u32,
    /// The most.
    pub max: u32,
}

impl Retention {
    /// Returns these rules with what `change` names.
    #[must_use]
    pub fn with(self, change: RetentionChange) -> Self {
        Self {
            succeeded_days: change.succeeded_days.unwrap_or(self.succeeded_days),
            failed_days: change.failed_days.unwrap_or(self.failed_days),
            skipped_days: change.skipped_days.unwrap_or(self.skipped_days),
            logs_days: change.logs_days.unwrap_or(self.logs_days),
            steps_days: change.steps_days.unwrap_or(self.steps_days),
            activity_days: change.activity_days.unwrap_or(self.activity_days),
            notifications_days: change.notifications_days.unwrap_or(self.notifications_days),
            audit_days: change.audit_days.unwrap_or(self.audit_days),
            runs_min: change.runs_min.unwrap_or(self.runs_min),
        }
    }

    /// Returns how many days ended executions of a lifetime are kept.
    pub fn days(&self, lifetime: Lifetime) -> u32 {
        match lifetime {
            Lifetime::Succeeded => self.succeeded_days,
            Lifetime::Failed => self.failed_days,
            Lifetime::Skipped => self.skipped_days,
        }
    }
}

impl RetentionChange {
    /// Returns what of the change cannot be.
    pub fn out_of_bounds(&self) -> Vec<OutOfBounds> {
        let fields = [
            ("succeededDays", self.succeeded_days, DAYS_MAX),
            ("failedDays", self.failed_days, DAYS_MAX),
            ("skippedDays", self.skipped_days, DAYS_MAX),
            ("logsDays", self.logs_days, DAYS_MAX),
            ("stepsDays", self.steps_days, DAYS_MAX),
            ("activityDays", self.activity_days, DAYS_MAX),
            ("notificationsDays", self.notifications_days, DAYS_MAX),
            ("auditDays", self.audit_days, DAYS_MAX),
            ("runsMin", self.runs_min, RUNS_MIN_MAX),
        ];
        let given = fields.into_iter().filter_map(|(field, value, max)| Some((field, value?, max)));
        let wrong = given.filter(|(_, value, max)| !(1..=*max).contains(value));
        wrong.map(|(field, value, max)| OutOfBounds { field, value, max }).collect()
    }
}

/// Returns the instant before which records that are kept for `days` may go.
pub fn cutoff(now: Timestamp, days: u32) -> Timestamp {
    now - Duration::from_secs(u64::from(days) * 86_400)
}

/// What is removed batch by batch, each kind by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RecordKind {
    /// Logs of executions that stay.
    Logs,
    /// Steps of executions that stay.
    Steps,
    /// Ended executions, with all that belongs to them.
    Executions,
    /// Cancelled jobs whose history is gone.
    Jobs,
    /// Removed projects whose history is gone, and who have no drafts.
    Projects,
    /// What was read of projects' activity.
    Activity,
    /// Answers of projects' servers.
    Answers,
    /// Notifications and their deliveries.
    Notifications,
    /// Entries of the audit log.
    Audit,
    /// Requests that can no more be sent again.
    Requests,
}

impl RecordKind {
    /// Every kind, in the order that lets each find what those before it have left.
    pub const ALL: [Self; 10] = [
        Self::Logs,
        Self::Steps,
        Self::Executions,
        Self::Jobs,
        Self::Projects,
        Self::Activity,
        Self::Answers,
        Self::Notifications,
        Self::Audit,
        Self::Requests,
    ];

    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Logs => "logs",
            Self::Steps => "steps",
            Self::Executions => "executions",
            Self::Jobs => "jobs",
            Self::Projects => "projects",
            Self::Activity => "activity",
            Self::Answers => "answers",
            Self::Notifications => "notifications",
            Self::Audit => "audit",
            Self::Requests => "requests",
        }
    }
}

/// How long an ended execution is kept, by how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lifetime {
    /// All was done, or somebody stopped it.
    Succeeded,
    /// Something failed, or its time passed unserved: what people look for longest.
    Failed,
    /// It was not its turn, or there was nothing to do.
    Skipped,
}

impl Lifetime {
    /// Every lifetime.
    pub const ALL: [Self; 3] = [Self::Succeeded, Self::Failed, Self::Skipped];

    /// Returns how long an execution in `status` is kept; `None` while it is open.
    pub fn of(status: ExecutionStatus) -> Option<Self> {
        match status {
            ExecutionStatus::Completed | ExecutionStatus::Cancelled => Some(Self::Succeeded),
            ExecutionStatus::Partial | ExecutionStatus::Failed | ExecutionStatus::Missed => {
                Some(Self::Failed)
            }
            ExecutionStatus::Skipped => Some(Self::Skipped),
            ExecutionStatus::Queued
            | ExecutionStatus::Running
            | ExecutionStatus::Retrying
            | ExecutionStatus::Waiting
            | ExecutionStatus::Paused
            | ExecutionStatus::Cancelling => None,
        }
    }
}

/// Whether something of an execution may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Its time is over.
    Goes,
    /// It has not ended.
    Open,
    /// Somebody pinned it.
    Pinned,
    /// Its time has not come.
    Young,
    /// It is among the newest of its job, which stay.
    Latest,
}

/// Returns whether an execution may go. `is_latest` says whether it is among the newest of a job that may run again.
pub fn verdict(execution: &Execution, is_latest: bool, retention: &Retention, now: Timestamp) -> Verdict {
    let Some(lifetime) = Lifetime::of(execution.state.status()) else { return Verdict::Open };
    match aged(execution, retention.days(lifetime), now) {
        Verdict::Goes if is_latest => Verdict::Latest,
        verdict => verdict,
    }
}

/// Returns whether what is kept for `days` after an execution's end may go: its log, its steps.
pub fn aged(execution: &Execution, days: u32, now: Timestamp) -> Verdict {
    match execution.state {
        ExecutionState::Finished { .. } if execution.pinned_at.is_some() => Verdict::Pinned,
        ExecutionState::Finished { at, .. } if at < cutoff(now, days) => Verdict::Goes,
        ExecutionState::Finished { .. } => Verdict::Young,
        ExecutionState::Queued { .. }
        | ExecutionState::Running { .. }
        | ExecutionState::Retrying { .. }
        | ExecutionState::Waiting { .. }
        | ExecutionState::Paused { .. }
        | ExecutionState::Cancelling { .. } => Verdict::Open,
    }
}

#[cfg(test)]
#[path = "retention_tests.rs"]
mod tests;
