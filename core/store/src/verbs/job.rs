//! Jobs: created, replaced, cancelled for good.

use dateline_core::event::EventKind;
use dateline_core::execution::ExecutionEvent;
use dateline_core::home::Home;
use dateline_core::id::{ExecutionId, JobId, UserId};
use dateline_core::job::{Job, JobClock, JobView, NextDue};
use dateline_core::pause::Pauses;
use dateline_core::store::{Missing, SecretChanges, StoreError};
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::queries::job_view;
use crate::record::JobState;
use crate::tables::{
    ALL, CANCELLED, DOWNSTREAM, DUE_JOBS, JOB_INDEX, JOB_STATES, JOBS, LISTENERS, OPEN, scope_of,
};
use crate::transaction::{Rows, Transaction};
use crate::verbs::{downstream_keys, listener_keys};

/// Returns the keys of the index rows of a job that is not cancelled.
pub(crate) fn job_keys(job: &Job) -> [(u8, u128, u128); 2] {
    let (facet, scope) = scope_of(job.home);
    [(ALL, 0, job.id.bits()), (facet, scope, job.id.bits())]
}

impl Transaction<'_> {
    pub(crate) fn create_job(
        &self,
        job: &Job,
        clock: &JobClock,
        secrets: &SecretChanges,
    ) -> Result<JobView, Fault> {
        if let Some(stored) = self.get(&JOBS, job.id.bits())? {
            return Err(StoreError::Conflict { version: stored.version }.into());
        }
        self.found_home(job.home)?;
        self.check_dependencies(None, job)?;
        let job = Job { version: 1, cancelled_at: None, pauses: Pauses::default(), ..job.clone() };
        let state = JobState::new(clock.clone());
        self.link_job(&job, &state)?;
        self.write_job(&job, Some(&state), job.created_at)?;
        self.change_secrets(secrets)?;
        job_view(self, job)
    }

    pub(crate) fn replace_job(
        &self,
        job: &Job,
        clock: Option<&JobClock>,
        secrets: &SecretChanges,
    ) -> Result<JobView, Fault> {
        let (stored, before) = self.found_job(job.id)?;
        if stored.cancelled_at.is_some() {
            return Err(StoreError::JobCancelled.into());
        }
        if stored.version != job.version {
            return Err(StoreError::Conflict { version: stored.version }.into());
        }
        if stored.home != job.home {
            self.found_home(job.home)?;
        }
        self.check_dependencies(Some(&stored), job)?;
        let mut state = before.clone();
        if let Some(clock) = clock {
            let recorded_through = clock.recorded_through.max(before.clock.recorded_through);
            // A schedule counts its runs from when it was set; being off and on again does not change it.
            let runs = if stored.schedule == job.schedule { before.clock.runs } else { 0 };
            state.clock = JobClock { recorded_through, next: clock.next.clone(), runs }.under(&job.schedule);
        }
        let next = Job {
            version: stored.version + 1,
            cancelled_at: None,
            created_at: stored.created_at,
            pauses: stored.pauses.clone(),
            ..job.clone()
        };
        // What it waits for begins anew with what it says, as its schedule does.
        if next.depends_on != stored.depends_on || !next.is_enabled {
            self.forget_noted(next.id)?;
        }
        self.unlink_job(&stored, &before)?;
        self.link_job(&next, &state)?;
        self.write_job(&next, Some(&state), next.updated_at)?;
        self.change_secrets(secrets)?;
        job_view(self, next)
    }

    /// Cancels a job. Its open executions are cancelled in the same commit, however many.
    pub(crate) fn cancel_job(&self, id: JobId, now: Timestamp) -> Result<(), Fault> {
        let (job, _) = self.found_job(id)?;
        if job.cancelled_at.is_some() { Ok(()) } else { self.end_job(&job, now) }
    }

    /// Cancels a job that is known not to be.
    pub(crate) fn end_job(&self, stored: &Job, now: Timestamp) -> Result<(), Fault> {
        let (_, before) = self.found_job(stored.id)?;
        let job = Job {
            is_enabled: false,
            cancelled_at: Some(now),
            version: stored.version + 1,
            updated_at: now,
            ..stored.clone()
        };
        let mut state = before.clone();
        state.clock.next = NextDue::Off;
        self.unlink_job(stored, &before)?;
        self.set(JOB_INDEX, (CANCELLED, 0, job.id.bits()), ())?;
        self.touch_held(job.id)?;
        self.forget_noted(job.id)?;
        self.write_job(&job, Some(&state), now)?;
        for secret in job.payload.secret_ids() {
            self.remove_secret(secret)?;
        }
        for execution in self.open_executions(job.id)? {
            self.steer(execution, ExecutionEvent::CancelRequested, now)?;
        }
        Ok(())
    }

    /// Returns the jobs of a home that are not cancelled.
    pub(super) fn jobs_of(&self, home: Home) -> Result<Vec<Job>, Fault> {
        let (facet, scope) = scope_of(home);
        let rows = self.rows(JOB_INDEX, (facet, scope, 0)..=(facet, scope, u128::MAX), usize::MAX)?;
        rows.into_iter()
            .map(|((_, _, job), ())| {
                self.get(&JOBS, job)?.ok_or_else(|| Fault::Damaged(format!("job {job:032x} is gone")))
            })
            .collect()
    }

    /// Refuses a home that is not there.
    pub(super) fn found_home(&self, home: Home) -> Result<(), Fault> {
        match home {
            Home::Project(id) => self.found_project(id).map(drop),
            // The first owner has a record from the first start on; before it, there is nobody else.
            Home::Person(UserId::OWNER) => Ok(()),
            Home::Person(id) => self.found_user(id).map(drop),
        }
    }

    pub(super) fn open_executions(&self, job: JobId) -> Result<Vec<ExecutionId>, Fault> {
        let job = job.bits();
        let rows = self.rows(OPEN, (job, 0, 0)..=(job, u8::MAX, u128::MAX), usize::MAX)?;
        Ok(rows.into_iter().map(|((_, _, execution), ())| ExecutionId::from_bits(execution)).collect())
    }

    /// Returns the open executions of a job that another of its occurrences can overlap with.
    pub(super) fn rivals(&self, job: JobId) -> Result<Vec<ExecutionId>, Fault> {
        let job = job.bits();
        let rows = self.rows(OPEN, (job, 0, 0)..=(job, 1, u128::MAX), usize::MAX)?;
        Ok(rows.into_iter().map(|((_, _, execution), ())| ExecutionId::from_bits(execution)).collect())
    }

    /// Stores a job's new clock.
    pub(crate) fn set_clock(&self, job: &Job, before: &JobState, clock: JobClock) -> Result<(), Fault> {
        let after = JobState { clock, ..before.clone() };
        self.unlink_due(job, before)?;
        self.link_due(job, &after)?;
        self.put(&JOB_STATES, job.id.bits(), &after)
    }

    /// Stores the record, and the state when it is given, and tells of it.
    pub(crate) fn write_job(&self, job: &Job, state: Option<&JobState>, at: Timestamp) -> Result<(), Fault> {
        self.put(&JOBS, job.id.bits(), job)?;
        if let Some(state) = state {
            self.put(&JOB_STATES, job.id.bits(), state)?;
        }
        self.emit(EventKind::Job, job.id.to_string(), job.home, job.version, at)
    }

    fn link_job(&self, job: &Job, state: &JobState) -> Result<(), Fault> {
        for key in job_keys(job) {
            self.set(JOB_INDEX, key, ())?;
        }
        downstream_keys(job).try_for_each(|key| self.set(DOWNSTREAM, key, ()))?;
        listener_keys(job).try_for_each(|key| self.set(LISTENERS, key, ()))?;
        self.link_due(job, state)
    }

    fn unlink_job(&self, job: &Job, state: &JobState) -> Result<(), Fault> {
        for key in job_keys(job) {
            self.remove(JOB_INDEX, key)?;
        }
        downstream_keys(job).try_for_each(|key| self.remove(DOWNSTREAM, key).map(drop))?;
        listener_keys(job).try_for_each(|key| self.remove(LISTENERS, key).map(drop))?;
        self.unlink_due(job, state)
    }

    fn link_due(&self, job: &Job, state: &JobState) -> Result<(), Fault> {
        match state.due_ms() {
            Some(at) if job.is_live() => self.set(DUE_JOBS, (at, job.id.bits()), ()),
            Some(_) | None => Ok(()),
        }
    }

    fn unlink_due(&self, job: &Job, state: &JobState) -> Result<(), Fault> {
        state.due_ms().map_or(Ok(()), |at| self.remove(DUE_JOBS, (at, job.id.bits())).map(drop))
    }

    /// Returns a job and how far it has come, or refuses.
    pub(crate) fn found_job(&self, id: JobId) -> Result<(Job, JobState), Fault> {
        let missing = Fault::Refused(StoreError::NotFound(Missing::Job));
        let job = self.get(&JOBS, id.bits())?.ok_or(missing)?;
        let state = self.get(&JOB_STATES, id.bits())?;
        Ok((job, state.ok_or_else(|| Fault::Damaged(format!("{id} has no state")))?))
    }
}
