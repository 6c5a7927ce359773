//! How large the store is, where that leads, and making it smaller.

use std::sync::PoisonError;
use std::time::Duration;

use dateline_core::caller::Role;
use dateline_core::growth::{Growth, Pace};
use dateline_core::job::JobType;
use dateline_core::store::{Compacted, ExecutionFilter, JobFilter, PageRequest, StorageUse, StoreError};
use dateline_core::time::from_unix_ms;

use super::Dateline;
use crate::request::{RequestError, StorageReport};

/// How many whole days the pace is taken from.
const PACE_DAYS: i64 = 30;
const DAY_MS: i64 = 86_400_000;

impl Dateline {
    /// Returns how large the store is and what becomes of that.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] for members.
    pub async fn storage(&self) -> Result<StorageReport, RequestError> {
        self.require_role(Role::Admin)?;
        let size = self.store().storage().await?;
        self.shared.saw_storage(size);
        let gauges = self.store().gauges().await?;
        let retention = self.store().instance_settings().await?.retention;
        let growth = Growth::of(size.used_bytes, gauges.executions, &self.pace().await?, &retention);
        let live =
            JobFilter { job_type: Some(JobType::Cleanup), is_enabled: Some(true), ..JobFilter::default() };
        let is_cleaned_up =
            !self.store().jobs(live, PageRequest { limit: 1, after: None }).await?.items.is_empty();
        Ok(StorageReport {
            is_cleaned_up,
            size,
            executions: gauges.executions,
            drafts: gauges.drafts,
            growth,
        })
    }

    /// Makes the store's file as small as what it holds. Everything else waits meanwhile.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] for members; [`RequestError::Store`] when the disk fails, which loses nothing.
    pub async fn compact_storage(&self) -> Result<(Compacted, Duration), RequestError> {
        self.require_role(Role::Admin)?;
        let clock = &self.shared.parts.clock;
        let started = clock.monotonic();
        let compacted = self.store().compact().await?;
        Ok((compacted, clock.monotonic().saturating_sub(started)))
    }

    /// Returns how large the store was when somebody last asked.
    pub fn storage_seen(&self) -> Option<StorageUse> {
        *self.shared.storage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns how many executions ended on each of the latest whole days.
    async fn pace(&self) -> Result<Pace, StoreError> {
        let today = self.now().timestamp_millis().div_euclid(DAY_MS);
        let mut days = Vec::new();
        for day in today - PACE_DAYS..today {
            let (from, to) = (Some(from_unix_ms(day * DAY_MS)), Some(from_unix_ms((day + 1) * DAY_MS)));
            let filter = ExecutionFilter { from, to, ..ExecutionFilter::default() };
            days.push(self.store().execution_stats(filter).await?);
        }
        Ok(Pace::of_days(days))
    }
}
