//! The part of the store that operators watch.

use async_trait::async_trait;
use dateline_core::queue::Obstacle;
use dateline_core::store::{Compacted, ObstacleQuery, OperationStore, StorageUse, StoreError, StoreGauges};

use super::RedbStore;
use crate::database::Shared;
use crate::transaction::Snapshot;

#[async_trait]
impl OperationStore for RedbStore {
    async fn gauges(&self) -> Result<StoreGauges, StoreError> {
        self.read(Snapshot::gauges).await
    }

    async fn storage(&self) -> Result<StorageUse, StoreError> {
        self.aside(|shared| {
            let used_bytes = shared.read(Snapshot::used_bytes)?;
            Ok(StorageUse { file_bytes: shared.file_bytes()?, used_bytes })
        })
        .await
    }

    async fn compact(&self) -> Result<Compacted, StoreError> {
        self.aside(Shared::compact).await
    }

    async fn obstacles(&self, asked: ObstacleQuery) -> Result<Vec<Option<Obstacle>>, StoreError> {
        self.read(move |s| s.obstacles(&asked)).await
    }
}
