//! How long records are kept, as JSON spells it.

use dateline_core::retention::{Retention, RetentionChange};
use poem_openapi::Object;

/// How long records are kept after they ended. Content, statistics, open executions and those that are pinned stay.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct RetentionBody {
    /// Days that executions are kept which were completed or cancelled.
    pub succeeded_days: u32,
    /// Days that executions are kept which failed, all or in part, and occurrences that were missed.
    pub failed_days: u32,
    /// Days that executions are kept which were skipped.
    pub skipped_days: u32,
    /// Days that logs are kept.
    pub logs_days: u32,
    /// Days that is kept what steps came to.
    pub steps_days: u32,
    /// Days that is kept what was read of projects' activity.
    pub activity_days: u32,
    /// Days that notifications are kept.
    pub notifications_days: u32,
    /// Days that the audit log is kept.
    pub audit_days: u32,
    /// How many executions of each job stay whatever their age, its newest.
    pub runs_min: u32,
}

impl From<Retention> for RetentionBody {
    fn from(kept: Retention) -> Self {
        Self {
            succeeded_days: kept.succeeded_days,
            failed_days: kept.failed_days,
            skipped_days: kept.skipped_days,
            logs_days: kept.logs_days,
            steps_days: kept.steps_days,
            activity_days: kept.activity_days,
            notifications_days: kept.notifications_days,
            audit_days: kept.audit_days,
            runs_min: kept.runs_min,
        }
    }
}

/// A change of how long records are kept: what is absent stays as it is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct RetentionPatch {
    /// Days that executions are kept which were completed or cancelled.
    #[oai(validator(minimum(value = "1"), maximum(value = "3650")))]
    pub succeeded_days: Option<u32>,
    /// Days that executions are kept which failed, all or in part, and occurrences that were missed.
    #[oai(validator(minimum(value = "1"), maximum(value = "3650")))]
    pub failed_days: Option<u32>,
    /// Days that executions are kept which were skipped.
    #[oai(validator(minimum(value = "1"), maximum(value = "3650")))]
    pub skipped_days: Option<u32>,
    /// Days that logs are kept.
    #[oai(validator(minimum(value = "1"), maximum(value = "3650")))]
    pub logs_days: Option<u32>,
    /// Days that is kept what steps came to.
    #[oai(validator(minimum(value = "1"), maximum(value = "3650")))]
    pub steps_days: Option<u32>,
    /// Days that is kept what was read of projects' activity.
    #[oai(validator(minimum(value = "1"), maximum(value = "3650")))]
    pub activity_days: Option<u32>,
    /// Days that notifications are kept.
    #[oai(validator(minimum(value = "1"), maximum(value = "3650")))]
    pub notifications_days: Option<u32>,
    /// Days that the audit log is kept.
    #[oai(validator(minimum(value = "1"), maximum(value = "3650")))]
    pub audit_days: Option<u32>,
    /// How many executions of each job stay whatever their age, its newest.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    pub runs_min: Option<u32>,
}

impl From<RetentionPatch> for RetentionChange {
    fn from(patch: RetentionPatch) -> Self {
        Self {
            succeeded_days: patch.succeeded_days,
            failed_days: patch.failed_days,
            skipped_days: patch.skipped_days,
            logs_days: patch.logs_days,
            steps_days: patch.steps_days,
            activity_days: patch.activity_days,
            notifications_days: patch.notifications_days,
            audit_days: patch.audit_days,
            runs_min: patch.runs_min,
        }
    }
}
