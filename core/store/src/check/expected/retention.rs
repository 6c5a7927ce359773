//! What is to be forgotten as the records say it should be, and what must have gone with what is gone.

use std::collections::{BTreeMap, BTreeSet};

use dateline_core::execution::{Execution, ExecutionState};
use redb::{Key, ReadableTable, Value};

use super::{PROBLEMS_MAX, each};
use crate::fault::Fault;
use crate::migrate::Tallies;
use crate::record::HistoryRow;
use crate::tables::{
    BY_JOB, DONE_STEPS, EXECUTIONS, HELD, HISTORY, Index, JOBS, LATE, LOG_SIZES, LOGS, PURGED, STEPS,
    TALLIES, TallyKey,
};
use crate::tally::{SPANS, Tally};
use crate::transaction::{Rows, Snapshot};
use crate::verbs::{LOGS_SCAN, STEPS_SCAN, late_codes};

/// Returns where what is to be forgotten and the records disagree.
pub(super) fn disagreements(snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
    let passed: BTreeMap<u8, (i64, u128)> = snapshot.rows(PURGED, .., usize::MAX)?.into_iter().collect();
    let mut known = Known::read(snapshot)?;
    each(snapshot, &EXECUTIONS, |id, execution: Execution| {
        let ExecutionState::Finished { at, .. } = execution.state else { return Ok(()) };
        let recorded_at = execution.created_at.timestamp_millis();
        let is_held = known.held.remove(&(execution.job.bits(), recorded_at, id));
        let class = HistoryRow::of(&execution).class();
        let scans = [(class, (recorded_at, id)), (LOGS_SCAN, (0, id)), (STEPS_SCAN, (0, id))];
        let has = [true, known.logs.contains(&id), known.steps.contains(&id)];
        for (index, code) in late_codes(execution.state.status()).into_iter().enumerate() {
            let Some(code) = code else { continue };
            let is_late = known.late.remove(&(code, at.timestamp_millis(), id));
            let (scan, place) = scans[index];
            let is_passed = passed.get(&scan).is_some_and(|passed| place <= *passed);
            let is_found = !is_passed || is_late || (index == 0 && is_held);
            if execution.pinned_at.is_some() && (is_late || is_held) {
                found.push(format!("{} is pinned and on its way out", execution.id));
            } else if execution.pinned_at.is_none() && has[index] && !is_found {
                found.push(format!("nothing will look for {} again when its time is over", execution.id));
            }
        }
        Ok(())
    })?;
    found.extend(known.late.iter().map(|key| format!("`late_to_go` has {key:?} without a record")));
    found.extend(known.held.iter().map(|key| format!("`held_executions` has {key:?} without a record")));
    orphans(snapshot, LOGS.table, |(execution, _)| execution, found)?;
    orphans(snapshot, LOG_SIZES, |execution| execution, found)?;
    orphans(snapshot, STEPS.table, |(execution, _)| execution, found)?;
    orphans(snapshot, DONE_STEPS, |(execution, _)| execution, found)?;
    jobs_of_history(snapshot, found)
}

/// What scans find, and what they have left for later.
struct Known {
    late: BTreeSet<(u8, i64, u128)>,
    held: BTreeSet<(u128, i64, u128)>,
    logs: BTreeSet<u128>,
    steps: BTreeSet<u128>,
}

impl Known {
    fn read(snapshot: &Snapshot) -> Result<Self, Fault> {
        let mut steps = BTreeSet::new();
        for row in snapshot.table(STEPS.table)?.iter()? {
            steps.insert(row?.0.value().0);
        }
        Ok(Self {
            late: snapshot.rows(LATE, .., usize::MAX)?.into_iter().map(|(key, ())| key).collect(),
            held: snapshot.rows(HELD, .., usize::MAX)?.into_iter().map(|(key, ())| key).collect(),
            logs: snapshot.rows(LOG_SIZES, .., usize::MAX)?.into_iter().map(|(id, _)| id).collect(),
            steps,
        })
    }
}

/// Tells of rows that belong to executions which are gone.
fn orphans<K: Key + 'static, V: Value + 'static>(
    snapshot: &Snapshot,
    table: Index<K, V>,
    execution: impl for<'k> Fn(K::SelfType<'k>) -> u128,
    found: &mut Vec<String>,
) -> Result<(), Fault> {
    let name = redb::TableHandle::name(&table).to_owned();
    let mut last = None;
    for row in snapshot.table(table)?.iter()? {
        let id = execution(row?.0.value());
        if last.replace(id) != Some(id) && !snapshot.has(EXECUTIONS.table, id)? {
            found.push(format!("`{name}` has rows of {id:032x}, which is gone"));
        }
    }
    Ok(())
}

/// Tells of jobs that are gone and have a history.
fn jobs_of_history(snapshot: &Snapshot, found: &mut Vec<String>) -> Result<(), Fault> {
    let all = (BY_JOB, 0, i64::MIN, 0)..=(BY_JOB, u128::MAX, i64::MAX, u128::MAX);
    let mut last = None;
    for ((_, job, ..), _) in snapshot.rows(HISTORY, all, usize::MAX)? {
        if last.replace(job) != Some(job) && !snapshot.has(JOBS.table, job)? {
            found.push(format!("job {job:032x} is gone and has a history"));
        }
    }
    Ok(())
}

/// Tells of tallies that hold less than the records say, or whose spans do not add up: what is forgotten stays counted, so
/// they may hold more.
pub(super) fn tallies(snapshot: &Snapshot, least: &Tallies, found: &mut Vec<String>) -> Result<(), Fault> {
    let rows: BTreeMap<TallyKey, Tally> = snapshot.list(&TALLIES, .., usize::MAX)?.into_iter().collect();
    for (key, tally) in least.iter().filter(|(key, tally)| !rows.get(key).is_some_and(|it| it.holds(tally))) {
        found.push(format!("`{}` lacks {key:?} = {tally:?}", TALLIES.name));
        if found.len() >= PROBLEMS_MAX {
            return Ok(());
        }
    }
    let mut sums: BTreeMap<(u8, u128, u128, u8), BTreeMap<u8, Tally>> = BTreeMap::new();
    for ((facet, scope, project, span, _, class), tally) in &rows {
        let spans = sums.entry((*facet, *scope, *project, *class)).or_default();
        spans.entry(*span).or_default().join(tally);
    }
    for (key, spans) in sums {
        let whole = spans.get(&SPANS[0].code);
        if SPANS.iter().any(|span| spans.get(&span.code) != whole) {
            found.push(format!("the spans of {key:?} in `{}` do not add up", TALLIES.name));
        }
    }
    Ok(())
}
