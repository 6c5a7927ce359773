//! The part of the store that operators watch.

use async_trait::async_trait;
use dateline_core::store::{OperationStore, StoreError, StoreGauges};

use super::RedbStore;
use crate::transaction::Snapshot;

#[async_trait]
impl OperationStore for RedbStore {
    async fn gauges(&self) -> Result<StoreGauges, StoreError> {
        self.read(Snapshot::gauges).await
    }
}
