//! What else goes in its time: cancelled jobs and removed projects that nothing is left of, what was read of projects'
//! activity, the audit log, requests.

use std::ops::Bound;

use dateline_core::id::JobId;
use dateline_core::retention::cutoff;
use redb::{Key, ReadableTable, Value};

use super::{ACTIVITY_SCAN, ANSWERS_SCAN, Batch, JOBS_SCAN, PROJECTS_SCAN};
use crate::fault::Fault;
use crate::tables::{
    ACTIVITY, ANSWER_AGES, AUDIT, BY_JOB, BY_PROJECT, CANCELLED, CURSORS, DRAFT_INDEX, HELD_JOBS, HISTORY,
    Index, JOB_INDEX, JOB_STATES, JOBS, LANE_LOADS, MEMBERS, PROJECT_OWNERS, REMOVED_PROJECTS, TALLIES,
    TURNS, USER_PROJECTS,
};
use crate::transaction::{Plain, Rows, Transaction};

impl Transaction<'_> {
    /// Returns the first key of `range`.
    pub(super) fn first_of<K: Key + Plain, V: Value + 'static>(
        &self,
        table: Index<K, V>,
        range: (Bound<K>, Bound<K>),
    ) -> Result<Option<K>, Fault> {
        let table = self.table(table)?;
        let first = table.range::<K>(range)?.next().transpose()?;
        Ok(first.map(|(key, _)| key.value()))
    }

    pub(super) fn purge_jobs(&self, batch: &mut Batch) -> Result<bool, Fault> {
        let next = |last: Option<u128>| {
            let from =
                last.map_or(Bound::Included((CANCELLED, 0, 0)), |last| Bound::Excluded((CANCELLED, 0, last)));
            let end = Bound::Included((CANCELLED, 0, u128::MAX));
            Ok(self.first_of(JOB_INDEX, (from, end))?.map(|(_, _, job)| job))
        };
        self.go_round(JOBS_SCAN, batch, next, |job, batch| {
            // The next start would create the cleanup anew.
            if job == JobId::CLEANUP.bits() || self.has_history(BY_JOB, job)? {
                batch.saw();
                return Ok(());
            }
            self.remove(JOBS.table, job)?;
            self.remove(JOB_STATES.table, job)?;
            self.remove(JOB_INDEX, (CANCELLED, 0, job))?;
            self.remove(HELD_JOBS, job)?;
            self.forget_turn(job)?;
            let cursors = self.clear(CURSORS.table, (job, "", "")..(job.saturating_add(1), "", ""))?;
            batch.took(5 + cursors + self.forget_tallies(BY_JOB, job)?);
            Ok(())
        })
    }

    pub(super) fn purge_projects(&self, batch: &mut Batch) -> Result<bool, Fault> {
        let next = |last: Option<u128>| {
            let from = last.map_or(Bound::Unbounded, Bound::Excluded);
            self.first_of(REMOVED_PROJECTS.table, (from, Bound::Unbounded))
        };
        self.go_round(PROJECTS_SCAN, batch, next, |id, batch| {
            let drafts = (Bound::Included((BY_PROJECT, id, 0)), Bound::Included((BY_PROJECT, id, u128::MAX)));
            if self.has_history(BY_PROJECT, id)? || self.first_of(DRAFT_INDEX, drafts)?.is_some() {
                batch.saw();
                return Ok(());
            }
            let Some(removed) = self.get(&REMOVED_PROJECTS, id)? else { return Ok(()) };
            self.remove(REMOVED_PROJECTS.table, id)?;
            self.remove(PROJECT_OWNERS, (removed.project.owner.bits(), id))?;
            self.forget_turn(id)?;
            let members = self.list(&MEMBERS, (id, 0)..=(id, u128::MAX), usize::MAX)?;
            for ((_, user), _) in &members {
                self.remove(MEMBERS.table, (id, *user))?;
                self.remove(USER_PROJECTS, (*user, id))?;
            }
            batch.took(3 + members.len() * 2 + self.forget_tallies(BY_PROJECT, id)?);
            Ok(())
        })
    }

    /// Forgets when a lane had its last turn, unless something is at work in it: numbers are told apart by whose they are nowhere
    /// here, and a lane at work is somebody's.
    fn forget_turn(&self, lane: u128) -> Result<(), Fault> {
        if self.has(LANE_LOADS, lane)? { Ok(()) } else { self.remove(TURNS, lane).map(drop) }
    }

    fn has_history(&self, facet: u8, scope: u128) -> Result<bool, Fault> {
        let all = (facet, scope, i64::MIN, 0)..=(facet, scope, i64::MAX, u128::MAX);
        Ok(!self.rows(HISTORY, all, 1)?.is_empty())
    }

    fn forget_tallies(&self, facet: u8, scope: u128) -> Result<usize, Fault> {
        let first = (facet, scope, 0, 0, i64::MIN, 0);
        self.clear(TALLIES.table, first..=(facet, scope, u128::MAX, u8::MAX, i64::MAX, u8::MAX))
    }

    pub(super) fn purge_activity(&self, batch: &mut Batch) -> Result<bool, Fault> {
        let end = cutoff(batch.now, batch.retention.activity_days).timestamp_millis();
        let next = |last: Option<u128>| {
            let from = last.map_or(Bound::Unbounded, |last| Bound::Excluded((last, i64::MAX)));
            Ok(self.first_of(ACTIVITY.table, (from, Bound::Unbounded))?.map(|(project, _)| project))
        };
        self.go_round(ACTIVITY_SCAN, batch, next, |project, batch| {
            batch.saw();
            let segments = self.clear(ACTIVITY.table, (project, i64::MIN)..(project, end))?;
            batch.removed += segments as u64;
            batch.rows_left = batch.rows_left.saturating_sub(segments);
            Ok(())
        })
    }

    pub(super) fn purge_answers(&self, batch: &mut Batch) -> Result<bool, Fault> {
        let end = cutoff(batch.now, batch.retention.activity_days).timestamp_millis();
        let next = |last: Option<u128>| {
            let from = last.map_or(Bound::Unbounded, |last| Bound::Excluded((last, i64::MAX, u128::MAX)));
            Ok(self.first_of(ANSWER_AGES, (from, Bound::Unbounded))?.map(|(project, ..)| project))
        };
        self.go_round(ANSWERS_SCAN, batch, next, |project, batch| {
            batch.saw();
            let over = self.rows(ANSWER_AGES, (project, i64::MIN, 0)..(project, end, 0), usize::MAX)?;
            batch.removed += over.len() as u64;
            batch.rows_left = batch.rows_left.saturating_sub(over.len());
            over.into_iter().try_for_each(|(age, ())| self.drop_answer(age))
        })
    }

    /// Entries are numbered in the order of commits: the first that is young ends the scan.
    pub(super) fn purge_audit(&self, batch: &mut Batch) -> Result<bool, Fault> {
        let oldest = cutoff(batch.now, batch.retention.audit_days);
        for (number, entry) in self.list(&AUDIT, .., batch.left)? {
            if entry.at >= oldest {
                return Ok(true);
            }
            self.remove(AUDIT.table, number)?;
            batch.took(1);
        }
        Ok(!batch.is_full())
    }

    pub(super) fn purge_requests(&self, batch: &mut Batch) -> Result<bool, Fault> {
        let forgotten = self.forget_requests(batch.now, batch.left)?;
        batch.removed += forgotten as u64;
        Ok(forgotten < batch.left)
    }
}
