//! Statistics: a few tallies of what has ended, the rows of history at the ends of the time that is asked for, and the
//! rows of what is open.

use dateline_core::execution::ExecutionStatus;
use dateline_core::store::{ExecutionFilter, ExecutionStats};
use dateline_core::time::from_unix_ms;
use redb::ReadableTable;

use super::history::bounds;
use crate::fault::Fault;
use crate::record::{HistoryRow, OPEN_CLASS, classes, decode, status_of_class};
use crate::tables::{BY_JOB, CLASSES, TALLIES, TallyKey};
use crate::tally::{Parts, Tally};
use crate::transaction::{Rows, Snapshot, Walk};

impl Snapshot {
    pub(crate) fn execution_stats(&self, filter: &ExecutionFilter) -> Result<ExecutionStats, Fault> {
        let (from, to) = bounds(filter);
        let mut sum = Sum::default();
        let parts = Parts::of(from, to);
        self.add_tallies(filter, &parts, &mut sum)?;
        for (from, to) in parts.rest {
            self.add_ended(filter, (from, to), &mut sum)?;
        }
        self.add_open(filter, (from, to), &mut sum)?;
        Ok(sum.stats())
    }

    /// Adds what ended in whole spans.
    fn add_tallies(&self, filter: &ExecutionFilter, parts: &Parts, sum: &mut Sum) -> Result<(), Fault> {
        let wanted = classes(filter.status, filter.trigger);
        let table = self.table(TALLIES.table)?;
        for (facet, scope) in self.history_scopes(filter)? {
            // A job's executions may be at home in more than one place, should the job have moved.
            for home in tallied_homes(&table, facet, scope)? {
                if facet == BY_JOB && !is_wanted(filter, home) {
                    continue;
                }
                for (span, first, end) in &parts.spans {
                    let of = |number| (facet, scope, home, *span, number, 0);
                    for row in table.range(of(*first)..of(*end))? {
                        let (key, value) = row?;
                        let class = key.value().5;
                        if let Some(status) = status_of_class(class).filter(|_| wanted.contains(&class)) {
                            sum.add(status, &decode(value.value(), TALLIES.name)?);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds what has ended of the executions recorded in `[from, to)`, row by row.
    fn add_ended(
        &self,
        filter: &ExecutionFilter,
        (from, to): (i64, i64),
        sum: &mut Sum,
    ) -> Result<(), Fault> {
        let (from, to) = (Some(from_unix_ms(from)), Some(from_unix_ms(to)));
        let filter = ExecutionFilter { from, to, ..filter.clone() };
        self.walk_history(&filter, None, |_, _, row| {
            if row.class() != OPEN_CLASS {
                sum.add_row(&row);
            }
            Ok(Walk::On)
        })
    }

    /// Adds what is open.
    fn add_open(&self, filter: &ExecutionFilter, (from, to): (i64, i64), sum: &mut Sum) -> Result<(), Fault> {
        if !classes(filter.status, filter.trigger).contains(&OPEN_CLASS) || from >= to {
            return Ok(());
        }
        for (facet, scope) in self.history_scopes(filter)? {
            let of = |at| (facet, scope, OPEN_CLASS, at, 0);
            for ((.., at, id), row) in self.rows(CLASSES, of(from)..of(to), usize::MAX)? {
                let row = HistoryRow::from_row(row)?;
                let fits = filter.status.is_none_or(|wanted| wanted == row.status)
                    && filter.trigger.is_none_or(|wanted| wanted == row.trigger);
                if fits && (facet != BY_JOB || self.is_at_home(filter, at, id)?) {
                    sum.add_row(&row);
                }
            }
        }
        Ok(())
    }
}

/// Returns the homes a scope is counted under, which is one look for each.
fn tallied_homes(
    table: &impl ReadableTable<TallyKey, &'static [u8]>,
    facet: u8,
    scope: u128,
) -> Result<Vec<u128>, Fault> {
    let mut found = Vec::new();
    let mut least = Some(0);
    while let Some(home) = least {
        let rest =
            (facet, scope, home, 0, i64::MIN, 0)..=(facet, scope, u128::MAX, u8::MAX, i64::MAX, u8::MAX);
        let next = table.range(rest)?.next().transpose()?.map(|(key, _)| key.value().2);
        found.extend(next);
        least = next.and_then(|next| next.checked_add(1));
    }
    Ok(found)
}

fn is_wanted(filter: &ExecutionFilter, home: u128) -> bool {
    filter.project.is_none_or(|wanted| wanted.bits() == home)
        && filter.within.as_ref().is_none_or(|within| within.iter().any(|it| it.bits() == home))
}

/// What was added up.
#[derive(Default)]
struct Sum {
    stats: ExecutionStats,
    /// What ran to an end.
    ran: Tally,
}

impl Sum {
    fn add_row(&mut self, row: &HistoryRow) {
        let mut tally = Tally::default();
        tally.add(row);
        self.add(row.status, &tally);
    }

    fn add(&mut self, status: ExecutionStatus, tally: &Tally) {
        let add = |count: &mut u64| *count = count.saturating_add(tally.count);
        let stats = &mut self.stats;
        add(&mut stats.total);
        match status {
            ExecutionStatus::Completed => add(&mut stats.completed),
            ExecutionStatus::Partial => add(&mut stats.partial),
            ExecutionStatus::Failed => add(&mut stats.failed),
            ExecutionStatus::Skipped => add(&mut stats.skipped),
            ExecutionStatus::Missed => add(&mut stats.missed),
            ExecutionStatus::Cancelled => add(&mut stats.cancelled),
            ExecutionStatus::Queued
            | ExecutionStatus::Running
            | ExecutionStatus::Retrying
            | ExecutionStatus::Waiting
            | ExecutionStatus::Paused
            | ExecutionStatus::Cancelling => {}
        }
        if status != ExecutionStatus::Cancelled {
            for (bucket, many, sum) in &tally.durations {
                self.ran.add_durations(*bucket, *many, *sum);
            }
        }
    }

    fn stats(self) -> ExecutionStats {
        ExecutionStats {
            average_duration_ms: self.ran.mean(),
            p50_duration_ms: self.ran.nearest_rank(50),
            p95_duration_ms: self.ran.nearest_rank(95),
            ..self.stats
        }
    }
}
