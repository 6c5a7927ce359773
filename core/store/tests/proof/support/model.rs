//! A store of plain maps: what the real one must agree with after any sequence of calls.
//!
//! It is written to be obviously right, not fast: every question walks everything, and nothing is indexed.

use std::collections::{BTreeMap, BTreeSet};

use dateline_core::draft::{Draft, Publication};
use dateline_core::execution::{
    DeadLetter, Due, Execution, ExecutionEvent, ExecutionState, ExecutionStatus, Items, LogLine, StepRecord,
    Stuck, Trigger,
};
use dateline_core::health::Health;
use dateline_core::home::{Home, Lane};
use dateline_core::id::{DraftId, ExecutionId, JobId, ProjectId, PublicationId};
use dateline_core::job::{Cursor, Job, JobClock, JobStatus, JobView, NextDue};
use dateline_core::notification::NotificationEvent;
use dateline_core::pause::Pauses;
use dateline_core::policy::OverlapPolicy;
use dateline_core::project::Project;
use dateline_core::store::{FireDue, Fired, Missing, NewExecution, StoreError};
use dateline_core::time::Timestamp;

use super::calls::{Answer, Call};

mod attempts;
mod dead_letters;
mod dependencies;
mod drafts;
mod firing;
mod gates;
mod health;
mod overlaps;
mod pauses;
mod queue;
mod retention;

type Res<T> = Result<T, StoreError>;

#[derive(Debug, Clone)]
pub(crate) struct JobEntry {
    pub(crate) job: Job,
    pub(crate) clock: JobClock,
    pub(crate) last_run_at: Option<Timestamp>,
    pub(crate) last_ended: Option<ExecutionStatus>,
    pub(crate) failures: u32,
    pub(crate) health: Health,
    pub(crate) cursors: BTreeMap<(&'static str, String), Cursor>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    pub(crate) projects: BTreeMap<ProjectId, Project>,
    pub(crate) removed: BTreeMap<ProjectId, Project>,
    pub(crate) jobs: BTreeMap<JobId, JobEntry>,
    pub(crate) executions: BTreeMap<ExecutionId, Execution>,
    pub(crate) steps: BTreeMap<ExecutionId, Vec<StepRecord>>,
    pub(crate) logs: BTreeMap<ExecutionId, Vec<LogLine>>,
    pub(crate) drafts: BTreeMap<DraftId, Vec<Draft>>,
    pub(crate) publications: BTreeMap<PublicationId, Publication>,
    pub(crate) pauses: Pauses,
    /// Executions whose start is paced, until a claim finds that its time has come.
    pub(crate) paced: BTreeSet<ExecutionId>,
    /// Executions that their gates have let through and that have not started.
    pub(crate) offered: BTreeSet<ExecutionId>,
    /// When projects last had a turn.
    pub(crate) turns: BTreeMap<Lane, Timestamp>,
    /// The ends noted for a job that waits for all it depends on.
    pub(crate) noted: BTreeMap<(JobId, JobId), ExecutionId>,
    pub(crate) events: u64,
    /// What is gone and still counted.
    pub(crate) forgotten: Vec<Execution>,
    /// What was told, by event and subject: once each.
    pub(crate) told: BTreeSet<(NotificationEvent, u128)>,
}

impl Model {
    pub(crate) fn apply(&mut self, call: &Call) -> Answer {
        match call.clone() {
            Call::CreateProject(project) => Answer::of(self.create_project(project)),
            Call::ReplaceProject(project) => Answer::of(self.replace_project(project)),
            Call::RemoveProject(id, now) => Answer::of(self.remove_project(id, now)),
            Call::CreateJob(job, clock) => Answer::of(self.create_job(job, clock)),
            Call::ReplaceJob(job, clock) => Answer::of(self.replace_job(job, clock)),
            Call::CancelJob(id, now) => Answer::of(self.cancel_job(id, now)),
            Call::PauseJob(id, change) => Answer::of(self.pause_job(id, &change)),
            Call::PauseProject(id, change) => Answer::of(self.pause_project(id, &change)),
            Call::PauseEngine(change) => Answer::of(self.pause_engine(&change)),
            Call::FireDue(plan) => Answer::of(self.fire_due(&plan)),
            Call::CreateExecution(new) => Answer::of(self.create_execution(new)),
            Call::Claim(request) => Answer::of(self.claim(request)),
            Call::Renew(keys, until, now) => Answer::of(self.renew(&keys, until, now)),
            Call::RecordStep(commit) => Answer::of(self.record_step(*commit)),
            Call::Finish(report) => Answer::of(self.finish(report)),
            Call::Rescue(which, now) => Answer::of(self.rescue(which, now)),
            Call::Steer(id, event, now) => Answer::of(self.steer(id, event, now)),
            Call::ReplayDead(request) => Answer::of(self.replay_dead(&request)),
            Call::DismissDead(of, limit, now) => Answer::of(self.dismiss_dead(of, limit, now)),
            Call::EditDraft(edit) => Answer::of(self.edit_draft(edit)),
            Call::DecideDraft(decision) => Answer::of(self.decide_draft(decision)),
            Call::BeginPublication(publication) => Answer::of(self.begin_publication(publication)),
            Call::FinishPublication(id, outcome) => Answer::of(self.finish_publication(id, outcome)),
            Call::Pin(id, now) => Answer::of(self.pin(id, Some(now))),
            Call::Unpin(id, _) => Answer::of(self.pin(id, None)),
            Call::Purge(request) => Answer::of(Ok(self.purge(&request))),
        }
    }

    // ---- projects and jobs ----

    fn create_project(&mut self, project: Project) -> Res<Project> {
        if let Some(there) = self.projects.get(&project.id).or(self.removed.get(&project.id)) {
            return Err(StoreError::Conflict { version: there.version });
        }
        self.projects.insert(project.id, Project { version: 1, ..project.clone() });
        self.events += 1;
        Ok(Project { version: 1, ..project })
    }

    fn found_project(&self, id: ProjectId) -> Res<Project> {
        self.projects.get(&id).cloned().ok_or(StoreError::NotFound(Missing::Project))
    }

    fn replace_project(&mut self, project: Project) -> Res<Project> {
        let there = self.found_project(project.id)?;
        if there.version != project.version {
            return Err(StoreError::Conflict { version: there.version });
        }
        let next = Project {
            version: there.version + 1,
            created_at: there.created_at,
            pauses: there.pauses,
            ..project
        };
        self.projects.insert(next.id, next.clone());
        self.events += 1;
        Ok(next)
    }

    fn remove_project(&mut self, id: ProjectId, now: Timestamp) -> Res<()> {
        let project = self.found_project(id)?;
        let jobs: Vec<JobId> =
            self.jobs.values().filter(|e| e.job.home == Home::Project(id)).map(|e| e.job.id).collect();
        for job in jobs {
            self.cancel_job(job, now)?;
        }
        self.projects.remove(&id);
        self.removed.insert(id, project);
        self.events += 1;
        Ok(())
    }

    fn entry(&self, id: JobId) -> Res<JobEntry> {
        self.jobs.get(&id).cloned().ok_or(StoreError::NotFound(Missing::Job))
    }

    pub(crate) fn view(&self, id: JobId) -> JobView {
        let entry = &self.jobs[&id];
        let status = if self.open_of(id).any(|open| !open.state.is_asking()) {
            JobStatus::Running
        } else {
            match entry.last_ended {
                Some(ExecutionStatus::Failed) => JobStatus::Failed,
                Some(ExecutionStatus::Cancelled) | None => JobStatus::Idle,
                Some(_) => JobStatus::Completed,
            }
        };
        JobView {
            job: entry.job.clone(),
            clock: entry.clock.clone(),
            status,
            last_run_at: entry.last_run_at,
            cursors: entry.cursors.values().cloned().collect(),
            pauses: self.pauses(&entry.job),
            failures_in_row: entry.failures,
            health: entry.health,
        }
    }

    fn create_job(&mut self, job: Job, clock: JobClock) -> Res<JobView> {
        if let Some(there) = self.jobs.get(&job.id) {
            return Err(StoreError::Conflict { version: there.job.version });
        }
        if let Home::Project(project) = job.home {
            self.found_project(project)?;
        }
        self.check_dependencies(None, &job)?;
        let id = job.id;
        let job = Job { version: 1, cancelled_at: None, ..job };
        let cursors = BTreeMap::new();
        self.jobs.insert(
            id,
            JobEntry {
                job,
                clock,
                last_run_at: None,
                last_ended: None,
                failures: 0,
                health: Health::default(),
                cursors,
            },
        );
        self.events += 1;
        Ok(self.view(id))
    }

    fn replace_job(&mut self, job: Job, clock: Option<JobClock>) -> Res<JobView> {
        let mut entry = self.entry(job.id)?;
        if entry.job.cancelled_at.is_some() {
            return Err(StoreError::JobCancelled);
        }
        if entry.job.version != job.version {
            return Err(StoreError::Conflict { version: entry.job.version });
        }
        self.check_dependencies(Some(&entry.job), &job)?;
        if entry.job.depends_on != job.depends_on || !job.is_enabled {
            self.forget_noted(job.id);
        }
        if let Some(clock) = clock {
            let recorded_through = clock.recorded_through.max(entry.clock.recorded_through);
            let runs = if entry.job.schedule == job.schedule { entry.clock.runs } else { 0 };
            entry.clock = JobClock { recorded_through, next: clock.next, runs }.under(&job.schedule);
        }
        let (created_at, pauses) = (entry.job.created_at, entry.job.pauses);
        entry.job = Job { version: job.version + 1, cancelled_at: None, created_at, pauses, ..job };
        let id = entry.job.id;
        self.jobs.insert(id, entry);
        self.events += 1;
        Ok(self.view(id))
    }

    fn cancel_job(&mut self, id: JobId, now: Timestamp) -> Res<()> {
        let mut entry = self.entry(id)?;
        if entry.job.cancelled_at.is_some() {
            return Ok(());
        }
        entry.job.is_enabled = false;
        entry.job.cancelled_at = Some(now);
        entry.job.updated_at = now;
        entry.job.version += 1;
        entry.clock.next = NextDue::Off;
        self.forget_noted(id);
        self.jobs.insert(id, entry);
        self.events += 1;
        let open: Vec<ExecutionId> = self.open_of(id).map(|execution| execution.id).collect();
        for execution in open {
            self.steer(execution, ExecutionEvent::CancelRequested, now)?;
        }
        Ok(())
    }

    // ---- time ----

    fn fire_due(&mut self, plan: &FireDue) -> Res<Fired> {
        let entry = self.entry(plan.job)?;
        let conflict = StoreError::Conflict { version: entry.job.version };
        if entry.job.version != plan.version
            || entry.clock.recorded_through != plan.recorded_through
            || !entry.job.is_live()
        {
            return Err(conflict);
        }
        let mut records = firing::passed(plan);
        if self.pauses(&entry.job) != plan.pauses {
            return Err(conflict);
        }
        records.extend(plan.runs.iter().map(|run| {
            let due = Due::Once(run.occurrence.clone());
            (run.id, run.occurrence.due_at, due, None, run.ready_at)
        }));
        for (index, (id, first, due, _, _)) in records.iter().enumerate() {
            let is_twin = records[..index].iter().any(|(_, _, other, _, _)| other.key() == due.key());
            let is_past = *first <= entry.clock.recorded_through;
            if is_twin || is_past || self.executions.contains_key(id) {
                return Err(conflict);
            }
        }
        let mut through = entry.clock.recorded_through.max(plan.clock.recorded_through);
        let mut fired = Fired { queued: Vec::new(), has_replaced: false };
        for (id, _, due, outcome, ready_at) in records {
            through = through.max(due.key());
            let run = plan.runs.iter().find(|run| run.id == id);
            let outcome = match run {
                Some(run) => self.let_in(&entry.job, run, &mut fired, plan.now)?,
                None => outcome,
            };
            let state = firing::state(plan, id, outcome, ready_at);
            let is_asking = state.is_asking();
            let is_paced = state.is_open() && !is_asking && ready_at > plan.now;
            let mut execution = fresh(&entry.job, id, Trigger::Scheduled, Some(due), state, plan.now);
            execution.concurrency = run.and_then(|_| self.bound(&entry.job, &execution.payload));
            self.paced.extend(is_paced.then_some(id));
            self.executions.insert(id, execution);
            self.settle_gates();
            self.events += 1;
            if is_asking {
                self.tell(NotificationEvent::JobAsks, id.bits());
            }
        }
        let mut entry = self.entry(plan.job)?;
        let runs = entry.clock.runs + fired.queued.len() as u64;
        let clock = JobClock { recorded_through: through, next: plan.clock.next.clone(), runs };
        entry.clock = clock.under(&entry.job.schedule);
        self.jobs.insert(plan.job, entry);
        self.events += 1;
        if let Some(newest) = firing::newest_missed(plan) {
            let entry = self.jobs.get_mut(&plan.job).expect("it was there");
            entry.health.is_late = true;
            self.tell(NotificationEvent::JobMissed, newest.bits());
        }
        Ok(fired)
    }

    // ---- executions ----

    fn open_of(&self, job: JobId) -> impl Iterator<Item = &Execution> {
        self.executions.values().filter(move |e| e.job == job && e.state.is_open())
    }

    fn found(&self, id: ExecutionId) -> Res<Execution> {
        self.executions.get(&id).cloned().ok_or(StoreError::NotFound(Missing::Execution))
    }

    fn create_execution(&mut self, new: NewExecution) -> Res<Execution> {
        let entry = self.entry(new.job)?;
        if entry.job.cancelled_at.is_some() {
            return Err(StoreError::JobCancelled);
        }
        if let Some(there) = self.executions.get(&new.id) {
            return Err(StoreError::Conflict { version: there.version });
        }
        let admission = self.admission(&entry.job, new.overlap.unwrap_or(OverlapPolicy::AllowAll));
        let payload = new.payload.unwrap_or_else(|| entry.job.payload.clone());
        let state = match self.refusal(&entry.job, admission, &payload) {
            Some(outcome) => ExecutionState::Finished { outcome, at: new.now },
            None => ExecutionState::Queued { since: new.now, ready_at: new.now },
        };
        if state.is_open() {
            self.make_way_for_key(&entry.job, &payload, new.id, new.now)?;
            self.make_way(new.job, admission, new.id, new.now)?;
        }
        let mut execution = fresh(&entry.job, new.id, new.trigger, None, state, new.now);
        execution.concurrency = self.bound(&entry.job, &payload);
        execution.payload = payload;
        self.executions.insert(new.id, execution.clone());
        self.settle_gates();
        self.steps.insert(new.id, new.copied_steps);
        self.events += 1;
        self.settle(&execution, new.now)?;
        Ok(execution)
    }

    /// Tells the owner: a notification is an event of its own.
    fn tell(&mut self, event: NotificationEvent, subject: u128) {
        self.events += u64::from(self.told.insert((event, subject)));
    }

    /// Stores the next version of an execution.
    fn change(&mut self, mut execution: Execution) -> Execution {
        execution.version += 1;
        Self::lay_aside(&self.executions[&execution.id], &mut execution);
        let before = self.executions.insert(execution.id, execution.clone()).expect("it was there");
        if before.state != execution.state {
            self.offered.remove(&execution.id);
            self.paced.remove(&execution.id);
            self.settle_gates();
        }
        self.events += 1;
        self.note_timing(&before, &execution);
        let entry = self.jobs.get_mut(&execution.job).expect("it was there");
        if before.started_at.is_none() && execution.started_at.is_some() {
            entry.last_run_at = execution.started_at;
        }
        let status = execution.state.status();
        if before.state.is_open() {
            match status {
                ExecutionStatus::Completed => self.tell(NotificationEvent::JobSuccess, execution.id.bits()),
                ExecutionStatus::Partial => self.tell(NotificationEvent::JobPartial, execution.id.bits()),
                ExecutionStatus::Failed => self.tell(NotificationEvent::JobFailure, execution.id.bits()),
                _ => {}
            }
        }
        let entry = self.jobs.get_mut(&execution.job).expect("it was there");
        if before.state.is_open()
            && !execution.state.is_open()
            && (execution.started_at.is_some() || status == ExecutionStatus::Failed)
        {
            entry.last_ended = Some(status);
            match status {
                ExecutionStatus::Failed => self.count_failure(&execution),
                ExecutionStatus::Cancelled => {}
                _ => entry.failures = 0,
            }
        }
        if before.state.is_open() {
            self.follow(&execution);
        }
        let entry = self.jobs.get_mut(&execution.job).expect("it was there");
        if before.state.is_asking() && status == ExecutionStatus::Queued {
            let clock = JobClock { runs: entry.clock.runs + 1, ..entry.clock.clone() };
            entry.clock = clock.under(&entry.job.schedule);
        }
        execution
    }

    fn steer(&mut self, id: ExecutionId, event: ExecutionEvent, now: Timestamp) -> Res<Execution> {
        let execution = self.found(id)?;
        let mut after = execution.clone();
        after.state = after.state.after(event, now)?;
        if event == ExecutionEvent::DismissRequested && after.dead_letter == Some(DeadLetter::Open) {
            after.dead_letter = Some(DeadLetter::Dismissed { at: now });
        }
        Ok(if after == execution { execution } else { self.change(after) })
    }
}

fn fresh(
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
        home: job.home,
        trigger,
        due,
        payload: job.payload.clone(),
        priority: job.policy.priority,
        state,
        epoch: 0,
        attempts: Vec::new(),
        rescues: 0,
        stuck: Stuck::default(),
        items: Items::default(),
        output: serde_json::Value::Null,
        error: None,
        dead_letter: None,
        superseded_by: None,
        pinned_at: None,
        concurrency: None,
        rate: None,
        debounce: None,
        created_at: now,
        started_at: None,
        version: 1,
    }
}
