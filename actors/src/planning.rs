//! From a job's clock to what is due.

use dateline_core::id::JobId;
use dateline_core::job::{Job, JobView, NextDue};
use dateline_core::schedule::{CompiledSchedule, Rules, Schedule, ScheduleError};
use dateline_core::store::StoreError;
use dateline_core::time::Timestamp;

use crate::shared::Shared;

/// Compiles a schedule that was accepted once: a bound that was raised since does not stop it.
pub(crate) fn compile_stored(schedule: &Schedule) -> Result<CompiledSchedule, ScheduleError> {
    schedule.compile(&Rules { density_min: std::time::Duration::from_secs(1) })
}

/// Compiles a stored job's schedule, with the job's own jitter.
pub(crate) fn compile_job(job: &Job) -> Result<CompiledSchedule, ScheduleError> {
    Ok(compile_stored(&job.schedule)?.seeded(&job.id.to_string()))
}

/// Returns what comes strictly after an instant.
pub(crate) fn next_due(compiled: &CompiledSchedule, after: Timestamp) -> NextDue {
    match compiled.next_after(after) {
        Ok(Some(occurrence)) => NextDue::At(occurrence),
        Ok(None) => NextDue::Ended,
        Err(_) => NextDue::Unsatisfiable,
    }
}

/// Records everything of one job that is due, and returns the job as it then stands.
pub(crate) async fn settle(shared: &Shared, id: JobId) -> Result<JobView, StoreError> {
    shared.parts.store.job(id).await
}
