//! History: scans of its small rows, merged where more than one range holds what is asked for.

use std::ops::Bound;

use dateline_core::execution::{Execution, ExecutionStatus};
use dateline_core::home::Home;
use dateline_core::id::{ExecutionId, ProjectId};
use dateline_core::store::{ExecutionFilter, Page, PageRequest};
use redb::ReadableTable;

use super::{page_of, resume};
use crate::fault::Fault;
use crate::record::{HistoryRow, classes};
use crate::tables::{
    ALL, BY_JOB, BY_PROJECT, CLASSES, DEAD_LETTERS, EXECUTIONS, HISTORY, HistoryKey, JOBS, scope_of,
};
use crate::transaction::{Rows, Snapshot, Walk};

impl Snapshot {
    pub(crate) fn executions(
        &self,
        filter: &ExecutionFilter,
        page: &PageRequest,
    ) -> Result<Page<Execution>, Fault> {
        let after = resume::<24>(page)?.map(split_position);
        let mut found = Vec::new();
        let visit = |at: i64, id: u128| -> Result<Walk, Fault> {
            found.push((at, id));
            Ok(if found.len() > page.limit { Walk::Stop } else { Walk::On })
        };
        if filter.is_dead_letter {
            self.walk_dead_letters(filter, after, visit)?;
        } else {
            let mut visit = visit;
            self.walk_history(filter, after, |at, id, _| visit(at, id))?;
        }
        let Page { items, next } = page_of(found, page.limit, |(at, id)| position(*at, *id));
        let ids = items.into_iter().map(|(_, id)| id);
        Ok(Page { items: self.recalled(ids)?, next })
    }

    fn recalled(&self, ids: impl Iterator<Item = u128>) -> Result<Vec<Execution>, Fault> {
        let table = self.table(EXECUTIONS.table)?;
        let missing = || Fault::Damaged(format!("a record of `{}` is missing", EXECUTIONS.name));
        let read = |id| self.recall.execution(id, table.get(id)?.ok_or_else(missing)?.value());
        ids.map(read).collect()
    }

    /// Shows `visit` the executions `filter` names, newest first, from just before `after`.
    pub(super) fn walk_history(
        &self,
        filter: &ExecutionFilter,
        after: Option<(i64, u128)>,
        mut visit: impl FnMut(i64, u128, HistoryRow) -> Result<Walk, Fault>,
    ) -> Result<(), Fault> {
        let (from, to) = bounds(filter);
        let end = after.map_or((to, 0), |after| after.min((to, 0)));
        if (from, 0) >= end {
            return Ok(());
        }
        let mut look = |facet, at, id, row| {
            let row = HistoryRow::from_row(row)?;
            let fits = filter.status.is_none_or(|wanted| wanted == row.status)
                && filter.trigger.is_none_or(|wanted| wanted == row.trigger);
            // A job's executions may be at home in more than one place, should the job have moved.
            if fits && (facet != BY_JOB || self.is_at_home(filter, at, id)?) {
                visit(at, id, row)
            } else {
                Ok(Walk::On)
            }
        };
        let scopes = self.history_scopes(filter)?.into_iter();
        if filter.status.is_none() && filter.trigger.is_none() {
            let ranges = scopes.map(|(facet, scope)| {
                (Bound::Included((facet, scope, from, 0)), Bound::Excluded((facet, scope, end.0, end.1)))
            });
            let rank = |(_, _, at, id): &(u8, u128, i64, u128)| (*at, *id);
            return self
                .walk_back_merged(HISTORY, ranges, rank, |(facet, _, at, id), row| look(facet, at, id, row));
        }
        let classes = classes(filter.status, filter.trigger);
        let ranges = scopes.flat_map(|(facet, scope)| {
            classes.iter().map(move |class| {
                let begin = Bound::Included((facet, scope, *class, from, 0));
                (begin, Bound::Excluded((facet, scope, *class, end.0, end.1)))
            })
        });
        let rank = |(_, _, _, at, id): &(u8, u128, u8, i64, u128)| (*at, *id);
        self.walk_back_merged(CLASSES, ranges, rank, |(facet, _, _, at, id), row| look(facet, at, id, row))
    }

    /// Shows `visit` the dead letters `filter` names, newest first, from just before `after`.
    fn walk_dead_letters(
        &self,
        filter: &ExecutionFilter,
        after: Option<(i64, u128)>,
        mut visit: impl FnMut(i64, u128) -> Result<Walk, Fault>,
    ) -> Result<(), Fault> {
        let (from, to) = bounds(filter);
        let end = after.map_or((to, 0), |after| after.min((to, 0)));
        let can_be = filter.status.is_none_or(|status| status == ExecutionStatus::Failed);
        if (from, 0) >= end || !can_be {
            return Ok(());
        }
        let ranges = self.history_scopes(filter)?.into_iter().map(|(facet, scope)| {
            (Bound::Included((facet, scope, from, 0)), Bound::Excluded((facet, scope, end.0, end.1)))
        });
        let rank = |(_, _, at, id): &HistoryKey| (*at, *id);
        self.walk_back_merged(DEAD_LETTERS, ranges, rank, |(facet, _, at, id), ()| {
            let fits = match filter.trigger {
                Some(wanted) => self.execution(ExecutionId::from_bits(id))?.trigger.kind() == wanted,
                None => true,
            };
            if fits && (facet != BY_JOB || self.is_at_home(filter, at, id)?) {
                visit(at, id)
            } else {
                Ok(Walk::On)
            }
        })
    }

    /// Returns the facets whose rows together hold what `filter` names, and little else.
    pub(super) fn history_scopes(&self, filter: &ExecutionFilter) -> Result<Vec<(u8, u128)>, Fault> {
        let is_within = |home| filter.within.as_ref().is_none_or(|within| within.contains(&home));
        Ok(match (filter.job, filter.project.map(Home::Project), &filter.within) {
            (Some(job), _, None) => vec![(BY_JOB, job.bits())],
            (Some(job), _, Some(_)) => {
                // Whoever does not see the job is not made to wait for its history.
                let job = self.get(&JOBS, job.bits())?.filter(|job| is_within(job.home));
                job.map(|job| (BY_JOB, job.id.bits())).into_iter().collect()
            }
            (None, Some(home), _) if is_within(home) => vec![scope_of(home)],
            (None, Some(_), _) => Vec::new(),
            (None, None, Some(within)) => within.iter().map(|home| scope_of(*home)).collect(),
            (None, None, None) => vec![(ALL, 0)],
        })
    }

    /// Whether an execution found through its job is at home where `filter` asks.
    pub(super) fn is_at_home(&self, filter: &ExecutionFilter, at: i64, id: u128) -> Result<bool, Fault> {
        let is_of = |project: ProjectId| self.has(HISTORY, (BY_PROJECT, project.bits(), at, id));
        if let Some(project) = filter.project
            && !is_of(project)?
        {
            return Ok(false);
        }
        let Some(within) = &filter.within else { return Ok(true) };
        Ok(within.contains(&self.execution(ExecutionId::from_bits(id))?.home))
    }
}

/// Returns the instants `filter` asks between, ms; `i64::MIN` and `i64::MAX` where it does not say.
pub(super) fn bounds(filter: &ExecutionFilter) -> (i64, i64) {
    let from = filter.from.map_or(i64::MIN, |at| at.timestamp_millis());
    (from, filter.to.map_or(i64::MAX, |at| at.timestamp_millis()))
}

fn position(at: i64, id: u128) -> Vec<u8> {
    let mut bytes = at.to_be_bytes().to_vec();
    bytes.extend(id.to_be_bytes());
    bytes
}

fn split_position(bytes: [u8; 24]) -> (i64, u128) {
    let (mut at, mut id) = ([0; 8], [0; 16]);
    at.copy_from_slice(&bytes[..8]);
    id.copy_from_slice(&bytes[8..]);
    (i64::from_be_bytes(at), u128::from_be_bytes(id))
}
