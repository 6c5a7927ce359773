//! `/api/cron/schedule(s)`, `/api/cron/trigger` and `/api/cron/preview`: jobs and when they run.

mod occurrences;
mod policy;
mod time;

use std::sync::Arc;

use dateline_actors::request::{JobChange, NewJob};
use dateline_core::execution::ExecutionStatus;
use dateline_core::id::{ExecutionId, JobId, ProjectId};
use dateline_core::job::{JobStatus, JobType, JobView, NextDue, Payload};
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::schedule::{Frequency, Schedule};
use dateline_core::store::JobFilter;
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

pub use self::occurrences::{Note, OccurrenceBody, PlannedBody, reason_of};
pub use self::policy::PolicyBody;
pub use self::time::TimeConfigBody;
use super::access::Owner;
use super::fields::{Id, Instant, Limit, Line, Word, words};
use super::page::{self, List};
use super::problem::Problem;
use super::projects::Gone;
use super::{QueryScope, Shared};

words!(JobType as JobType ("What a job does."): GenerateContent);
words!(JobStatus as JobStatus ("A job's own status, derived from its executions."): Idle, Running, Completed, Failed);

/// A job to create.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct JobCreate {
    /// The project it works for.
    pub project_id: Id<ProjectId>,
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
}

/// A change of a job: what is absent stays as it is.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct JobPatch {
    /// The job.
    pub id: Id<JobId>,
    /// The project it works for.
    pub project_id: Option<Id<ProjectId>>,
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
}

/// What an execution is told.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct PayloadBody {
    /// Write for these platforms only; all the project has enabled when absent.
    #[oai(validator(min_items = 1, max_items = 8, unique_items))]
    pub platforms: Option<Vec<Word<Platform>>>,
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
    /// The project it works for.
    pub project_id: Id<ProjectId>,
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
    /// How it behaves when things do not go to plan.
    pub policy: PolicyBody,
    /// What its executions are told.
    pub payload: PayloadBody,
    /// Its own status.
    pub status: Word<JobStatus>,
    /// When it runs next; null when it is disabled or cancelled, or its end bound has passed.
    pub next_run_at: Option<Instant>,
    /// Whether no occurrence could be found although no end bound has passed: somebody must look at the schedule.
    pub is_unsatisfiable: bool,
    /// When its latest execution that ran started.
    pub last_run_at: Option<Instant>,
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
    fn new(shared: &Shared, view: JobView) -> Self {
        let JobView { job, clock, status, last_run_at, cursors } = view;
        let description = shared.dateline.describe(&job.schedule);
        let next_run_at = match &clock.next {
            NextDue::At(occurrence) => Some(Instant(occurrence.due_at)),
            NextDue::Off | NextDue::Ended | NextDue::Unsatisfiable => None,
        };
        Self {
            id: Id(job.id),
            project_id: Id(job.project),
            job_type: Word(job.job_type),
            name: job.name,
            frequency: Word(job.schedule.frequency),
            time_config: job.schedule.time_config.into(),
            description,
            is_enabled: job.is_enabled,
            policy: job.policy.into(),
            payload: job.payload.into(),
            status: Word(status),
            next_run_at,
            is_unsatisfiable: clock.next == NextDue::Unsatisfiable,
            last_run_at: last_run_at.map(Instant),
            cursors: cursors.into_iter().map(Into::into).collect(),
            cancelled_at: job.cancelled_at.map(Instant),
            version: job.version,
            created_at: Instant(job.created_at),
            updated_at: Instant(job.updated_at),
        }
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

impl From<PayloadBody> for Payload {
    fn from(body: PayloadBody) -> Self {
        Self { platforms: body.platforms.map(|words| words.into_iter().map(|word| word.0).collect()) }
    }
}

impl From<Payload> for PayloadBody {
    fn from(payload: Payload) -> Self {
        Self { platforms: payload.platforms.map(|platforms| platforms.into_iter().map(Word).collect()) }
    }
}

/// The schedules' part of the interface.
pub struct Schedules;

#[OpenApi(prefix_path = "/api/cron", tag = "super::document::Group::Schedules")]
impl Schedules {
    /// Create a job
    ///
    /// Its schedule looks forward from now. Never-firing and too dense schedules are refused.
    #[oai(path = "/schedule", method = "post", operation_id = "createSchedule")]
    async fn create(
        &self,
        shared: Data<&Arc<Shared>>,
        _owner: Owner,
        body: Json<JobCreate>,
    ) -> poem::Result<JobCreated> {
        let body = body.0;
        let new = NewJob {
            project: body.project_id.0,
            job_type: body.job_type.0,
            name: body.name.0,
            schedule: Schedule { frequency: body.frequency.0, time_config: body.time_config.into() },
            is_enabled: body.is_enabled.unwrap_or(true),
            policy: body.policy.map_or_else(Policy::default, |policy| policy.over(Policy::default())),
            payload: body.payload.map(Into::into).unwrap_or_default(),
        };
        let view = shared.dateline.create_job(new).await.map_err(Problem::from)?;
        Ok(JobCreated::Job(Json(Job::new(&shared, view))))
    }

    /// Change a job
    ///
    /// What is absent stays as it is. A new schedule looks forward only; what was due before is recorded first.
    #[oai(path = "/schedule", method = "patch", operation_id = "changeSchedule")]
    async fn change(
        &self,
        shared: Data<&Arc<Shared>>,
        _owner: Owner,
        body: Json<JobPatch>,
    ) -> poem::Result<Json<Job>> {
        let body = body.0;
        let stored = shared.dateline.job(body.id.0).await.map_err(Problem::from)?.job;
        let schedule = match (body.frequency, body.time_config) {
            (None, None) => None,
            (frequency, Some(config)) => Some(Schedule {
                frequency: frequency.map_or(stored.schedule.frequency, |word| word.0),
                time_config: config.into(),
            }),
            (Some(frequency), None) => Some(Schedule { frequency: frequency.0, ..stored.schedule }),
        };
        let change = JobChange {
            project: body.project_id.map(|id| id.0),
            job_type: body.job_type.map(|word| word.0),
            name: body.name.map(|name| name.0),
            schedule,
            is_enabled: body.is_enabled,
            policy: body.policy.map(|policy| policy.over(stored.policy)),
            payload: body.payload.map(Into::into),
        };
        let view = shared.dateline.change_job(body.id.0, change).await.map_err(Problem::from)?;
        Ok(Json(Job::new(&shared, view)))
    }

    /// List jobs
    ///
    /// Newest first; cancelled ones are left out.
    #[oai(path = "/schedules", method = "get", operation_id = "listSchedules")]
    #[expect(
        clippy::too_many_arguments,
        reason = "one argument a query parameter is how the contract is written"
    )]
    async fn list(
        &self,
        shared: Data<&Arc<Shared>>,
        scope: Data<&QueryScope>,
        _owner: Owner,
        /// Jobs of this project.
        #[oai(name = "projectId")]
        project_id: Query<Option<Id<ProjectId>>>,
        /// Jobs of this type.
        #[oai(name = "type")]
        job_type: Query<Option<Word<JobType>>>,
        /// Enabled or disabled ones.
        #[oai(name = "isEnabled")]
        is_enabled: Query<Option<bool>>,
        /// Jobs whose name holds these words, in any case.
        search: Query<Option<Line<120>>>,
        /// The most items to return.
        limit: Query<Option<Limit>>,
        /// The `nextCursor` of the previous page.
        cursor: Query<Option<String>>,
    ) -> poem::Result<Json<List<Job>>> {
        let filter = JobFilter {
            project: project_id.0.map(|id| id.0),
            job_type: job_type.0.map(|word| word.0),
            is_enabled: is_enabled.0,
            search: search.0.map(|line| line.0),
        };
        let page = page::asked(&shared, &scope, limit.0, cursor.0.as_deref())?;
        let page = shared.dateline.jobs(filter, page).await.map_err(Problem::from)?;
        Ok(Json(List::of(&shared, &scope, page, |view| Job::new(&shared, view))))
    }

    /// Read a job
    ///
    /// Also one that was cancelled.
    #[oai(path = "/schedules/:id", method = "get", operation_id = "getSchedule")]
    async fn read(
        &self,
        shared: Data<&Arc<Shared>>,
        _owner: Owner,
        /// The job.
        id: Path<Id<JobId>>,
    ) -> poem::Result<Json<Job>> {
        let view = shared.dateline.job(id.0.0).await.map_err(Problem::from)?;
        Ok(Json(Job::new(&shared, view)))
    }

    /// Enable or disable a job
    ///
    /// Flips its state when the body does not name one.
    #[oai(path = "/schedules/:id", method = "patch", operation_id = "toggleSchedule")]
    async fn toggle(
        &self,
        shared: Data<&Arc<Shared>>,
        _owner: Owner,
        /// The job.
        id: Path<Id<JobId>>,
        body: Json<Toggle>,
    ) -> poem::Result<Json<Job>> {
        let view = shared.dateline.toggle_job(id.0.0, body.0.is_enabled).await.map_err(Problem::from)?;
        Ok(Json(Job::new(&shared, view)))
    }

    /// Cancel a job for good
    ///
    /// Disables it and cancels its open executions; its history stays. Again changes nothing.
    #[oai(path = "/schedules/:id", method = "delete", operation_id = "cancelSchedule")]
    async fn cancel(
        &self,
        shared: Data<&Arc<Shared>>,
        _owner: Owner,
        /// The job.
        id: Path<Id<JobId>>,
    ) -> poem::Result<Gone> {
        shared.dateline.cancel_job(id.0.0).await.map_err(Problem::from)?;
        Ok(Gone::Done)
    }

    /// List a job's occurrences
    ///
    /// The past ones with what became of each and why, newest first; after the last of them the coming ones,
    /// earliest first.
    #[oai(path = "/schedules/:id/occurrences", method = "get", operation_id = "listOccurrences")]
    #[expect(
        clippy::too_many_arguments,
        reason = "one argument a query parameter is how the contract is written"
    )]
    async fn occurrences(
        &self,
        shared: Data<&Arc<Shared>>,
        scope: Data<&QueryScope>,
        _owner: Owner,
        /// The job.
        id: Path<Id<JobId>>,
        /// Due at this instant or later.
        from: Query<Option<Instant>>,
        /// Due before this instant.
        to: Query<Option<Instant>>,
        /// The most items to return.
        limit: Query<Option<Limit>>,
        /// The `nextCursor` of the previous page.
        cursor: Query<Option<String>>,
    ) -> poem::Result<Json<List<OccurrenceBody>>> {
        let page = page::asked(&shared, &scope, limit.0, cursor.0.as_deref())?;
        let (from, to) = (from.0.map(|at| at.0), to.0.map(|at| at.0));
        let page = shared.dateline.occurrences(id.0.0, from, to, page).await.map_err(Problem::from)?;
        let items = page.items.into_iter().map(Into::into).collect();
        Ok(Json(List::new(&shared, &scope, items, page.next)))
    }

    /// Run a job now
    ///
    /// Also a disabled one, beside its schedule. The answer comes once the execution is on the disk.
    #[oai(path = "/trigger", method = "post", operation_id = "triggerSchedule")]
    async fn trigger(
        &self,
        shared: Data<&Arc<Shared>>,
        _owner: Owner,
        body: Json<TriggerBody>,
    ) -> poem::Result<Triggered> {
        let payload = body.0.payload.map(Into::into);
        let execution = shared.dateline.trigger(body.0.job_id.0, payload).await.map_err(Problem::from)?;
        let status = Word(execution.state.status());
        Ok(Triggered::Execution(Json(TriggeredBody { execution_id: Id(execution.id), status })))
    }

    /// Preview a schedule
    ///
    /// Nothing is stored. Each occurrence says what the clocks do to it, if anything.
    #[oai(path = "/preview", method = "post", operation_id = "previewSchedule")]
    async fn preview(
        &self,
        shared: Data<&Arc<Shared>>,
        _owner: Owner,
        body: Json<PreviewBody>,
    ) -> poem::Result<Json<Preview>> {
        let body = body.0;
        let schedule = Schedule { frequency: body.frequency.0, time_config: body.time_config.into() };
        let (from, count) = (body.from.map(|at| at.0), body.count.unwrap_or(10) as usize);
        let preview = shared.dateline.preview(&schedule, from, count).await.map_err(Problem::from)?;
        let occurrences = preview.occurrences.iter().map(PlannedBody::from).collect();
        Ok(Json(Preview { description: preview.description, occurrences }))
    }
}
