//! Occurrences as JSON spells them: planned ones, and past ones with what became of them.

use dateline_actors::request::{OccurrenceEntry, OccurrenceState};
use dateline_core::execution::{Due, Outcome};
use dateline_core::id::ExecutionId;
use dateline_core::schedule::{self, ExclusionKind, Occurrence, OccurrenceNote};
use poem_openapi::{Enum, Object};

use crate::http::fields::{Id, Instant, Word, words};

words!(ExclusionKind as ExclusionKind ("The kinds of rules that exclude occurrences."): Date, Weekday, Hours, Calendar);

/// What the clocks do to an occurrence's local time.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Note {
    /// The clocks skip the local time; it runs at another.
    Skipped,
    /// The local time comes twice, and this is the first time.
    First,
    /// The local time comes twice, and this is the second time.
    Second,
}

/// One moment at which a schedule is due.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct PlannedBody {
    /// The instant.
    pub due_at: Instant,
    /// The same instant as the zone's clocks show it, with their offset.
    pub local: String,
    /// When work starts: `dueAt` and the jitter.
    pub effective_at: Instant,
    /// What the clocks do to the local time, if anything.
    pub note: Option<Note>,
    /// The rule that keeps it from running, if any.
    pub excluded_by: Option<ExcludedByBody>,
    /// The note and the rule as sentences.
    pub note_text: Option<String>,
}

/// A rule of the schedule that keeps occurrences from running.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ExcludedByBody {
    /// The kind of rule.
    pub kind: Word<ExclusionKind>,
    /// The rule as it stands in the schedule, of a calendar the event's name; null when several exclude a range.
    pub rule: Option<String>,
}

impl From<schedule::ExcludedBy> for ExcludedByBody {
    fn from(by: schedule::ExcludedBy) -> Self {
        Self { kind: Word(by.kind), rule: Some(by.rule) }
    }
}

impl ExcludedByBody {
    /// Returns what excluded the occurrences that a record stands for.
    pub fn of(due: &Due) -> Option<Self> {
        match due {
            Due::Once(occurrence) => occurrence.excluded.clone().map(Into::into),
            Due::Range { excluded, .. } => excluded.map(|kind| Self { kind: Word(kind), rule: None }),
        }
    }
}

impl From<&Occurrence> for PlannedBody {
    fn from(occurrence: &Occurrence) -> Self {
        Self {
            due_at: Instant(occurrence.due_at),
            local: occurrence.shown().to_rfc3339(),
            effective_at: Instant(occurrence.effective_at),
            note: occurrence.note.map(|note| match note {
                OccurrenceNote::Skipped { .. } => Note::Skipped,
                OccurrenceNote::First => Note::First,
                OccurrenceNote::Second => Note::Second,
            }),
            excluded_by: occurrence.excluded.clone().map(Into::into),
            note_text: occurrence.remarks(),
        }
    }
}

/// Where an occurrence stands: its record's status, or PLANNED while its time is still to come.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OccurrenceStatus {
    /// Its time is still to come.
    Planned,
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

/// An occurrence, or a range of old ones that share a record, and what became of it.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct OccurrenceBody {
    /// The instant; of a range the last one.
    pub due_at: Instant,
    /// The first instant of a range.
    pub first_due_at: Option<Instant>,
    /// How many occurrences share the record.
    pub count: u64,
    /// The instant as the zone's clocks show it; null for a range.
    pub local: Option<String>,
    /// What the clocks did to the local time, as a sentence.
    pub note_text: Option<String>,
    /// Where it stands.
    pub status: OccurrenceStatus,
    /// Its record; null while it is to come.
    pub execution_id: Option<Id<ExecutionId>>,
    /// Why it was skipped or missed, or made way: the reason's word.
    pub reason: Option<String>,
    /// The rule of the schedule that excluded it.
    pub excluded_by: Option<ExcludedByBody>,
    /// The reason as a sentence.
    pub reason_text: Option<String>,
    /// When it started.
    pub started_at: Option<Instant>,
}

impl From<OccurrenceEntry> for OccurrenceBody {
    fn from(entry: OccurrenceEntry) -> Self {
        let due_at = Instant(entry.due.key());
        let (first_due_at, count, local, note_text) = match &entry.due {
            Due::Once(occurrence) => (None, 1, Some(occurrence.shown().to_rfc3339()), occurrence.note_text()),
            Due::Range { first_due_at, count, .. } => (Some(Instant(*first_due_at)), *count, None, None),
        };
        Self {
            due_at,
            first_due_at,
            count,
            local,
            note_text,
            excluded_by: ExcludedByBody::of(&entry.due),
            status: entry.state.into(),
            execution_id: entry.execution.map(Id),
            reason: entry.outcome.and_then(|outcome| reason_of(&outcome, entry.superseded_by)),
            reason_text: entry.reason,
            started_at: entry.started_at.map(Instant),
        }
    }
}

/// Returns the word of the reason of a skipped, missed or superseded execution.
pub fn reason_of(outcome: &Outcome, superseded_by: Option<ExecutionId>) -> Option<String> {
    let word = |reason: serde_json::Result<serde_json::Value>| Some(reason.ok()?.as_str()?.to_owned());
    match outcome {
        Outcome::Skipped(reason) => word(serde_json::to_value(reason)),
        Outcome::Missed(reason) => word(serde_json::to_value(reason)),
        Outcome::Cancelled => superseded_by.map(|_| "SUPERSEDED".to_owned()),
        Outcome::Completed | Outcome::Partial | Outcome::Failed => None,
    }
}

impl From<OccurrenceState> for OccurrenceStatus {
    fn from(state: OccurrenceState) -> Self {
        use dateline_core::execution::ExecutionStatus as S;
        match state {
            OccurrenceState::Planned => Self::Planned,
            OccurrenceState::Recorded(status) => match status {
                S::Queued => Self::Queued,
                S::Running => Self::Running,
                S::Retrying => Self::Retrying,
                S::Waiting => Self::Waiting,
                S::Paused => Self::Paused,
                S::Cancelling => Self::Cancelling,
                S::Completed => Self::Completed,
                S::Partial => Self::Partial,
                S::Failed => Self::Failed,
                S::Skipped => Self::Skipped,
                S::Missed => Self::Missed,
                S::Cancelled => Self::Cancelled,
            },
        }
    }
}
