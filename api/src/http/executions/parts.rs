//! The parts of an execution as JSON spells them.

use dateline_core::backfill::Backfilled;
use dateline_core::execution::{
    Attempt, AttemptOutcome, DeadLetter, DeadLetterState, ExecutionState, Failure, FailureClass, Items,
    LogLevel, LogLine, StepRecord, StepResult, Trigger, WaitReason,
};
use dateline_core::id::{BackfillId, ExecutionId, HolderId, ReceivedEventId};
use dateline_core::received_event::EventType;
use poem_openapi::Object;
use serde_json::Value;

use crate::http::fields::{Id, Instant, Word, words};

words!(AttemptOutcome as AttemptOutcome ("How an attempt ended."): Succeeded, Failed, Interrupted, Waited,
    Cancelled);
words!(FailureClass as FailureClass ("Whether trying again can help."):
    Transient, RateLimited, Auth, Permanent, TimeoutStart, TimeoutRun, TimeoutStep, Stalled, Panic, Quarantined);
words!(WaitReason as WaitReason ("What an execution waits for."): RateLimit, Ask);
words!(LogLevel as LogLevel ("How much a log line matters."): Info, Warn, Error);

/// What an execution of a backfill is for.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct BackfillOfBody {
    /// The backfill it belongs to.
    pub backfill_id: Id<BackfillId>,
    /// When its occurrence was due.
    pub scheduled_for: Instant,
    /// The first instant of its window: when the occurrence before it was due.
    pub window_from: Instant,
    /// The first instant after its window.
    pub window_to: Instant,
}

impl From<Backfilled> for BackfillOfBody {
    fn from(of: Backfilled) -> Self {
        Self {
            backfill_id: Id(of.backfill),
            scheduled_for: Instant(of.scheduled_for),
            window_from: Instant(of.since),
            window_to: Instant(of.scheduled_for),
        }
    }
}

/// One try of an execution.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct AttemptBody {
    /// Counts from 1 without holes.
    pub number: u32,
    /// The process that made it.
    pub holder_id: Id<HolderId>,
    /// When it started.
    pub started_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// How it ended; only FAILED spends a try.
    pub outcome: Option<Word<AttemptOutcome>>,
    /// Why it failed.
    pub error: Option<FailureBody>,
}

impl From<Attempt> for AttemptBody {
    fn from(attempt: Attempt) -> Self {
        Self {
            number: attempt.number,
            holder_id: Id(attempt.holder),
            started_at: Instant(attempt.started_at),
            ended_at: attempt.ended_at.map(Instant),
            outcome: attempt.end.map(Word),
            error: attempt.error.map(Into::into),
        }
    }
}

/// What an execution waits for.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct WaitBody {
    /// What for.
    pub reason: Word<WaitReason>,
    /// When it goes on.
    pub until: Instant,
}

/// Returns what an execution in `state` waits for.
pub(super) fn waiting(state: &ExecutionState) -> Option<WaitBody> {
    match state {
        ExecutionState::Waiting { wait, .. } => {
            Some(WaitBody { reason: Word(wait.reason), until: Instant(wait.until) })
        }
        ExecutionState::Queued { .. }
        | ExecutionState::Running { .. }
        | ExecutionState::Retrying { .. }
        | ExecutionState::Paused { .. }
        | ExecutionState::Cancelling { .. }
        | ExecutionState::Finished { .. } => None,
    }
}

/// Why something failed.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct FailureBody {
    /// Whether trying again can help.
    pub class: Word<FailureClass>,
    /// The step it happened in.
    pub step: Option<String>,
    /// The error and its causes, outermost first.
    pub chain: Vec<String>,
    /// When the server that was asked takes requests again, if it said so: the next attempt starts no earlier, as long
    /// as that is within a day.
    pub retry_after: Option<Instant>,
}

impl From<Failure> for FailureBody {
    fn from(failure: Failure) -> Self {
        let retry_after = failure.retry_after.map(Instant);
        Self { class: Word(failure.class), step: failure.step, chain: failure.chain, retry_after }
    }
}

/// What becomes of an execution that failed.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct DeadLetterBody {
    /// Whether somebody still has to look at it.
    pub state: Word<DeadLetterState>,
    /// The execution that ran it again.
    pub replayed_by: Option<Id<ExecutionId>>,
    /// When it was run again or dismissed.
    pub settled_at: Option<Instant>,
}

impl From<DeadLetter> for DeadLetterBody {
    fn from(letter: DeadLetter) -> Self {
        let (replayed_by, settled_at) = match letter {
            DeadLetter::Open => (None, None),
            DeadLetter::Replayed { by, at } => (Some(Id(by)), Some(Instant(at))),
            DeadLetter::Dismissed { at } => (None, Some(Instant(at))),
        };
        Self { state: Word(letter.state()), replayed_by, settled_at }
    }
}

/// Platforms: taken on, done, given up.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ItemsBody {
    /// Succeeded and failed.
    pub processed: u32,
    /// A draft was stored.
    pub succeeded: u32,
    /// Given up.
    pub failed: u32,
}

impl From<Items> for ItemsBody {
    fn from(items: Items) -> Self {
        Self { processed: items.processed, succeeded: items.succeeded, failed: items.failed }
    }
}

/// A named piece of an execution, recorded once done and reused by every later attempt.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct StepBody {
    /// Its name, such as `scan` or `write/devto`.
    pub name: String,
    /// The attempt that made this record.
    pub attempt: u32,
    /// When it began.
    pub started_at: Instant,
    /// When it ended.
    pub finished_at: Instant,
    /// Whether it is done; a failed one may be tried again.
    pub is_done: bool,
    /// What later steps read; null when it failed.
    pub output: Value,
    /// Why it failed.
    pub error: Option<FailureBody>,
    /// The earlier execution it was taken over from.
    pub copied_from: Option<Id<ExecutionId>>,
}

impl From<StepRecord> for StepBody {
    fn from(step: StepRecord) -> Self {
        let (is_done, output, error) = match step.result {
            StepResult::Done { output } => (true, output, None),
            StepResult::Failed { failure } => (false, Value::Null, Some(failure.into())),
        };
        Self {
            name: step.name,
            attempt: step.attempt,
            started_at: Instant(step.started_at),
            finished_at: Instant(step.finished_at),
            is_done,
            output,
            error,
            copied_from: step.copied_from.map(Id),
        }
    }
}

/// One line of an execution's log.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct LogLineBody {
    /// When.
    pub at: Instant,
    /// How much it matters.
    pub level: Word<LogLevel>,
    /// The attempt that said it.
    pub attempt: u32,
    /// The step that said it.
    pub step: Option<String>,
    /// What it said, controls escaped.
    pub message: String,
}

impl From<LogLine> for LogLineBody {
    fn from(line: LogLine) -> Self {
        Self {
            at: Instant(line.at),
            level: Word(line.level),
            attempt: line.attempt,
            step: line.step,
            message: line.message,
        }
    }
}

/// Returns the execution a replay repeats.
pub(super) fn replay_of(trigger: &Trigger) -> Option<Id<ExecutionId>> {
    match trigger {
        Trigger::Replay { of } => Some(Id(*of)),
        Trigger::Scheduled
        | Trigger::Manual
        | Trigger::Dependency { .. }
        | Trigger::Backfill(_)
        | Trigger::Event(_) => None,
    }
}

/// The event an execution answers.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct EventOfBody {
    /// Its id.
    pub event_id: Id<ReceivedEventId>,
    /// What happened.
    #[oai(rename = "type")]
    pub event_type: Word<EventType>,
    /// What its sender calls it, when it is CUSTOM.
    pub name: Option<String>,
    /// What its sender says of it.
    pub data: Value,
    /// When it was received.
    pub at: Instant,
}

/// Returns the event that an execution answers.
pub(super) fn event_of(trigger: &Trigger) -> Option<EventOfBody> {
    match trigger {
        Trigger::Event(event) => Some(EventOfBody {
            event_id: Id(event.id),
            event_type: Word(event.topic.event_type),
            name: event.topic.name.clone(),
            data: event.data.clone(),
            at: Instant(event.at),
        }),
        Trigger::Scheduled
        | Trigger::Manual
        | Trigger::Replay { .. }
        | Trigger::Dependency { .. }
        | Trigger::Backfill(_) => None,
    }
}
