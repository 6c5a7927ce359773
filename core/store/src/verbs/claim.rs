//! Work is woken and given to those who ask for it.

use dateline_core::execution::{
    Attempt, Execution, ExecutionEvent, ExecutionState, Failure, FailureClass, Lease, LeaseKey,
};
use dateline_core::id::{ExecutionId, ProjectId};
use dateline_core::job::Job;
use dateline_core::project::Project;
use dateline_core::store::{ClaimRequest, Claimed, StoreError};
use dateline_core::time::Timestamp;
use redb::ReadableTableMetadata;

use crate::fault::Fault;
use crate::queries::{engine_pauses, projects_max};
use crate::tables::{EXECUTIONS, JOBS, LANE_LOADS, PROJECTS, WAITING};
use crate::transaction::{Rows, Transaction};

/// How many executions one claim wakes, and how many it gives up or sends back: bounds on one commit. The next claim
/// goes on.
const WOKEN_MAX: usize = 1_000;
const PASSED_OVER_MAX: usize = 1_000;

impl Transaction<'_> {
    pub(crate) fn claim(&self, request: &ClaimRequest) -> Result<Vec<Claimed>, Fault> {
        self.wake(request.now)?;
        self.wake_rates(request.now, request.is_clock_back)?;
        let pauses = engine_pauses(self)?;
        let mut claimed = Vec::new();
        if pauses.in_force(request.now).is_some() {
            return Ok(claimed);
        }
        let resumed_at = pauses.ended_at(request.now);
        let mut passed_over = 0;
        let projects_max = projects_max(self, request.projects_max)?;
        while claimed.len() < request.limit && passed_over < PASSED_OVER_MAX {
            let has_place = self.table(LANE_LOADS)?.len()? < u64::from(projects_max);
            let Some(id) = self.first_in_turn(has_place)? else { break };
            let execution = self.indexed_execution(id)?;
            let job = self.claimed_job(&execution)?;
            if let Some(waited) = late_start(&execution, &job, resumed_at, request.now) {
                self.give_up(&execution, waited, &job, request.now)?;
                passed_over += 1;
            } else if !self.may_start(&execution, request.now)? {
                self.step_back(&execution, request.now)?;
                passed_over += 1;
            } else {
                claimed.push(self.hand_over(execution, job, request)?);
            }
        }
        Ok(claimed)
    }

    /// Queues executions whose waiting time is over.
    fn wake(&self, now: Timestamp) -> Result<(), Fault> {
        let until = (now.timestamp_millis(), u128::MAX);
        for ((_, id), ()) in self.rows(WAITING, ..=until, WOKEN_MAX)? {
            let before = self.indexed_execution(id)?;
            match before.state.clone() {
                ExecutionState::Queued { .. } => self.make_ready(&before, now)?,
                state => {
                    let state = state.after(ExecutionEvent::Woken, now).map_err(StoreError::from)?;
                    let after = Execution { state, ..before.clone() };
                    self.change_execution(&before, after, now)?;
                }
            }
        }
        Ok(())
    }

    fn hand_over(&self, before: Execution, job: Job, request: &ClaimRequest) -> Result<Claimed, Fault> {
        let project = before.home.project().map(|id| self.claimed_project(id, &before)).transpose()?;
        let started_at = started_at(&before, request.now);
        let epoch = before.epoch + 1;
        let number = u32::try_from(before.attempts.len()).unwrap_or(u32::MAX - 1) + 1;
        let lease = Lease { holder: request.holder, epoch, expires_at: request.expires_at };
        let event = ExecutionEvent::Claimed { attempt: number, lease };
        let mut after = before.clone();
        after.state = after.state.after(event, request.now).map_err(StoreError::from)?;
        after.epoch = epoch;
        after.started_at = after.started_at.or(Some(started_at));
        after.attempts.push(Attempt {
            number,
            holder: request.holder,
            started_at,
            ended_at: None,
            end: None,
            error: None,
        });
        let execution = self.change_execution(&before, after, request.now)?;
        Ok(Claimed { lease: LeaseKey { execution: execution.id, epoch }, execution, job, project })
    }

    fn give_up(
        &self,
        before: &Execution,
        waited: std::time::Duration,
        job: &Job,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let state =
            before.state.clone().after(ExecutionEvent::StartTimedOut, now).map_err(StoreError::from)?;
        let reason = format!(
            "waited {} s to be started, longer than the {} s allowed",
            waited.as_secs(),
            job.policy.timeouts.start.as_secs()
        );
        let class = FailureClass::TimeoutStart;
        let error = Some(Failure { class, step: None, chain: vec![reason], retry_after: None });
        self.change_execution(before, Execution { state, error, ..before.clone() }, now).map(drop)
    }

    fn claimed_project(&self, id: ProjectId, execution: &Execution) -> Result<Project, Fault> {
        self.get(&PROJECTS, id.bits())?
            .ok_or_else(|| Fault::Damaged(format!("{id} is gone, {} is not", execution.id)))
    }

    fn claimed_job(&self, execution: &Execution) -> Result<Job, Fault> {
        self.get(&JOBS, execution.job.bits())?
            .ok_or_else(|| Fault::Damaged(format!("{} is gone, {} is not", execution.job, execution.id)))
    }

    /// Returns an execution that an index row names.
    pub(crate) fn indexed_execution(&self, id: u128) -> Result<Execution, Fault> {
        self.get(&EXECUTIONS, id)?.ok_or_else(|| {
            Fault::Damaged(format!("{} is in an index and is gone", ExecutionId::from_bits(id)))
        })
    }
}

/// Returns when it starts: a claim may have been asked for before the execution was there, or before it was due.
fn started_at(execution: &Execution, now: Timestamp) -> Timestamp {
    match &execution.state {
        ExecutionState::Queued { since, ready_at } => now.max(*since).max(*ready_at),
        _ => now,
    }
}

/// Returns how long it waited when that is longer than its job allows. While everything was paused it did not wait.
fn late_start(
    execution: &Execution,
    job: &Job,
    resumed_at: Option<Timestamp>,
    now: Timestamp,
) -> Option<std::time::Duration> {
    let ExecutionState::Queued { since, ready_at } = &execution.state else { return None };
    // The last of a backfill waits for all others, for days if it must.
    if execution.backfilled().is_some() {
        return None;
    }
    let waits_since = resumed_at.into_iter().fold(*since.max(ready_at), Timestamp::max);
    let waited = (now - waits_since).to_std().unwrap_or_default();
    (waited > job.policy.timeouts.start).then_some(waited)
}
