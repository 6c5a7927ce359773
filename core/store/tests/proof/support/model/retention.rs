//! What is forgotten, found by walking everything.

use dateline_core::execution::Execution;
use dateline_core::id::{ExecutionId, JobId, ProjectId};
use dateline_core::retention::{RecordKind, Verdict, aged, verdict};
use dateline_core::store::{PurgeRequest, Purged};

use super::{Model, Res};

impl Model {
    pub(super) fn pin(
        &mut self,
        id: ExecutionId,
        at: Option<dateline_core::time::Timestamp>,
    ) -> Res<Execution> {
        let execution = self.found(id)?;
        if execution.pinned_at.is_some() == at.is_some() {
            return Ok(execution);
        }
        Ok(self.change(Execution { pinned_at: at, ..execution }))
    }

    pub(super) fn purge(&mut self, request: &PurgeRequest) -> Purged {
        let removed = match request.kind {
            RecordKind::Executions => self.purge_executions(request),
            RecordKind::Logs => {
                let over = self.over(request.retention.logs_days, request);
                over.into_iter().filter_map(|id| self.logs.remove(&id)).filter(|it| !it.is_empty()).count()
            }
            RecordKind::Steps => {
                let over = self.over(request.retention.steps_days, request);
                over.into_iter().filter_map(|id| self.steps.remove(&id)).filter(|it| !it.is_empty()).count()
            }
            RecordKind::Jobs => self.purge_jobs(),
            RecordKind::Projects => self.purge_projects(),
            RecordKind::Activity
            | RecordKind::Answers
            | RecordKind::Notifications
            | RecordKind::Audit
            | RecordKind::Requests => 0,
        };
        Purged { removed: removed as u64, is_done: true }
    }

    fn over(&self, days: u32, request: &PurgeRequest) -> Vec<ExecutionId> {
        let is_over = |execution: &&Execution| aged(execution, days, request.now) == Verdict::Goes;
        self.executions.values().filter(is_over).map(|execution| execution.id).collect()
    }

    fn purge_executions(&mut self, request: &PurgeRequest) -> usize {
        let goes = |execution: &&Execution| {
            let is_latest = self.is_latest(execution, request.retention.runs_min as usize);
            verdict(execution, is_latest, &request.retention, request.now) == Verdict::Goes
        };
        let over: Vec<Execution> = self.executions.values().filter(goes).cloned().collect();
        for execution in &over {
            self.executions.remove(&execution.id);
            self.steps.remove(&execution.id);
            self.logs.remove(&execution.id);
        }
        let count = over.len();
        self.forgotten.extend(over);
        count
    }

    fn is_latest(&self, execution: &Execution, runs_min: usize) -> bool {
        if self.jobs.get(&execution.job).is_none_or(|entry| entry.job.cancelled_at.is_some()) {
            return false;
        }
        let place = |it: &Execution| (it.created_at, it.id);
        let of_job = self.executions.values().filter(|it| it.job == execution.job);
        of_job.filter(|it| place(it) > place(execution)).count() < runs_min
    }

    fn purge_jobs(&mut self) -> usize {
        let has_history = |job| self.executions.values().any(|execution| execution.job == job);
        let is_over =
            |entry: &&super::JobEntry| entry.job.cancelled_at.is_some() && !has_history(entry.job.id);
        let over: Vec<JobId> = self.jobs.values().filter(is_over).map(|entry| entry.job.id).collect();
        for job in &over {
            self.jobs.remove(job);
            self.forgotten.retain(|execution| execution.job != *job);
        }
        over.len()
    }

    fn purge_projects(&mut self) -> usize {
        let has_history =
            |id: ProjectId| self.executions.values().any(|execution| execution.home == id.into());
        let has_drafts = |id| self.drafts.values().flatten().any(|draft| draft.project == id);
        let over: Vec<ProjectId> =
            self.removed.keys().copied().filter(|id| !has_history(*id) && !has_drafts(*id)).collect();
        for project in &over {
            self.removed.remove(project);
        }
        over.len()
    }
}
