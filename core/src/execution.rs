//! Executions: the record of one run of a job for one trigger.
//!
//! ```text
//!  QUEUED ─▶ RUNNING ─▶ COMPLETED · PARTIAL · FAILED · SKIPPED(no activity, condition)
//!    ▲  ▲       │ ├──▶ RETRYING ──▶ back to QUEUED when its time has come
//!    │  │       │ ├──▶ WAITING(rate limit) ──▶ back to QUEUED when its time has come; spends no attempt
//!    │  └───────┘ └──▶ PAUSED ────▶ back to QUEUED when a person resumes it
//!    └ lease lapsed; the third time in one step: FAILED(QUARANTINED)
//!  every open state ─▶ CANCELLING (while a worker holds it) ─▶ CANCELLED
//!  recorded without ever running: SKIPPED(overlap, paused, excluded) · MISSED(down, asleep, too late, coalesced)
//!  a person is asked:  WAITING(ask) ─▶ QUEUED, now, at an instant or without an answer · MISSED(declined, coalesced)
//! ```

mod dead_letter;
mod failure;
mod state;
mod waiting;

pub use dead_letter::{DeadLetter, DeadLetterState};
pub use failure::{Failure, FailureClass};
pub use state::{AttemptEnd, ExecutionEvent, ExecutionState, Lease, LeaseKey, Refusal};
pub use waiting::{Answer, WAIT_MAX, WAITING_MAX, Wait, WaitReason};

use serde::{Deserialize, Serialize};

use crate::backfill::Backfilled;
use crate::home::{Home, Lane};
use crate::id::{ExecutionId, HolderId, JobId};
use crate::job::{JobType, Payload};
use crate::policy::Priority;
use crate::queue::{BoundConcurrency, BoundRate, Debounced};
use crate::received_event::ReceivedEvent;
use crate::schedule::{ExclusionKind, Occurrence};
use crate::time::Timestamp;

/// The record of one run of a job for one trigger, or of an occurrence that never ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Execution {
    /// Its identity.
    pub id: ExecutionId,
    /// The job.
    pub job: JobId,
    /// Whose the job was when this was recorded. Older records name its project.
    #[serde(alias = "project")]
    pub home: Home,
    /// Why it exists.
    pub trigger: Trigger,
    /// What it stands for on the job's schedule; `None` for manual runs, replays and backfills.
    pub due: Option<Due>,
    /// What the job does, and what this execution was told.
    #[serde(flatten)]
    pub payload: Payload,
    /// Its claim order.
    pub priority: Priority,
    /// Where it stands.
    pub state: ExecutionState,
    /// Grows with every claim; a worker whose epoch is older has lost it.
    pub epoch: u64,
    /// Its tries, oldest first.
    pub attempts: Vec<Attempt>,
    /// How often its lease lapsed under a worker.
    pub rescues: u32,
    /// How often that was in one and the same step, since the last one that was recorded.
    #[serde(default)]
    pub stuck: Stuck,
    /// Platforms: taken on, done, given up.
    pub items: Items,
    /// What it produced, as JSON; `null` until something is.
    pub output: serde_json::Value,
    /// Why it failed, or failed in part.
    pub error: Option<Failure>,
    /// What becomes of it now that it failed and its tries are spent; absent while it did not.
    #[serde(default)]
    pub dead_letter: Option<DeadLetter>,
    /// The newer execution of the same job it made way for, as the overlap policy asked.
    #[serde(default)]
    pub superseded_by: Option<ExecutionId>,
    /// Since when it is kept whatever its age.
    #[serde(default)]
    pub pinned_at: Option<Timestamp>,
    /// What it holds one of while it runs.
    #[serde(default)]
    pub concurrency: Option<BoundConcurrency>,
    /// What it takes one of when it first starts.
    #[serde(default)]
    pub rate: Option<BoundRate>,
    /// Which triggers it stands for, where its job lets them wait for each other.
    #[serde(default)]
    pub debounce: Option<Debounced>,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When its first attempt started.
    pub started_at: Option<Timestamp>,
    /// Grows with every change.
    pub version: u64,
}

impl Execution {
    /// Returns what its job does.
    pub fn job_type(&self) -> JobType {
        self.payload.job_type()
    }

    /// Returns what it runs in, one at a time.
    pub fn lane(&self) -> Lane {
        Lane::of(self.home, self.job)
    }

    /// Returns how long it took from its first start to its end, once it has ended; `None` when it never ran.
    pub fn duration(&self) -> Option<std::time::Duration> {
        match (self.started_at, &self.state) {
            (Some(start), ExecutionState::Finished { at, .. }) => {
                Some((*at - start).to_std().unwrap_or_default())
            }
            _ => None,
        }
    }

    /// Returns what it is for when it belongs to a backfill.
    pub fn backfilled(&self) -> Option<Backfilled> {
        match self.trigger {
            Trigger::Backfill(of) => Some(of),
            Trigger::Scheduled
            | Trigger::Manual
            | Trigger::Replay { .. }
            | Trigger::Dependency { .. }
            | Trigger::Event(_) => None,
        }
    }

    /// Returns how many of its attempts failed; only these spend tries.
    pub fn failures(&self) -> u32 {
        let failed =
            self.attempts.iter().filter(|attempt| attempt.end == Some(AttemptOutcome::Failed)).count();
        u32::try_from(failed).unwrap_or(u32::MAX)
    }

    /// Returns its latest attempts that ended in waiting, without anything done between them; oldest first.
    pub fn waits(&self) -> impl ExactSizeIterator<Item = &Attempt> {
        let is_wait = |attempt: &&Attempt| attempt.end == Some(AttemptOutcome::Waited);
        // The attempt under way has no end yet.
        let ended =
            self.attempts.iter().rposition(|attempt| attempt.end.is_some()).map_or(0, |last| last + 1);
        let waits = self.attempts[..ended].iter().rev().take_while(is_wait).count();
        self.attempts[ended - waits..ended].iter()
    }
}

/// Why an execution exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Trigger {
    /// The job's schedule.
    Scheduled,
    /// Somebody asked.
    Manual,
    /// Somebody asked for an earlier one again.
    Replay {
        /// The earlier one.
        of: ExecutionId,
    },
    /// What the job depends on has ended.
    Dependency {
        /// The executions that ended, in the order the job names their jobs; what they produced is read from them.
        of: Vec<ExecutionId>,
    },
    /// Somebody asked for an occurrence of the past.
    Backfill(Backfilled),
    /// Something happened that the job listens to.
    Event(Box<ReceivedEvent>),
}

/// A trigger as a bare name, for filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TriggerKind {
    /// The job's schedule.
    Scheduled,
    /// Somebody asked.
    Manual,
    /// Somebody asked for an earlier one again.
    Replay,
    /// What the job depends on has ended.
    Dependency,
    /// Somebody asked for an occurrence of the past.
    Backfill,
    /// Something happened that the job listens to.
    Event,
}

impl Trigger {
    /// Returns the executions whose ends it follows.
    pub fn upstream(&self) -> &[ExecutionId] {
        match self {
            Self::Dependency { of } => of,
            Self::Scheduled | Self::Manual | Self::Replay { .. } | Self::Backfill(_) | Self::Event(_) => &[],
        }
    }

    /// Whether nobody asked for it by hand: a condition then has a say.
    pub fn is_of_itself(&self) -> bool {
        match self {
            Self::Scheduled | Self::Dependency { .. } | Self::Event(_) => true,
            Self::Manual | Self::Replay { .. } | Self::Backfill(_) => false,
        }
    }

    /// Returns the bare name.
    pub fn kind(&self) -> TriggerKind {
        match self {
            Self::Scheduled => TriggerKind::Scheduled,
            Self::Manual => TriggerKind::Manual,
            Self::Replay { .. } => TriggerKind::Replay,
            Self::Dependency { .. } => TriggerKind::Dependency,
            Self::Backfill(_) => TriggerKind::Backfill,
            Self::Event(_) => TriggerKind::Event,
        }
    }
}

/// What a SCHEDULED record stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum Due {
    /// One occurrence.
    Once(Occurrence),
    /// Many old occurrences that share one record; never an execution that runs.
    Range {
        /// The first.
        first_due_at: Timestamp,
        /// The last.
        last_due_at: Timestamp,
        /// How many.
        count: u64,
        /// The kind of rule that excludes them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        excluded: Option<ExclusionKind>,
    },
}

impl Due {
    /// Returns the instant that keys the record: the occurrence's, or the range's last.
    pub fn key(&self) -> Timestamp {
        match self {
            Self::Once(occurrence) => occurrence.due_at,
            Self::Range { last_due_at, .. } => *last_due_at,
        }
    }
}

/// How an execution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "reason", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// All was done.
    Completed,
    /// Some platforms were done, some were given up.
    Partial,
    /// Nothing could be done.
    Failed,
    /// There was nothing to do, or it was not its turn.
    Skipped(SkipReason),
    /// Its time passed unserved.
    Missed(MissReason),
    /// Somebody stopped it.
    Cancelled,
}

/// Why an execution did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SkipReason {
    /// Nothing worth telling happened since the cursor.
    NoActivity,
    /// The job still had an open execution.
    Overlap,
    /// The job, its project or everything was paused.
    Paused,
    /// As many executions with its concurrency key were at work or in line as may run.
    Concurrency,
    /// A rule of its schedule excludes it; the occurrence says which.
    Excluded,
    /// The condition of its job did not hold; its step `condition` says of what.
    Condition,
}

/// Why an occurrence passed unserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MissReason {
    /// Dateline was not running.
    Down,
    /// The machine slept, or its clock was set forward.
    Asleep,
    /// Later than the lateness window allows.
    TooLate,
    /// A newer occurrence runs in its place and covers it.
    Coalesced,
    /// A person was asked and did not want it.
    Declined,
}

/// The status names of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExecutionStatus {
    /// Waits for a worker.
    Queued,
    /// A worker holds it.
    Running,
    /// Waits to be tried again.
    Retrying,
    /// Waits for something outside, such as a rate limit to pass.
    Waiting,
    /// A person paused it.
    Paused,
    /// A worker is stopping it.
    Cancelling,
    /// All was done.
    Completed,
    /// Some was done.
    Partial,
    /// Nothing could be done.
    Failed,
    /// There was nothing to do.
    Skipped,
    /// Its time passed unserved.
    Missed,
    /// Somebody stopped it.
    Cancelled,
}

/// One try of an execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// Counts from 1 without holes.
    pub number: u32,
    /// The process that made it.
    pub holder: HolderId,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub end: Option<AttemptOutcome>,
    /// Why it failed.
    pub error: Option<Failure>,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AttemptOutcome {
    /// It did what was left to do.
    Succeeded,
    /// Something failed; the only end that spends a try.
    Failed,
    /// Its process died, or was asked to stop; the next attempt goes on after the last recorded step.
    Interrupted,
    /// It had to wait for something outside; the next attempt goes on after the last recorded step.
    Waited,
    /// A person cancelled it.
    Cancelled,
}

/// How many platforms an execution took on, and what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Items {
    /// Succeeded and failed.
    pub processed: u32,
    /// A draft was stored.
    pub succeeded: u32,
    /// Given up.
    pub failed: u32,
}

/// How often an execution lost its worker without having recorded a step in between.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stuck {
    /// How many records of steps it had then.
    pub steps: u32,
    /// How often it lost its worker since.
    pub rescues: u32,
}

impl Stuck {
    /// So many rescues in one step end an execution: what kills its worker each time is not tried for ever.
    pub const RESCUES_MAX: u32 = 3;

    /// Returns what is known after a further rescue of an execution that has so many records of steps.
    #[must_use]
    pub fn rescued(self, steps: u32) -> Self {
        let earlier = if self.steps == steps { self.rescues } else { 0 };
        Self { steps, rescues: earlier + 1 }
    }

    /// Whether the execution is not to be tried again.
    pub fn is_hopeless(self) -> bool {
        self.rescues >= Self::RESCUES_MAX
    }
}

/// A named piece of an execution, recorded once done and reused by every later attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepRecord {
    /// Its name: `scan`, `write/devto`.
    pub name: String,
    /// The attempt that made this record.
    pub attempt: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// What came of it.
    pub result: StepResult,
    /// The earlier execution it was taken over from, when this one is a replay from a step.
    pub copied_from: Option<ExecutionId>,
}

/// Returns the key by which others recognise what a step asks of them: the same in every attempt of an execution, and
/// another for every step.
pub fn step_key(execution: ExecutionId, step: &str) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("dateline 2026 idempotency key of a step");
    hasher.update(&execution.bits().to_be_bytes()).update(step.as_bytes());
    hasher.finalize().to_hex()[..32].to_owned()
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum StepResult {
    /// It is done and is never run again in this execution.
    Done {
        /// What later steps and attempts read.
        output: serde_json::Value,
    },
    /// It failed; a later attempt may try it again.
    Failed {
        /// Why.
        failure: Failure,
    },
}

/// One line of an execution's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// How much it matters.
    pub level: LogLevel,
    /// The attempt that said it.
    pub attempt: u32,
    /// The step that said it.
    pub step: Option<String>,
    /// One line, controls escaped, at most 2,000 characters.
    pub message: String,
}

/// How much a log line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LogLevel {
    /// For whoever wonders what happened.
    Info,
    /// Something was not as it should be; it went on.
    Warn,
    /// Something failed.
    Error,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_for_a_step_and_no_other() {
        let (one, two) = (ExecutionId::from_bits(1), ExecutionId::from_bits(2));
        assert_eq!(step_key(one, "request"), step_key(one, "request"));
        assert_ne!(step_key(one, "request"), step_key(two, "request"));
        assert_ne!(step_key(one, "request"), step_key(one, "notify"));
        assert_eq!(step_key(one, "request").len(), 32);
    }
}
