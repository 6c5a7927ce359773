//! Pauses begin and end: of a job, of a project, of everything.

use dateline_core::event::EventKind;
use dateline_core::execution::{Execution, ExecutionState, Outcome, SkipReason, Trigger};
use dateline_core::id::{ExecutionId, JobId, ProjectId};
use dateline_core::instance::InstanceSettings;
use dateline_core::job::{Job, JobView};
use dateline_core::overlap::Admission;
use dateline_core::pause::{Pause, PauseChange, Pauses};
use dateline_core::project::Project;
use dateline_core::store::StoreError;
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::queries::job_view;
use crate::record::JobState;
use crate::tables::{ALL, BY_PROJECT, INSTANCE, INSTANCE_KEY, OCCURRENCES, PAUSED};
use crate::transaction::{Rows, Transaction, Walk};
use crate::verbs::fire::new_execution;

impl Transaction<'_> {
    pub(crate) fn pause_job(&self, id: JobId, change: &PauseChange) -> Result<JobView, Fault> {
        let (stored, state) = self.found_job(id)?;
        if stored.cancelled_at.is_some() {
            return Err(StoreError::JobCancelled.into());
        }
        let (pauses, at) = (stored.pauses.after(change), change.at());
        if pauses == stored.pauses {
            return job_view(self, stored);
        }
        let job = Job { pauses, version: stored.version + 1, updated_at: at, ..stored.clone() };
        if let PauseChange::End { run_latest: Some(execution), .. } = change {
            self.run_latest(&stored, *execution, at)?;
        }
        // Whoever resumes a job has looked: its failures are counted anew.
        let state = match change {
            PauseChange::End { .. } if state.failures_in_row > 0 => {
                Some(JobState { failures_in_row: 0, ..state })
            }
            PauseChange::End { .. } | PauseChange::Begin(_) => None,
        };
        self.write_job(&job, state.as_ref(), at)?;
        job_view(self, job)
    }

    /// Pauses a job that has failed too often in a row, when `execution` is the last of its failures.
    pub(super) fn pause_after_failures(
        &self,
        execution: &Execution,
        failures: u32,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let (stored, _) = self.found_job(execution.job)?;
        let is_at_rest = !stored.is_live() || stored.pauses.in_force(now).is_some();
        if is_at_rest || !stored.policy.pauses_after(failures) {
            return Ok(());
        }
        let pause = Pause::after_failures(failures, execution.error.as_ref(), now);
        let pauses = stored.pauses.begun(pause);
        let job = Job { pauses, version: stored.version + 1, ..stored };
        self.write_job(&job, None, now)?;
        self.tell_of_auto_pause(execution, failures, &job, now)
    }

    pub(crate) fn pause_project(&self, id: ProjectId, change: &PauseChange) -> Result<Project, Fault> {
        let stored = self.found_project(id)?;
        let (pauses, at) = (stored.pauses.after(change), change.at());
        if pauses == stored.pauses {
            return Ok(stored);
        }
        self.set(PAUSED, (BY_PROJECT, id.bits()), ())?;
        let project = Project { pauses, version: stored.version + 1, updated_at: at, ..stored };
        self.write_project(&project, at)?;
        Ok(project)
    }

    pub(crate) fn pause_engine(&self, change: &PauseChange) -> Result<Pauses, Fault> {
        let stored = self.get(&INSTANCE, INSTANCE_KEY)?.unwrap_or_default();
        let pauses = stored.pauses.after(change);
        if pauses == stored.pauses {
            return Ok(pauses);
        }
        self.set(PAUSED, (ALL, 0), ())?;
        let settings = InstanceSettings { pauses: pauses.clone(), version: stored.version + 1, ..stored };
        self.put(&INSTANCE, INSTANCE_KEY, &settings)?;
        self.emit_to_all(EventKind::Engine, "engine".to_owned(), settings.version, change.at())?;
        Ok(pauses)
    }

    /// Records an execution for the newest occurrence that the pause in force kept back; none when it kept none.
    fn run_latest(&self, job: &Job, id: ExecutionId, now: Timestamp) -> Result<(), Fault> {
        let Some(pause) = job.pauses.in_force(now) else { return Ok(()) };
        let (from, scope) = (pause.since.timestamp_millis(), job.id.bits());
        let mut newest = None;
        self.walk_back(OCCURRENCES, (scope, from)..=(scope, i64::MAX), |_, execution| {
            newest = Some(execution);
            Ok(Walk::Stop)
        })?;
        let Some(newest) = newest else { return Ok(()) };
        if was_kept_back(&self.indexed_execution(newest)?) {
            let state = ExecutionState::Queued { since: now, ready_at: now };
            let execution = new_execution(job, id, Trigger::Manual, None, state, now);
            self.admit(job, execution, Admission::Queue, now)?;
        }
        Ok(())
    }
}

fn was_kept_back(execution: &Execution) -> bool {
    let paused = Outcome::Skipped(SkipReason::Paused);
    matches!(&execution.state, ExecutionState::Finished { outcome, .. } if *outcome == paused)
}
