//! The part of the store that knows which job depends on which.

use async_trait::async_trait;
use dateline_core::dependency::JobLinks;
use dateline_core::id::{ExecutionId, JobId};
use dateline_core::store::{GraphStore, StoreError};

use super::RedbStore;

#[async_trait]
impl GraphStore for RedbStore {
    async fn job_links(&self, job: JobId) -> Result<JobLinks, StoreError> {
        self.read(move |s| s.job_links(job)).await
    }

    async fn followers(&self, execution: ExecutionId) -> Result<Vec<ExecutionId>, StoreError> {
        self.read(move |s| s.followers(execution)).await
    }
}
