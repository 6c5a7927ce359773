//! What an operator watches of a store.

use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;

/// Counts that cost the same however much is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoreGauges {
    /// Executions that may be claimed.
    pub queued: u64,
    /// Executions that wait for a time: to be tried again, or for their place after downtime.
    pub waiting: u64,
    /// Executions a worker holds.
    pub running: u64,
    /// Projects, removed ones aside.
    pub projects: u64,
    /// Jobs with an occurrence to come.
    pub scheduled_jobs: u64,
    /// Executions of all times.
    pub executions: u64,
    /// Drafts of all times.
    pub drafts: u64,
    /// Sealed secrets.
    pub secrets: u64,
}

/// What an operator watches.
#[async_trait]
pub trait OperationStore {
    /// Returns how much there is of what.
    async fn gauges(&self) -> Result<StoreGauges, StoreError>;
}

/// Told how commits go: for metrics. Must return at once.
pub trait CommitMeter: Send + Sync {
    /// A commit that answered `requests` requests took this long, or failed.
    fn committed(&self, requests: usize, took: Duration, is_done: bool);
}
