//! What becomes of the occurrences that have come due: which ones run, and how the others are recorded.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::execution::{MissReason, Outcome, SkipReason};
use crate::pause::JobPauses;
use crate::policy::MisfirePolicy;
use crate::schedule::{ExclusionKind, Occurrence};
use crate::time::Timestamp;

/// Later than this an occurrence counts as missed, not merely as a little late.
pub const ON_TIME_TOLERANCE: Duration = Duration::from_secs(60);

/// This many of the newest passed occurrences get a record each; older ones share one.
pub const SINGLE_RECORDS_MAX: usize = 100;

/// So many missed occurrences run at most under [`MisfirePolicy::RunAll`]; the first of them covers those before.
pub const RUN_ALL_MAX: usize = 24;

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
    /// How long a person is asked at most.
    pub ask_for: Option<Duration>,
    /// What keeps occurrences from running, or did so lately.
    pub pauses: JobPauses,
    /// How many more occurrences run before the schedule ends; `None` when it does not end so.
    pub runs_left: Option<u64>,
}

/// What becomes of due occurrences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Those that run, oldest first, and whether each is late enough to count as a misfire (its start is then paced).
    pub runs: Vec<(Occurrence, Punctuality)>,
    /// The newest that do not run, oldest first: few more than [`SINGLE_RECORDS_MAX`].
    pub passed: Vec<(Occurrence, Absence)>,
    /// Older ones that share a record as long as they did not run for the same reason, by their first.
    pub ranges: Vec<PassedRange>,
}

/// Whether an occurrence runs when it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Punctuality {
    /// Within the tolerance.
    OnTime,
    /// A misfire that runs late.
    Late,
    /// A misfire that a person is asked about.
    Asked {
        /// When it runs without an answer.
        until: Timestamp,
    },
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
    /// A rule of its schedule excludes it.
    Excluded(ExclusionKind),
}

impl Absence {
    /// Returns how its record ends.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Missed(reason) => Outcome::Missed(reason),
            Self::Paused => Outcome::Skipped(SkipReason::Paused),
            Self::Excluded(_) => Outcome::Skipped(SkipReason::Excluded),
        }
    }
}

impl Circumstances {
    /// Returns why an occurrence does not run whatever the policy says: it is excluded, or a pause keeps it back.
    pub fn keep_back(&self, occurrence: &Occurrence) -> Option<Absence> {
        if let Some(by) = &occurrence.excluded {
            return Some(Absence::Excluded(by.kind));
        }
        self.pauses.keep_back(occurrence.due_at, self.now).then_some(Absence::Paused)
    }

    /// Returns how many of the newest occurrences may run.
    fn runs_max(&self) -> usize {
        let max = match self.policy {
            MisfirePolicy::RunOnce | MisfirePolicy::Skip | MisfirePolicy::Ask => 1,
            MisfirePolicy::RunAll => RUN_ALL_MAX,
        };
        let left = self.runs_left.and_then(|left| usize::try_from(left).ok());
        left.map_or(max, |left| max.min(left))
    }
}

/// Decides what becomes of `due`, all occurrences whose time has come, oldest first.
///
/// What is excluded or what a pause keeps back is no misfire: the newest of the others are those that may run.
pub fn judge(due: impl IntoIterator<Item = Occurrence>, given: &Circumstances) -> Judgement {
    let mut row = Row::default();
    let mut newest = VecDeque::with_capacity(given.runs_max() + 1);
    for occurrence in due {
        match given.keep_back(&occurrence) {
            Some(absence) => row.add(occurrence, Some(absence)),
            // The newest that may run wait outside the row; what they push out takes its place in it.
            None => {
                newest.push_back(occurrence);
                if newest.len() > given.runs_max()
                    && let Some(before) = newest.pop_front()
                {
                    row.add(before, None);
                }
            }
        }
    }
    let mut judgement = Judgement::default();
    for occurrence in newest {
        match judge_one(&occurrence, given) {
            Ok(punctuality) => judgement.runs.push((occurrence, punctuality)),
            Err(absence) => row.add(occurrence, Some(absence)),
        }
    }
    let covered = !judgement.runs.is_empty();
    let missed =
        |due_at| if covered { Absence::Missed(MissReason::Coalesced) } else { absence(due_at, given) };
    let passed = row.newest.into_iter();
    judgement.passed = passed
        .map(|(occurrence, why)| {
            let why = why.unwrap_or_else(|| missed(occurrence.due_at));
            (occurrence, why)
        })
        .collect();
    judgement.ranges = row.older.told(missed);
    judgement
}

/// Occurrences that do not run, by their due time: the newest singly, older ones in ranges.
#[derive(Default)]
struct Row {
    newest: VecDeque<(Occurrence, Option<Absence>)>,
    older: Ranges,
}

impl Row {
    fn add(&mut self, occurrence: Occurrence, why: Option<Absence>) {
        let at = self.newest.partition_point(|(other, _)| other.due_at < occurrence.due_at);
        self.newest.insert(at, (occurrence, why));
        if self.newest.len() > SINGLE_RECORDS_MAX
            && let Some((oldest, why)) = self.newest.pop_front()
        {
            self.older.add(oldest.due_at, why);
        }
    }
}

/// Occurrences too many to record singly, as they pass: those in a pause apart from those before and after it, and of
/// what is excluded all that one kind of rule excludes together, wherever they lie.
#[derive(Debug, Clone, Default)]
pub struct Ranges(Vec<Range>);

#[derive(Debug, Clone)]
struct Range {
    first: Timestamp,
    last: Timestamp,
    count: u64,
    /// Why they did not run, as far as that is known while they pass.
    why: Option<Absence>,
}

impl Ranges {
    /// Adds the next one, with the reason as far as it is known.
    pub fn add(&mut self, due_at: Timestamp, why: Option<Absence>) {
        let is_excluded = |why: &Option<Absence>| matches!(why, Some(Absence::Excluded(_)));
        let goes_on = match is_excluded(&why) {
            true => self.0.iter_mut().find(|range| range.why == why),
            false => {
                let last = self.0.iter_mut().rev().find(|range| !is_excluded(&range.why));
                last.filter(|range| range.why == why)
            }
        };
        match goes_on {
            Some(range) => (range.last, range.count) = (due_at, range.count + 1),
            None => self.0.push(Range { first: due_at, last: due_at, count: 1, why }),
        }
    }

    /// Returns when the last one was due.
    pub fn last(&self) -> Option<Timestamp> {
        self.0.iter().map(|range| range.last).max()
    }

    /// Returns the ranges; `missed` says why those did not run that nothing kept back, by when the last of them was due.
    pub fn told(self, missed: impl Fn(Timestamp) -> Absence) -> Vec<PassedRange> {
        let told = |Range { first, last, count, why }| PassedRange {
            first_due_at: first,
            last_due_at: last,
            count,
            absence: why.unwrap_or_else(|| missed(last)),
        };
        let mut ranges = self.0;
        ranges.sort_unstable_by_key(|range| range.first);
        ranges.into_iter().map(told).collect()
    }
}

fn judge_one(occurrence: &Occurrence, given: &Circumstances) -> Result<Punctuality, Absence> {
    let late_by = (given.now - occurrence.effective_at).to_std().unwrap_or_default();
    if late_by <= ON_TIME_TOLERANCE {
        return Ok(Punctuality::OnTime);
    }
    let is_in_time = late_by <= given.lateness_window;
    match given.policy {
        MisfirePolicy::RunOnce | MisfirePolicy::RunAll if is_in_time => Ok(Punctuality::Late),
        MisfirePolicy::Ask if is_in_time => Ok(Punctuality::Asked { until: asked_until(occurrence, given) }),
        MisfirePolicy::RunOnce | MisfirePolicy::RunAll | MisfirePolicy::Ask => {
            Err(Absence::Missed(MissReason::TooLate))
        }
        MisfirePolicy::Skip => Err(absence(occurrence.due_at, given)),
    }
}

/// Returns when an occurrence that a person is asked about runs without an answer: when asking has lasted as long as it
/// may, and never after the lateness window.
fn asked_until(occurrence: &Occurrence, given: &Circumstances) -> Timestamp {
    let after = |at: Timestamp, span: Duration| {
        let span = chrono::Duration::from_std(span).unwrap_or(chrono::Duration::MAX);
        at.checked_add_signed(span).unwrap_or(Timestamp::MAX_UTC)
    };
    let closed_at = after(occurrence.effective_at, given.lateness_window);
    given.ask_for.map_or(closed_at, |span| closed_at.min(after(given.now, span)))
}

/// Says why an occurrence passed that nothing newer covers.
pub fn absence(due_at: Timestamp, given: &Circumstances) -> Absence {
    let is_down = due_at < given.watching_since;
    Absence::Missed(if is_down { MissReason::Down } else { MissReason::Asleep })
}

#[cfg(test)]
#[path = "misfire_tests.rs"]
mod tests;
