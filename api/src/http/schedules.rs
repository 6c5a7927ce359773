//! `/api/cron/schedule(s)`, `/api/cron/trigger` and `/api/cron/preview`: jobs and when they run.

mod backfill;
mod dependencies;
mod job;
mod occurrences;
mod payload;
mod policy;
mod reasons;
mod time;

use std::sync::Arc;

use dateline_actors::request::{JobChange, NewJob, Told, Trial};
use dateline_core::condition::Condition;
use dateline_core::id::{JobId, ProjectId};
use dateline_core::job::JobType;
use dateline_core::policy::Policy;
use dateline_core::schedule::Schedule;
use dateline_core::store::JobFilter;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

pub use self::backfill::{BackfillBody, BackfillCancelBody, BackfillCancelled, Backfills};
pub use self::dependencies::{DependenciesBody, LinkedJobBody};
pub use self::job::{
    CursorBody, Job, JobCreate, JobCreated, JobPatch, Preview, PreviewBody, Toggle, TriggerBody, Triggered,
    TriggeredBody,
};
pub use self::occurrences::{ExcludedByBody, Note, OccurrenceBody, PlannedBody, reason_of};
pub use self::payload::{PayloadBody, PayloadView};
pub use self::policy::PolicyBody;
pub use self::reasons::{ActivityBody, TopicBody, TrialBody, VerdictBody};
pub use self::time::{ExclusionsBody, TimeConfigBody};
use super::access::Signed;
use super::fields::{Id, Instant, Limit, Line, Word, given};
use super::page::{self, List};
use super::pauses::{PauseBody, ResumeBody};
use super::problem::Problem;
use super::projects::Gone;
use super::{QueryScope, Shared};

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
        caller: Signed,
        body: Json<JobCreate>,
    ) -> poem::Result<JobCreated> {
        let body = body.0;
        let new = NewJob {
            project: body.project_id.map(|id| id.0),
            job_type: body.job_type.0,
            name: body.name.0,
            schedule: Schedule { frequency: body.frequency.0, time_config: body.time_config.into() },
            is_enabled: body.is_enabled.unwrap_or(true),
            policy: {
                let usual = Policy::of(body.job_type.0);
                body.policy.map_or_else(|| usual.clone(), |policy| policy.over(usual.clone()))
            },
            depends_on: body.depends_on.map(Into::into),
            listens_to: body.listens_to.into_iter().flatten().map(Into::into).collect(),
            condition: body.condition.map(|text| Condition::from(text.0)),
            secrets: body.payload.as_ref().map(PayloadBody::secrets).unwrap_or_default(),
            payload: body.payload.as_ref().map(PayloadBody::told).unwrap_or_default(),
        };
        let view = shared.as_caller(&caller).create_job(new).await.map_err(Problem::from)?;
        Ok(JobCreated::Job(Json(Job::new(&shared, view))))
    }

    /// Change a job
    ///
    /// What is absent stays as it is. A new schedule looks forward only; what was due before is recorded first.
    #[oai(path = "/schedule", method = "patch", operation_id = "changeSchedule")]
    async fn change(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        body: Json<JobPatch>,
    ) -> poem::Result<Json<Job>> {
        let body = body.0;
        let stored = shared.as_caller(&caller).job(body.id.0).await.map_err(Problem::from)?.job;
        let schedule = match (body.frequency, body.time_config) {
            (None, None) => None,
            (frequency, Some(config)) => Some(Schedule {
                frequency: frequency.map_or(stored.schedule.frequency, |word| word.0),
                time_config: config.into(),
            }),
            (Some(frequency), None) => Some(Schedule { frequency: frequency.0, ..stored.schedule }),
        };
        let change = JobChange {
            project: given(body.project_id).map(|id| id.map(|id| id.0)),
            job_type: body.job_type.map(|word| word.0),
            name: body.name.map(|name| name.0),
            schedule,
            is_enabled: body.is_enabled,
            policy: body.policy.map(|policy| policy.over(stored.policy)),
            depends_on: given(body.depends_on).map(|it| it.map(Into::into)),
            listens_to: body.listens_to.map(|topics| topics.into_iter().map(Into::into).collect()),
            condition: given(body.condition).map(|text| text.map(|text| Condition::from(text.0))),
            secrets: body.payload.as_ref().map(PayloadBody::secrets).unwrap_or_default(),
            payload: body.payload.as_ref().map(PayloadBody::told),
        };
        let view = shared.as_caller(&caller).change_job(body.id.0, change).await.map_err(Problem::from)?;
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
        caller: Signed,
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
            within: None,
            project: project_id.0.map(|id| id.0),
            job_type: job_type.0.map(|word| word.0),
            is_enabled: is_enabled.0,
            search: search.0.map(|line| line.0),
        };
        let page = page::asked(&shared, &scope, limit.0, cursor.0.as_deref())?;
        let page = shared.as_caller(&caller).jobs(filter, page).await.map_err(Problem::from)?;
        Ok(Json(List::of(&shared, &scope, page, |view| Job::new(&shared, view))))
    }

    /// Read a job
    ///
    /// Also one that was cancelled. With the jobs it depends on and those that depend on it.
    #[oai(path = "/schedules/:id", method = "get", operation_id = "getSchedule")]
    async fn read(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The job.
        id: Path<Id<JobId>>,
    ) -> poem::Result<Json<Job>> {
        let dateline = shared.as_caller(&caller);
        let view = dateline.job(id.0.0).await.map_err(Problem::from)?;
        let links = dateline.job_links(id.0.0).await.map_err(Problem::from)?;
        Ok(Json(Job::new(&shared, view).with_links(links)))
    }

    /// Enable or disable a job
    ///
    /// Flips its state when the body does not name one.
    #[oai(path = "/schedules/:id", method = "patch", operation_id = "toggleSchedule")]
    async fn toggle(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The job.
        id: Path<Id<JobId>>,
        body: Json<Toggle>,
    ) -> poem::Result<Json<Job>> {
        let view =
            shared.as_caller(&caller).toggle_job(id.0.0, body.0.is_enabled).await.map_err(Problem::from)?;
        Ok(Json(Job::new(&shared, view)))
    }

    /// Pause a job
    ///
    /// Until its end, or until somebody resumes, also over restarts. What falls due meanwhile is recorded as skipped;
    /// what runs or is queued goes on, and the job can still be run by hand.
    #[oai(path = "/schedules/:id/pause", method = "post", operation_id = "pauseSchedule")]
    async fn pause(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The job.
        id: Path<Id<JobId>>,
        body: Json<PauseBody>,
    ) -> poem::Result<Json<Job>> {
        let view = shared.as_caller(&caller).pause_job(id.0.0, body.0.into()).await.map_err(Problem::from)?;
        Ok(Json(Job::new(&shared, view)))
    }

    /// Resume a job
    ///
    /// Its schedule looks forward from now. A pause of its project or of everything stays. Again changes nothing.
    #[oai(path = "/schedules/:id/resume", method = "post", operation_id = "resumeSchedule")]
    async fn resume(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The job.
        id: Path<Id<JobId>>,
        body: Json<ResumeBody>,
    ) -> poem::Result<Json<Job>> {
        let run_latest = body.0.run_latest.unwrap_or(false);
        let view = shared.as_caller(&caller).resume_job(id.0.0, run_latest).await.map_err(Problem::from)?;
        Ok(Json(Job::new(&shared, view)))
    }

    /// Cancel a job for good
    ///
    /// Disables it and cancels its open executions; its history stays. Again changes nothing.
    #[oai(path = "/schedules/:id", method = "delete", operation_id = "cancelSchedule")]
    async fn cancel(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The job.
        id: Path<Id<JobId>>,
    ) -> poem::Result<Gone> {
        shared.as_caller(&caller).cancel_job(id.0.0).await.map_err(Problem::from)?;
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
        caller: Signed,
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
        let page =
            shared.as_caller(&caller).occurrences(id.0.0, from, to, page).await.map_err(Problem::from)?;
        let items = page.items.into_iter().map(Into::into).collect();
        Ok(Json(List::new(&shared, &scope, items, page.next)))
    }

    /// Run occurrences of the past
    ///
    /// Those of `[from, to)` that never ran, one after the other and behind everything else; each run is told the window that
    /// ends with its occurrence. Neither the next run nor a cursor moves, and what a rule excludes is left out. Ask with
    /// `dryRun` first: the list is what would run, at most 500.
    #[oai(path = "/schedules/:id/backfill", method = "post", operation_id = "backfillSchedule")]
    async fn backfill(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The job.
        id: Path<Id<JobId>>,
        body: Json<BackfillBody>,
    ) -> poem::Result<Backfills> {
        let plan = shared.as_caller(&caller).backfill(id.0.0, body.0.into()).await.map_err(Problem::from)?;
        Ok(plan.into())
    }

    /// Cancel a backfill
    ///
    /// What has ended stays; what is still open is cancelled, all at once. Again changes nothing.
    #[oai(path = "/schedules/:id/backfill/cancel", method = "post", operation_id = "cancelBackfill")]
    async fn cancel_backfill(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The job.
        id: Path<Id<JobId>>,
        body: Json<BackfillCancelBody>,
    ) -> poem::Result<Json<BackfillCancelled>> {
        let backfill = body.0.backfill_id.map(|id| id.0);
        let cancelled =
            shared.as_caller(&caller).cancel_backfill(id.0.0, backfill).await.map_err(Problem::from)?;
        Ok(Json(BackfillCancelled { cancelled: cancelled as u64 }))
    }

    /// Run a job now
    ///
    /// Also a disabled or paused one, beside its schedule. The answer comes once the execution is on the disk.
    #[oai(path = "/trigger", method = "post", operation_id = "triggerSchedule")]
    async fn trigger(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        body: Json<TriggerBody>,
    ) -> poem::Result<Triggered> {
        let payload = body.0.payload.as_ref().map(told_alone).transpose()?;
        let overlap = body.0.overlap.map(|word| word.0);
        let execution = shared.as_caller(&caller).trigger_over(body.0.job_id.0, payload, overlap).await;
        let execution = execution.map_err(Problem::from)?;
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
        caller: Signed,
        body: Json<PreviewBody>,
    ) -> poem::Result<Json<Preview>> {
        let body = body.0;
        let schedule = Schedule { frequency: body.frequency.0, time_config: body.time_config.into() };
        let (from, count) = (body.from.map(|at| at.0), body.count.unwrap_or(10) as usize);
        let preview =
            shared.as_caller(&caller).preview(&schedule, from, count).await.map_err(Problem::from)?;
        let occurrences = preview.occurrences.iter().map(PlannedBody::from).collect();
        Ok(Json(Preview { description: preview.description, occurrences }))
    }

    /// Try a condition
    ///
    /// It is asked as a run that begins now would ask it, of what is known of the job; nothing is stored. What has no answer is
    /// refused with the reason.
    #[oai(path = "/condition", method = "post", operation_id = "tryCondition")]
    async fn try_condition(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        body: Json<TrialBody>,
    ) -> poem::Result<Json<VerdictBody>> {
        let body = body.0;
        let trial = Trial {
            expression: body.expression.0,
            job: body.job_id.map(|id| id.0),
            activity: body.activity.map(Into::into).unwrap_or_default(),
            payload: body.payload.as_ref().map(PayloadBody::told),
        };
        let verdict = shared.as_caller(&caller).try_condition(trial).await.map_err(Problem::from)?;
        Ok(Json(verdict.into()))
    }
}

/// Returns what one execution is told.
///
/// # Errors
/// 422 where it brings secrets: these are the job's, which keeps them.
pub(in crate::http) fn told_alone(body: &PayloadBody) -> Result<Told, Problem> {
    let headers = body.secret_headers.iter().flatten();
    match headers.enumerate().find(|(_, header)| header.value.is_some()) {
        None => Ok(body.told()),
        Some((index, _)) => {
            let pointer = format!("/payload/secretHeaders/{index}/value");
            Err(Problem::field(&pointer, "", "no value: the job keeps it, and names it here"))
        }
    }
}
