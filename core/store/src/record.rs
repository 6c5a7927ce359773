//! The formats of values: one byte that names the format, then JSON; and the numbers index rows hold.
//!
//! Most records are the domain's own types; where storage needs something else, the type is here. Decoding any bytes
//! gives a value or an error.

use std::collections::BTreeSet;
use std::time::Duration;

use dateline_core::channel::ChannelKind;
use dateline_core::draft::DraftStatus;
use dateline_core::execution::{Due, Execution, ExecutionStatus, TriggerKind};
use dateline_core::health::Health;
use dateline_core::job::{JobClock, JobStatus, NextDue};
use dateline_core::notification::NotificationEvent;
use dateline_core::platform::Platform;
use dateline_core::project::Project;
use dateline_core::queue::{Gate, GateKind, Starts};
use dateline_core::source::CachedAnswer;
use dateline_core::time::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// The only format so far.
const FORMAT_JSON: u8 = 1;

/// Returns the bytes stored for `value`.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, Fault> {
    let mut bytes = vec![FORMAT_JSON];
    serde_json::to_writer(&mut bytes, value)
        .map_err(|error| Fault::Damaged(format!("a record cannot be written: {error}")))?;
    Ok(bytes)
}

/// Returns the value stored as `bytes` in `table`.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8], table: &str) -> Result<T, Fault> {
    match bytes.split_first() {
        Some((&FORMAT_JSON, json)) => serde_json::from_slice(json)
            .map_err(|error| Fault::Damaged(format!("a record of `{table}` cannot be read: {error}"))),
        Some((format, _)) => {
            Err(Fault::Damaged(format!("a record of `{table}` has the unknown format {format}")))
        }
        None => Err(Fault::Damaged(format!("a record of `{table}` is empty"))),
    }
}

/// The record without which a file is not a store of ours. Fields are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sentinel {
    /// Always [`Sentinel::MAGIC`].
    pub(crate) magic: String,
    /// The schema the file is in.
    pub(crate) schema_version: u32,
    /// When the store was created.
    pub(crate) created_at: Timestamp,
}

impl Sentinel {
    pub(crate) const MAGIC: &'static str = "dateline store";
    pub(crate) const KEY: &'static str = "sentinel";
}

/// A project that was removed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RemovedProject {
    pub(crate) removed_at: Timestamp,
    pub(crate) project: Project,
}

/// An answer of a project's server, and since when it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeptAnswer {
    pub(crate) kept_at: Timestamp,
    pub(crate) answer: CachedAnswer,
}

/// Returns the key an answer of `address` is kept under.
pub(crate) fn answer_key(address: &str) -> u128 {
    let digest = *blake3::hash(address.as_bytes()).as_bytes();
    digest.first_chunk::<16>().map_or(0, |bits| u128::from_be_bytes(*bits))
}

/// What a rate limit remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RateState {
    pub(crate) max: u32,
    pub(crate) per: Duration,
    pub(crate) starts: Starts,
    /// Its row among those for which there is something to do, ms.
    pub(crate) due_at: Option<i64>,
}

impl RateState {
    pub(crate) fn gate(&self, id: u128) -> Gate {
        Gate { id, kind: GateKind::Rate { max: self.max, per: self.per } }
    }
}

/// How far a job has come, apart from what people set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobState {
    pub(crate) clock: JobClock,
    /// When its latest execution that ran started.
    pub(crate) last_run_at: Option<Timestamp>,
    /// How the latest that ran ended.
    pub(crate) last_ended: Option<ExecutionStatus>,
    /// How many failed since one did not, or since the job was last resumed.
    #[serde(default)]
    pub(crate) failures_in_row: u32,
    /// Whether its runs begin and end in time.
    #[serde(default)]
    pub(crate) health: Health,
}

impl JobState {
    /// Returns the state of a job that has not run yet.
    pub(crate) fn new(clock: JobClock) -> Self {
        let health = Health::default();
        Self { clock, last_run_at: None, last_ended: None, failures_in_row: 0, health }
    }

    /// Notes how an execution that ran has ended.
    pub(crate) fn note_end(&mut self, status: ExecutionStatus) {
        self.last_ended = Some(status);
        self.failures_in_row = match status {
            ExecutionStatus::Failed => self.failures_in_row.saturating_add(1),
            ExecutionStatus::Completed | ExecutionStatus::Partial | ExecutionStatus::Skipped => 0,
            ExecutionStatus::Queued
            | ExecutionStatus::Running
            | ExecutionStatus::Retrying
            | ExecutionStatus::Waiting
            | ExecutionStatus::Paused
            | ExecutionStatus::Cancelling
            | ExecutionStatus::Missed
            | ExecutionStatus::Cancelled => self.failures_in_row,
        };
    }

    /// Returns the status of a job that has no open execution.
    pub(crate) fn idle_status(&self) -> JobStatus {
        match self.last_ended {
            Some(ExecutionStatus::Completed | ExecutionStatus::Partial | ExecutionStatus::Skipped) => {
                JobStatus::Completed
            }
            Some(ExecutionStatus::Failed) => JobStatus::Failed,
            Some(
                ExecutionStatus::Queued
                | ExecutionStatus::Running
                | ExecutionStatus::Retrying
                | ExecutionStatus::Waiting
                | ExecutionStatus::Paused
                | ExecutionStatus::Cancelling
                | ExecutionStatus::Missed
                | ExecutionStatus::Cancelled,
            )
            | None => JobStatus::Idle,
        }
    }

    /// Returns when the next occurrence takes effect, as the key of due jobs.
    pub(crate) fn due_ms(&self) -> Option<i64> {
        match &self.clock.next {
            NextDue::At(occurrence) => Some(occurrence.effective_at.timestamp_millis()),
            NextDue::Off | NextDue::Ended | NextDue::Unsatisfiable => None,
        }
    }
}

/// What history and statistics need to know of an execution without reading its record.
///
/// Stored as (status; trigger; duration in ms + 1, 0 for none; how many occurrences it stands for).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HistoryRow {
    pub(crate) status: ExecutionStatus,
    pub(crate) trigger: TriggerKind,
    pub(crate) duration_ms: Option<u64>,
    pub(crate) count: u64,
}

impl HistoryRow {
    pub(crate) fn of(execution: &Execution) -> Self {
        let count = match &execution.due {
            Some(Due::Range { count, .. }) => *count,
            Some(Due::Once(_)) | None => 1,
        };
        let duration_ms =
            execution.duration().map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX - 1));
        let (status, trigger) = (execution.state.status(), execution.trigger.kind());
        Self { status, trigger, duration_ms, count }
    }

    /// Returns the number that stands for what ended executions are listed and counted by; open ones have one together,
    /// being few.
    pub(crate) fn class(self) -> u8 {
        class_of(self.status, self.trigger)
    }

    pub(crate) fn to_row(self) -> (u8, u8, u64, u64) {
        let duration = self.duration_ms.map_or(0, |ms| ms.saturating_add(1));
        (status_code(self.status), trigger_code(self.trigger), duration, self.count)
    }

    pub(crate) fn from_row(row: (u8, u8, u64, u64)) -> Result<Self, Fault> {
        let (status, trigger, duration, count) = row;
        let status = STATUSES.into_iter().find(|known| status_code(*known) == status);
        let trigger = TRIGGERS.into_iter().find(|known| trigger_code(*known) == trigger);
        match (status, trigger) {
            (Some(status), Some(trigger)) => {
                Ok(Self { status, trigger, duration_ms: duration.checked_sub(1), count })
            }
            _ => Err(Fault::Damaged(format!("a row of history holds the unknown codes {row:?}"))),
        }
    }
}

/// The class of all that has not ended.
pub(crate) const OPEN_CLASS: u8 = 0;

fn class_of(status: ExecutionStatus, trigger: TriggerKind) -> u8 {
    match status {
        ExecutionStatus::Queued
        | ExecutionStatus::Running
        | ExecutionStatus::Retrying
        | ExecutionStatus::Waiting
        | ExecutionStatus::Paused
        | ExecutionStatus::Cancelling => OPEN_CLASS,
        ExecutionStatus::Completed
        | ExecutionStatus::Partial
        | ExecutionStatus::Failed
        | ExecutionStatus::Skipped
        | ExecutionStatus::Missed
        | ExecutionStatus::Cancelled => class_code(status, trigger),
    }
}

/// Returns the classes that hold the executions in a status and for a trigger, where these are asked for. Open executions
/// share a class whatever they are, so its rows have to be looked at.
pub(crate) fn classes(status: Option<ExecutionStatus>, trigger: Option<TriggerKind>) -> BTreeSet<u8> {
    let statuses = STATUSES.into_iter().filter(|known| status.is_none_or(|status| status == *known));
    let triggers = || TRIGGERS.into_iter().filter(|known| trigger.is_none_or(|trigger| trigger == *known));
    statuses.flat_map(|status| triggers().map(move |trigger| class_of(status, trigger))).collect()
}

/// Returns every class of ended executions, with their status.
pub(crate) fn ended_classes() -> impl Iterator<Item = (u8, ExecutionStatus)> {
    let ended = classes(None, None).into_iter();
    ended.filter_map(|class| Some((class, status_of_class(class)?)))
}

/// Returns the status of the ended executions of a class.
pub(crate) fn status_of_class(class: u8) -> Option<ExecutionStatus> {
    STATUSES.into_iter().find(|status| class != OPEN_CLASS && status_code(*status) == (class >> 2) & 0xF)
}

const STATUSES: [ExecutionStatus; 12] = [
    ExecutionStatus::Queued,
    ExecutionStatus::Running,
    ExecutionStatus::Retrying,
    ExecutionStatus::Waiting,
    ExecutionStatus::Paused,
    ExecutionStatus::Cancelling,
    ExecutionStatus::Completed,
    ExecutionStatus::Partial,
    ExecutionStatus::Failed,
    ExecutionStatus::Skipped,
    ExecutionStatus::Missed,
    ExecutionStatus::Cancelled,
];

const TRIGGERS: [TriggerKind; 6] = [
    TriggerKind::Scheduled,
    TriggerKind::Manual,
    TriggerKind::Replay,
    TriggerKind::Dependency,
    TriggerKind::Backfill,
    TriggerKind::Event,
];

fn status_code(status: ExecutionStatus) -> u8 {
    match status {
        ExecutionStatus::Queued => 1,
        ExecutionStatus::Running => 2,
        ExecutionStatus::Retrying => 3,
        ExecutionStatus::Paused => 4,
        ExecutionStatus::Cancelling => 5,
        ExecutionStatus::Completed => 6,
        ExecutionStatus::Partial => 7,
        ExecutionStatus::Failed => 8,
        ExecutionStatus::Skipped => 9,
        ExecutionStatus::Missed => 10,
        ExecutionStatus::Cancelled => 11,
        ExecutionStatus::Waiting => 12,
    }
}

fn trigger_code(trigger: TriggerKind) -> u8 {
    match trigger {
        TriggerKind::Scheduled => 1,
        TriggerKind::Manual => 2,
        TriggerKind::Replay => 3,
        TriggerKind::Dependency => 4,
        TriggerKind::Backfill => 5,
        TriggerKind::Event => 6,
    }
}

/// Returns the class of what ended in a status: the trigger's two lower bits, the status, the trigger's third bit. Classes
/// given before there was a fourth trigger keep their numbers.
fn class_code(status: ExecutionStatus, trigger: TriggerKind) -> u8 {
    let trigger = trigger_code(trigger);
    (trigger >> 2) << 6 | status_code(status) << 2 | trigger & 0b11
}

/// Returns the number that stands for a draft's status in index rows.
pub(crate) fn draft_status_code(status: DraftStatus) -> u8 {
    match status {
        DraftStatus::Draft => 1,
        DraftStatus::Approved => 2,
        DraftStatus::Rejected => 3,
        DraftStatus::Published => 4,
        DraftStatus::Failed => 5,
    }
}

/// Returns the number that stands for a platform in index rows.
pub(crate) fn platform_code(platform: Platform) -> u8 {
    match platform {
        Platform::Devto => 1,
        Platform::Hashnode => 2,
        Platform::Linkedin => 3,
        Platform::Mastodon => 4,
        Platform::Bluesky => 5,
        Platform::ReleaseNotes => 6,
        Platform::Email => 7,
        Platform::Markdown => 8,
    }
}

/// Returns the number that stands for the kind of a notification in index rows.
pub(crate) fn event_code(event: NotificationEvent) -> u8 {
    match event {
        NotificationEvent::JobSuccess => 1,
        NotificationEvent::JobFailure => 2,
        NotificationEvent::JobPartial => 3,
        NotificationEvent::JobMissed => 4,
        NotificationEvent::DraftReady => 5,
        NotificationEvent::PublicationFailed => 6,
        NotificationEvent::DeliveryFailed => 7,
        NotificationEvent::DeliveryUnknown => 8,
        NotificationEvent::JobPaused => 9,
        NotificationEvent::JobAsks => 10,
        NotificationEvent::JobLate => 11,
        NotificationEvent::JobRecovered => 12,
        NotificationEvent::JobOutlasts => 13,
    }
}

/// Returns the number that stands for a channel in index rows.
pub(crate) fn channel_code(channel: ChannelKind) -> u8 {
    match channel {
        ChannelKind::InApp => 1,
        ChannelKind::Email => 2,
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
