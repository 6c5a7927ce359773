//! A job's past and coming occurrences, each with what became of it and why.

use dateline_core::caller::Access;
use dateline_core::execution::{Due, ExecutionStatus, MissReason, Outcome, SkipReason, WaitReason};
use dateline_core::id::JobId;
use dateline_core::job::JobView;
use dateline_core::schedule::{ExcludedBy, ExclusionKind, Occurrence};
use dateline_core::store::{OccurrenceRecord, PageRequest, Position};
use dateline_core::time::{Timestamp, from_unix_ms};

use super::Dateline;
use crate::planning;
use crate::request::{OccurrenceEntry, OccurrencePage, OccurrenceState, RequestError};

/// Why an occurrence to come will not run in a pause.
const PAUSED: &str = "It will be skipped unless the pause is ended before.";

/// A position in the past goes on in the store; one among the coming holds the last due time that was shown.
enum Place {
    Past(Option<Position>),
    Coming { after: Timestamp },
}

impl Dateline {
    /// Returns a job's occurrences with due times in `[from, to)`: the past ones with what became of them, newest
    /// first, and after the last of them the coming ones, earliest first. Without `to` one page of these is shown.
    ///
    /// # Errors
    /// Not found for a job that is not there.
    pub async fn occurrences(
        &self,
        job: JobId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        page: PageRequest,
    ) -> Result<OccurrencePage, RequestError> {
        let view = self.job_for(job, Access::View).await?;
        let limit = page.limit.max(1);
        let mut items = Vec::new();
        let mut after = view.clock.recorded_through;
        match place(page.after) {
            Place::Past(position) => {
                let request = PageRequest { limit, after: position };
                let past = self.store().occurrences(job, from, to, request).await?;
                items.extend(past.items.into_iter().map(entry));
                if let Some(position) = past.next {
                    return Ok(OccurrencePage { items, next: Some(past_position(position)) });
                }
            }
            Place::Coming { after: shown } => after = after.max(shown),
        }
        // `from` itself counts, and due times have whole seconds.
        let after = from.map_or(after, |from| after.max(from - chrono::Duration::milliseconds(1)));
        let room = limit - items.len();
        let coming = coming(&view, after, to, room, self.now());
        let next = match coming.last() {
            Some(last) if to.is_some() && coming.len() == room => Some(coming_position(last.due.key())),
            None if room == 0 => Some(coming_position(after)),
            Some(_) | None => None,
        };
        items.extend(coming);
        Ok(OccurrencePage { items, next })
    }
}

fn coming(
    view: &JobView,
    after: Timestamp,
    to: Option<Timestamp>,
    limit: usize,
    now: Timestamp,
) -> Vec<OccurrenceEntry> {
    if !view.job.is_live() {
        return Vec::new();
    }
    let Ok(compiled) = planning::compile_job(&view.job) else { return Vec::new() };
    let left = view.job.schedule.runs_left(view.clock.runs);
    // Which occurrence is the last one can only be counted from the present.
    let begin = if left.is_some() { view.clock.recorded_through } else { after };
    compiled
        .occurrences_after(begin)
        .map_while(Result::ok)
        .take_while(|occurrence| to.is_none_or(|to| occurrence.due_at < to))
        .map(|occurrence| planned(occurrence, view, now))
        .take_while(planning::until_spent(left, |entry: &OccurrenceEntry| entry.outcome.is_none()))
        .skip_while(|entry| entry.due.key() <= after)
        .take(limit)
        .collect()
}

/// Returns an occurrence to come, and what keeps it from running as far as is known now.
fn planned(occurrence: Occurrence, view: &JobView, now: Timestamp) -> OccurrenceEntry {
    let excluded = occurrence.excluded.as_ref().map(|by| (SkipReason::Excluded, by.text()));
    let is_kept_back = view.pauses.will_keep_back(occurrence.due_at, now);
    let paused = || is_kept_back.then(|| (SkipReason::Paused, PAUSED.to_owned()));
    let (skipped, reason) = excluded.or_else(paused).unzip();
    OccurrenceEntry {
        due: Due::Once(occurrence),
        state: OccurrenceState::Planned,
        execution: None,
        outcome: skipped.map(Outcome::Skipped),
        superseded_by: None,
        reason,
        started_at: None,
    }
}

fn entry(record: OccurrenceRecord) -> OccurrenceEntry {
    let reason = reason(&record);
    OccurrenceEntry {
        due: record.due,
        state: OccurrenceState::Recorded(record.status),
        execution: Some(record.execution),
        outcome: record.outcome,
        superseded_by: record.superseded_by,
        reason,
        started_at: record.started_at,
    }
}

/// Says why an occurrence did not run, or did nothing.
fn reason(record: &OccurrenceRecord) -> Option<String> {
    let text = match (record.outcome, record.status) {
        (Some(Outcome::Skipped(SkipReason::NoActivity)), _) => {
            "Nothing worth telling had happened since the last run."
        }
        (Some(Outcome::Skipped(SkipReason::Overlap)), _) => "The job's earlier execution was still open.",
        (Some(Outcome::Skipped(SkipReason::Paused)), _) => "The job, its project or everything was paused.",
        (Some(Outcome::Skipped(SkipReason::Concurrency)), _) => {
            "As many executions with its concurrency key were at work or in line as may run."
        }
        (Some(Outcome::Skipped(SkipReason::Condition)), _) => {
            "The job's condition did not hold; the execution says of what."
        }
        (Some(Outcome::Skipped(SkipReason::Excluded)), _) => return Some(exclusion(&record.due)),
        (Some(Outcome::Missed(MissReason::Down)), _) => "Dateline was not running.",
        (Some(Outcome::Missed(MissReason::Asleep)), _) => "The machine slept, or its clock was set forward.",
        (Some(Outcome::Missed(MissReason::TooLate)), _) => {
            "It would have run later than the lateness window allows."
        }
        (Some(Outcome::Missed(MissReason::Declined)), _) => "Somebody was asked and did not want it.",
        (Some(Outcome::Missed(MissReason::Coalesced)), _) => {
            "A newer occurrence ran in its place and covers it."
        }
        (Some(Outcome::Failed), _) => "Every attempt failed; the execution says why.",
        (Some(Outcome::Partial), _) => "Some platforms were given up; the execution says which.",
        (Some(Outcome::Cancelled), _) if record.superseded_by.is_some() => {
            "A newer execution of the job took its place."
        }
        (Some(Outcome::Cancelled), _) => "Somebody stopped it.",
        (None, ExecutionStatus::Paused) => "A person paused it.",
        (None, ExecutionStatus::Waiting) => match record.waits_for {
            Some(WaitReason::Ask) => "It was missed, and somebody is asked whether it is to run.",
            Some(WaitReason::RateLimit) | None => "It waits for a rate limit to pass.",
        },
        (None, ExecutionStatus::Retrying) => "An attempt failed; it will be tried again.",
        (Some(Outcome::Completed), _) | (None, _) => return None,
    };
    Some(text.to_owned())
}

/// Says which rule excluded an occurrence, or which kind of rule many.
fn exclusion(due: &Due) -> String {
    let text = match due {
        Due::Once(occurrence) => occurrence.excluded.as_ref().map(ExcludedBy::text),
        Due::Range { excluded, .. } => excluded.map(|kind| ExclusionKind::text(kind).to_owned()),
    };
    text.unwrap_or_else(|| "A rule of its schedule excludes it.".to_owned())
}

const PAST: u8 = 0;
const COMING: u8 = 1;

fn past_position(inner: Position) -> Position {
    let mut bytes = vec![PAST];
    bytes.extend(inner.0);
    Position(bytes)
}

fn coming_position(after: Timestamp) -> Position {
    let mut bytes = vec![COMING];
    bytes.extend(after.timestamp_millis().to_be_bytes());
    Position(bytes)
}

/// Reads a position; one that nobody could have been given starts from the beginning.
fn place(position: Option<Position>) -> Place {
    let Some(Position(bytes)) = position else { return Place::Past(None) };
    match bytes.split_first() {
        Some((&PAST, inner)) => Place::Past(Some(Position(inner.to_vec()))),
        Some((&COMING, rest)) => match <[u8; 8]>::try_from(rest) {
            Ok(ms) => Place::Coming { after: from_unix_ms(i64::from_be_bytes(ms)) },
            Err(_) => Place::Past(None),
        },
        Some(_) | None => Place::Past(None),
    }
}
