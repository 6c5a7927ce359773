//! Where an execution stands in the indexes. Every change of an execution goes through here, so that records, index
//! rows, versions and events cannot part.

use dateline_core::event::EventKind;
use dateline_core::execution::{Execution, ExecutionState, ExecutionStatus, Outcome, Wait};
use dateline_core::job::JobClock;
use dateline_core::store::StoreError;
use dateline_core::time::Timestamp;

use super::gate::ready_ms;
use super::lane::{lane_of, ready_row};
use crate::fault::Fault;
use crate::tables::{
    BUSY, DEBOUNCES, EXECUTIONS, FOLLOWERS, JOB_STATES, LEASES, OCCURRENCES, OPEN, READY, TURNS, WAITING,
};
use crate::transaction::{Rows, Transaction};
use crate::verbs::dead_letter::laid_aside;
use crate::verbs::follower_keys;

/// What stands among a job's open executions and is no rival of an occurrence: a person is asked about it.
pub(super) const ASKING: u8 = 2;
/// Neither is what belongs to a backfill.
pub(crate) const OF_THE_PAST: u8 = 3;

/// Returns the execution's row among the open ones of its job.
pub(crate) fn open_key(execution: &Execution) -> (u128, u8, u128) {
    let class = if execution.state.is_asking() {
        ASKING
    } else if execution.backfilled().is_some() {
        OF_THE_PAST
    } else {
        u8::from(!execution.attempts.is_empty())
    };
    (execution.job.bits(), class, execution.id.bits())
}

impl Transaction<'_> {
    /// Stores an execution that is new.
    pub(crate) fn insert_execution(&self, execution: &Execution, now: Timestamp) -> Result<(), Fault> {
        if let Some(due) = &execution.due {
            let key = (execution.job.bits(), due.key().timestamp_millis());
            self.set(OCCURRENCES, key, execution.id.bits())?;
        }
        follower_keys(execution).try_for_each(|key| self.set(FOLLOWERS, key, execution.id.bits()))?;
        if execution.state.is_open() {
            let lane = lane_of(execution);
            self.change_lane(lane, || {
                self.enter(execution, now)?;
                self.heal_turn(lane, now)
            })?;
            self.settle_gates(execution.gates(), now)?;
            self.set(OPEN, open_key(execution), ())?;
        }
        self.note_history(None, execution)?;
        self.touch_held(execution.job)?;
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
        after.dead_letter = laid_aside(before, &after);
        if before.state != after.state {
            let lane = lane_of(before);
            self.change_lane(lane, || {
                self.leave(before)?;
                self.enter(&after, now)?;
                let is_turn = before.state.lease().is_none() && after.state.lease().is_some();
                if is_turn {
                    self.count_start(before, now)?;
                    self.set(TURNS, lane, now.timestamp_millis())
                } else {
                    self.heal_turn(lane, now)
                }
            })?;
            self.settle_gates(before.gates(), now)?;
            self.move_open(before, &after)?;
        }
        self.note_history(Some(before), &after)?;
        self.note_dead_letter(before, &after)?;
        self.note_run(before, &after, now)?;
        self.note_answer(before, &after)?;
        self.write_execution(&after, now)?;
        if before.state.is_open() && !after.state.is_open() {
            self.tell_of_end(&after, now)?;
            self.follow(&after, now)?;
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

    /// Adds the rows of the state the execution is in; its lane's head is the caller's to mend.
    fn enter(&self, execution: &Execution, now: Timestamp) -> Result<(), Fault> {
        let id = execution.id.bits();
        match &execution.state {
            ExecutionState::Queued { ready_at, .. } if *ready_at > now => {
                if let Some(alike) = execution.debounce_id() {
                    self.set(DEBOUNCES, alike, id)?;
                }
                self.set(WAITING, (ready_at.timestamp_millis(), id), ())
            }
            ExecutionState::Queued { since, ready_at } => {
                if self.pass(execution, ready_ms(*since, *ready_at), execution.gates(), now)? {
                    let (key, level) = ready_row(execution, *since, *ready_at);
                    self.set(READY, key, level)?;
                }
                Ok(())
            }
            ExecutionState::Retrying { retry_at: until, .. }
            | ExecutionState::Waiting { wait: Wait { until, .. }, .. } => {
                self.set(WAITING, (until.timestamp_millis(), id), ())
            }
            ExecutionState::Running { lease, .. } | ExecutionState::Cancelling { lease, .. } => {
                self.set(LEASES, (lease.expires_at.timestamp_millis(), id), lease.holder.bits())?;
                let lane = lane_of(execution);
                self.set(BUSY, (lane, id), ())?;
                self.load(lane, 1)?;
                self.hold_gates(execution)
            }
            ExecutionState::Paused { .. } | ExecutionState::Finished { .. } => Ok(()),
        }
    }

    /// Removes the rows of the state the execution is in; its lane's head is the caller's to mend.
    fn leave(&self, execution: &Execution) -> Result<(), Fault> {
        let id = execution.id.bits();
        match &execution.state {
            ExecutionState::Queued { since, ready_at } => {
                // A paced start has been in either place, depending on whether its time had come.
                if self.remove(WAITING, (ready_at.timestamp_millis(), id))? {
                    self.end_debounce(execution)?;
                }
                self.remove(READY, ready_row(execution, *since, *ready_at).0)?;
                self.leave_gates(execution, ready_ms(*since, *ready_at))
            }
            ExecutionState::Retrying { retry_at: until, .. }
            | ExecutionState::Waiting { wait: Wait { until, .. }, .. } => {
                self.remove(WAITING, (until.timestamp_millis(), id)).map(drop)
            }
            ExecutionState::Running { lease, .. } | ExecutionState::Cancelling { lease, .. } => {
                self.remove(LEASES, (lease.expires_at.timestamp_millis(), id))?;
                let lane = lane_of(execution);
                self.remove(BUSY, (lane, id))?;
                self.load(lane, -1)?;
                self.release_gates(execution)
            }
            ExecutionState::Paused { .. } | ExecutionState::Finished { .. } => Ok(()),
        }
    }

    /// Moves a paced start whose time has come to where it can be claimed, or to the gate before.
    pub(crate) fn make_ready(&self, execution: &Execution, now: Timestamp) -> Result<(), Fault> {
        if let ExecutionState::Queued { since, ready_at } = &execution.state {
            self.remove(WAITING, (ready_at.timestamp_millis(), execution.id.bits()))?;
            self.end_debounce(execution)?;
            if self.pass(execution, ready_ms(*since, *ready_at), execution.gates(), now)? {
                self.join_ready(execution)?;
            }
            self.settle_gates(execution.gates(), now)?;
        }
        Ok(())
    }

    /// From now on, triggers like those of this execution begin another.
    fn end_debounce(&self, execution: &Execution) -> Result<(), Fault> {
        execution.debounce_id().map_or(Ok(()), |alike| self.remove(DEBOUNCES, alike).map(drop))
    }

    /// Puts a QUEUED execution in its lane's line.
    pub(super) fn join_ready(&self, execution: &Execution) -> Result<(), Fault> {
        let ExecutionState::Queued { since, ready_at } = &execution.state else { return Ok(()) };
        let (key, level) = ready_row(execution, *since, *ready_at);
        self.change_lane(key.0, || self.set(READY, key, level))
    }

    /// Adds the rows of a lane for an execution that has all others.
    pub(crate) fn join_lane(&self, execution: &Execution) -> Result<(), Fault> {
        let (id, lane) = (execution.id.bits(), lane_of(execution));
        match &execution.state {
            ExecutionState::Queued { since: _, ready_at } => {
                if self.has(WAITING, (ready_at.timestamp_millis(), id))? {
                    return Ok(());
                }
                self.join_ready(execution)
            }
            ExecutionState::Running { .. } | ExecutionState::Cancelling { .. } => {
                let turn = execution.attempts.last().map_or(execution.created_at, |last| last.started_at);
                self.change_lane(lane, || {
                    self.set(BUSY, (lane, id), ())?;
                    self.load(lane, 1)?;
                    self.set(TURNS, lane, turn.timestamp_millis())
                })
            }
            ExecutionState::Retrying { .. }
            | ExecutionState::Waiting { .. }
            | ExecutionState::Paused { .. }
            | ExecutionState::Finished { .. } => Ok(()),
        }
    }

    /// Keeps what a job remembers of its latest execution that ran.
    fn note_run(&self, before: &Execution, after: &Execution, now: Timestamp) -> Result<(), Fault> {
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
            state.note_end(after.state.status());
        }
        let (health, news) = self.timing(before, after, &state, now)?;
        state.health = health;
        self.put(&JOB_STATES, job, &state)?;
        if let Some(event) = news {
            self.tell_of_timing(event, after, now)?;
        }
        let has_failed = ended && after.state.status() == ExecutionStatus::Failed;
        if has_failed { self.pause_after_failures(after, state.failures_in_row, now) } else { Ok(()) }
    }

    /// Counts an occurrence as a run of its schedule once it is clear that it runs.
    fn note_answer(&self, before: &Execution, after: &Execution) -> Result<(), Fault> {
        if !before.state.is_asking() || !matches!(after.state, ExecutionState::Queued { .. }) {
            return Ok(());
        }
        let (job, state) = self.found_job(after.job)?;
        let clock = JobClock { runs: state.clock.runs.saturating_add(1), ..state.clock.clone() };
        self.set_clock(&job, &state, clock.under(&job.schedule))
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
