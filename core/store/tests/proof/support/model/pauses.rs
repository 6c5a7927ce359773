//! Pauses in a store of plain maps.

use dateline_core::execution::{Execution, ExecutionState, Outcome, SkipReason, Trigger};
use dateline_core::id::{ExecutionId, JobId, ProjectId};
use dateline_core::job::{Job, JobView};
use dateline_core::notification::NotificationEvent;
use dateline_core::overlap::Admission;
use dateline_core::pause::{JobPauses, Pause, PauseChange, Pauses};
use dateline_core::project::Project;
use dateline_core::store::StoreError;
use dateline_core::time::Timestamp;

use super::{Model, Res, fresh};

impl Model {
    pub(crate) fn pauses(&self, job: &Job) -> JobPauses {
        let project =
            job.home.project().and_then(|id| self.projects.get(&id)).map(|project| project.pauses.clone());
        JobPauses {
            job: job.pauses.clone(),
            project: project.unwrap_or_default(),
            engine: self.pauses.clone(),
        }
    }

    pub(super) fn pause_job(&mut self, id: JobId, change: &PauseChange) -> Res<JobView> {
        let mut entry = self.entry(id)?;
        if entry.job.cancelled_at.is_some() {
            return Err(StoreError::JobCancelled);
        }
        let pauses = entry.job.pauses.after(change);
        if pauses != entry.job.pauses {
            if let PauseChange::End { run_latest: Some(execution), at } = change {
                self.run_latest(&entry.job, *execution, *at);
            }
            if matches!(change, PauseChange::End { .. }) {
                entry.failures = 0;
            }
            entry.job = Job { pauses, version: entry.job.version + 1, updated_at: change.at(), ..entry.job };
            self.jobs.insert(id, entry);
            self.events += 1;
        }
        Ok(self.view(id))
    }

    /// Counts a failure of its job, which is paused when there were too many in a row.
    pub(super) fn count_failure(&mut self, execution: &Execution) {
        let ExecutionState::Finished { at, .. } = execution.state else { return };
        let entry = self.jobs.get_mut(&execution.job).expect("it was there");
        entry.failures += 1;
        let (failures, job) = (entry.failures, &mut entry.job);
        let bound = job.policy.auto_pause_after;
        if job.is_live() && job.pauses.in_force(at).is_none() && bound > 0 && failures >= bound {
            job.pauses = job.pauses.begun(Pause::after_failures(failures, execution.error.as_ref(), at));
            job.version += 1;
            self.events += 1;
            self.tell(NotificationEvent::JobPaused, execution.id.bits());
        }
    }

    fn run_latest(&mut self, job: &Job, id: ExecutionId, now: Timestamp) {
        let Some(pause) = job.pauses.in_force(now) else { return };
        let of_job = self.executions.values().filter(|one| one.job == job.id);
        let due = of_job.filter_map(|one| Some((one.due.as_ref()?.key(), one)));
        let newest = due.filter(|(due, _)| *due >= pause.since).max_by_key(|(due, _)| *due);
        let paused = Outcome::Skipped(SkipReason::Paused);
        let is_paused = newest.is_some_and(
            |(_, one)| matches!(one.state, ExecutionState::Finished { outcome, .. } if outcome == paused),
        );
        if is_paused {
            let state = ExecutionState::Queued { since: now, ready_at: now };
            let mut execution = fresh(job, id, Trigger::Manual, None, state, now);
            execution.concurrency = self.bound(job, &execution.payload);
            if let Some(outcome) = self.refusal(job, Admission::Queue, &execution.payload) {
                execution.state = ExecutionState::Finished { outcome, at: now };
            } else {
                self.make_way_for_key(job, &execution.payload, id, now).expect("it can be cancelled");
            }
            self.executions.insert(id, execution);
            self.settle_gates();
            self.events += 1;
        }
    }

    pub(super) fn pause_project(&mut self, id: ProjectId, change: &PauseChange) -> Res<Project> {
        let mut project = self.found_project(id)?;
        let pauses = project.pauses.after(change);
        if pauses != project.pauses {
            project = Project { pauses, version: project.version + 1, updated_at: change.at(), ..project };
            self.projects.insert(id, project.clone());
            self.events += 1;
        }
        Ok(project)
    }

    pub(super) fn pause_engine(&mut self, change: &PauseChange) -> Res<Pauses> {
        let pauses = self.pauses.after(change);
        self.events += u64::from(pauses != self.pauses);
        self.pauses = pauses.clone();
        Ok(pauses)
    }
}
