//! Executions people ask for, and what people ask of them.

use dateline_core::execution::{
    AttemptOutcome, Execution, ExecutionEvent, ExecutionState, Refusal, StepRecord, StepResult, Trigger,
};
use dateline_core::id::ExecutionId;
use dateline_core::job::{Job, Payload};
use dateline_core::overlap::Ending;
use dateline_core::policy::OverlapPolicy;
use dateline_core::queue::{Debounce, Debounced};
use dateline_core::store::{NewExecution, StoreError};
use dateline_core::time::Timestamp;
use redb::ReadableTable;

use crate::fault::Fault;
use crate::tables::{DEBOUNCES, DONE_STEPS, EXECUTIONS, STEPS};
use crate::transaction::{Rows, Transaction};
use crate::verbs::fire::{new_execution, state_of};
use crate::verbs::gate::with_variables;

impl Transaction<'_> {
    pub(crate) fn create_execution(&self, new: &NewExecution) -> Result<Execution, Fault> {
        let (job, _) = self.found_job(new.job)?;
        if job.cancelled_at.is_some() {
            return Err(StoreError::JobCancelled.into());
        }
        if let Some(stored) = self.get(&EXECUTIONS, new.id.bits())? {
            return Err(StoreError::Conflict { version: stored.version }.into());
        }
        if new.payload.as_ref().is_some_and(|payload| payload.job_type() != job.job_type()) {
            return Err(StoreError::Conflict { version: job.version }.into());
        }
        let payload = new.payload.as_ref().unwrap_or(&job.payload).clone();
        let debounced = self.debounced(&job, &payload, &new.trigger, new.now)?;
        if let Some((debounce, bound)) = &debounced
            && let Some(joined) = self.join_triggers(&job, debounce, bound, (&payload, None), new.now)?
        {
            return Ok(joined);
        }
        let admission = self.admission(&job, new.overlap.unwrap_or(OverlapPolicy::AllowAll))?;
        let ready_at = debounced.as_ref().map_or(new.now, |(policy, _)| policy.ready_at(new.now, new.now));
        let state = state_of(admission, ready_at, new.now);
        let mut execution = new_execution(&job, new.id, new.trigger.clone(), None, state, new.now);
        execution.payload = payload;
        execution.debounce = debounced.map(|(_, bound)| bound);
        let (execution, _) = self.admit(&job, execution, admission, new.now)?;
        for step in &new.copied_steps {
            self.append_step(new.id, step)?;
        }
        self.settle_replayed(&execution, new.now)?;
        Ok(execution)
    }

    /// Returns how the triggers of a job like this one wait for each other, where they do.
    pub(super) fn debounced(
        &self,
        job: &Job,
        payload: &Payload,
        trigger: &Trigger,
        now: Timestamp,
    ) -> Result<Option<(Debounce, Debounced)>, Fault> {
        let waits = match trigger {
            Trigger::Manual | Trigger::Event(_) => true,
            Trigger::Scheduled
            | Trigger::Replay { .. }
            | Trigger::Dependency { .. }
            | Trigger::Backfill(_) => false,
        };
        let Some(debounce) = job.policy.debounce.clone().filter(|_| waits) else { return Ok(None) };
        let owner = self.owner_of(job.home)?;
        let bound = with_variables(job, payload, |variables| debounce.bind(owner, variables, now));
        Ok(Some((debounce, bound)))
    }

    /// Lets a trigger join the execution that waits for others like it, with what the trigger says and, when it is given, why it
    /// is one; `None` when none waits.
    pub(super) fn join_triggers(
        &self,
        job: &Job,
        debounce: &Debounce,
        bound: &Debounced,
        (payload, trigger): (&Payload, Option<&Trigger>),
        now: Timestamp,
    ) -> Result<Option<Execution>, Fault> {
        let Some(waiting) = self.look(DEBOUNCES, bound.id(job.id))? else { return Ok(None) };
        let before = self.indexed_execution(waiting)?;
        let (ExecutionState::Queued { since, .. }, Some(debounced)) = (&before.state, &before.debounce)
        else {
            return Err(Fault::Damaged(format!("{} waits for triggers and is not in line", before.id)));
        };
        let ready_at = debounce.ready_at(debounced.first_at, now);
        let mut after = before.clone();
        after.state = ExecutionState::Queued { since: *since, ready_at };
        after.debounce = Some(Debounced { joined: debounced.joined + 1, ..debounced.clone() });
        after.payload = payload.clone();
        after.trigger = trigger.unwrap_or(&before.trigger).clone();
        self.bind(job, &mut after)?;
        self.change_execution(&before, after, now).map(Some)
    }

    /// Records a step after those that are there; one that is done keeps others of its name away.
    pub(crate) fn append_step(&self, execution: ExecutionId, step: &StepRecord) -> Result<(), Fault> {
        let (id, ordinal) = (execution.bits(), self.count_steps(execution)?);
        self.put(&STEPS, (id, ordinal), step)?;
        match step.result {
            StepResult::Done { .. } => self.set(DONE_STEPS, (id, step.name.as_str()), ordinal),
            StepResult::Failed { .. } => Ok(()),
        }
    }

    /// Returns how many records of steps there are.
    pub(super) fn count_steps(&self, execution: ExecutionId) -> Result<u32, Fault> {
        let id = execution.bits();
        let steps = self.table(STEPS.table)?;
        let last = steps.range((id, 0)..=(id, u32::MAX))?.next_back().transpose()?;
        Ok(last.map_or(0, |(key, _)| key.value().1 + 1))
    }

    /// Returns the step that was recorded last.
    pub(super) fn last_step(&self, execution: ExecutionId) -> Result<Option<StepRecord>, Fault> {
        match self.count_steps(execution)?.checked_sub(1) {
            Some(last) => self.get(&STEPS, (execution.bits(), last)),
            None => Ok(None),
        }
    }

    /// Applies what a person asked for. What changes nothing is not recorded.
    pub(crate) fn steer(
        &self,
        id: ExecutionId,
        event: ExecutionEvent,
        now: Timestamp,
    ) -> Result<Execution, Fault> {
        let before = self.found_execution(id)?;
        if !is_request(event) {
            return Err(StoreError::from(Refusal { status: before.state.status(), event }).into());
        }
        let state = before.state.clone().after(event, now).map_err(StoreError::from)?;
        let mut after = Execution { state, ..before.clone() };
        if event == ExecutionEvent::DismissRequested {
            after.dead_letter = before.dead_letter.map(|letter| letter.dismissed(now));
        }
        if after == before {
            return Ok(before);
        }
        self.change_execution(&before, after, now)
    }

    /// Ends an open execution because `newer` takes its place.
    pub(super) fn make_way(
        &self,
        id: ExecutionId,
        ending: Ending,
        newer: ExecutionId,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let before = self.found_execution(id)?;
        let event = match ending {
            Ending::Cancel => ExecutionEvent::CancelRequested,
            Ending::Terminate => ExecutionEvent::Terminated,
        };
        let state = before.state.clone().after(event, now).map_err(StoreError::from)?;
        if state == before.state {
            return Ok(());
        }
        let mut after = Execution { state, superseded_by: Some(newer), ..before.clone() };
        let is_taken = before.state.lease().is_some() && after.state.lease().is_none();
        if let Some(attempt) = after.attempts.last_mut().filter(|_| is_taken) {
            attempt.ended_at = Some(now);
            attempt.end = Some(AttemptOutcome::Cancelled);
        }
        self.change_execution(&before, after, now).map(drop)
    }
}

fn is_request(event: ExecutionEvent) -> bool {
    match event {
        ExecutionEvent::PauseRequested
        | ExecutionEvent::ResumeRequested
        | ExecutionEvent::CancelRequested
        | ExecutionEvent::DismissRequested => true,
        ExecutionEvent::Answered(_) => true,
        ExecutionEvent::Claimed { .. }
        | ExecutionEvent::Renewed { .. }
        | ExecutionEvent::Ended(_)
        | ExecutionEvent::LeaseLapsed
        | ExecutionEvent::Quarantined
        | ExecutionEvent::StartTimedOut
        | ExecutionEvent::Terminated
        | ExecutionEvent::Covered
        | ExecutionEvent::Woken => false,
    }
}
