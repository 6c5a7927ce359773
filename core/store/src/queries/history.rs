//! History and statistics: scans of the small rows of history.

use std::ops::Bound;

use dateline_core::execution::{Execution, ExecutionStatus};
use dateline_core::id::ExecutionId;
use dateline_core::store::{ExecutionFilter, ExecutionStats, Page, PageRequest};

use super::{page_of, resume};
use crate::fault::Fault;
use crate::record::HistoryRow;
use crate::tables::{ALL, BY_JOB, BY_PROJECT, HISTORY};
use crate::transaction::{Rows, Snapshot, Walk};

impl Snapshot {
    pub(crate) fn executions(
        &self,
        filter: &ExecutionFilter,
        page: &PageRequest,
    ) -> Result<Page<Execution>, Fault> {
        let after = resume::<24>(page)?.map(split_position);
        let mut found = Vec::new();
        self.walk_history(filter, after, |id, _| {
            found.push(self.execution(id)?);
            Ok(if found.len() > page.limit { Walk::Stop } else { Walk::On })
        })?;
        Ok(page_of(found, page.limit, position))
    }

    pub(crate) fn execution_stats(&self, filter: &ExecutionFilter) -> Result<ExecutionStats, Fault> {
        let mut stats = ExecutionStats::default();
        let mut durations = Vec::new();
        self.walk_history(filter, None, |_, row| {
            count(&mut stats, row);
            let ran_to_an_end = row.status != ExecutionStatus::Cancelled;
            durations.extend(row.duration_ms.filter(|_| ran_to_an_end));
            Ok(Walk::On)
        })?;
        durations.sort_unstable();
        stats.average_duration_ms = mean(&durations);
        stats.p50_duration_ms = nearest_rank(&durations, 50);
        stats.p95_duration_ms = nearest_rank(&durations, 95);
        Ok(stats)
    }

    /// Shows `visit` the executions `filter` names, newest first, from just before `after`.
    fn walk_history(
        &self,
        filter: &ExecutionFilter,
        after: Option<(i64, u128)>,
        mut visit: impl FnMut(ExecutionId, HistoryRow) -> Result<Walk, Fault>,
    ) -> Result<(), Fault> {
        let (facet, scope) = match (filter.job, filter.project) {
            (Some(job), _) => (BY_JOB, job.bits()),
            (None, Some(project)) => (BY_PROJECT, project.bits()),
            (None, None) => (ALL, 0),
        };
        let from = filter.from.map_or(i64::MIN, |at| at.timestamp_millis());
        let to = filter.to.map_or(i64::MAX, |at| at.timestamp_millis());
        let end = after.map_or((to, 0), |after| after.min((to, 0)));
        if (from, 0) >= end {
            return Ok(());
        }
        let range = (Bound::Included((facet, scope, from, 0)), Bound::Excluded((facet, scope, end.0, end.1)));
        self.walk_back(HISTORY, range, |(_, _, at, id), row| {
            let row = HistoryRow::from_row(row)?;
            let fits = filter.status.is_none_or(|wanted| wanted == row.status)
                && filter.trigger.is_none_or(|wanted| wanted == row.trigger);
            // A job's executions may belong to more than one project, should the job have moved.
            let other = filter.project.filter(|_| facet == BY_JOB);
            match other {
                Some(project) if fits && !self.has(HISTORY, (BY_PROJECT, project.bits(), at, id))? => {
                    Ok(Walk::On)
                }
                _ if fits => visit(ExecutionId::from_bits(id), row),
                _ => Ok(Walk::On),
            }
        })
    }
}

fn count(stats: &mut ExecutionStats, row: HistoryRow) {
    let add = |count: &mut u64| *count = count.saturating_add(row.count);
    add(&mut stats.total);
    match row.status {
        ExecutionStatus::Completed => add(&mut stats.completed),
        ExecutionStatus::Partial => add(&mut stats.partial),
        ExecutionStatus::Failed => add(&mut stats.failed),
        ExecutionStatus::Skipped => add(&mut stats.skipped),
        ExecutionStatus::Missed => add(&mut stats.missed),
        ExecutionStatus::Cancelled => add(&mut stats.cancelled),
        ExecutionStatus::Queued
        | ExecutionStatus::Running
        | ExecutionStatus::Retrying
        | ExecutionStatus::Paused
        | ExecutionStatus::Cancelling => {}
    }
}

/// Returns the mean, rounded down.
fn mean(sorted: &[u64]) -> Option<u64> {
    let sum: u128 = sorted.iter().map(|ms| u128::from(*ms)).sum();
    let mean = sum.checked_div(sorted.len() as u128)?;
    Some(u64::try_from(mean).unwrap_or(u64::MAX))
}

/// Returns the smallest value that at least `percent` in a hundred do not exceed.
fn nearest_rank(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

fn position(execution: &Execution) -> Vec<u8> {
    let mut bytes = execution.created_at.timestamp_millis().to_be_bytes().to_vec();
    bytes.extend(execution.id.bits().to_be_bytes());
    bytes
}

fn split_position(bytes: [u8; 24]) -> (i64, u128) {
    let (mut at, mut id) = ([0; 8], [0; 16]);
    at.copy_from_slice(&bytes[..8]);
    id.copy_from_slice(&bytes[8..]);
    (i64::from_be_bytes(at), u128::from_be_bytes(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        assert_eq!(nearest_rank(&[], 50), None);
        assert_eq!(nearest_rank(&[7], 95), Some(7));
        assert_eq!(nearest_rank(&[1, 2, 3, 4], 50), Some(2));
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!((nearest_rank(&hundred, 50), nearest_rank(&hundred, 95)), (Some(50), Some(95)));
        assert_eq!((mean(&[]), mean(&[1, 2, 4])), (None, Some(2)));
    }
}
