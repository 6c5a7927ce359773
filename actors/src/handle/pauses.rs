//! Pauses of a job, a project or everything: begun, ended, and what they mean for what comes next.

use dateline_core::caller::{Access, Role};
use dateline_core::hygiene::{clean_line, redact_secrets};
use dateline_core::id::{ExecutionId, JobId, ProjectId};
use dateline_core::job::{JobView, NextDue};
use dateline_core::pause::{Pause, PauseChange, PausedBy, Pauses};
use dateline_core::people::AuditAction;
use dateline_core::project::Project;
use dateline_core::time::{Timestamp, rfc3339};

use super::Dateline;
use super::check::Faults;
use crate::planning;
use crate::request::{PauseRequest, RequestError};

impl Dateline {
    /// Pauses a job until its end is reached or somebody resumes it: what falls due meanwhile is recorded as skipped.
    /// Where it is paused already, it gets the new end and words.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] for an end that is not to come; refused for a cancelled job.
    pub async fn pause_job(&self, id: JobId, asked: PauseRequest) -> Result<JobView, RequestError> {
        let home = self.job_for(id, Access::Edit).await?.job.home;
        let pause = self.pause_of(asked)?;
        // What was due before is not paused: it gets its record first.
        planning::settle(&self.shared, id).await?;
        let store = self.noting(AuditAction::JobPaused, id, Some(home), detail(&pause));
        Ok(store.pause_job(id, PauseChange::Begin(pause)).await?)
    }

    /// Lets a paused job's schedule fire again, from now on; with `run_latest`, the newest occurrence that the pause
    /// kept back is made up for by an execution. Again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::JobCancelled`](dateline_core::store::StoreError::JobCancelled) for a cancelled job.
    pub async fn resume_job(&self, id: JobId, run_latest: bool) -> Result<JobView, RequestError> {
        let home = self.job_for(id, Access::Edit).await?.job.home;
        planning::settle(&self.shared, id).await?;
        let at = self.now();
        let run_latest = run_latest.then(|| ExecutionId::fresh(at, &*self.shared.parts.entropy));
        let store = self.noting(AuditAction::JobResumed, id, Some(home), None);
        let view = store.pause_job(id, PauseChange::End { at, run_latest }).await?;
        self.shared.hints.work_queued();
        Ok(view)
    }

    /// Pauses all jobs of a project, as [`Dateline::pause_job`] does one.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] for an end that is not to come.
    pub async fn pause_project(&self, id: ProjectId, asked: PauseRequest) -> Result<Project, RequestError> {
        self.require(id, Access::Edit).await?;
        let pause = self.pause_of(asked)?;
        let store = self.noting(AuditAction::ProjectPaused, id, Some(id.into()), detail(&pause));
        Ok(store.pause_project(id, PauseChange::Begin(pause)).await?)
    }

    /// Lets the schedules of a paused project's jobs fire again, from now on. Again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`](dateline_core::store::StoreError::NotFound) for a project that is not there.
    pub async fn resume_project(&self, id: ProjectId) -> Result<Project, RequestError> {
        self.require(id, Access::Edit).await?;
        let store = self.noting(AuditAction::ProjectResumed, id, Some(id.into()), None);
        Ok(store.pause_project(id, PauseChange::End { at: self.now(), run_latest: None }).await?)
    }

    /// Pauses everything: no schedule fires, and nothing that is queued starts. What runs goes on.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] for members; [`RequestError::Invalid`] for an end that is not to come.
    pub async fn pause_engine(&self, asked: PauseRequest) -> Result<Pauses, RequestError> {
        self.require_role(Role::Admin)?;
        let pause = self.pause_of(asked)?;
        let store = self.noting(AuditAction::EnginePaused, "engine", None, detail(&pause));
        Ok(store.pause_engine(PauseChange::Begin(pause)).await?)
    }

    /// Lets everything go on: schedules from now on, and what is queued. Again changes nothing.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] for members.
    pub async fn resume_engine(&self) -> Result<Pauses, RequestError> {
        self.require_role(Role::Admin)?;
        let store = self.noting(AuditAction::EngineResumed, "engine", None, None);
        let pauses = store.pause_engine(PauseChange::End { at: self.now(), run_latest: None }).await?;
        self.shared.hints.work_queued();
        Ok(pauses)
    }

    /// Returns when everything was paused lately.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn engine_pauses(&self) -> Result<Pauses, RequestError> {
        Ok(self.store().engine_pauses().await?)
    }

    /// Returns when a job runs next, as far as that is known: not while it is paused until somebody resumes it, nor when
    /// all that is near is excluded.
    pub fn next_run_at(&self, view: &JobView) -> Option<Timestamp> {
        let NextDue::At(next) = &view.clock.next else { return None };
        let now = self.now();
        let over_at = view.pauses.over_at(now)?;
        let is_free = next.due_at >= over_at || over_at == now;
        if is_free && next.excluded.is_none() {
            return Some(next.due_at);
        }
        let compiled = planning::compile_job(&view.job).ok()?;
        let from = if is_free { next.due_at } else { over_at };
        let before = from - chrono::Duration::milliseconds(1);
        Some(compiled.next_run_after(before).ok()??.due_at)
    }

    fn pause_of(&self, asked: PauseRequest) -> Result<Pause, RequestError> {
        let since = self.now();
        let mut faults = Faults::default();
        if let Some(reason) = &asked.reason {
            faults.pause_reason(reason);
        }
        if let Some(until) = asked.until.filter(|until| *until <= since) {
            faults.add("/until", &rfc3339(until), "an instant that is still to come");
        }
        faults.into_result()?;
        let by = PausedBy::Person { user: self.caller().user };
        Ok(Pause { since, until: asked.until, reason: asked.reason, by })
    }
}

/// Returns what the audit log says of a pause.
fn detail(pause: &Pause) -> Option<String> {
    let until = pause.until.map(|until| format!("until {}", rfc3339(until)));
    let reason = pause.reason.as_deref().map(|reason| clean_line(&redact_secrets(reason).text));
    let parts: Vec<_> = until.into_iter().chain(reason).collect();
    (!parts.is_empty()).then(|| parts.join(": "))
}
