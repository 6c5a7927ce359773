//! A job as JSON spells it, what creates and changes one, and what runs one now.

use dateline_core::dependency::{JobLinks, LinkedJob};
use dateline_core::execution::ExecutionStatus;
use dateline_core::id::{ExecutionId, JobId, ProjectId, UserId};
use dateline_core::job::{JobStatus, JobType, JobView, NextDue};
use dateline_core::platform::Platform;
use dateline_core::policy::OverlapPolicy;
use dateline_core::schedule::Frequency;
use poem_openapi::payload::Json;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{ApiResponse, Object};

use super::dependencies::{DependenciesBody, LinkedJobBody};
use super::occurrences::PlannedBody;
use super::payload::{PayloadBody, PayloadView};
use super::policy::PolicyBody;
use super::reasons::TopicBody;
use super::time::TimeConfigBody;
use crate::http::Shared;
use crate::http::fields::{Id, Instant, Line, Word, words};
use crate::http::pauses::Pause;

words!(JobType as JobType ("What a job does."): GenerateContent, SyncGithub, Cleanup, HttpRequest);
words!(JobStatus as JobStatus ("A job's own status, derived from its executions."): Idle, Running, Completed, Failed);

/// A job to create.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct JobCreate {
    /// The project it works for. Types that need none may do without: such a job is its maker's own, and seen by them
    /// and by owners only.
    pub project_id: Option<Id<ProjectId>>,
    /// What it does.
    #[oai(rename = "type")]
    pub job_type: Word<JobType>,
    /// What people call it.
    pub name: Line<120>,
    /// Which fields of `timeConfig` count.
    pub frequency: Word<Frequency>,
    /// When it runs.
    pub time_config: TimeConfigBody,
    /// Whether its schedule names occurrences; true when absent.
    pub is_enabled: Option<bool>,
    /// How it behaves when things do not go to plan.
    pub policy: Option<PolicyBody>,
    /// What its executions are told.
    pub payload: Option<PayloadBody>,
    /// The jobs whose ends start it, beside its schedule.
    pub depends_on: Option<DependenciesBody>,
    /// The events that start it, beside its schedule.
    #[oai(validator(max_items = 16))]
    pub listens_to: Option<Vec<TopicBody>>,
    /// Whether a run that nobody asked for by hand is worth having, in the Common Expression Language; where it does not
    /// hold, the run ends as SKIPPED.
    pub condition: Option<Line<500>>,
}

/// A change of a job: what is absent stays as it is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct JobPatch {
    /// The job.
    pub id: Id<JobId>,
    /// The project it works for; null takes it out of its project and makes it the caller's own.
    pub project_id: MaybeUndefined<Id<ProjectId>>,
    /// What it does.
    #[oai(rename = "type")]
    pub job_type: Option<Word<JobType>>,
    /// What people call it.
    pub name: Option<Line<120>>,
    /// Which fields of `timeConfig` count; with another one, `timeConfig` is needed too.
    pub frequency: Option<Word<Frequency>>,
    /// When it runs, all of it.
    pub time_config: Option<TimeConfigBody>,
    /// Whether its schedule names occurrences.
    pub is_enabled: Option<bool>,
    /// How it behaves when things do not go to plan; absent parts keep their values.
    pub policy: Option<PolicyBody>,
    /// What its executions are told.
    pub payload: Option<PayloadBody>,
    /// The jobs whose ends start it, all of them; null for none.
    pub depends_on: MaybeUndefined<DependenciesBody>,
    /// The events that start it, all of them.
    #[oai(validator(max_items = 16))]
    pub listens_to: Option<Vec<TopicBody>>,
    /// Whether a run that nobody asked for by hand is worth having; null for none.
    pub condition: MaybeUndefined<Line<500>>,
}

/// Whether a job's schedule names occurrences.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Toggle {
    /// The wanted state; the opposite of the present one when absent.
    pub is_enabled: Option<bool>,
}

/// A job to run now.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct TriggerBody {
    /// The job.
    pub job_id: Id<JobId>,
    /// What this execution is told; the job's own payload when absent.
    pub payload: Option<PayloadBody>,
    /// What happens when the job has open executions; it waits for its turn when absent.
    pub overlap: Option<Word<OverlapPolicy>>,
}

/// The execution that was recorded.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct TriggeredBody {
    /// Its id.
    pub execution_id: Id<ExecutionId>,
    /// Where it stands.
    pub status: Word<ExecutionStatus>,
}

/// A schedule that is not saved yet.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct PreviewBody {
    /// Which fields of `timeConfig` count.
    pub frequency: Word<Frequency>,
    /// When it would run.
    pub time_config: TimeConfigBody,
    /// Only occurrences after this instant; after now when absent.
    pub from: Option<Instant>,
    /// How many occurrences; 10 when absent.
    #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
    pub count: Option<u32>,
}

/// A schedule in words and in its next occurrences.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Preview {
    /// The schedule in plain English.
    pub description: String,
    /// The next occurrences, earliest first.
    pub occurrences: Vec<PlannedBody>,
}

/// A job, when it runs and how far it has come.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Job {
    /// Its identity.
    pub id: Id<JobId>,
    /// The project it works for; null for a job without one.
    pub project_id: Option<Id<ProjectId>>,
    /// Whose own it is when it has no project; null for a project's.
    pub owner_id: Option<Id<UserId>>,
    /// What it does.
    #[oai(rename = "type")]
    pub job_type: Word<JobType>,
    /// What people call it.
    pub name: String,
    /// Which fields of `timeConfig` count.
    pub frequency: Word<Frequency>,
    /// When it runs.
    pub time_config: TimeConfigBody,
    /// When it runs, in plain English.
    pub description: String,
    /// Whether its schedule names occurrences.
    pub is_enabled: bool,
    /// What keeps its occurrences from running: a pause of its own, of its project, of everything.
    pub pauses: Vec<Pause>,
    /// How it behaves when things do not go to plan.
    pub policy: PolicyBody,
    /// What its executions are told.
    pub payload: PayloadView,
    /// The jobs whose ends start it, beside its schedule.
    pub depends_on: Option<DependenciesBody>,
    /// The events that start it, beside its schedule.
    pub listens_to: Vec<TopicBody>,
    /// Whether a run that nobody asked for by hand is worth having.
    pub condition: Option<String>,
    /// The jobs it depends on, as far as its reader sees them; left out of lists.
    #[oai(skip_serializing_if_is_none)]
    pub upstream: Option<Vec<LinkedJobBody>>,
    /// The jobs that depend on it, as far as its reader sees them; left out of lists.
    #[oai(skip_serializing_if_is_none)]
    pub downstream: Option<Vec<LinkedJobBody>>,
    /// Its own status.
    pub status: Word<JobStatus>,
    /// When it runs next; null when it is disabled or cancelled, paused until somebody resumes, when all
    /// that is near is excluded, or when its schedule has ended.
    pub next_run_at: Option<Instant>,
    /// How many more of its occurrences run before its schedule ends; null when it has no `runsMax`.
    pub runs_left: Option<u64>,
    /// Whether no occurrence could be found although no end bound has passed: somebody must look at the schedule.
    pub is_unsatisfiable: bool,
    /// When its latest execution that ran started.
    pub last_run_at: Option<Instant>,
    /// How many of its executions failed since one did not, or since it was last resumed.
    pub failures_in_row: u32,
    /// Whether a run of its schedule began late or was missed, and none has begun in time since.
    pub is_late: bool,
    /// Whether the latest run of its schedule was not over when the next was due.
    pub outlasts: bool,
    /// How far it has written, one entry a platform and stream.
    pub cursors: Vec<CursorBody>,
    /// When it was cancelled for good.
    pub cancelled_at: Option<Instant>,
    /// Grows with every change a person makes.
    pub version: u64,
    /// When it was created.
    pub created_at: Instant,
    /// When a person last changed it.
    pub updated_at: Instant,
}

/// How far a job has written for one platform from one stream.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct CursorBody {
    /// The platform.
    pub platform: Word<Platform>,
    /// The stream, such as `refs/heads/main`.
    pub stream: String,
    /// The newest commit that was covered.
    pub sha: String,
    /// When it was covered.
    pub at: Instant,
    /// The execution that moved it here.
    pub execution_id: Id<ExecutionId>,
}

/// The job as it now is.
#[derive(ApiResponse)]
pub enum JobCreated {
    /// It was created.
    #[oai(status = 201)]
    Job(Json<Job>),
}

/// The execution that was recorded.
#[derive(ApiResponse)]
pub enum Triggered {
    /// It is on the disk and will run.
    #[oai(status = 202)]
    Execution(Json<TriggeredBody>),
}

impl Job {
    /// Returns a job of the engine in the interface's own types.
    pub(in crate::http) fn new(shared: &Shared, view: JobView) -> Self {
        let next_run_at = shared.dateline.next_run_at(&view).map(Instant);
        let JobView { job, clock, status, last_run_at, cursors, pauses, failures_in_row, health } = view;
        let description = shared.dateline.describe(&job.schedule);
        let runs_left = job.schedule.runs_left(clock.runs);
        let in_force = pauses.in_force(shared.dateline.now());
        Self {
            id: Id(job.id),
            project_id: job.home.project().map(Id),
            owner_id: job.home.person().map(Id),
            job_type: Word(job.job_type()),
            name: job.name,
            frequency: Word(job.schedule.frequency),
            time_config: job.schedule.time_config.into(),
            description,
            is_enabled: job.is_enabled,
            pauses: in_force.map(|(level, pause)| Pause::new(level, pause)).collect(),
            policy: job.policy.into(),
            payload: PayloadView::from(job.payload),
            depends_on: job.depends_on.map(Into::into),
            listens_to: job.listens_to.into_iter().map(Into::into).collect(),
            condition: job.condition.map(|it| it.as_str().to_owned()),
            upstream: None,
            downstream: None,
            status: Word(status),
            next_run_at,
            runs_left,
            is_unsatisfiable: clock.next == NextDue::Unsatisfiable,
            last_run_at: last_run_at.map(Instant),
            failures_in_row,
            is_late: health.is_late,
            outlasts: health.outlasts,
            cursors: cursors.into_iter().map(Into::into).collect(),
            cancelled_at: job.cancelled_at.map(Instant),
            version: job.version,
            created_at: Instant(job.created_at),
            updated_at: Instant(job.updated_at),
        }
    }

    /// Returns the job with those next to it in the graph.
    pub(in crate::http) fn with_links(self, links: JobLinks) -> Self {
        let bodies = |jobs: Vec<LinkedJob>| Some(jobs.into_iter().map(Into::into).collect());
        Self { upstream: bodies(links.upstream), downstream: bodies(links.downstream), ..self }
    }
}

impl From<dateline_core::job::Cursor> for CursorBody {
    fn from(cursor: dateline_core::job::Cursor) -> Self {
        Self {
            platform: Word(cursor.platform),
            stream: cursor.stream,
            sha: cursor.sha,
            at: Instant(cursor.at),
            execution_id: Id(cursor.execution),
        }
    }
}
