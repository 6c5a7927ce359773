//! The part of the store that forgets.

use async_trait::async_trait;
use dateline_core::execution::Execution;
use dateline_core::id::ExecutionId;
use dateline_core::store::{PurgeRequest, Purged, RetentionStore, StoreError};
use dateline_core::time::Timestamp;

use super::RedbStore;
use crate::verbs::Target;

#[async_trait]
impl RetentionStore for RedbStore {
    async fn purge(&self, request: PurgeRequest) -> Result<Purged, StoreError> {
        self.write(move |t| t.purge(&request)).await
    }

    async fn pin_execution(&self, id: ExecutionId, now: Timestamp) -> Result<Execution, StoreError> {
        self.change(Target::Execution(id), move |t| t.pin_execution(id, now)).await
    }

    async fn unpin_execution(&self, id: ExecutionId, now: Timestamp) -> Result<Execution, StoreError> {
        self.change(Target::Execution(id), move |t| t.unpin_execution(id, now)).await
    }
}
