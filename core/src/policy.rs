//! How a job behaves when things do not go to plan: values a person sets, and their safe defaults.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::job::JobType;
use crate::queue::{Concurrency, Debounce, RateLimit};
use crate::retry::RetryPolicy;

/// Every policy of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// What happens to occurrences whose time passed unserved.
    pub misfire: MisfirePolicy,
    /// How late a missed occurrence may still run.
    pub lateness_window: Duration,
    /// How long a person is asked at most; until the lateness window ends when absent.
    #[serde(default)]
    pub ask_for: Option<Duration>,
    /// What happens to an occurrence that comes while the job still has an open execution.
    pub overlap: OverlapPolicy,
    /// Whether and when a failed attempt is tried again.
    pub retry: RetryPolicy,
    /// Bounds on waiting and working.
    pub timeouts: Timeouts,
    /// 0 to 9; 9 is claimed first.
    pub priority: Priority,
    /// After so many failures in a row the job is paused; 0 is never.
    #[serde(default = "Policy::auto_pause_default")]
    pub auto_pause_after: u32,
    /// How many executions with one key run at once.
    #[serde(default)]
    pub concurrency: Option<Concurrency>,
    /// How many executions start in which time.
    #[serde(default)]
    pub rate_limit: Option<RateLimit>,
    /// How long triggers wait for others like them.
    #[serde(default)]
    pub debounce: Option<Debounce>,
}

impl Policy {
    /// Jobs that were stored before they could be paused by their failures have this bound.
    const fn auto_pause_default() -> u32 {
        10
    }

    /// Whether so many failures in a row pause the job.
    pub fn pauses_after(&self, failures: u32) -> bool {
        self.auto_pause_after > 0 && failures >= self.auto_pause_after
    }
}

impl Policy {
    /// Returns what holds for a job of this type of which nothing is said. A cleanup that was missed waits for its next turn:
    /// it finds then what it would have found.
    pub fn of(job_type: JobType) -> Self {
        let misfire = match job_type {
            JobType::Cleanup => MisfirePolicy::Skip,
            JobType::GenerateContent | JobType::SyncGithub | JobType::HttpRequest => MisfirePolicy::RunOnce,
        };
        Self { misfire, ..Self::default() }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            misfire: MisfirePolicy::RunOnce,
            lateness_window: Duration::from_secs(7 * 24 * 3600),
            ask_for: None,
            overlap: OverlapPolicy::Skip,
            retry: RetryPolicy::default(),
            timeouts: Timeouts::default(),
            priority: Priority::default(),
            auto_pause_after: Self::auto_pause_default(),
            concurrency: None,
            rate_limit: None,
            debounce: None,
        }
    }
}

/// What happens to occurrences whose time passed unserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MisfirePolicy {
    /// The newest runs late, the older ones are recorded as coalesced into it.
    RunOnce,
    /// None runs; each is recorded as missed.
    Skip,
    /// Each runs late, one after the other, oldest first: the newest [`RUN_ALL_MAX`](crate::misfire::RUN_ALL_MAX), the
    /// older ones are recorded as coalesced into these.
    RunAll,
    /// A person is asked about the newest, the older ones are recorded as coalesced into it; without an answer it runs.
    Ask,
}

/// What happens to an occurrence that comes while the job still has an open execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OverlapPolicy {
    /// It is recorded as skipped.
    Skip,
    /// It waits, unless another already does: then it is recorded as skipped.
    BufferOne,
    /// It waits, unless [a hundred](crate::overlap::BUFFER_MAX) already do: then it is recorded as skipped.
    BufferAll,
    /// The others are cancelled, as if a person asked, and it follows them.
    CancelOther,
    /// The others end at once, wherever they are, and it follows them.
    TerminateOther,
    /// It waits for its turn, however many do.
    AllowAll,
}

/// Bounds on waiting and working.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Timeouts {
    /// From being ready to being claimed.
    pub start: Duration,
    /// One attempt.
    pub run: Duration,
    /// One step.
    pub step: Duration,
    /// Between two signs of life of a step that gives them.
    #[serde(default = "Timeouts::heartbeat_default")]
    pub heartbeat: Duration,
}

impl Timeouts {
    /// Jobs that were stored before there were heartbeats have this one.
    const fn heartbeat_default() -> Duration {
        Duration::from_secs(60)
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            start: Duration::from_secs(24 * 3600),
            run: Duration::from_secs(30 * 60),
            step: Duration::from_secs(5 * 60),
            heartbeat: Self::heartbeat_default(),
        }
    }
}

/// 0 to 9; 9 is claimed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Priority(u8);

impl Priority {
    /// Returns the priority `level`, or `None` above 9.
    pub const fn new(level: u8) -> Option<Self> {
        if level <= 9 { Some(Self(level)) } else { None }
    }

    /// Returns the level, 0 to 9.
    pub const fn level(self) -> u8 {
        self.0
    }
}

impl Default for Priority {
    fn default() -> Self {
        Self(5)
    }
}
