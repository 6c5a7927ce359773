//! Ended executions go with all that belongs to them, but the newest of each job and those that are pinned.

use std::collections::BTreeMap;
use std::ops::Bound;

use dateline_core::execution::{Execution, ExecutionState};
use dateline_core::id::JobId;
use dateline_core::retention::{Lifetime, Verdict, cutoff, verdict};

use super::{Batch, HELD_SCAN, late_code};
use crate::fault::Fault;
use crate::record::ended_classes;
use crate::tables::{
    ALL, BY_JOB, CLASSES, DEAD_LETTERS, DONE_STEPS, EXECUTIONS, FOLLOWERS, HELD, HELD_JOBS, HISTORY, JOBS,
    LATE, LOG_SIZES, LOGS, OCCURRENCES, PURGED, STEPS,
};
use crate::transaction::{Rows, Transaction, Walk};
use crate::verbs::history::{class_keys, history_keys};
use crate::verbs::{dead_letter_keys, follower_keys};

/// Where the newest executions of each job begin: (recorded at, ms; execution). A cancelled job has none that stay.
type Newest = BTreeMap<u128, (i64, u128)>;

/// After every execution.
const NONE: (i64, u128) = (i64::MAX, u128::MAX);

impl Transaction<'_> {
    pub(super) fn purge_executions(&self, batch: &mut Batch) -> Result<bool, Fault> {
        let mut newest = Newest::new();
        for (class, status) in ended_classes() {
            let Some(lifetime) = Lifetime::of(status) else { continue };
            if !self.purge_class(class, lifetime, batch, &mut newest)? {
                return Ok(false);
            }
        }
        for lifetime in Lifetime::ALL {
            if !self.purge_late(lifetime, batch, &mut newest)? {
                return Ok(false);
            }
        }
        Ok(self.tell_held(batch)? && self.purge_held(batch, &mut newest)?)
    }

    /// Goes on through a class, up to what is too young. Returns whether it came that far.
    fn purge_class(
        &self,
        class: u8,
        lifetime: Lifetime,
        batch: &mut Batch,
        newest: &mut Newest,
    ) -> Result<bool, Fault> {
        let end = cutoff(batch.now, batch.retention.days(lifetime)).timestamp_millis();
        let passed = self.passed(class)?;
        let from = match passed {
            Some((at, _)) if at >= end => return Ok(true),
            Some((at, id)) => Bound::Excluded((ALL, 0, class, at, id)),
            None => Bound::Included((ALL, 0, class, i64::MIN, 0)),
        };
        let over = self.rows(CLASSES, (from, Bound::Excluded((ALL, 0, class, end, 0))), batch.left)?;
        let mut last = None;
        for ((_, _, _, at, id), _) in over {
            if batch.is_full() {
                break;
            }
            self.judge(id, batch, newest)?;
            last = Some((at, id));
        }
        if let Some(last) = last {
            self.set(PURGED, class, last)?;
        }
        Ok(!batch.is_full())
    }

    /// Looks again at what ended later than it was passed.
    fn purge_late(&self, lifetime: Lifetime, batch: &mut Batch, newest: &mut Newest) -> Result<bool, Fault> {
        let code = late_code(lifetime);
        let end = cutoff(batch.now, batch.retention.days(lifetime)).timestamp_millis();
        let over = self.rows(LATE, (code, i64::MIN, 0)..(code, end, 0), batch.left)?;
        for (key, ()) in over {
            if batch.is_full() {
                break;
            }
            self.remove(LATE, key)?;
            self.judge(key.2, batch, newest)?;
        }
        Ok(!batch.is_full())
    }

    /// Removes an execution whose time is over, or remembers where it will be looked for again.
    fn judge(&self, id: u128, batch: &mut Batch, newest: &mut Newest) -> Result<(), Fault> {
        let execution = self.indexed_execution(id)?;
        let place = (execution.created_at.timestamp_millis(), id);
        let is_latest = place >= self.newest_of(execution.job, batch, newest)?;
        match verdict(&execution, is_latest, &batch.retention, batch.now) {
            Verdict::Goes => batch.took(self.forget_execution(&execution)?),
            Verdict::Latest => {
                self.set(HELD, (execution.job.bits(), place.0, id), ())?;
                batch.saw();
            }
            Verdict::Young => {
                self.set_late(&execution)?;
                batch.saw();
            }
            Verdict::Pinned | Verdict::Open => batch.saw(),
        }
        Ok(())
    }

    /// Tells every job with held executions to be looked at when fewer are to be held than before.
    fn tell_held(&self, batch: &mut Batch) -> Result<bool, Fault> {
        let wanted = i64::from(batch.retention.runs_min);
        let (known, mut last) = self.passed(HELD_SCAN)?.unwrap_or((wanted, 0));
        if known <= wanted && last == 0 {
            self.set_held_scan(wanted, 0)?;
            return Ok(true);
        }
        while !batch.is_full() {
            let after = (Bound::Excluded((last, i64::MAX, u128::MAX)), Bound::Unbounded);
            let Some(((job, ..), ())) = self.rows(HELD, after, 1)?.pop() else {
                self.set_held_scan(wanted, 0)?;
                return Ok(true);
            };
            self.set(HELD_JOBS, job, ())?;
            batch.saw();
            last = job;
        }
        self.set_held_scan(known, last)?;
        Ok(false)
    }

    fn set_held_scan(&self, runs: i64, last: u128) -> Result<(), Fault> {
        let is_known = self.passed(HELD_SCAN)? == Some((runs, last));
        if is_known { Ok(()) } else { self.set(PURGED, HELD_SCAN, (runs, last)) }
    }

    /// Lets go what is no more among the newest of its job.
    fn purge_held(&self, batch: &mut Batch, newest: &mut Newest) -> Result<bool, Fault> {
        for (job, ()) in self.rows(HELD_JOBS, .., batch.left)? {
            let end = self.newest_of(JobId::from_bits(job), batch, newest)?;
            let over = self.rows(HELD, (job, i64::MIN, 0)..(job, end.0, end.1), batch.left)?;
            for (key, ()) in over {
                if batch.is_full() {
                    return Ok(false);
                }
                self.remove(HELD, key)?;
                self.judge(key.2, batch, newest)?;
            }
            if batch.is_full() {
                return Ok(false);
            }
            self.remove(HELD_JOBS, job)?;
            batch.saw();
        }
        Ok(!batch.is_full())
    }

    /// Returns where the newest executions of a job begin.
    fn newest_of(&self, job: JobId, batch: &Batch, newest: &mut Newest) -> Result<(i64, u128), Fault> {
        let scope = job.bits();
        if let Some(known) = newest.get(&scope) {
            return Ok(*known);
        }
        let is_live = self.get(&JOBS, scope)?.is_some_and(|job| job.cancelled_at.is_none());
        let mut begin = NONE;
        let mut more = if is_live { batch.retention.runs_min } else { 0 };
        if more > 0 {
            let of_job = (BY_JOB, scope, i64::MIN, 0)..=(BY_JOB, scope, i64::MAX, u128::MAX);
            self.walk_back(HISTORY, of_job, |(_, _, at, id), _| {
                begin = (at, id);
                more -= 1;
                Ok(if more == 0 { Walk::Stop } else { Walk::On })
            })?;
        }
        newest.insert(scope, begin);
        Ok(begin)
    }

    /// Removes an ended execution and every row of it; returns how many these were. Statistics stay, and so does the
    /// place its job has recorded through: what it stood for never runs again.
    fn forget_execution(&self, execution: &Execution) -> Result<usize, Fault> {
        let id = execution.id.bits();
        self.remove(EXECUTIONS.table, id)?;
        if let Some(due) = &execution.due {
            self.remove(OCCURRENCES, (execution.job.bits(), due.key().timestamp_millis()))?;
        }
        let class = crate::record::HistoryRow::of(execution).class();
        for (key, by_class) in history_keys(execution).into_iter().zip(class_keys(execution, class)) {
            self.remove(HISTORY, key)?;
            self.remove(CLASSES, by_class)?;
        }
        for key in dead_letter_keys(execution) {
            self.remove(DEAD_LETTERS, key)?;
        }
        for key in follower_keys(execution) {
            self.remove(FOLLOWERS, key)?;
        }
        self.unlink_late(execution)?;
        Ok(12 + self.forget_log(id)? + self.forget_steps(id)?)
    }

    pub(super) fn forget_log(&self, id: u128) -> Result<usize, Fault> {
        self.remove(LOG_SIZES, id)?;
        self.clear(LOGS.table, (id, 0)..=(id, u64::MAX))
    }

    pub(super) fn forget_steps(&self, id: u128) -> Result<usize, Fault> {
        let steps = self.clear(STEPS.table, (id, 0)..=(id, u32::MAX))?;
        Ok(steps + self.clear(DONE_STEPS, (id, "")..(id.saturating_add(1), ""))?)
    }

    /// Has an ended execution looked at again when its time is over.
    fn set_late(&self, execution: &Execution) -> Result<(), Fault> {
        let ExecutionState::Finished { at, .. } = execution.state else { return Ok(()) };
        match Lifetime::of(execution.state.status()) {
            Some(of) => self.set(LATE, (late_code(of), at.timestamp_millis(), execution.id.bits()), ()),
            None => Ok(()),
        }
    }

    /// Notes that an execution has ended which the scans may have passed while it was open.
    pub(in crate::verbs) fn note_passed(&self, execution: &Execution, class: u8) -> Result<(), Fault> {
        let ExecutionState::Finished { at, .. } = execution.state else { return Ok(()) };
        if execution.pinned_at.is_some() {
            return Ok(());
        }
        let (recorded_at, id) = (execution.created_at.timestamp_millis(), execution.id.bits());
        let scans = [(class, (recorded_at, id)), (super::LOGS_SCAN, (0, id)), (super::STEPS_SCAN, (0, id))];
        let codes = super::late_codes(execution.state.status());
        for ((scan, place), code) in scans.into_iter().zip(codes) {
            if let Some(code) = code
                && self.passed(scan)?.is_some_and(|passed| place <= passed)
            {
                self.set(LATE, (code, at.timestamp_millis(), id), ())?;
            }
        }
        Ok(())
    }

    /// Notes that a job has a newer execution, or was cancelled, should any of its older ones be held.
    pub(in crate::verbs) fn touch_held(&self, job: JobId) -> Result<(), Fault> {
        let job = job.bits();
        if self.rows(HELD, (job, i64::MIN, 0)..=(job, i64::MAX, u128::MAX), 1)?.is_empty() {
            return Ok(());
        }
        if self.has(HELD_JOBS, job)? { Ok(()) } else { self.set(HELD_JOBS, job, ()) }
    }
}
