//! What of a plan does not run, in a store of plain maps.

use dateline_core::execution::{Due, ExecutionState, MissReason, Outcome, Wait, WaitReason};
use dateline_core::id::ExecutionId;
use dateline_core::misfire::Absence;
use dateline_core::store::{Entry, FireDue};
use dateline_core::time::Timestamp;

/// A record to be: its id, the first instant it stands for, what it stands for, how it ends if it does not run, and when
/// it may start.
pub(super) type Record = (ExecutionId, Timestamp, Due, Option<Outcome>, Timestamp);

/// Returns the records of what does not run.
pub(super) fn passed(plan: &FireDue) -> Vec<Record> {
    let mut records = Vec::new();
    for (id, range) in &plan.ranges {
        let due = Due::Range {
            first_due_at: range.first_due_at,
            last_due_at: range.last_due_at,
            count: range.count,
            excluded: match range.absence {
                Absence::Excluded(kind) => Some(kind),
                Absence::Missed(_) | Absence::Paused => None,
            },
        };
        records.push((*id, range.first_due_at, due, Some(range.absence.outcome()), plan.now));
    }
    for (id, occurrence, absence) in &plan.passed {
        let due = Due::Once(occurrence.clone());
        records.push((*id, occurrence.due_at, due, Some(absence.outcome()), plan.now));
    }
    records
}

/// Returns the record that people are told of: the newest of those that nothing covers.
pub(super) fn newest_missed(plan: &FireDue) -> Option<ExecutionId> {
    let of_ranges = plan.ranges.iter().map(|(id, range)| (*id, range.absence));
    let of_passed = plan.passed.iter().map(|(id, _, absence)| (*id, *absence));
    let is_missed = |absence| match absence {
        Absence::Missed(reason) => reason != MissReason::Coalesced,
        Absence::Paused | Absence::Excluded(_) => false,
    };
    of_ranges.chain(of_passed).rfind(|(_, absence)| is_missed(*absence)).map(|(id, _)| id)
}

/// Returns the state in which a record of the plan begins.
pub(super) fn state(
    plan: &FireDue,
    id: ExecutionId,
    outcome: Option<Outcome>,
    ready_at: Timestamp,
) -> ExecutionState {
    let entry = plan.runs.iter().find(|run| run.id == id).map(|run| run.entry);
    match (outcome, entry) {
        (Some(outcome), _) => ExecutionState::Finished { outcome, at: plan.now },
        (None, Some(Entry::Ask { until })) => {
            ExecutionState::Waiting { wait: Wait { reason: WaitReason::Ask, until }, since: plan.now }
        }
        (None, _) => ExecutionState::Queued { since: plan.now, ready_at },
    }
}
