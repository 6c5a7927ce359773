//! What became of an occurrence, as a person asks for it: did it run, when, and why not.

use chrono::TimeDelta;
use dateline_actors::request::{OccurrenceEntry, OccurrenceState};
use dateline_core::execution::{Due, ExecutionStatus, Outcome, SkipReason};
use dateline_core::misfire::ON_TIME_TOLERANCE;
use dateline_core::time::Timestamp;

use crate::http::schedules::reason_of;

/// What became of an occurrence, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It ran when it was due.
    Ran,
    /// It ran, later.
    Late,
    /// It was left out.
    Skipped,
    /// Its time passed.
    Missed,
    /// Its time was still to come when the play ended.
    Planned,
    /// It had begun and not ended, or ended in some other way.
    Other,
}

impl Fate {
    /// Every fate, in the order in which they are counted.
    pub const ALL: [Self; 6] =
        [Self::Ran, Self::Late, Self::Skipped, Self::Missed, Self::Planned, Self::Other];

    /// Returns its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ran => "RAN",
            Self::Late => "LATE",
            Self::Skipped => "SKIPPED",
            Self::Missed => "MISSED",
            Self::Planned => "PLANNED",
            Self::Other => "OTHER",
        }
    }
}

/// A line of the ledger: one occurrence, or a range of old ones that share a record.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerLine {
    /// The project, when the job has one.
    pub project: Option<String>,
    /// The job.
    pub job: String,
    /// When it was due; of a range the last one.
    pub due_at: Timestamp,
    /// The first of a range.
    pub first_due_at: Option<Timestamp>,
    /// How many share the record.
    pub count: u64,
    /// The due time as the schedule's own clocks show it.
    pub local: Option<String>,
    /// What became of it.
    pub fate: Fate,
    /// The reason's word, as the interface has it.
    pub reason: Option<String>,
    /// The reason, and what the clocks had to say, as sentences.
    pub reason_text: Option<String>,
    /// When it started.
    pub started_at: Option<Timestamp>,
}

impl LedgerLine {
    /// Returns what the engine recorded of an occurrence.
    pub(super) fn new(project: Option<&str>, job: &str, entry: OccurrenceEntry) -> Self {
        let due_at = entry.due.key();
        let (first_due_at, count, local, note, planned_at) = match &entry.due {
            Due::Once(it) => (None, 1, Some(it.shown().to_rfc3339()), it.note_text(), it.effective_at),
            Due::Range { first_due_at, count, .. } => (Some(*first_due_at), *count, None, None, due_at),
        };
        let late = entry
            .started_at
            .map(|at| at - planned_at)
            .filter(|by| by.to_std().is_ok_and(|by| by > ON_TIME_TOLERANCE));
        let fate = fate(&entry, late);
        let told = match fate {
            Fate::Ran => None,
            Fate::Late => late.map(|by| format!("It ran {} late.", spelled(by))),
            Fate::Skipped | Fate::Missed | Fate::Planned | Fate::Other => entry.reason,
        };
        let reason_text =
            [note.map(|note| format!("{note}.")), told].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let has_run = matches!(fate, Fate::Ran | Fate::Late);
        let reason = entry.outcome.and_then(|outcome| reason_of(&outcome, entry.superseded_by));
        Self {
            project: project.map(str::to_owned),
            job: job.to_owned(),
            due_at,
            first_due_at,
            count,
            local,
            fate,
            reason: reason.filter(|_| !has_run),
            reason_text: Some(reason_text).filter(|text| !text.is_empty()),
            started_at: entry.started_at,
        }
    }
}

fn fate(entry: &OccurrenceEntry, late: Option<TimeDelta>) -> Fate {
    let ran = if late.is_some() { Fate::Late } else { Fate::Ran };
    match (entry.state, entry.outcome) {
        (OccurrenceState::Planned, _) => Fate::Planned,
        // It ran: there is nothing new in the repositories of a simulation.
        (_, Some(Outcome::Completed | Outcome::Skipped(SkipReason::NoActivity))) => ran,
        (_, Some(Outcome::Skipped(_))) => Fate::Skipped,
        (_, Some(Outcome::Missed(_))) => Fate::Missed,
        (OccurrenceState::Recorded(ExecutionStatus::Queued), None) => Fate::Planned,
        (OccurrenceState::Recorded(_), _) => Fate::Other,
    }
}

/// Returns a span as people say it: `7 h 30 min`.
fn spelled(span: TimeDelta) -> String {
    let (days, hours, minutes) = (span.num_days(), span.num_hours() % 24, span.num_minutes() % 60);
    let part = |count: i64, unit: &str| (count > 0).then(|| format!("{count} {unit}"));
    let parts = [part(days, "d"), part(hours, "h"), part(minutes, "min")];
    let text = parts.into_iter().flatten().take(2).collect::<Vec<_>>().join(" ");
    if text.is_empty() { format!("{} s", span.num_seconds()) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_its_two_largest_units() {
        let rows =
            [(59, "59 s"), (61, "1 min"), (27_000, "7 h 30 min"), (90_061, "1 d 1 h"), (86_460, "1 d 1 min")];
        for (seconds, text) in rows {
            assert_eq!(spelled(TimeDelta::seconds(seconds)), text);
        }
    }
}
