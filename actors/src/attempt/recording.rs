//! Commits that must not be lost to a moment's trouble of the disk, and must not be made twice.

use std::time::Duration;

use dateline_core::execution::{ExecutionStatus, StepResult};
use dateline_core::store::{AttemptReport, StepCommit, StoreError};
use serde_json::Value;

use crate::shared::Shared;

/// How long to wait between tries; the work is done and costs more than waiting.
const PAUSES_MS: [u64; 6] = [100, 300, 1_000, 2_000, 3_000, 4_000];

/// Whose record of a step stands.
pub(super) enum Recorded {
    /// This one.
    Now,
    /// An earlier one, with this result: the commit that seemed to fail had been made.
    Before(Value),
}

/// Records a step.
///
/// A commit that failed may still have been made: the store then says that the step is done, and its record counts.
pub(super) async fn record(shared: &Shared, commit: StepCommit) -> Result<Recorded, StoreError> {
    let mut pauses = PAUSES_MS.iter();
    loop {
        let error = match shared.parts.store.record_step(commit.clone()).await {
            Ok(()) => return Ok(Recorded::Now),
            Err(StoreError::StepDone { name }) => return earlier(shared, &commit, name).await,
            Err(error) => error,
        };
        match (may_pass(&error), pauses.next()) {
            (true, Some(ms)) => tokio::time::sleep(Duration::from_millis(*ms)).await,
            (true, None) | (false, _) => return Err(error),
        }
    }
}

async fn earlier(shared: &Shared, commit: &StepCommit, name: String) -> Result<Recorded, StoreError> {
    let steps = shared.parts.store.steps(commit.lease.execution).await?;
    let done = steps.into_iter().find_map(|step| match step.result {
        StepResult::Done { output } if step.name == name => Some(output),
        StepResult::Done { .. } | StepResult::Failed { .. } => None,
    });
    match done {
        Some(output) => Ok(Recorded::Before(output)),
        None => Err(StoreError::Damaged { reason: format!("step `{name}` is done and has no result") }),
    }
}

/// Reports the end of an attempt; an end that was reported by a commit that seemed to fail is not reported again.
pub(super) async fn finish(shared: &Shared, report: AttemptReport) -> Result<(), StoreError> {
    let mut pauses = PAUSES_MS.iter();
    loop {
        let error = match shared.parts.store.finish(report.clone()).await {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        match (may_pass(&error), pauses.next()) {
            (true, Some(ms)) => tokio::time::sleep(Duration::from_millis(*ms)).await,
            (true, None) | (false, _) => return Err(error),
        }
        let stored = shared.parts.store.execution(report.lease.execution).await?;
        let is_held = matches!(stored.state.status(), ExecutionStatus::Running | ExecutionStatus::Cancelling);
        if !is_held || stored.epoch != report.lease.epoch {
            return Ok(());
        }
    }
}

fn may_pass(error: &StoreError) -> bool {
    match error {
        StoreError::Unavailable { .. } | StoreError::Full => true,
        StoreError::NotFound(_)
        | StoreError::Conflict { .. }
        | StoreError::OtherVersion { .. }
        | StoreError::KeyTaken
        | StoreError::StaleLease
        | StoreError::StepDone { .. }
        | StoreError::CursorMoved { .. }
        | StoreError::Refused(_)
        | StoreError::DraftRefused(_)
        | StoreError::DependencyRefused(_)
        | StoreError::JobCancelled
        | StoreError::PeopleRefused(_)
        | StoreError::Damaged { .. } => false,
    }
}
