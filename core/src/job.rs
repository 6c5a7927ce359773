//! Jobs: something to do, when, and how far it has come.

mod cleanup;
mod generate_content;
mod http_request;
mod payload;
mod sync_github;

pub use cleanup::Cleanup;
pub use generate_content::GenerateContent;
pub use http_request::{Header, HttpRequest, SecretHeader, VALUE_TAKES, Verdict, is_value};
pub use payload::{Around, JobType, Payload, ProjectNeed};
pub use sync_github::SyncGithub;

use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::dependency::Dependencies;
use crate::health::Health;
use crate::home::{Home, Lane};
use crate::id::{ExecutionId, JobId};
use crate::pause::{JobPauses, Pauses};
use crate::platform::Platform;
use crate::policy::Policy;
use crate::received_event::Topic;
use crate::schedule::{Occurrence, Schedule};
use crate::time::Timestamp;

/// What a person set up: which work, for whom, when, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Its identity.
    pub id: JobId,
    /// Whose it is. Records from before jobs could be without a project name theirs.
    #[serde(alias = "project")]
    pub home: Home,
    /// What people call it.
    pub name: String,
    /// When it runs.
    pub schedule: Schedule,
    /// Whether its schedule names occurrences.
    pub is_enabled: bool,
    /// How it behaves when things do not go to plan.
    pub policy: Policy,
    /// What it does, and what its executions are told unless a trigger says otherwise.
    #[serde(flatten)]
    pub payload: Payload,
    /// The jobs whose ends start it, beside its schedule.
    #[serde(default)]
    pub depends_on: Option<Dependencies>,
    /// The events that start it, beside its schedule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listens_to: Vec<Topic>,
    /// Whether a run that nobody asked for by hand is worth having.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// When it was paused. Only the verbs that pause and resume change it.
    #[serde(default)]
    pub pauses: Pauses,
    /// When it was cancelled for good; it then keeps its history and nothing else.
    pub cancelled_at: Option<Timestamp>,
    /// Grows with every change a person makes.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When a person last changed it.
    pub updated_at: Timestamp,
}

impl Job {
    /// Whether its schedule names occurrences now.
    pub fn is_live(&self) -> bool {
        self.is_enabled && self.cancelled_at.is_none()
    }

    /// Returns what it does.
    pub fn job_type(&self) -> JobType {
        self.payload.job_type()
    }

    /// Returns what its executions run in, one at a time.
    pub fn lane(&self) -> Lane {
        Lane::of(self.home, self.id)
    }
}

/// How far a job's schedule has been served. Changes with every occurrence, apart from what people set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobClock {
    /// Every occurrence up to and including this instant has its record; none is ever created at or before it.
    pub recorded_through: Timestamp,
    /// What comes next.
    pub next: NextDue,
    /// How many of its occurrences were queued to run since its schedule was last changed.
    #[serde(default)]
    pub runs: u64,
}

impl JobClock {
    /// Returns this clock as it stands under `schedule`: with nothing to come once its runs are spent.
    #[must_use]
    pub fn under(self, schedule: &Schedule) -> Self {
        match (schedule.runs_left(self.runs), &self.next) {
            (Some(0), NextDue::At(_)) => Self { next: NextDue::Ended, ..self },
            (Some(_) | None, _) => self,
        }
    }
}

/// What comes next for a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NextDue {
    /// This occurrence.
    At(Occurrence),
    /// Nothing: the job is disabled or cancelled, or its schedule names nothing.
    Off,
    /// Nothing: the schedule's end bound has passed, or it has run as often as it should.
    Ended,
    /// Nothing could be found although no end bound has passed: somebody must look at the schedule.
    Unsatisfiable,
}

/// How far a job has written for one platform from one stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cursor {
    /// The platform.
    pub platform: Platform,
    /// The stream, such as `refs/heads/main`.
    pub stream: String,
    /// The newest commit that was covered.
    pub sha: String,
    /// When it was covered.
    pub at: Timestamp,
    /// The execution that moved it here.
    pub execution: ExecutionId,
}

/// A job's own status, derived from its executions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum JobStatus {
    /// No execution yet, or the latest was cancelled.
    Idle,
    /// An execution is open.
    Running,
    /// The latest that ran completed, partly or wholly, or found nothing to do.
    Completed,
    /// The latest that ran failed.
    Failed,
}

/// A job with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobView {
    /// What a person set up.
    pub job: Job,
    /// How far its schedule has been served.
    pub clock: JobClock,
    /// Its own status.
    pub status: JobStatus,
    /// When its latest execution that ran started.
    pub last_run_at: Option<Timestamp>,
    /// How far it has written.
    pub cursors: Vec<Cursor>,
    /// What keeps its occurrences from running, or did so lately.
    #[serde(default)]
    pub pauses: JobPauses,
    /// How many of its executions failed since one did not, or since it was last resumed.
    #[serde(default)]
    pub failures_in_row: u32,
    /// Whether its runs begin and end in time.
    #[serde(default)]
    pub health: Health,
}
