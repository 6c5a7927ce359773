//! The part of the store that knows which job depends on which.

use async_trait::async_trait;

use super::StoreError;
use crate::dependency::JobLinks;
use crate::id::{ExecutionId, JobId};

/// The graph of jobs, and of the executions that followed one another along it.
#[async_trait]
pub trait GraphStore {
    /// Returns the jobs next to one.
    async fn job_links(&self, job: JobId) -> Result<JobLinks, StoreError>;

    /// Returns the executions that followed the end of one, oldest job first.
    async fn followers(&self, execution: ExecutionId) -> Result<Vec<ExecutionId>, StoreError>;
}
