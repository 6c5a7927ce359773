//! Due occurrences become records, once.

use dateline_core::event::EventKind;
use dateline_core::execution::{
    Due, Execution, ExecutionState, Items, MissReason, Outcome, SkipReason, Trigger,
};
use dateline_core::id::ExecutionId;
use dateline_core::job::{Job, JobClock};
use dateline_core::overlap::{Admission, Open, admit};
use dateline_core::store::{FireDue, Fired, PlannedRun, StoreError};
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::record::JobState;
use crate::tables::{EXECUTIONS, OCCURRENCES, OPEN};
use crate::transaction::{Rows, Transaction};

/// Open executions are counted up to here: no overlap policy asks for more.
const OPEN_COUNT_MAX: usize = 2;

impl Transaction<'_> {
    pub(crate) fn fire_due(&self, plan: &FireDue) -> Result<Fired, Fault> {
        let (job, state) = self.found_job(plan.job)?;
        self.check_plan(plan, &job, &state)?;
        let now = plan.now;
        if let Some((id, range)) = &plan.range {
            let due = Due::Range {
                first_due_at: range.first_due_at,
                last_due_at: range.last_due_at,
                count: range.count,
            };
            self.insert_execution(&missed(&job, *id, due, range.reason, now), now)?;
        }
        for (id, occurrence, reason) in &plan.passed {
            let due = Due::Once(occurrence.clone());
            self.insert_execution(&missed(&job, *id, due, *reason, now), now)?;
        }
        let queued = match &plan.run {
            Some(run) => self.queue_or_skip(&job, run, now)?,
            None => None,
        };
        let newest = dues(plan).map(|(_, last)| last).max();
        let recorded_through = plan.clock.recorded_through.max(state.clock.recorded_through);
        let clock = JobClock {
            recorded_through: newest.map_or(recorded_through, |due| recorded_through.max(due)),
            next: plan.clock.next.clone(),
        };
        self.set_clock(&job, &state, clock)?;
        self.emit(EventKind::Job, job.id.to_string(), job.project, job.version, now)?;
        Ok(Fired { queued })
    }

    /// Refuses a plan that was made from another state, or would record an occurrence again.
    fn check_plan(&self, plan: &FireDue, job: &Job, state: &JobState) -> Result<(), Fault> {
        let conflict = || Fault::Refused(StoreError::Conflict { version: job.version });
        let through = state.clock.recorded_through;
        if job.version != plan.version || through != plan.recorded_through || !job.is_live() {
            return Err(conflict());
        }
        let mut keys = std::collections::BTreeSet::new();
        for (first, last) in dues(plan) {
            let key = last.timestamp_millis();
            let is_new = first.timestamp_millis() > through.timestamp_millis() && keys.insert(key);
            if !is_new || self.has(OCCURRENCES, (job.id.bits(), key))? {
                return Err(conflict());
            }
        }
        for id in ids(plan) {
            if self.has(EXECUTIONS.table, id.bits())? {
                return Err(conflict());
            }
        }
        Ok(())
    }

    fn queue_or_skip(
        &self,
        job: &Job,
        run: &PlannedRun,
        now: Timestamp,
    ) -> Result<Option<ExecutionId>, Fault> {
        let waiting = self.count_open(job, 0)?;
        let started = self.count_open(job, 1)?;
        let (state, queued) = match admit(job.policy.overlap, Open { started, waiting }) {
            Admission::Queue => (ExecutionState::Queued { since: now, ready_at: run.ready_at }, Some(run.id)),
            Admission::Skip => {
                let outcome = Outcome::Skipped(SkipReason::Overlap);
                (ExecutionState::Finished { outcome, at: now }, None)
            }
        };
        let due = Some(Due::Once(run.occurrence.clone()));
        let execution = new_execution(job, run.id, Trigger::Scheduled, due, state, now);
        self.insert_execution(&execution, now)?;
        Ok(queued)
    }

    fn count_open(&self, job: &Job, started: u8) -> Result<usize, Fault> {
        let job = job.id.bits();
        Ok(self.rows(OPEN, (job, started, 0)..=(job, started, u128::MAX), OPEN_COUNT_MAX)?.len())
    }
}

/// Returns the first and last instant each record of the plan stands for.
fn dues(plan: &FireDue) -> impl Iterator<Item = (Timestamp, Timestamp)> {
    let range = plan.range.iter().map(|(_, range)| (range.first_due_at, range.last_due_at));
    let passed = plan.passed.iter().map(|(_, occurrence, _)| (occurrence.due_at, occurrence.due_at));
    let run = plan.run.iter().map(|run| (run.occurrence.due_at, run.occurrence.due_at));
    range.chain(passed).chain(run)
}

fn ids(plan: &FireDue) -> impl Iterator<Item = ExecutionId> {
    let range = plan.range.iter().map(|(id, _)| *id);
    range.chain(plan.passed.iter().map(|(id, _, _)| *id)).chain(plan.run.iter().map(|run| run.id))
}

fn missed(job: &Job, id: ExecutionId, due: Due, reason: MissReason, now: Timestamp) -> Execution {
    let state = ExecutionState::Finished { outcome: Outcome::Missed(reason), at: now };
    new_execution(job, id, Trigger::Scheduled, Some(due), state, now)
}

/// Returns an execution of `job` as it is when it is first recorded.
pub(crate) fn new_execution(
    job: &Job,
    id: ExecutionId,
    trigger: Trigger,
    due: Option<Due>,
    state: ExecutionState,
    now: Timestamp,
) -> Execution {
    Execution {
        id,
        job: job.id,
        project: job.project,
        job_type: job.job_type,
        trigger,
        due,
        payload: job.payload.clone(),
        priority: job.policy.priority,
        state,
        epoch: 0,
        attempts: Vec::new(),
        rescues: 0,
        items: Items::default(),
        output: serde_json::Value::Null,
        error: None,
        created_at: now,
        started_at: None,
        version: 1,
    }
}
