//! What becomes of the occurrences that have come due: which one runs, and how the others are recorded.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::execution::{MissReason, Outcome, SkipReason};
use crate::pause::JobPauses;
use crate::policy::MisfirePolicy;
use crate::schedule::Occurrence;
use crate::time::Timestamp;

/// Later than this an occurrence counts as missed, not merely as a little late.
pub const ON_TIME_TOLERANCE: Duration = Duration::from_secs(60);

/// This many of the newest passed occurrences get a record each; older ones share one.
pub const SINGLE_RECORDS_MAX: usize = 100;

/// The circumstances in which due occurrences are judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circumstances {
    /// The present.
    pub now: Timestamp,
    /// When this process began to watch the schedule: what was due before passed because nothing ran.
    pub watching_since: Timestamp,
    /// The job's policy.
    pub policy: MisfirePolicy,
    /// How late a missed occurrence may still run.
    pub lateness_window: Duration,
    /// What keeps occurrences from running, or did so lately.
    pub pauses: JobPauses,
}

/// What becomes of due occurrences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// The one that runs, and whether it is late enough to count as a misfire (its start is then paced).
    pub run: Option<(Occurrence, Punctuality)>,
    /// The newest that do not run, oldest first, at most [`SINGLE_RECORDS_MAX`] and one.
    pub passed: Vec<(Occurrence, Absence)>,
    /// Older ones that share a record as long as they did not run for the same reason, oldest first.
    pub ranges: Vec<PassedRange>,
}

/// Whether an occurrence runs when it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Punctuality {
    /// Within the tolerance.
    OnTime,
    /// A misfire that runs late.
    Late,
}

/// Occurrences too many to record singly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedRange {
    /// The first.
    pub first_due_at: Timestamp,
    /// The last.
    pub last_due_at: Timestamp,
    /// How many.
    pub count: u64,
    /// Why they did not run.
    pub absence: Absence,
}

/// Why an occurrence has a record and does not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Absence {
    /// Its time passed unserved.
    Missed(MissReason),
    /// A pause kept it back.
    Paused,
}

impl Absence {
    /// Returns how its record ends.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Missed(reason) => Outcome::Missed(reason),
            Self::Paused => Outcome::Skipped(SkipReason::Paused),
        }
    }
}

/// Decides what becomes of `due`, all occurrences whose time has come, oldest first.
///
/// What a pause keeps back is no misfire: the newest of the others is the one that may run.
pub fn judge(due: impl IntoIterator<Item = Occurrence>, given: &Circumstances) -> Judgement {
    let mut older = Ranges::default();
    let mut newest = VecDeque::with_capacity(SINGLE_RECORDS_MAX + 1);
    let mut latest = None;
    for occurrence in due {
        let is_paused = given.pauses.keep_back(occurrence.due_at, given.now);
        // The newest that no pause keeps back waits outside; the one before it takes its place in the row.
        let (occurrence, is_paused) = if is_paused {
            (occurrence, true)
        } else {
            match latest.replace(occurrence) {
                Some(before) => (before, false),
                None => continue,
            }
        };
        let at = newest.partition_point(|(other, _): &(Occurrence, bool)| other.due_at < occurrence.due_at);
        newest.insert(at, (occurrence, is_paused));
        if newest.len() > SINGLE_RECORDS_MAX
            && let Some((oldest, is_paused)) = newest.pop_front()
        {
            older.add(oldest.due_at, is_paused);
        }
    }
    let (run, passed_last) = latest.map_or((None, None), |latest| judge_latest(latest, given));
    let covered = run.is_some();
    let missed =
        |due_at| if covered { Absence::Missed(MissReason::Coalesced) } else { absence(due_at, given) };
    let passed = newest.into_iter().map(|(occurrence, is_paused)| {
        let why = if is_paused { Absence::Paused } else { missed(occurrence.due_at) };
        (occurrence, why)
    });
    let mut passed: Vec<_> = passed.collect();
    if let Some(last) = passed_last {
        let at = passed.partition_point(|(other, _)| other.due_at < last.0.due_at);
        passed.insert(at, last);
    }
    Judgement { run, passed, ranges: older.told(missed) }
}

/// Occurrences too many to record singly, as they pass: those in a pause apart from the others.
#[derive(Debug, Clone, Default)]
pub struct Ranges(Vec<(Timestamp, Timestamp, u64, bool)>);

impl Ranges {
    /// Adds the next one.
    pub fn add(&mut self, due_at: Timestamp, is_paused: bool) {
        match self.0.last_mut().filter(|(.., paused)| *paused == is_paused) {
            Some((_, last, count, _)) => (*last, *count) = (due_at, *count + 1),
            None => self.0.push((due_at, due_at, 1, is_paused)),
        }
    }

    /// Returns when the last one was due.
    pub fn last(&self) -> Option<Timestamp> {
        self.0.last().map(|(_, last, ..)| *last)
    }

    /// Returns the ranges; `missed` says why those outside a pause did not run, by when the last of them was due.
    pub fn told(self, missed: impl Fn(Timestamp) -> Absence) -> Vec<PassedRange> {
        let told = |(first_due_at, last_due_at, count, is_paused)| PassedRange {
            first_due_at,
            last_due_at,
            count,
            absence: if is_paused { Absence::Paused } else { missed(last_due_at) },
        };
        let mut ranges = self.0;
        ranges.sort_unstable_by_key(|(first, ..)| *first);
        ranges.into_iter().map(told).collect()
    }
}

type Runs = Option<(Occurrence, Punctuality)>;

fn judge_latest(latest: Occurrence, given: &Circumstances) -> (Runs, Option<(Occurrence, Absence)>) {
    let late_by = (given.now - latest.effective_at).to_std().unwrap_or_default();
    if late_by <= ON_TIME_TOLERANCE {
        return (Some((latest, Punctuality::OnTime)), None);
    }
    match given.policy {
        MisfirePolicy::RunOnce if late_by <= given.lateness_window => {
            (Some((latest, Punctuality::Late)), None)
        }
        MisfirePolicy::RunOnce => (None, Some((latest, Absence::Missed(MissReason::TooLate)))),
        MisfirePolicy::Skip => {
            let why = absence(latest.due_at, given);
            (None, Some((latest, why)))
        }
    }
}

/// Says why an occurrence passed that nothing newer covers.
pub fn absence(due_at: Timestamp, given: &Circumstances) -> Absence {
    let is_down = due_at < given.watching_since;
    Absence::Missed(if is_down { MissReason::Down } else { MissReason::Asleep })
}
#[cfg(test)]
#[path = "misfire_tests.rs"]
mod tests;
