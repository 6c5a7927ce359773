//! Where an execution stands in the indexes. Every change of an execution goes through here, so that records, index
//! rows, versions and events cannot part.

use dateline_core::event::EventKind;
use dateline_core::execution::{Execution, ExecutionState, Outcome, Wait};
use dateline_core::store::StoreError;
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::tables::{BUSY, EXECUTIONS, JOB_STATES, LANES, LEASES, OCCURRENCES, OPEN, READY, WAITING};
use crate::transaction::{Rows, Transaction};

/// A row of the queue of ready executions.
pub(crate) type ReadyKey = (u128, u8, i64, u128);

/// A row of the idle lanes.
pub(crate) type LaneKey = (u8, i64, u128, u128);

/// Returns the row of a lane whose first ready execution is this one.
pub(crate) fn lane_key((lane, rank, since, execution): ReadyKey) -> LaneKey {
    (rank, since, execution, lane)
}

/// Returns where a QUEUED execution stands in its lane.
pub(crate) fn ready_key(execution: &Execution, since: Timestamp, ready_at: Timestamp) -> ReadyKey {
    // A record may have been damaged into a priority that does not exist.
    let rank = 9_u8.saturating_sub(execution.priority.level());
    (execution.lane().bits(), rank, since.max(ready_at).timestamp_millis(), execution.id.bits())
}

/// Returns the execution's row among the open ones of its job.
pub(crate) fn open_key(execution: &Execution) -> (u128, u8, u128) {
    (execution.job.bits(), u8::from(!execution.attempts.is_empty()), execution.id.bits())
}

impl Transaction<'_> {
    /// Stores an execution that is new.
    pub(crate) fn insert_execution(&self, execution: &Execution, now: Timestamp) -> Result<(), Fault> {
        if let Some(due) = &execution.due {
            let key = (execution.job.bits(), due.key().timestamp_millis());
            self.set(OCCURRENCES, key, execution.id.bits())?;
        }
        self.enter(execution, now)?;
        if execution.state.is_open() {
            self.set(OPEN, open_key(execution), ())?;
        }
        self.note_history(None, execution)?;
        self.write_execution(execution, now)
    }

    /// Stores what `before` has become, as its next version.
    pub(crate) fn change_execution(
        &self,
        before: &Execution,
        mut after: Execution,
        now: Timestamp,
    ) -> Result<Execution, Fault> {
        after.version = before.version + 1;
        if before.state != after.state {
            self.leave(before)?;
            self.enter(&after, now)?;
            self.move_open(before, &after)?;
        }
        self.note_history(Some(before), &after)?;
        self.note_run(before, &after)?;
        self.write_execution(&after, now)?;
        if before.state.is_open() && !after.state.is_open() {
            self.tell_of_end(&after, now)?;
        }
        Ok(after)
    }

    fn write_execution(&self, execution: &Execution, now: Timestamp) -> Result<(), Fault> {
        self.put(&EXECUTIONS, execution.id.bits(), execution)?;
        let (id, version) = (execution.id.to_string(), execution.version);
        self.emit(EventKind::Execution, id, execution.home, version, now)
    }

    fn move_open(&self, before: &Execution, after: &Execution) -> Result<(), Fault> {
        if open_key(before) != open_key(after) || !after.state.is_open() {
            self.remove(OPEN, open_key(before))?;
            if after.state.is_open() {
                self.set(OPEN, open_key(after), ())?;
            }
        }
        Ok(())
    }

    /// Adds the rows of the state the execution is in.
    fn enter(&self, execution: &Execution, now: Timestamp) -> Result<(), Fault> {
        let id = execution.id.bits();
        match &execution.state {
            ExecutionState::Queued { ready_at, .. } if *ready_at > now => {
                self.set(WAITING, (ready_at.timestamp_millis(), id), ())
            }
            ExecutionState::Queued { since, ready_at } => {
                let key = ready_key(execution, *since, *ready_at);
                self.change_lane(key.0, || self.set(READY, key, ()))
            }
            ExecutionState::Retrying { retry_at: until, .. }
            | ExecutionState::Waiting { wait: Wait { until, .. }, .. } => {
                self.set(WAITING, (until.timestamp_millis(), id), ())
            }
            ExecutionState::Running { lease, .. } | ExecutionState::Cancelling { lease, .. } => {
                self.set(LEASES, (lease.expires_at.timestamp_millis(), id), lease.holder.bits())?;
                let lane = execution.lane().bits();
                self.change_lane(lane, || self.set(BUSY, lane, id))
            }
            ExecutionState::Paused { .. } | ExecutionState::Finished { .. } => Ok(()),
        }
    }

    /// Removes the rows of the state the execution is in.
    fn leave(&self, execution: &Execution) -> Result<(), Fault> {
        let id = execution.id.bits();
        match &execution.state {
            ExecutionState::Queued { since, ready_at } => {
                let key = ready_key(execution, *since, *ready_at);
                // A paced start has been in either place, depending on whether its time had come.
                self.remove(WAITING, (ready_at.timestamp_millis(), id))?;
                self.change_lane(key.0, || self.remove(READY, key).map(drop))
            }
            ExecutionState::Retrying { retry_at: until, .. }
            | ExecutionState::Waiting { wait: Wait { until, .. }, .. } => {
                self.remove(WAITING, (until.timestamp_millis(), id)).map(drop)
            }
            ExecutionState::Running { lease, .. } | ExecutionState::Cancelling { lease, .. } => {
                self.remove(LEASES, (lease.expires_at.timestamp_millis(), id))?;
                let lane = execution.lane().bits();
                self.change_lane(lane, || self.remove(BUSY, lane).map(drop))
            }
            ExecutionState::Paused { .. } | ExecutionState::Finished { .. } => Ok(()),
        }
    }

    /// Moves a paced start whose time has come to where it can be claimed.
    pub(crate) fn make_ready(&self, execution: &Execution) -> Result<(), Fault> {
        if let ExecutionState::Queued { since, ready_at } = &execution.state {
            let key = ready_key(execution, *since, *ready_at);
            self.remove(WAITING, (ready_at.timestamp_millis(), key.3))?;
            self.change_lane(key.0, || self.set(READY, key, ()))?;
        }
        Ok(())
    }

    /// Applies `change` to what is ready or running in `lane`, and keeps the lane's head row right.
    fn change_lane(&self, lane: u128, change: impl FnOnce() -> Result<(), Fault>) -> Result<(), Fault> {
        let before = self.lane_head(lane)?;
        change()?;
        let after = self.lane_head(lane)?;
        if before == after {
            return Ok(());
        }
        if let Some(head) = before {
            self.remove(LANES, head)?;
        }
        after.map_or(Ok(()), |head| self.set(LANES, head, ()))
    }

    /// Returns the row a lane has, or should have, among the idle ones.
    fn lane_head(&self, lane: u128) -> Result<Option<LaneKey>, Fault> {
        if self.has(BUSY, lane)? {
            return Ok(None);
        }
        let first = self.rows(READY, (lane, 0, i64::MIN, 0)..=(lane, u8::MAX, i64::MAX, u128::MAX), 1)?;
        Ok(first.first().map(|(key, ())| lane_key(*key)))
    }

    /// Keeps what a job remembers of its latest execution that ran.
    fn note_run(&self, before: &Execution, after: &Execution) -> Result<(), Fault> {
        let started = before.started_at.is_none() && after.started_at.is_some();
        let ended = before.state.is_open() && !after.state.is_open() && counts_as_run(after);
        if !started && !ended {
            return Ok(());
        }
        let job = after.job.bits();
        let Some(mut state) = self.get(&JOB_STATES, job)? else {
            return Err(Fault::Damaged(format!("{} has no state", after.job)));
        };
        if started {
            state.last_run_at = after.started_at;
        }
        if ended {
            state.last_ended = Some(after.state.status());
        }
        self.put(&JOB_STATES, job, &state)
    }

    /// Returns the execution, or refuses.
    pub(crate) fn found_execution(&self, id: dateline_core::id::ExecutionId) -> Result<Execution, Fault> {
        let missing = StoreError::NotFound(dateline_core::store::Missing::Execution);
        self.get(&EXECUTIONS, id.bits())?.ok_or(Fault::Refused(missing))
    }
}

/// Whether an ended execution decides its job's status: it ran, or failed because nobody came to run it.
fn counts_as_run(execution: &Execution) -> bool {
    execution.started_at.is_some()
        || matches!(&execution.state, ExecutionState::Finished { outcome: Outcome::Failed, .. })
}
