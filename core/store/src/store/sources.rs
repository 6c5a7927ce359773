//! The part of the store that keeps what was read from projects' servers.

use async_trait::async_trait;
use dateline_core::activity_cache::CachedActivity;
use dateline_core::id::ProjectId;
use dateline_core::source::CachedAnswer;
use dateline_core::store::{SourceCacheStore, StoreError};
use dateline_core::time::Timestamp;

use super::RedbStore;

#[async_trait]
impl SourceCacheStore for RedbStore {
    async fn cached_activity(&self, project: ProjectId) -> Result<Option<CachedActivity>, StoreError> {
        self.read(move |s| s.cached_activity(project)).await
    }

    async fn cached_answer(
        &self,
        project: ProjectId,
        key: String,
    ) -> Result<Option<CachedAnswer>, StoreError> {
        self.read(move |s| s.cached_answer(project, &key)).await
    }

    async fn keep_answer(
        &self,
        project: ProjectId,
        key: String,
        answer: CachedAnswer,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |t| t.keep_answer(project, &key, &answer, now)).await
    }
}
