//! The job that cleans up, there from the first start on: a job like any other, which people change and disable.

use std::time::Duration;

use chrono::{NaiveTime, Timelike};
use dateline_core::home::Home;
use dateline_core::id::{JobId, UserId};
use dateline_core::job::{Cleanup, Job, JobClock, Payload};
use dateline_core::pause::Pauses;
use dateline_core::policy::{MisfirePolicy, Policy, Timeouts};
use dateline_core::schedule::{Frequency, Schedule, TimeConfig};
use dateline_core::store::{Store, StoreError};
use dateline_core::time::Timestamp;

use crate::planning;

/// When the cleanup runs, as the first start sets it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanupPlan {
    /// The time of day.
    pub at: NaiveTime,
    /// Its IANA zone.
    pub timezone: String,
}

/// Creates the cleanup in a store that never had one: a new one, or one from before there was any. What people made of it
/// stays, also that it was cancelled.
pub(crate) async fn ensure_cleanup(
    store: &dyn Store,
    plan: &CleanupPlan,
    now: Timestamp,
) -> Result<(), StoreError> {
    match store.job(JobId::CLEANUP).await {
        Err(StoreError::NotFound(_)) => {}
        known => return known.map(drop),
    }
    let job = cleanup(plan, now);
    let compiled = match planning::compile_job(&job) {
        Ok(compiled) => compiled,
        Err(error) => {
            tracing::error!(%error, "no cleanup was set up: create a job of type CLEANUP");
            return Ok(());
        }
    };
    let clock = JobClock { recorded_through: now, next: planning::next_due(&compiled, now), runs: 0 };
    store.create_job(job, clock).await.map(drop)
}

fn cleanup(plan: &CleanupPlan, now: Timestamp) -> Job {
    let time_config = TimeConfig {
        hour: Some(plan.at.hour().into()),
        minute: Some(plan.at.minute().into()),
        timezone: Some(plan.timezone.clone()),
        ..TimeConfig::default()
    };
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    let policy = Policy {
        // Tomorrow's forgets as much.
        misfire: MisfirePolicy::Skip,
        // The first one in a store that has grown for years has much to do.
        timeouts: Timeouts { run: hours(6), step: hours(6), ..Timeouts::default() },
        ..Policy::default()
    };
    Job {
        id: JobId::CLEANUP,
        home: Home::Person(UserId::OWNER),
        name: "Nightly cleanup".to_owned(),
        schedule: Schedule { frequency: Frequency::Daily, time_config },
        is_enabled: true,
        policy,
        payload: Payload::Cleanup(Cleanup {}),
        depends_on: None,
        listens_to: Vec::new(),
        condition: None,
        pauses: Pauses::default(),
        cancelled_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}
