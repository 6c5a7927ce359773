//! What an operator asks of a running engine.

use std::sync::PoisonError;

use dateline_core::store::{StoreError, StoreGauges};

use super::Dateline;
use crate::backup_keeper::BackupStatus;
use crate::sealing::{Resealed, reseal_all};

impl Dateline {
    /// Returns what the keeper of backups has done and will do.
    pub fn backup_status(&self) -> BackupStatus {
        self.shared.backups.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Seals every stored secret anew that is not under the current key.
    ///
    /// # Errors
    /// [`StoreError`] when secrets cannot be read or written; again goes on from there.
    pub async fn reseal_secrets(&self) -> Result<Resealed, StoreError> {
        let parts = &self.shared.parts;
        reseal_all(&*parts.store, &parts.keys, &*parts.entropy).await
    }

    /// Returns what the store holds at this moment, for metrics.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn gauges(&self) -> Result<StoreGauges, StoreError> {
        self.store().gauges().await
    }

    /// Returns how many streams of events are open.
    pub fn listeners(&self) -> usize {
        self.shared.streams.load(std::sync::atomic::Ordering::Relaxed)
    }
}
