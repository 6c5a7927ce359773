//! The part of the store that knows which job depends on which, and what they listen to.

use async_trait::async_trait;
use dateline_core::dependency::JobLinks;
use dateline_core::execution::Execution;
use dateline_core::home::Home;
use dateline_core::id::{ExecutionId, JobId};
use dateline_core::received_event::{ReceivedEvent, Topic};
use dateline_core::store::{GraphStore, StoreError};

use super::RedbStore;
use crate::verbs::Target;

#[async_trait]
impl GraphStore for RedbStore {
    async fn job_links(&self, job: JobId) -> Result<JobLinks, StoreError> {
        self.read(move |s| s.job_links(job)).await
    }

    async fn receive_event(&self, event: ReceivedEvent) -> Result<Vec<Execution>, StoreError> {
        self.change(Target::New, move |t| t.receive_event(&event)).await
    }

    async fn listeners(
        &self,
        home: Home,
        topic: Topic,
        except: Option<JobId>,
        limit: usize,
    ) -> Result<usize, StoreError> {
        self.read(move |s| s.listeners(home, &topic, except, limit)).await
    }

    async fn followers(&self, execution: ExecutionId) -> Result<Vec<ExecutionId>, StoreError> {
        self.read(move |s| s.followers(execution)).await
    }
}
