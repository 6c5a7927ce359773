//! What becomes of the occurrences that have come due: which one runs, and how the others are recorded.

use std::time::Duration;

use crate::execution::MissReason;
use crate::policy::MisfirePolicy;
use crate::schedule::Occurrence;
use crate::time::Timestamp;

/// Later than this an occurrence counts as missed, not merely as a little late.
pub const ON_TIME_TOLERANCE: Duration = Duration::from_secs(60);

/// This many of the newest passed occurrences get a record each; older ones share one.
pub const SINGLE_RECORDS_MAX: usize = 100;

/// The circumstances in which due occurrences are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances {
    /// The present.
    pub now: Timestamp,
    /// When this process began to watch the schedule: what was due before passed because nothing ran.
    pub watching_since: Timestamp,
    /// The job's policy.
    pub policy: MisfirePolicy,
    /// How late a missed occurrence may still run.
    pub lateness_window: Duration,
}

/// What becomes of due occurrences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// The one that runs, and whether it is late enough to count as a misfire (its start is then paced).
    pub run: Option<(Occurrence, Punctuality)>,
    /// The newest that do not run, oldest first, at most [`SINGLE_RECORDS_MAX`].
    pub passed: Vec<(Occurrence, MissReason)>,
    /// Older ones that share one record.
    pub range: Option<PassedRange>,
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
    pub reason: MissReason,
}

/// Decides what becomes of `due`, all occurrences whose time has come, oldest first.
pub fn judge(due: impl IntoIterator<Item = Occurrence>, given: Circumstances) -> Judgement {
    let mut older: Option<(Timestamp, Timestamp, u64)> = None;
    let mut newest = std::collections::VecDeque::with_capacity(SINGLE_RECORDS_MAX + 1);
    for occurrence in due {
        newest.push_back(occurrence);
        if newest.len() > SINGLE_RECORDS_MAX + 1 {
            let Some(oldest) = newest.pop_front() else { continue };
            older = Some(match older {
                None => (oldest.due_at, oldest.due_at, 1),
                Some((first, _, count)) => (first, oldest.due_at, count + 1),
            });
        }
    }
    let Some(latest) = newest.pop_back() else { return Judgement::default() };
    let (run, mut passed_last) = judge_latest(latest, given);
    let covered = run.is_some();
    let reason = |due_at| if covered { MissReason::Coalesced } else { absence(due_at, given) };
    let mut passed: Vec<_> = newest
        .into_iter()
        .map(|o| {
            let why = reason(o.due_at);
            (o, why)
        })
        .collect();
    passed.append(&mut passed_last);
    let range = older.map(|(first_due_at, last_due_at, count)| PassedRange {
        first_due_at,
        last_due_at,
        count,
        reason: reason(last_due_at),
    });
    Judgement { run, passed, range }
}

type Runs = Option<(Occurrence, Punctuality)>;

fn judge_latest(latest: Occurrence, given: Circumstances) -> (Runs, Vec<(Occurrence, MissReason)>) {
    let late_by = (given.now - latest.effective_at).to_std().unwrap_or_default();
    if late_by <= ON_TIME_TOLERANCE {
        return (Some((latest, Punctuality::OnTime)), Vec::new());
    }
    match given.policy {
        MisfirePolicy::RunOnce if late_by <= given.lateness_window => {
            (Some((latest, Punctuality::Late)), Vec::new())
        }
        MisfirePolicy::RunOnce => (None, vec![(latest, MissReason::TooLate)]),
        MisfirePolicy::Skip => {
            let why = absence(latest.due_at, given);
            (None, vec![(latest, why)])
        }
    }
}

fn absence(due_at: Timestamp, given: Circumstances) -> MissReason {
    if due_at < given.watching_since { MissReason::Down } else { MissReason::Asleep }
}

#[cfg(test)]
#[path = "misfire_tests.rs"]
mod tests;
