//! Executions: asked for, controlled, read.

use dateline_core::caller::Access;
use dateline_core::execution::{
    Answer, Execution, ExecutionEvent, ExecutionStatus, LogLine, StepRecord, StepResult, Trigger,
};
use dateline_core::id::{ExecutionId, JobId};
use dateline_core::job::{Job, Payload};
use dateline_core::people::AuditAction;
use dateline_core::policy::OverlapPolicy;
use dateline_core::queue::Obstacle;
use dateline_core::store::{ExecutionFilter, ExecutionStats, NewExecution, ObstacleQuery, Page, PageRequest};
use dateline_core::time::rfc3339;

use super::Dateline;
use super::check::{Faults, fault_free};
use crate::request::{ExecutionDetail, RequestError, Told};

/// What is to run later than this is better asked for then.
const ANSWER_MAX: chrono::Duration = chrono::Duration::days(31);

impl Dateline {
    /// Runs a job now, also a disabled one, beside its schedule.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] for a payload that does not fit the project; refused for a cancelled job.
    pub async fn trigger(&self, job: JobId, payload: Option<Told>) -> Result<Execution, RequestError> {
        self.trigger_over(job, payload, None).await
    }

    /// As [`Dateline::trigger`], with a say in what happens when the job has open executions: it waits for its turn when
    /// `overlap` is absent.
    ///
    /// # Errors
    /// As [`Dateline::trigger`].
    pub async fn trigger_over(
        &self,
        job: JobId,
        payload: Option<Told>,
        overlap: Option<OverlapPolicy>,
    ) -> Result<Execution, RequestError> {
        let job = self.job_for(job, Access::Edit).await?.job;
        let payload = payload.map(|told| read(&job, &told)).transpose()?;
        self.ask(job, Trigger::Manual, payload, overlap, Vec::new()).await
    }

    /// Makes a new execution of an ended one: of all of it, or from the step `from_step` on, taking over the results
    /// of the steps before.
    ///
    /// # Errors
    /// [`RequestError::StillOpen`] before the earlier one has ended, [`RequestError::Invalid`] for a step it does not
    /// have or a payload that does not fit.
    pub async fn replay(
        &self,
        id: ExecutionId,
        from_step: Option<String>,
        payload: Option<Told>,
    ) -> Result<Execution, RequestError> {
        let (earlier, job) = self.ended_for(id).await?;
        let copied_steps = match from_step {
            None => Vec::new(),
            Some(name) => taken_over(id, &name, self.store().steps(id).await?)?,
        };
        self.replay_over(&job, &earlier, copied_steps, payload).await
    }

    /// Makes a new execution of one that failed, wholly or in part, taking over the results of all steps that are done.
    ///
    /// # Errors
    /// As [`Dateline::replay`]; [`RequestError::Invalid`] for one that did not fail.
    pub async fn replay_failed(
        &self,
        id: ExecutionId,
        payload: Option<Told>,
    ) -> Result<Execution, RequestError> {
        let (earlier, job) = self.ended_for(id).await?;
        let mut faults = Faults::default();
        match earlier.state.status() {
            ExecutionStatus::Failed | ExecutionStatus::Partial => {}
            other => {
                let expected = format!("false: no step of it failed, it is {other:?}").to_lowercase();
                faults.add("/fromFailedStep", "true", expected);
            }
        }
        faults.into_result()?;
        let steps = self.store().steps(id).await?;
        self.replay_over(&job, &earlier, done_of(id, steps), payload).await
    }

    /// Returns an ended execution that the caller may run again, and its job.
    async fn ended_for(&self, id: ExecutionId) -> Result<(Execution, Job), RequestError> {
        let earlier = self.execution_for(id, Access::Edit).await?;
        // The job may have moved to another project since.
        let job = self.job_for(earlier.job, Access::Edit).await?.job;
        if earlier.state.is_open() { Err(RequestError::StillOpen) } else { Ok((earlier, job)) }
    }

    async fn replay_over(
        &self,
        job: &Job,
        earlier: &Execution,
        copied_steps: Vec<StepRecord>,
        payload: Option<Told>,
    ) -> Result<Execution, RequestError> {
        let payload = match payload {
            Some(told) => read(job, &told)?,
            // The job may do something else since, and then refuses what the earlier one was told.
            None => read(job, &earlier.payload.told())?,
        };
        if !copied_steps.is_empty() {
            fault_free(payload.beyond(&earlier.payload))?;
        }
        // What belongs to a backfill keeps its window.
        let trigger = earlier.backfilled().map_or(Trigger::Replay { of: earlier.id }, Trigger::Backfill);
        self.ask(job.clone(), trigger, Some(payload), None, copied_steps).await
    }

    async fn ask(
        &self,
        job: Job,
        trigger: Trigger,
        payload: Option<Payload>,
        overlap: Option<OverlapPolicy>,
        copied_steps: Vec<StepRecord>,
    ) -> Result<Execution, RequestError> {
        if let Some(payload) = &payload {
            let project = self.project_of(job.home).await?;
            fault_free(payload.faults(&self.around(project.as_ref())))?;
        }
        let now = self.now();
        let id = ExecutionId::fresh(now, &*self.shared.parts.entropy);
        let action = match &trigger {
            Trigger::Replay { .. } | Trigger::Backfill(_) => AuditAction::ExecutionReplayed,
            Trigger::Manual | Trigger::Scheduled | Trigger::Dependency { .. } | Trigger::Event(_) => {
                AuditAction::ExecutionTriggered
            }
        };
        let new = NewExecution { id, job: job.id, trigger, payload, overlap, copied_steps, now };
        self.shared.origins.remember(id);
        let execution = self.noting(action, id, Some(job.home), None).create_execution(new).await?;
        self.shared.hints.leases_changed();
        self.shared.hints.work_queued();
        Ok(execution)
    }

    /// Stops an execution: at once while it waits, else as soon as its worker lets go. Again changes nothing.
    ///
    /// # Errors
    /// Refused for one that has ended otherwise.
    pub async fn cancel_execution(&self, id: ExecutionId) -> Result<Execution, RequestError> {
        self.steer(id, ExecutionEvent::CancelRequested, AuditAction::ExecutionCancelled).await
    }

    /// Notes that nothing is to be done about an execution that failed: it is a dead letter no more. Again, or once it
    /// was run again, nothing changes.
    ///
    /// # Errors
    /// Refused for one that did not fail.
    pub async fn dismiss_execution(&self, id: ExecutionId) -> Result<Execution, RequestError> {
        self.steer(id, ExecutionEvent::DismissRequested, AuditAction::ExecutionDismissed).await
    }

    /// Lets an execution rest: at once while it waits, else at its next step boundary.
    ///
    /// # Errors
    /// Refused for one that is stopping or has ended.
    pub async fn pause_execution(&self, id: ExecutionId) -> Result<Execution, RequestError> {
        self.steer(id, ExecutionEvent::PauseRequested, AuditAction::ExecutionPaused).await
    }

    /// Lets a paused execution go on.
    ///
    /// # Errors
    /// Refused for one that does not rest.
    pub async fn resume_execution(&self, id: ExecutionId) -> Result<Execution, RequestError> {
        self.steer(id, ExecutionEvent::ResumeRequested, AuditAction::ExecutionResumed).await
    }

    /// Keeps an execution, with its steps and its log, whatever its age. Again changes nothing.
    ///
    /// # Errors
    /// Not found for one that is not there.
    pub async fn pin_execution(&self, id: ExecutionId) -> Result<Execution, RequestError> {
        let home = self.execution_for(id, Access::Edit).await?.home;
        let store = self.noting(AuditAction::ExecutionPinned, id, Some(home), None);
        Ok(store.pin_execution(id, self.now()).await?)
    }

    /// Lets an execution's age decide again how long it is kept. Again changes nothing.
    ///
    /// # Errors
    /// Not found for one that is not there.
    pub async fn unpin_execution(&self, id: ExecutionId) -> Result<Execution, RequestError> {
        let home = self.execution_for(id, Access::Edit).await?.home;
        let store = self.noting(AuditAction::ExecutionUnpinned, id, Some(home), None);
        Ok(store.unpin_execution(id, self.now()).await?)
    }

    /// Says of an execution that asks whether it is to run: now, at an instant, or not at all. Until that instant another
    /// answer can be given, and a newer occurrence that runs takes its place.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] for an instant that is not to come, or too far; refused for one that does not ask.
    pub async fn answer_execution(&self, id: ExecutionId, answer: Answer) -> Result<Execution, RequestError> {
        if let Answer::RunAt(at) = answer {
            let now = self.now();
            if at <= now || at > now + ANSWER_MAX {
                let mut faults = Faults::default();
                faults.add("/at", &rfc3339(at), "an instant that is still to come, at most 31 days ahead");
                self.execution_for(id, Access::Edit).await?;
                faults.into_result()?;
            }
        }
        self.steer(id, ExecutionEvent::Answered(answer), AuditAction::ExecutionAnswered).await
    }

    async fn steer(
        &self,
        id: ExecutionId,
        event: ExecutionEvent,
        action: AuditAction,
    ) -> Result<Execution, RequestError> {
        let home = self.execution_for(id, Access::Edit).await?.home;
        let store = self.noting(action, id, Some(home), None);
        let execution = store.steer(id, event, self.now()).await?;
        self.shared.hints.leases_changed();
        self.shared.hints.work_queued();
        Ok(execution)
    }

    /// Returns an execution and its steps.
    ///
    /// # Errors
    /// Not found for one that is not there.
    pub async fn execution(&self, id: ExecutionId) -> Result<ExecutionDetail, RequestError> {
        let execution = self.execution_for(id, Access::View).await?;
        let (steps, followers) = (self.store().steps(id).await?, self.followers(id).await?);
        Ok(ExecutionDetail { execution, steps, followers })
    }

    /// Returns what keeps each of these executions from going on: `None` for one that runs or has ended. What is in the way
    /// and not the caller's to see is counted and not named.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn obstacles(&self, of: &[Execution]) -> Result<Vec<Option<Obstacle>>, RequestError> {
        let open = of.iter().filter(|execution| execution.state.is_open());
        let executions: Vec<ExecutionId> = open.map(|execution| execution.id).collect();
        if executions.is_empty() {
            return Ok(vec![None; of.len()]);
        }
        let (within, projects_max) = (self.reach().await?, self.projects_max_at_start());
        let asked = ObstacleQuery { executions, within, projects_max, now: self.now() };
        let mut found = self.store().obstacles(asked).await?.into_iter();
        let of_each =
            |execution: &Execution| execution.state.is_open().then(|| found.next().flatten()).flatten();
        Ok(of.iter().map(of_each).collect())
    }

    /// Returns an execution's log, oldest line first.
    ///
    /// # Errors
    /// Not found for one that is not there.
    pub async fn logs(&self, id: ExecutionId, page: PageRequest) -> Result<Page<LogLine>, RequestError> {
        self.execution_for(id, Access::View).await?;
        Ok(self.store().logs(id, page).await?)
    }

    /// Returns executions, newest first.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn executions(
        &self,
        filter: ExecutionFilter,
        page: PageRequest,
    ) -> Result<Page<Execution>, RequestError> {
        let filter = ExecutionFilter { within: self.reach().await?, ..filter };
        Ok(self.store().executions(filter, page).await?)
    }

    /// Returns counts and durations over the executions `filter` names.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn execution_stats(&self, filter: ExecutionFilter) -> Result<ExecutionStats, RequestError> {
        let filter = ExecutionFilter { within: self.reach().await?, ..filter };
        Ok(self.store().execution_stats(filter).await?)
    }
}

/// Returns what `told` means to the job.
fn read(job: &Job, told: &Told) -> Result<Payload, RequestError> {
    let mut payload =
        Payload::read(job.job_type(), told).map_err(|faults| RequestError::Invalid { faults })?;
    let mut faults = Faults::default();
    let is_same_server = payload.secrets_for() == job.payload.secrets_for();
    for (index, slot) in payload.secrets_mut().iter_mut().enumerate() {
        let known = job.payload.secrets().iter().find(|known| known.name == slot.name);
        match known.filter(|_| is_same_server) {
            Some(known) => *slot = known.clone(),
            None => {
                let pointer = format!("/payload/secretHeaders/{index}/name");
                let expected = "a secret header of the job, which keeps their values, for the server it asks";
                faults.add(pointer, &slot.name, expected);
            }
        }
    }
    faults.into_result()?;
    Ok(payload)
}

/// Returns the done steps recorded before `name`, marked as taken over from `earlier`.
fn taken_over(
    earlier: ExecutionId,
    name: &str,
    steps: Vec<StepRecord>,
) -> Result<Vec<StepRecord>, RequestError> {
    let Some(first) = steps.iter().position(|step| step.name == name) else {
        let names = steps.iter().map(|step| step.name.as_str()).collect::<Vec<_>>().join(", ");
        let mut faults = Faults::default();
        faults.add("/fromStep", name, format!("a step of the execution: {names}"));
        return Err(faults.into_result().err().unwrap_or(RequestError::StillOpen));
    };
    Ok(done_of(earlier, steps.into_iter().take(first)))
}

/// Returns the done ones of `steps`, marked as taken over from `earlier`.
fn done_of(earlier: ExecutionId, steps: impl IntoIterator<Item = StepRecord>) -> Vec<StepRecord> {
    let done = |step: &StepRecord| matches!(step.result, StepResult::Done { .. });
    let copy = |step| StepRecord { copied_from: Some(earlier), ..step };
    steps.into_iter().filter(done).map(copy).collect()
}
