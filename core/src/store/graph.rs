//! The part of the store that knows which job depends on which.

use async_trait::async_trait;

use super::StoreError;
use crate::dependency::JobLinks;
use crate::execution::Execution;
use crate::home::Home;
use crate::id::{ExecutionId, JobId};
use crate::received_event::{ReceivedEvent, Topic};

/// The graph of jobs, what they listen to, and of the executions that followed one another along it.
#[async_trait]
pub trait GraphStore {
    /// Returns the jobs next to one.
    async fn job_links(&self, job: JobId) -> Result<JobLinks, StoreError>;

    /// Records what jobs of the event's home answer: an execution for each that listens, oldest job first; one that is
    /// paused as skipped. All in one commit.
    async fn receive_event(&self, event: ReceivedEvent) -> Result<Vec<Execution>, StoreError>;

    /// Returns how many live jobs of a home listen to a topic, `except` aside; at most `limit`.
    async fn listeners(
        &self,
        home: Home,
        topic: Topic,
        except: Option<JobId>,
        limit: usize,
    ) -> Result<usize, StoreError>;

    /// Returns the executions that followed the end of one, oldest job first.
    async fn followers(&self, execution: ExecutionId) -> Result<Vec<ExecutionId>, StoreError>;
}
