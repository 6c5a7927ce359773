//! What is forgotten, and what is kept whatever its age.

use async_trait::async_trait;

use super::StoreError;
use crate::execution::Execution;
use crate::id::ExecutionId;
use crate::retention::{RecordKind, Retention};
use crate::time::Timestamp;

/// How many records a cleanup removes in one transaction: few enough that nobody waits for it.
pub const PURGE_BATCH: usize = 500;

/// A batch of a cleanup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PurgeRequest {
    /// What goes.
    pub kind: RecordKind,
    /// How long it is kept.
    pub retention: Retention,
    /// How many records are looked at, at most.
    pub limit: usize,
    /// The present.
    pub now: Timestamp,
}

/// What a batch came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    /// Records that are gone. An execution counts once, with all that belonged to it.
    pub removed: u64,
    /// Whether nothing of the kind is left whose time is over.
    pub is_done: bool,
}

/// Retention.
#[async_trait]
pub trait RetentionStore {
    /// Removes records whose time is over, oldest first: a batch, which costs what it removes and not what stays.
    /// Statistics stay as they are.
    async fn purge(&self, request: PurgeRequest) -> Result<Purged, StoreError>;

    /// Keeps an execution whatever its age, open or ended. Again changes nothing.
    async fn pin_execution(&self, id: ExecutionId, now: Timestamp) -> Result<Execution, StoreError>;

    /// Lets an execution's age decide again. Again changes nothing.
    async fn unpin_execution(&self, id: ExecutionId, now: Timestamp) -> Result<Execution, StoreError>;
}
