//! What an operator watches of a store.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;
use crate::home::Home;
use crate::id::ExecutionId;
use crate::queue::Obstacle;
use crate::time::Timestamp;

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

/// How large the store's file is, and how much of it is in use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StorageUse {
    /// The file's length.
    pub file_bytes: u64,
    /// What of it holds something.
    pub used_bytes: u64,
}

impl StorageUse {
    /// Returns what of the file is free: forgotten records leave it behind, and new ones fill it again.
    pub fn free_bytes(&self) -> u64 {
        self.file_bytes.saturating_sub(self.used_bytes)
    }

    /// Whether more than three tenths of the file are free, and more than a new one has.
    pub fn is_worth_compacting(&self) -> bool {
        const FREE_MIN: u64 = 16 << 20;
        self.free_bytes() > FREE_MIN && u128::from(self.free_bytes()) * 10 > u128::from(self.file_bytes) * 3
    }
}

/// What compacting came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// The file's length before.
    pub bytes_before: u64,
    /// Its length now.
    pub bytes_after: u64,
}

/// Which executions somebody asks about who wonders why nothing happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObstacleQuery {
    /// The executions.
    pub executions: Vec<ExecutionId>,
    /// Whose executions may be named as being in the way; all when absent.
    pub within: Option<BTreeSet<Home>>,
    /// How many projects may run at once, unless the settings of the instance say otherwise.
    pub projects_max: u32,
    /// The present.
    pub now: Timestamp,
}

/// What an operator watches.
#[async_trait]
pub trait OperationStore {
    /// Returns how much there is of what.
    async fn gauges(&self) -> Result<StoreGauges, StoreError>;

    /// Returns how much of the file is in use. Looks at all of it, while others go on.
    async fn storage(&self) -> Result<StorageUse, StoreError>;

    /// Moves everything to the front of the file and gives the rest back. Others wait meanwhile, the longer the larger
    /// it is. A crash at any point loses nothing.
    async fn compact(&self) -> Result<Compacted, StoreError>;

    /// Returns what keeps each of these executions from going on, all from one snapshot: `None` for one that runs, has
    /// ended or is not there.
    async fn obstacles(&self, asked: ObstacleQuery) -> Result<Vec<Option<Obstacle>>, StoreError>;
}

/// Told how commits go: for metrics. Must return at once.
pub trait CommitMeter: Send + Sync {
    /// A commit that answered `requests` requests took this long, or failed.
    fn committed(&self, requests: usize, took: Duration, is_done: bool);
}
