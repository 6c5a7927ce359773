//! `/api/cron/executions`: what ran, what it did, and control over what still runs.

mod answer;
mod list;
mod parts;
mod waiting;

use std::sync::Arc;

use dateline_core::execution::{DeadLetterState, ExecutionState, ExecutionStatus, TriggerKind};
use dateline_core::id::{ExecutionId, JobId, ProjectId};
use dateline_core::job::JobType;
use dateline_core::store::{ExecutionFilter, ExecutionStats, Page};
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use serde_json::Value;

pub use self::answer::{AnswerBody, AnswerWord};
pub use self::list::ItemCache;
use self::list::ListBody;
pub use self::parts::{
    AttemptBody, BackfillOfBody, DeadLetterBody, EventOfBody, FailureBody, ItemsBody, LogLineBody, StepBody,
    WaitBody,
};
pub use self::waiting::{BoundBody, WaitingFor};
use super::access::Signed;
use super::fields::{Id, Instant, Limit, Line, Millis, Word, words};
use super::page::{self, List};
use super::problem::{FieldFault, Problem};
use super::schedules::{
    ExcludedByBody, PayloadBody, PayloadView, Triggered, TriggeredBody, reason_of, told_alone,
};
use super::{QueryScope, Shared};

words!(ExecutionStatus as ExecutionStatus ("Where an execution stands."): Queued, Running, Retrying, Waiting,
    Paused, Cancelling, Completed, Partial, Failed, Skipped, Missed, Cancelled);
words!(DeadLetterState as DeadLetterState
    ("What became of an execution that failed: OPEN until it is run again or dismissed."):
    Open, Replayed, Dismissed);
words!(TriggerKind as Trigger ("Why an execution exists."): Scheduled, Manual, Replay,
    Dependency, Backfill, Event);

/// The record of one run of a job for one trigger, or of occurrences that never ran.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Execution {
    /// Its identity.
    pub id: Id<ExecutionId>,
    /// The job.
    pub job_id: Id<JobId>,
    /// The job's project; null for a job without one.
    pub project_id: Option<Id<ProjectId>>,
    /// The job's type.
    #[oai(rename = "type")]
    pub job_type: Word<JobType>,
    /// Why it exists.
    pub trigger: Word<TriggerKind>,
    /// The earlier execution, of a replay.
    pub replay_of: Option<Id<ExecutionId>>,
    /// The executions whose ends it follows, in the order its job names their jobs.
    pub follows: Vec<Id<ExecutionId>>,
    /// The executions that followed its end; left out of lists.
    #[oai(skip_serializing_if_is_none)]
    pub followers: Option<Vec<Id<ExecutionId>>>,
    /// What it is for, of a backfill.
    pub backfill: Option<BackfillOfBody>,
    /// The event it answers; of triggers that wait for each other, the newest.
    pub event: Option<EventOfBody>,
    /// The occurrence it stands for, of a scheduled one; of a range the last.
    pub due_at: Option<Instant>,
    /// Where it stands.
    pub status: Word<ExecutionStatus>,
    /// Why it was skipped or missed, or SUPERSEDED when it was cancelled for a newer one.
    pub reason: Option<String>,
    /// The rule of the schedule that excluded what it stands for.
    pub excluded_by: Option<ExcludedByBody>,
    /// The newer execution of the job it made way for.
    pub superseded_by: Option<Id<ExecutionId>>,
    /// Since when it is kept whatever its age; null while its age decides.
    pub pinned_at: Option<Instant>,
    /// When it may start next, while it waits.
    pub next_attempt_at: Option<Instant>,
    /// What it waits for while it is WAITING: it holds no slot meanwhile and spends no attempt.
    pub waiting: Option<WaitBody>,
    /// What keeps it from going on, while it is open and does not run; left out otherwise. Told where
    /// executions are read; it makes no version and no event.
    #[oai(skip_serializing_if_is_none)]
    pub waiting_for: Option<WaitingFor>,
    /// What it holds one of while it runs, where its job's `policy.concurrency` says so.
    #[oai(skip_serializing_if_is_none)]
    pub concurrency: Option<BoundBody>,
    /// How many triggers it stands for, where its job's `policy.debounceMs` lets them wait for each other.
    #[oai(skip_serializing_if_is_none)]
    pub triggers: Option<u64>,
    /// What it was told.
    pub payload: PayloadView,
    /// Its claim order, 0 to 9; 9 is claimed first.
    pub priority: u8,
    /// Its tries, oldest first.
    pub attempts: Vec<AttemptBody>,
    /// How often its worker died.
    pub rescues: u32,
    /// Platforms: taken on, done, given up.
    pub items: ItemsBody,
    /// What it produced; null until something is.
    pub output: Value,
    /// Why it failed, or failed in part.
    pub error: Option<FailureBody>,
    /// What becomes of it, now that it failed and its tries are spent.
    pub dead_letter: Option<DeadLetterBody>,
    /// When it was recorded.
    pub created_at: Instant,
    /// When its first attempt started.
    pub started_at: Option<Instant>,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// From its first start to its end.
    pub duration_ms: Option<Millis>,
    /// Its steps in the order they were recorded; left out of lists.
    #[oai(skip_serializing_if_is_none)]
    pub steps: Option<Vec<StepBody>>,
    /// Grows with every change.
    pub version: u64,
}

impl From<dateline_core::execution::Execution> for Execution {
    fn from(execution: dateline_core::execution::Execution) -> Self {
        let (next_attempt_at, finished_at, reason) = match &execution.state {
            ExecutionState::Queued { ready_at, .. } => (Some(Instant(*ready_at)), None, None),
            ExecutionState::Retrying { retry_at, .. } => (Some(Instant(*retry_at)), None, None),
            ExecutionState::Waiting { wait, .. } => (Some(Instant(wait.until)), None, None),
            ExecutionState::Finished { outcome, at } => {
                (None, Some(Instant(*at)), reason_of(outcome, execution.superseded_by))
            }
            ExecutionState::Running { .. }
            | ExecutionState::Paused { .. }
            | ExecutionState::Cancelling { .. } => (None, None, None),
        };
        Self {
            id: Id(execution.id),
            job_id: Id(execution.job),
            project_id: execution.home.project().map(Id),
            job_type: Word(execution.job_type()),
            trigger: Word(execution.trigger.kind()),
            replay_of: parts::replay_of(&execution.trigger),
            event: parts::event_of(&execution.trigger),
            follows: execution.trigger.upstream().iter().copied().map(Id).collect(),
            followers: None,
            backfill: execution.backfilled().map(Into::into),
            due_at: execution.due.as_ref().map(|due| Instant(due.key())),
            status: Word(execution.state.status()),
            reason,
            excluded_by: execution.due.as_ref().and_then(ExcludedByBody::of),
            superseded_by: execution.superseded_by.map(Id),
            pinned_at: execution.pinned_at.map(Instant),
            next_attempt_at,
            waiting: parts::waiting(&execution.state),
            duration_ms: execution.duration().map(Millis),
            waiting_for: None,
            concurrency: execution.concurrency.map(Into::into),
            triggers: execution.debounce.map(|debounce| debounce.joined + 1),
            payload: PayloadView::from(execution.payload),
            priority: execution.priority.level(),
            attempts: execution.attempts.into_iter().map(Into::into).collect(),
            rescues: execution.rescues,
            items: execution.items.into(),
            output: execution.output,
            error: execution.error.map(Into::into),
            dead_letter: execution.dead_letter.map(Into::into),
            created_at: Instant(execution.created_at),
            started_at: execution.started_at.map(Instant),
            finished_at,
            steps: None,
            version: execution.version,
        }
    }
}

/// Part of the history, and counts over all of it when asked for.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ExecutionList {
    /// The items of this page.
    pub items: Vec<Execution>,
    /// What to send as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
    /// Counts over everything the filters name, with `stats=true`.
    #[oai(skip_serializing_if_is_none)]
    pub stats: Option<Stats>,
}

/// Counts and durations over executions.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Stats {
    /// All, open ones included.
    pub total: u64,
    /// COMPLETED.
    pub completed: u64,
    /// PARTIAL.
    pub partial: u64,
    /// FAILED.
    pub failed: u64,
    /// SKIPPED.
    pub skipped: u64,
    /// MISSED; a range counts its occurrences.
    pub missed: u64,
    /// CANCELLED.
    pub cancelled: u64,
    /// completed ÷ (completed + partial + failed); null when there are none of these.
    pub success_rate: Option<f64>,
    /// Mean over those that ran to an end.
    pub average_duration_ms: Option<u64>,
    /// Median, to within 1/64.
    pub p50_duration_ms: Option<u64>,
    /// 95th percentile, to within 1/64.
    pub p95_duration_ms: Option<u64>,
}

impl From<ExecutionStats> for Stats {
    fn from(stats: ExecutionStats) -> Self {
        Self {
            success_rate: stats.success_rate(),
            total: stats.total,
            completed: stats.completed,
            partial: stats.partial,
            failed: stats.failed,
            skipped: stats.skipped,
            missed: stats.missed,
            cancelled: stats.cancelled,
            average_duration_ms: stats.average_duration_ms,
            p50_duration_ms: stats.p50_duration_ms,
            p95_duration_ms: stats.p95_duration_ms,
        }
    }
}

/// How to run an ended execution again.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ReplayBody {
    /// Go on from this step and take over the results of those before; all of it when absent.
    pub from_step: Option<Line<100>>,
    /// Take over the results of all steps that are done, and go on from the one that failed; not beside `fromStep`. Only of
    /// an execution that failed, wholly or in part.
    pub from_failed_step: Option<bool>,
    /// What the new execution is told; what the earlier one was told when absent. Where steps are taken over, it can ask
    /// for less and not for more.
    pub payload: Option<PayloadBody>,
}

/// The executions' part of the interface.
pub struct Executions;

#[OpenApi(prefix_path = "/api/cron/executions", tag = "super::document::Group::Executions")]
impl Executions {
    /// List executions
    ///
    /// Newest first, with skipped and missed occurrences among them.
    #[oai(path = "/", method = "get", operation_id = "listExecutions")]
    #[expect(
        clippy::too_many_arguments,
        reason = "one argument a query parameter is how the contract is written"
    )]
    async fn list(
        &self,
        shared: Data<&Arc<Shared>>,
        scope: Data<&QueryScope>,
        caller: Signed,
        /// Executions of this job.
        #[oai(name = "jobId")]
        job_id: Query<Option<Id<JobId>>>,
        /// Executions of this project.
        #[oai(name = "projectId")]
        project_id: Query<Option<Id<ProjectId>>>,
        /// Executions in this status.
        status: Query<Option<Word<ExecutionStatus>>>,
        /// With `true`, only dead letters: what failed and was neither run again nor dismissed; not beside `stats`.
        #[oai(name = "deadLetter")]
        dead_letter: Query<Option<bool>>,
        /// Executions for this trigger.
        trigger: Query<Option<Word<TriggerKind>>>,
        /// Recorded at this instant or later.
        from: Query<Option<Instant>>,
        /// Recorded before this instant.
        to: Query<Option<Instant>>,
        /// Whether to add `stats`.
        stats: Query<Option<bool>>,
        /// The most items to return.
        limit: Query<Option<Limit>>,
        /// The `nextCursor` of the previous page.
        cursor: Query<Option<String>>,
    ) -> poem::Result<ListBody> {
        let filter = ExecutionFilter {
            within: None,
            job: job_id.0.map(|id| id.0),
            project: project_id.0.map(|id| id.0),
            status: status.0.map(|word| word.0),
            trigger: trigger.0.map(|word| word.0),
            is_dead_letter: dead_letter.0.unwrap_or_default(),
            from: from.0.map(|at| at.0),
            to: to.0.map(|at| at.0),
        };
        if filter.is_dead_letter && stats.0.unwrap_or_default() {
            let fault = FieldFault::new("/stats", "true", "no statistics beside deadLetter");
            return Err(Problem::invalid(vec![fault]).into());
        }
        let page = page::asked(&shared, &scope, limit.0, cursor.0.as_deref())?;
        let dateline = shared.as_caller(&caller);
        let counted = if stats.0.unwrap_or_default() {
            Some(dateline.execution_stats(filter.clone()).await.map_err(Problem::from)?.into())
        } else {
            None
        };
        let page = dateline.executions(filter, page).await.map_err(Problem::from)?;
        let Page { items, next } = page;
        let obstacles = dateline.obstacles(&items).await.map_err(Problem::from)?;
        let items = items.into_iter().zip(obstacles).map(|(one, obstacle)| shared.items.item(one, obstacle));
        let next_cursor = page::cursor(&shared, &scope, next);
        Ok(ListBody::new(items.collect(), next_cursor, counted))
    }

    /// Read an execution
    ///
    /// With its attempts, its steps, what it produced and why it failed.
    #[oai(path = "/:id", method = "get", operation_id = "getExecution")]
    async fn read(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The execution.
        id: Path<Id<ExecutionId>>,
    ) -> poem::Result<Json<Execution>> {
        let dateline = shared.as_caller(&caller);
        let detail = dateline.execution(id.0.0).await.map_err(Problem::from)?;
        let steps = detail.steps.into_iter().map(Into::into).collect();
        let followers = detail.followers.into_iter().map(Id).collect();
        let of_it = std::slice::from_ref(&detail.execution);
        let obstacle = dateline.obstacles(of_it).await.map_err(Problem::from)?.pop().flatten();
        let told = waiting::told(detail.execution, obstacle);
        Ok(Json(Execution { steps: Some(steps), followers: Some(followers), ..told }))
    }

    /// Read an execution's log
    ///
    /// Oldest line first.
    #[oai(path = "/:id/logs", method = "get", operation_id = "listExecutionLogs")]
    async fn logs(
        &self,
        shared: Data<&Arc<Shared>>,
        scope: Data<&QueryScope>,
        caller: Signed,
        /// The execution.
        id: Path<Id<ExecutionId>>,
        /// The most items to return.
        limit: Query<Option<Limit>>,
        /// The `nextCursor` of the previous page.
        cursor: Query<Option<String>>,
    ) -> poem::Result<Json<List<LogLineBody>>> {
        let page = page::asked(&shared, &scope, limit.0, cursor.0.as_deref())?;
        let page = shared.as_caller(&caller).logs(id.0.0, page).await.map_err(Problem::from)?;
        Ok(Json(List::of(&shared, &scope, page, LogLineBody::from)))
    }

    /// Cancel an execution
    ///
    /// At once while it waits, else as soon as its worker lets go. Again changes nothing.
    #[oai(path = "/:id/cancel", method = "post", operation_id = "cancelExecution")]
    async fn cancel(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The execution.
        id: Path<Id<ExecutionId>>,
    ) -> poem::Result<Json<Execution>> {
        Ok(Json(shared.as_caller(&caller).cancel_execution(id.0.0).await.map_err(Problem::from)?.into()))
    }

    /// Pause an execution
    ///
    /// At once while it waits, else at its next step boundary. It stays paused through restarts.
    #[oai(path = "/:id/pause", method = "post", operation_id = "pauseExecution")]
    async fn pause(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The execution.
        id: Path<Id<ExecutionId>>,
    ) -> poem::Result<Json<Execution>> {
        Ok(Json(shared.as_caller(&caller).pause_execution(id.0.0).await.map_err(Problem::from)?.into()))
    }

    /// Resume a paused execution
    ///
    /// It goes on after its last recorded step.
    #[oai(path = "/:id/resume", method = "post", operation_id = "resumeExecution")]
    async fn resume(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The execution.
        id: Path<Id<ExecutionId>>,
    ) -> poem::Result<Json<Execution>> {
        Ok(Json(shared.as_caller(&caller).resume_execution(id.0.0).await.map_err(Problem::from)?.into()))
    }

    /// Answer an execution that asks
    ///
    /// One that was missed under ASK is WAITING until a person decides: it runs now, at an instant, or not at all. Without an
    /// answer it runs when `waiting.until` has come; a newer occurrence that runs takes its place.
    #[oai(path = "/:id/answer", method = "post", operation_id = "answerExecution")]
    async fn answer(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The execution.
        id: Path<Id<ExecutionId>>,
        body: Json<AnswerBody>,
    ) -> poem::Result<Json<Execution>> {
        let answer = body.0.answer()?;
        let dateline = shared.as_caller(&caller);
        Ok(Json(dateline.answer_execution(id.0.0, answer).await.map_err(Problem::from)?.into()))
    }

    /// Dismiss a dead letter
    ///
    /// Nothing is to be done about an execution that failed. Again, or once it was run again, nothing changes.
    #[oai(path = "/:id/dismiss", method = "post", operation_id = "dismissExecution")]
    async fn dismiss(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The execution.
        id: Path<Id<ExecutionId>>,
    ) -> poem::Result<Json<Execution>> {
        Ok(Json(shared.as_caller(&caller).dismiss_execution(id.0.0).await.map_err(Problem::from)?.into()))
    }

    /// Keep an execution
    ///
    /// With its steps and its log, whatever its age, until it is unpinned. Again changes nothing.
    #[oai(path = "/:id/pin", method = "post", operation_id = "pinExecution")]
    async fn pin(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The execution.
        id: Path<Id<ExecutionId>>,
    ) -> poem::Result<Json<Execution>> {
        Ok(Json(shared.as_caller(&caller).pin_execution(id.0.0).await.map_err(Problem::from)?.into()))
    }

    /// Let an execution go in its time
    ///
    /// What a cleanup passed over while it was pinned goes with the next one. Again changes nothing.
    #[oai(path = "/:id/unpin", method = "post", operation_id = "unpinExecution")]
    async fn unpin(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The execution.
        id: Path<Id<ExecutionId>>,
    ) -> poem::Result<Json<Execution>> {
        Ok(Json(shared.as_caller(&caller).unpin_execution(id.0.0).await.map_err(Problem::from)?.into()))
    }

    /// Replay an ended execution
    ///
    /// Makes a new execution; the old one stays as it is, and is a dead letter no more.
    #[oai(path = "/:id/replay", method = "post", operation_id = "replayExecution")]
    async fn replay(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The execution.
        id: Path<Id<ExecutionId>>,
        body: Json<ReplayBody>,
    ) -> poem::Result<Triggered> {
        let ReplayBody { from_step, from_failed_step, payload } = body.0;
        let from_step = from_step.map(|line| line.0);
        let payload = payload.as_ref().map(told_alone).transpose()?;
        let dateline = shared.as_caller(&caller);
        let execution = match (from_failed_step.unwrap_or_default(), from_step) {
            (true, Some(step)) => {
                let fault = FieldFault::new("/fromStep", &step, "no step beside fromFailedStep");
                return Err(Problem::invalid(vec![fault]).into());
            }
            (true, None) => dateline.replay_failed(id.0.0, payload).await,
            (false, from_step) => dateline.replay(id.0.0, from_step, payload).await,
        };
        let execution = execution.map_err(Problem::from)?;
        let status = Word(execution.state.status());
        Ok(Triggered::Execution(Json(TriggeredBody { execution_id: Id(execution.id), status })))
    }
}
