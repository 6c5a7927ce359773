//! What was read from projects' servers: their activity piece by piece, and answers that may be asked about again.

use async_trait::async_trait;

use super::StoreError;
use crate::activity_cache::{ActivitySegment, CachedActivity, SyncState};
use crate::id::ProjectId;
use crate::source::CachedAnswer;
use crate::time::Timestamp;

/// How far a sync came; committed with the step that records it.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncCommit {
    /// The project's cursor afterwards.
    pub state: SyncState,
    /// What is new since the one before; `None` when nothing is.
    pub segment: Option<ActivitySegment>,
}

/// What was read from projects' servers. Everything here can be lost and read again.
#[async_trait]
pub trait SourceCacheStore {
    /// Returns what is kept of a project's activity; `None` before its first sync.
    async fn cached_activity(&self, project: ProjectId) -> Result<Option<CachedActivity>, StoreError>;

    /// Returns what `key` answered before.
    async fn cached_answer(
        &self,
        project: ProjectId,
        key: String,
    ) -> Result<Option<CachedAnswer>, StoreError>;

    /// Keeps an answer; the oldest of the project's go when there are too many.
    async fn keep_answer(
        &self,
        project: ProjectId,
        key: String,
        answer: CachedAnswer,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}
