//! What each job type does with an attempt.

mod generate_content;
mod reading;
mod sync_github;

use std::sync::Arc;

use dateline_core::job::JobType;

use crate::attempt::{Ending, Run};

/// Runs the steps of the execution's job type.
pub(crate) async fn perform(run: Arc<Run>) -> Ending {
    match run.claimed.execution.job_type {
        JobType::GenerateContent => generate_content::perform(&run).await,
        JobType::SyncGithub => sync_github::perform(&run).await,
    }
}
