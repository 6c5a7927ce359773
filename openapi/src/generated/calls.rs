// Generated from `openapi/dateline.json` by `bash script/generate`. Do not edit.
#![allow(clippy::all, reason = "nobody reads or edits this by hand")]

use super::types::*;
use crate::call::{Call, Method, Pages, Request};
use crate::{Instant, List};

/// Create a project
///
/// The source is looked at before anything is stored, so that a wrong path is refused now and not at night.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateProject {
    /// What is sent.
    pub body: ProjectCreate,
}

impl CreateProject {
    /// Returns the call with what it needs.
    pub fn new(body: ProjectCreate) -> Self {
        Self { body }
    }
}

impl Call for CreateProject {
    type Answer = Project;
    const ID: &'static str = "createProject";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "projects"])
            .body(&self.body)
            .keyed()
    }
}

/// List projects
///
/// Newest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListProjects {
    /// The most items to return.
    pub limit: Option<u64>,
    /// The `nextCursor` of the previous page.
    pub cursor: Option<String>,
}

impl Call for ListProjects {
    type Answer = List<Project>;
    const ID: &'static str = "listProjects";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "projects"])
            .query("limit", &self.limit)
            .query("cursor", &self.cursor)
    }
}

impl Pages for ListProjects {
    type Item = Project;

    fn go_on_at(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// Read a project
///
/// A removed project is not found.
#[derive(Debug, Clone, PartialEq)]
pub struct GetProject {
    /// The project.
    pub id: String,
}

impl GetProject {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }
}

impl Call for GetProject {
    type Answer = Project;
    const ID: &'static str = "getProject";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "projects", &self.id])
    }
}

/// Change a project
///
/// What is absent stays as it is; lists and objects are replaced as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeProject {
    /// The project.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
    /// What is sent.
    pub body: ProjectPatch,
}

impl ChangeProject {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>, body: ProjectPatch) -> Self {
        Self { id: id.into(), if_match: None, body }
    }
}

impl Call for ChangeProject {
    type Answer = Project;
    const ID: &'static str = "changeProject";

    fn request(&self) -> Request {
        Request::new(Method::Patch, &["api", "projects", &self.id])
            .header("If-Match", &self.if_match)
            .body(&self.body)
            .keyed()
    }
}

/// Remove a project
///
/// Its jobs are cancelled for good with their open executions. History and drafts stay.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoveProject {
    /// The project.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
}

impl RemoveProject {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), if_match: None }
    }
}

impl Call for RemoveProject {
    type Answer = ();
    const ID: &'static str = "removeProject";

    fn request(&self) -> Request {
        Request::new(Method::Delete, &["api", "projects", &self.id])
            .header("If-Match", &self.if_match)
            .keyed()
    }
}

/// Pause a project
///
/// All its jobs: until its end, or until somebody resumes, also over restarts. What falls due meanwhile is recorded
/// as skipped; what runs or is queued goes on, and jobs can still be run by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct PauseProject {
    /// The project.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
    /// What is sent.
    pub body: Option<PauseBody>,
}

impl PauseProject {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), if_match: None, body: None }
    }
}

impl Call for PauseProject {
    type Answer = Project;
    const ID: &'static str = "pauseProject";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "projects", &self.id, "pause"])
            .header("If-Match", &self.if_match)
            .body(&self.body)
            .keyed()
    }
}

/// Resume a project
///
/// Its jobs' schedules look forward from now; jobs that are paused themselves stay so. Again changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct ResumeProject {
    /// The project.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
}

impl ResumeProject {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), if_match: None }
    }
}

impl Call for ResumeProject {
    type Answer = Project;
    const ID: &'static str = "resumeProject";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "projects", &self.id, "resume"])
            .header("If-Match", &self.if_match)
            .keyed()
    }
}

/// Create a job
///
/// Its schedule looks forward from now. Never-firing and too dense schedules are refused.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateSchedule {
    /// What is sent.
    pub body: JobCreate,
}

impl CreateSchedule {
    /// Returns the call with what it needs.
    pub fn new(body: JobCreate) -> Self {
        Self { body }
    }
}

impl Call for CreateSchedule {
    type Answer = Job;
    const ID: &'static str = "createSchedule";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "schedule"])
            .body(&self.body)
            .keyed()
    }
}

/// Change a job
///
/// What is absent stays as it is. A new schedule looks forward only; what was due before is recorded first.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeSchedule {
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
    /// What is sent.
    pub body: JobPatch,
}

impl ChangeSchedule {
    /// Returns the call with what it needs.
    pub fn new(body: JobPatch) -> Self {
        Self { if_match: None, body }
    }
}

impl Call for ChangeSchedule {
    type Answer = Job;
    const ID: &'static str = "changeSchedule";

    fn request(&self) -> Request {
        Request::new(Method::Patch, &["api", "cron", "schedule"])
            .header("If-Match", &self.if_match)
            .body(&self.body)
            .keyed()
    }
}

/// List jobs
///
/// Newest first; cancelled ones are left out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListSchedules {
    /// Jobs of this project.
    pub project_id: Option<String>,
    /// Jobs of this type.
    pub r#type: Option<JobType>,
    /// Enabled or disabled ones.
    pub is_enabled: Option<bool>,
    /// Jobs whose name holds these words, in any case.
    pub search: Option<String>,
    /// The most items to return.
    pub limit: Option<u64>,
    /// The `nextCursor` of the previous page.
    pub cursor: Option<String>,
}

impl Call for ListSchedules {
    type Answer = List<Job>;
    const ID: &'static str = "listSchedules";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "cron", "schedules"])
            .query("projectId", &self.project_id)
            .query("type", &self.r#type)
            .query("isEnabled", &self.is_enabled)
            .query("search", &self.search)
            .query("limit", &self.limit)
            .query("cursor", &self.cursor)
    }
}

impl Pages for ListSchedules {
    type Item = Job;

    fn go_on_at(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// Read a job
///
/// Also one that was cancelled. With the jobs it depends on and those that depend on it.
#[derive(Debug, Clone, PartialEq)]
pub struct GetSchedule {
    /// The job.
    pub id: String,
}

impl GetSchedule {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }
}

impl Call for GetSchedule {
    type Answer = Job;
    const ID: &'static str = "getSchedule";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "cron", "schedules", &self.id])
    }
}

/// Enable or disable a job
///
/// Flips its state when the body does not name one.
#[derive(Debug, Clone, PartialEq)]
pub struct ToggleSchedule {
    /// The job.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
    /// What is sent.
    pub body: Option<Toggle>,
}

impl ToggleSchedule {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), if_match: None, body: None }
    }
}

impl Call for ToggleSchedule {
    type Answer = Job;
    const ID: &'static str = "toggleSchedule";

    fn request(&self) -> Request {
        Request::new(Method::Patch, &["api", "cron", "schedules", &self.id])
            .header("If-Match", &self.if_match)
            .body(&self.body)
            .keyed()
    }
}

/// Cancel a job for good
///
/// Disables it and cancels its open executions; its history stays. Again changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct CancelSchedule {
    /// The job.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
}

impl CancelSchedule {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), if_match: None }
    }
}

impl Call for CancelSchedule {
    type Answer = ();
    const ID: &'static str = "cancelSchedule";

    fn request(&self) -> Request {
        Request::new(Method::Delete, &["api", "cron", "schedules", &self.id])
            .header("If-Match", &self.if_match)
            .keyed()
    }
}

/// Pause a job
///
/// Until its end, or until somebody resumes, also over restarts. What falls due meanwhile is recorded as skipped;
/// what runs or is queued goes on, and the job can still be run by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct PauseSchedule {
    /// The job.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
    /// What is sent.
    pub body: Option<PauseBody>,
}

impl PauseSchedule {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), if_match: None, body: None }
    }
}

impl Call for PauseSchedule {
    type Answer = Job;
    const ID: &'static str = "pauseSchedule";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "schedules", &self.id, "pause"])
            .header("If-Match", &self.if_match)
            .body(&self.body)
            .keyed()
    }
}

/// Resume a job
///
/// Its schedule looks forward from now. A pause of its project or of everything stays. Again changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct ResumeSchedule {
    /// The job.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
    /// What is sent.
    pub body: Option<ResumeBody>,
}

impl ResumeSchedule {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), if_match: None, body: None }
    }
}

impl Call for ResumeSchedule {
    type Answer = Job;
    const ID: &'static str = "resumeSchedule";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "schedules", &self.id, "resume"])
            .header("If-Match", &self.if_match)
            .body(&self.body)
            .keyed()
    }
}

/// List a job's occurrences
///
/// The past ones with what became of each and why, newest first; after the last of them the coming ones,
/// earliest first.
#[derive(Debug, Clone, PartialEq)]
pub struct ListOccurrences {
    /// The job.
    pub id: String,
    /// Due at this instant or later.
    pub from: Option<Instant>,
    /// Due before this instant.
    pub to: Option<Instant>,
    /// The most items to return.
    pub limit: Option<u64>,
    /// The `nextCursor` of the previous page.
    pub cursor: Option<String>,
}

impl ListOccurrences {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), from: None, to: None, limit: None, cursor: None }
    }
}

impl Call for ListOccurrences {
    type Answer = List<OccurrenceBody>;
    const ID: &'static str = "listOccurrences";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "cron", "schedules", &self.id, "occurrences"])
            .query("from", &self.from)
            .query("to", &self.to)
            .query("limit", &self.limit)
            .query("cursor", &self.cursor)
    }
}

impl Pages for ListOccurrences {
    type Item = OccurrenceBody;

    fn go_on_at(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// Run occurrences of the past
///
/// Those of `\[from, to)` that never ran, one after the other and behind everything else; each run is told the window that
/// ends with its occurrence. Neither the next run nor a cursor moves, and what a rule excludes is left out. Ask with
/// `dryRun` first: the list is what would run, at most 500.
#[derive(Debug, Clone, PartialEq)]
pub struct BackfillSchedule {
    /// The job.
    pub id: String,
    /// What is sent.
    pub body: BackfillBody,
}

impl BackfillSchedule {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>, body: BackfillBody) -> Self {
        Self { id: id.into(), body }
    }
}

impl Call for BackfillSchedule {
    type Answer = Backfill;
    const ID: &'static str = "backfillSchedule";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "schedules", &self.id, "backfill"])
            .body(&self.body)
            .keyed()
    }
}

/// Cancel a backfill
///
/// What has ended stays; what is still open is cancelled, all at once. Again changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct CancelBackfill {
    /// The job.
    pub id: String,
    /// What is sent.
    pub body: BackfillCancelBody,
}

impl CancelBackfill {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>, body: BackfillCancelBody) -> Self {
        Self { id: id.into(), body }
    }
}

impl Call for CancelBackfill {
    type Answer = BackfillCancelled;
    const ID: &'static str = "cancelBackfill";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "schedules", &self.id, "backfill", "cancel"])
            .body(&self.body)
            .keyed()
    }
}

/// Run a job now
///
/// Also a disabled or paused one, beside its schedule. The answer comes once the execution is on the disk.
#[derive(Debug, Clone, PartialEq)]
pub struct TriggerSchedule {
    /// What is sent.
    pub body: TriggerBody,
}

impl TriggerSchedule {
    /// Returns the call with what it needs.
    pub fn new(body: TriggerBody) -> Self {
        Self { body }
    }
}

impl Call for TriggerSchedule {
    type Answer = TriggeredBody;
    const ID: &'static str = "triggerSchedule";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "trigger"])
            .body(&self.body)
            .keyed()
    }
}

/// Preview a schedule
///
/// Nothing is stored. Each occurrence says what the clocks do to it, if anything.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewSchedule {
    /// What is sent.
    pub body: PreviewBody,
}

impl PreviewSchedule {
    /// Returns the call with what it needs.
    pub fn new(body: PreviewBody) -> Self {
        Self { body }
    }
}

impl Call for PreviewSchedule {
    type Answer = Preview;
    const ID: &'static str = "previewSchedule";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "preview"])
            .body(&self.body)
            .keyed()
    }
}

/// Try a condition
///
/// It is asked as a run that begins now would ask it, of what is known of the job; nothing is stored. What has no answer is
/// refused with the reason.
#[derive(Debug, Clone, PartialEq)]
pub struct TryCondition {
    /// What is sent.
    pub body: TrialBody,
}

impl TryCondition {
    /// Returns the call with what it needs.
    pub fn new(body: TrialBody) -> Self {
        Self { body }
    }
}

impl Call for TryCondition {
    type Answer = VerdictBody;
    const ID: &'static str = "tryCondition";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "condition"])
            .body(&self.body)
            .keyed()
    }
}

/// List executions
///
/// Newest first, with skipped and missed occurrences among them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListExecutions {
    /// Executions of this job.
    pub job_id: Option<String>,
    /// Executions of this project.
    pub project_id: Option<String>,
    /// Executions in this status.
    pub status: Option<ExecutionStatus>,
    /// With `true`, only dead letters: what failed and was neither run again nor dismissed; not beside `stats`.
    pub dead_letter: Option<bool>,
    /// Executions for this trigger.
    pub trigger: Option<Trigger>,
    /// Recorded at this instant or later.
    pub from: Option<Instant>,
    /// Recorded before this instant.
    pub to: Option<Instant>,
    /// Whether to add `stats`.
    pub stats: Option<bool>,
    /// The most items to return.
    pub limit: Option<u64>,
    /// The `nextCursor` of the previous page.
    pub cursor: Option<String>,
}

impl Call for ListExecutions {
    type Answer = ExecutionList;
    const ID: &'static str = "listExecutions";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "cron", "executions"])
            .query("jobId", &self.job_id)
            .query("projectId", &self.project_id)
            .query("status", &self.status)
            .query("deadLetter", &self.dead_letter)
            .query("trigger", &self.trigger)
            .query("from", &self.from)
            .query("to", &self.to)
            .query("stats", &self.stats)
            .query("limit", &self.limit)
            .query("cursor", &self.cursor)
    }
}

impl Pages for ListExecutions {
    type Item = Execution;

    fn go_on_at(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// Read an execution
///
/// With its attempts, its steps, what it produced and why it failed.
#[derive(Debug, Clone, PartialEq)]
pub struct GetExecution {
    /// The execution.
    pub id: String,
}

impl GetExecution {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }
}

impl Call for GetExecution {
    type Answer = Execution;
    const ID: &'static str = "getExecution";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "cron", "executions", &self.id])
    }
}

/// Read an execution's log
///
/// Oldest line first.
#[derive(Debug, Clone, PartialEq)]
pub struct ListExecutionLogs {
    /// The execution.
    pub id: String,
    /// The most items to return.
    pub limit: Option<u64>,
    /// The `nextCursor` of the previous page.
    pub cursor: Option<String>,
}

impl ListExecutionLogs {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), limit: None, cursor: None }
    }
}

impl Call for ListExecutionLogs {
    type Answer = List<LogLineBody>;
    const ID: &'static str = "listExecutionLogs";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "cron", "executions", &self.id, "logs"])
            .query("limit", &self.limit)
            .query("cursor", &self.cursor)
    }
}

impl Pages for ListExecutionLogs {
    type Item = LogLineBody;

    fn go_on_at(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// Cancel an execution
///
/// At once while it waits, else as soon as its worker lets go. Again changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct CancelExecution {
    /// The execution.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
}

impl CancelExecution {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), if_match: None }
    }
}

impl Call for CancelExecution {
    type Answer = Execution;
    const ID: &'static str = "cancelExecution";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "executions", &self.id, "cancel"])
            .header("If-Match", &self.if_match)
            .keyed()
    }
}

/// Pause an execution
///
/// At once while it waits, else at its next step boundary. It stays paused through restarts.
#[derive(Debug, Clone, PartialEq)]
pub struct PauseExecution {
    /// The execution.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
}

impl PauseExecution {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), if_match: None }
    }
}

impl Call for PauseExecution {
    type Answer = Execution;
    const ID: &'static str = "pauseExecution";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "executions", &self.id, "pause"])
            .header("If-Match", &self.if_match)
            .keyed()
    }
}

/// Resume a paused execution
///
/// It goes on after its last recorded step.
#[derive(Debug, Clone, PartialEq)]
pub struct ResumeExecution {
    /// The execution.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
}

impl ResumeExecution {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), if_match: None }
    }
}

impl Call for ResumeExecution {
    type Answer = Execution;
    const ID: &'static str = "resumeExecution";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "executions", &self.id, "resume"])
            .header("If-Match", &self.if_match)
            .keyed()
    }
}

/// Answer an execution that asks
///
/// One that was missed under ASK is WAITING until a person decides: it runs now, at an instant, or not at all. Without an
/// answer it runs when `waiting.until` has come; a newer occurrence that runs takes its place.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerExecution {
    /// The execution.
    pub id: String,
    /// What is sent.
    pub body: AnswerBody,
}

impl AnswerExecution {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>, body: AnswerBody) -> Self {
        Self { id: id.into(), body }
    }
}

impl Call for AnswerExecution {
    type Answer = Execution;
    const ID: &'static str = "answerExecution";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "executions", &self.id, "answer"])
            .body(&self.body)
            .keyed()
    }
}

/// Dismiss a dead letter
///
/// Nothing is to be done about an execution that failed. Again, or once it was run again, nothing changes.
#[derive(Debug, Clone, PartialEq)]
pub struct DismissExecution {
    /// The execution.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
}

impl DismissExecution {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), if_match: None }
    }
}

impl Call for DismissExecution {
    type Answer = Execution;
    const ID: &'static str = "dismissExecution";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "executions", &self.id, "dismiss"])
            .header("If-Match", &self.if_match)
            .keyed()
    }
}

/// Keep an execution
///
/// With its steps and its log, whatever its age, until it is unpinned. Again changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct PinExecution {
    /// The execution.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
}

impl PinExecution {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), if_match: None }
    }
}

impl Call for PinExecution {
    type Answer = Execution;
    const ID: &'static str = "pinExecution";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "executions", &self.id, "pin"])
            .header("If-Match", &self.if_match)
            .keyed()
    }
}

/// Let an execution go in its time
///
/// What a cleanup passed over while it was pinned goes with the next one. Again changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct UnpinExecution {
    /// The execution.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
}

impl UnpinExecution {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), if_match: None }
    }
}

impl Call for UnpinExecution {
    type Answer = Execution;
    const ID: &'static str = "unpinExecution";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "executions", &self.id, "unpin"])
            .header("If-Match", &self.if_match)
            .keyed()
    }
}

/// Replay an ended execution
///
/// Makes a new execution; the old one stays as it is, and is a dead letter no more.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplayExecution {
    /// The execution.
    pub id: String,
    /// What is sent.
    pub body: Option<ReplayBody>,
}

impl ReplayExecution {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), body: None }
    }
}

impl Call for ReplayExecution {
    type Answer = TriggeredBody;
    const ID: &'static str = "replayExecution";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "executions", &self.id, "replay"])
            .body(&self.body)
            .keyed()
    }
}

/// Run dead letters again
///
/// Those of a job or of a project, the oldest first. Those of jobs that are cancelled, or do something else or work for
/// another project by now, are passed over.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplayDeadLetters {
    /// What is sent.
    pub body: ReplayDeadBody,
}

impl ReplayDeadLetters {
    /// Returns the call with what it needs.
    pub fn new(body: ReplayDeadBody) -> Self {
        Self { body }
    }
}

impl Call for ReplayDeadLetters {
    type Answer = SettledBody;
    const ID: &'static str = "replayDeadLetters";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "dead-letters", "replay"])
            .body(&self.body)
            .keyed()
    }
}

/// Dismiss dead letters
///
/// Those of a job or of a project, the oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct DismissDeadLetters {
    /// What is sent.
    pub body: DismissDeadBody,
}

impl DismissDeadLetters {
    /// Returns the call with what it needs.
    pub fn new(body: DismissDeadBody) -> Self {
        Self { body }
    }
}

impl Call for DismissDeadLetters {
    type Answer = SettledBody;
    const ID: &'static str = "dismissDeadLetters";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "cron", "dead-letters", "dismiss"])
            .body(&self.body)
            .keyed()
    }
}

/// List drafts
///
/// Newest first, each in its newest revision.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListDrafts {
    /// Drafts about this project.
    pub project_id: Option<String>,
    /// Drafts written by this execution.
    pub execution_id: Option<String>,
    /// Drafts for this platform.
    pub platform: Option<Platform>,
    /// Drafts in this state.
    pub status: Option<DraftStatus>,
    /// The most items to return.
    pub limit: Option<u64>,
    /// The `nextCursor` of the previous page.
    pub cursor: Option<String>,
}

impl Call for ListDrafts {
    type Answer = List<Draft>;
    const ID: &'static str = "listDrafts";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "drafts"])
            .query("projectId", &self.project_id)
            .query("executionId", &self.execution_id)
            .query("platform", &self.platform)
            .query("status", &self.status)
            .query("limit", &self.limit)
            .query("cursor", &self.cursor)
    }
}

impl Pages for ListDrafts {
    type Item = Draft;

    fn go_on_at(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// Read a draft
///
/// With the evidence of each statement, the items it rests on, what was left out and why, and where it went.
#[derive(Debug, Clone, PartialEq)]
pub struct GetDraft {
    /// The draft.
    pub id: String,
}

impl GetDraft {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }
}

impl Call for GetDraft {
    type Answer = DraftDetail;
    const ID: &'static str = "getDraft";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "drafts", &self.id])
    }
}

/// Edit a draft
///
/// Makes a new revision in state DRAFT, linted again. Evidence stays with statements that still stand word for
/// word.
#[derive(Debug, Clone, PartialEq)]
pub struct EditDraft {
    /// The draft.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
    /// What is sent.
    pub body: DraftPatch,
}

impl EditDraft {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>, body: DraftPatch) -> Self {
        Self { id: id.into(), if_match: None, body }
    }
}

impl Call for EditDraft {
    type Answer = Draft;
    const ID: &'static str = "editDraft";

    fn request(&self) -> Request {
        Request::new(Method::Patch, &["api", "drafts", &self.id])
            .header("If-Match", &self.if_match)
            .body(&self.body)
            .keyed()
    }
}

/// Approve a draft
///
/// Refused with 409 while the lint finds errors in it.
#[derive(Debug, Clone, PartialEq)]
pub struct ApproveDraft {
    /// The draft.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
    /// What is sent.
    pub body: ApproveBody,
}

impl ApproveDraft {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>, body: ApproveBody) -> Self {
        Self { id: id.into(), if_match: None, body }
    }
}

impl Call for ApproveDraft {
    type Answer = Draft;
    const ID: &'static str = "approveDraft";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "drafts", &self.id, "approve"])
            .header("If-Match", &self.if_match)
            .body(&self.body)
            .keyed()
    }
}

/// Reject a draft
///
/// It stays readable, and an edit brings it back to review.
#[derive(Debug, Clone, PartialEq)]
pub struct RejectDraft {
    /// The draft.
    pub id: String,
    /// Change it only in this version: an `ETag`, or `"v\<version>"`. Otherwise 412 `PRECONDITION_FAILED`.
    pub if_match: Option<String>,
    /// What is sent.
    pub body: RejectBody,
}

impl RejectDraft {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>, body: RejectBody) -> Self {
        Self { id: id.into(), if_match: None, body }
    }
}

impl Call for RejectDraft {
    type Answer = Draft;
    const ID: &'static str = "rejectDraft";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "drafts", &self.id, "reject"])
            .header("If-Match", &self.if_match)
            .body(&self.body)
            .keyed()
    }
}

/// Publish an approved draft
///
/// To the target its project names for the platform. Asked again, it finds what is already out.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishDraft {
    /// The draft.
    pub id: String,
}

impl PublishDraft {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }
}

impl Call for PublishDraft {
    type Answer = PublicationBody;
    const ID: &'static str = "publishDraft";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "drafts", &self.id, "publish"])
            .keyed()
    }
}

/// List notifications
///
/// The caller's own, newest first, with how many of them are unread.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListNotifications {
    /// Only read ones, or only unread ones.
    pub is_read: Option<bool>,
    /// Notifications of this event.
    pub event: Option<NotificationEvent>,
    /// Notifications of this project.
    pub project_id: Option<String>,
    /// The most items to return.
    pub limit: Option<u64>,
    /// The `nextCursor` of the previous page.
    pub cursor: Option<String>,
}

impl Call for ListNotifications {
    type Answer = NotificationList;
    const ID: &'static str = "listNotifications";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "notifications"])
            .query("isRead", &self.is_read)
            .query("event", &self.event)
            .query("projectId", &self.project_id)
            .query("limit", &self.limit)
            .query("cursor", &self.cursor)
    }
}

impl Pages for ListNotifications {
    type Item = Notification;

    fn go_on_at(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// Mark a notification read
///
/// Again changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadNotification {
    /// The notification.
    pub id: String,
}

impl ReadNotification {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }
}

impl Call for ReadNotification {
    type Answer = Notification;
    const ID: &'static str = "readNotification";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "notifications", &self.id, "read"])
            .keyed()
    }
}

/// Mark all notifications read
///
/// All of the caller's own, however many; again changes nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadAllNotifications;

impl Call for ReadAllNotifications {
    type Answer = ReadAll;
    const ID: &'static str = "readAllNotifications";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "notifications", "read"])
            .keyed()
    }
}

/// List a notification's deliveries
///
/// Each message that told it, oldest first, and what became of it. One that is only listed has none.
#[derive(Debug, Clone, PartialEq)]
pub struct ListDeliveries {
    /// The notification.
    pub id: String,
}

impl ListDeliveries {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }
}

impl Call for ListDeliveries {
    type Answer = Deliveries;
    const ID: &'static str = "listDeliveries";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "notifications", &self.id, "deliveries"])
    }
}

/// Read notification preferences
///
/// What the caller wants to be told, through which channel and when.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GetNotificationPreferences;

impl Call for GetNotificationPreferences {
    type Answer = PreferencesBody;
    const ID: &'static str = "getNotificationPreferences";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "notifications", "preferences"])
    }
}

/// Change notification preferences
///
/// What is absent stays; lists and objects are replaced as a whole; null removes an address or quiet hours.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeNotificationPreferences {
    /// What is sent.
    pub body: PreferencesPatch,
}

impl ChangeNotificationPreferences {
    /// Returns the call with what it needs.
    pub fn new(body: PreferencesPatch) -> Self {
        Self { body }
    }
}

impl Call for ChangeNotificationPreferences {
    type Answer = PreferencesBody;
    const ID: &'static str = "changeNotificationPreferences";

    fn request(&self) -> Request {
        Request::new(Method::Patch, &["api", "notifications", "preferences"])
            .body(&self.body)
            .keyed()
    }
}

/// Send yourself a test mail
///
/// At once, to the address in the preferences; says what came of it. Once in 15 seconds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TestNotification;

impl Call for TestNotification {
    type Answer = TestMail;
    const ID: &'static str = "testNotification";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "notifications", "test"])
            .keyed()
    }
}

/// Switch mail off by the link in a mail
///
/// Needs no signing in: the token in the link is enough (RFC 8058).
#[derive(Debug, Clone, PartialEq)]
pub struct Unsubscribe {
    /// The token in the link.
    pub token: String,
}

impl Unsubscribe {
    /// Returns the call with what it needs.
    pub fn new(token: impl Into<String>) -> Self {
        Self { token: token.into() }
    }
}

impl Call for Unsubscribe {
    type Answer = Unsubscribed;
    const ID: &'static str = "unsubscribe";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "notifications", "unsubscribe"])
            .query("token", &self.token)
    }
}

/// Send an event
///
/// Each job of the project that listens answers with an execution, all in one commit; the event is there for its condition
/// and its log. A job that is paused is recorded as skipped. Send an `Idempotency-Key`, and the event counts once however
/// often it is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct SendEvent {
    /// What is sent.
    pub body: EventBody,
}

impl SendEvent {
    /// Returns the call with what it needs.
    pub fn new(body: EventBody) -> Self {
        Self { body }
    }
}

impl Call for SendEvent {
    type Answer = ReceivedBody;
    const ID: &'static str = "sendEvent";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "events"])
            .body(&self.body)
            .keyed()
    }
}

/// List time zones
///
/// Every IANA name that a schedule or a project may use, with its present offset.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListTimezones;

impl Call for ListTimezones {
    type Answer = Timezones;
    const ID: &'static str = "listTimezones";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "timezones"])
    }
}

/// List users
///
/// Oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListUsers {
    /// The most items to return.
    pub limit: Option<u64>,
    /// The `nextCursor` of the previous page.
    pub cursor: Option<String>,
}

impl Call for ListUsers {
    type Answer = List<User>;
    const ID: &'static str = "listUsers";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "users"])
            .query("limit", &self.limit)
            .query("cursor", &self.cursor)
    }
}

impl Pages for ListUsers {
    type Item = User;

    fn go_on_at(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// Read yourself
///
/// As whom the credential lets you in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GetMe;

impl Call for GetMe {
    type Answer = User;
    const ID: &'static str = "getMe";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "users", "me"])
    }
}

/// Change yourself
///
/// Your name, and what you sign in with.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeMe {
    /// What is sent.
    pub body: MePatch,
}

impl ChangeMe {
    /// Returns the call with what it needs.
    pub fn new(body: MePatch) -> Self {
        Self { body }
    }
}

impl Call for ChangeMe {
    type Answer = User;
    const ID: &'static str = "changeMe";

    fn request(&self) -> Request {
        Request::new(Method::Patch, &["api", "users", "me"])
            .body(&self.body)
            .keyed()
    }
}

/// Change your password
///
/// All your sessions and tokens are void then; who asks by cookie gets a new session.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangePassword {
    /// What is sent.
    pub body: PasswordChange,
}

impl ChangePassword {
    /// Returns the call with what it needs.
    pub fn new(body: PasswordChange) -> Self {
        Self { body }
    }
}

impl Call for ChangePassword {
    type Answer = ();
    const ID: &'static str = "changePassword";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "users", "me", "password"])
            .body(&self.body)
            .keyed()
    }
}

/// Sign out everywhere
///
/// All your sessions and tokens are void from now on, the one you ask with too.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SignOutEverywhere;

impl Call for SignOutEverywhere {
    type Answer = ();
    const ID: &'static str = "signOutEverywhere";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "users", "me", "sign-out-everywhere"])
            .keyed()
    }
}

/// Read a user
///
/// Whatever their status.
#[derive(Debug, Clone, PartialEq)]
pub struct GetUser {
    /// The user.
    pub id: String,
}

impl GetUser {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }
}

impl Call for GetUser {
    type Answer = User;
    const ID: &'static str = "getUser";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "users", &self.id])
    }
}

/// Change a user
///
/// Who is disabled is let in no longer, with no credential. The last active owner stays one.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeUser {
    /// The user.
    pub id: String,
    /// What is sent.
    pub body: UserPatch,
}

impl ChangeUser {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>, body: UserPatch) -> Self {
        Self { id: id.into(), body }
    }
}

impl Call for ChangeUser {
    type Answer = User;
    const ID: &'static str = "changeUser";

    fn request(&self) -> Request {
        Request::new(Method::Patch, &["api", "users", &self.id])
            .body(&self.body)
            .keyed()
    }
}

/// Remove a user
///
/// With their credentials and memberships. While they own projects, name who takes these over: nothing is removed
/// with its owner. The audit log keeps what they did.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoveUser {
    /// The user.
    pub id: String,
    /// Who takes over their projects.
    pub hand_over_to: Option<String>,
}

impl RemoveUser {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), hand_over_to: None }
    }
}

impl Call for RemoveUser {
    type Answer = ();
    const ID: &'static str = "removeUser";

    fn request(&self) -> Request {
        Request::new(Method::Delete, &["api", "users", &self.id])
            .query("handOverTo", &self.hand_over_to)
            .keyed()
    }
}

/// Sign in
///
/// With your e-mail address and password. An unknown address is refused like a wrong password. A change made by
/// cookie must say that it comes from a page of this server, by `Origin` or `Sec-Fetch-Site`.
#[derive(Debug, Clone, PartialEq)]
pub struct SignIn {
    /// What is sent.
    pub body: SessionCreate,
}

impl SignIn {
    /// Returns the call with what it needs.
    pub fn new(body: SessionCreate) -> Self {
        Self { body }
    }
}

impl Call for SignIn {
    type Answer = Session;
    const ID: &'static str = "signIn";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "sessions"])
            .body(&self.body)
    }
}

/// Sign out
///
/// Ends the session whose cookie is sent. A token is left as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SignOut;

impl Call for SignOut {
    type Answer = ();
    const ID: &'static str = "signOut";

    fn request(&self) -> Request {
        Request::new(Method::Delete, &["api", "sessions", "current"])
            .keyed()
    }
}

/// Make a token
///
/// Of your own, and reaching no further than the credential it is made with. Its text is shown in this answer and
/// never again.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateToken {
    /// What is sent.
    pub body: TokenCreate,
}

impl CreateToken {
    /// Returns the call with what it needs.
    pub fn new(body: TokenCreate) -> Self {
        Self { body }
    }
}

impl Call for CreateToken {
    type Answer = TokenMade;
    const ID: &'static str = "createToken";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "tokens"])
            .body(&self.body)
            .keyed()
    }
}

/// List tokens
///
/// Newest first, revoked and expired ones too: yours, or those of somebody you manage.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListTokens {
    /// Whose tokens, for admins with the scope ADMIN; yours when absent.
    pub user_id: Option<String>,
    /// The most items to return.
    pub limit: Option<u64>,
    /// The `nextCursor` of the previous page.
    pub cursor: Option<String>,
}

impl Call for ListTokens {
    type Answer = List<Token>;
    const ID: &'static str = "listTokens";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "tokens"])
            .query("userId", &self.user_id)
            .query("limit", &self.limit)
            .query("cursor", &self.cursor)
    }
}

impl Pages for ListTokens {
    type Item = Token;

    fn go_on_at(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// Revoke a token
///
/// Yours, or that of somebody you manage. It is void at once, also on streams it holds open. Again changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct RevokeToken {
    /// The token.
    pub id: String,
}

impl RevokeToken {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }
}

impl Call for RevokeToken {
    type Answer = ();
    const ID: &'static str = "revokeToken";

    fn request(&self) -> Request {
        Request::new(Method::Delete, &["api", "tokens", &self.id])
            .keyed()
    }
}

/// Invite somebody
///
/// The code in the answer is shown this once; it is good for seven days and one person.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateInvitation {
    /// What is sent.
    pub body: InvitationCreate,
}

impl CreateInvitation {
    /// Returns the call with what it needs.
    pub fn new(body: InvitationCreate) -> Self {
        Self { body }
    }
}

impl Call for CreateInvitation {
    type Answer = InvitationMade;
    const ID: &'static str = "createInvitation";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "invitations"])
            .body(&self.body)
            .keyed()
    }
}

/// List invitations
///
/// Newest first, used and void ones too.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListInvitations {
    /// The most items to return.
    pub limit: Option<u64>,
    /// The `nextCursor` of the previous page.
    pub cursor: Option<String>,
}

impl Call for ListInvitations {
    type Answer = List<Invitation>;
    const ID: &'static str = "listInvitations";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "invitations"])
            .query("limit", &self.limit)
            .query("cursor", &self.cursor)
    }
}

impl Pages for ListInvitations {
    type Item = Invitation;

    fn go_on_at(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// Take an invitation back
///
/// One that was accepted stays so. Again changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct RevokeInvitation {
    /// The invitation.
    pub id: String,
}

impl RevokeInvitation {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }
}

impl Call for RevokeInvitation {
    type Answer = ();
    const ID: &'static str = "revokeInvitation";

    fn request(&self) -> Request {
        Request::new(Method::Delete, &["api", "invitations", &self.id])
            .keyed()
    }
}

/// Accept an invitation
///
/// Needs no token: the code is what lets you in. Sign in afterwards.
#[derive(Debug, Clone, PartialEq)]
pub struct AcceptInvitation {
    /// What is sent.
    pub body: Acceptance,
}

impl AcceptInvitation {
    /// Returns the call with what it needs.
    pub fn new(body: Acceptance) -> Self {
        Self { body }
    }
}

impl Call for AcceptInvitation {
    type Answer = User;
    const ID: &'static str = "acceptInvitation";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "invitations", "accept"])
            .body(&self.body)
    }
}

/// Make a password reset
///
/// For somebody who forgot theirs. The code in the answer is shown this once and good for a day; an earlier one is
/// void.
#[derive(Debug, Clone, PartialEq)]
pub struct CreatePasswordReset {
    /// What is sent.
    pub body: PasswordResetCreate,
}

impl CreatePasswordReset {
    /// Returns the call with what it needs.
    pub fn new(body: PasswordResetCreate) -> Self {
        Self { body }
    }
}

impl Call for CreatePasswordReset {
    type Answer = PasswordResetMade;
    const ID: &'static str = "createPasswordReset";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "password-resets"])
            .body(&self.body)
            .keyed()
    }
}

/// Choose a new password
///
/// Needs no token: the code is what lets you in. All sessions and tokens made before are void then.
#[derive(Debug, Clone, PartialEq)]
pub struct AcceptPasswordReset {
    /// What is sent.
    pub body: NewPassword,
}

impl AcceptPasswordReset {
    /// Returns the call with what it needs.
    pub fn new(body: NewPassword) -> Self {
        Self { body }
    }
}

impl Call for AcceptPasswordReset {
    type Answer = ();
    const ID: &'static str = "acceptPasswordReset";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "password-resets", "accept"])
            .body(&self.body)
    }
}

/// List a project's members
///
/// By their ids; its owner is not among them.
#[derive(Debug, Clone, PartialEq)]
pub struct ListMembers {
    /// The project.
    pub id: String,
    /// The most items to return.
    pub limit: Option<u64>,
    /// The `nextCursor` of the previous page.
    pub cursor: Option<String>,
}

impl ListMembers {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), limit: None, cursor: None }
    }
}

impl Call for ListMembers {
    type Answer = List<Member>;
    const ID: &'static str = "listMembers";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "projects", &self.id, "members"])
            .query("limit", &self.limit)
            .query("cursor", &self.cursor)
    }
}

impl Pages for ListMembers {
    type Item = Member;

    fn go_on_at(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// Add a member
///
/// Or change how far their say goes. Only who owns the project may.
#[derive(Debug, Clone, PartialEq)]
pub struct PutMember {
    /// The project.
    pub id: String,
    /// The user.
    pub user_id: String,
    /// What is sent.
    pub body: MemberPut,
}

impl PutMember {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>, user_id: impl Into<String>, body: MemberPut) -> Self {
        Self { id: id.into(), user_id: user_id.into(), body }
    }
}

impl Call for PutMember {
    type Answer = Member;
    const ID: &'static str = "putMember";

    fn request(&self) -> Request {
        Request::new(Method::Put, &["api", "projects", &self.id, "members", &self.user_id])
            .body(&self.body)
            .keyed()
    }
}

/// Remove a member
///
/// Who owns the project may, and everybody themselves. Again changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoveMember {
    /// The project.
    pub id: String,
    /// The user.
    pub user_id: String,
}

impl RemoveMember {
    /// Returns the call with what it needs.
    pub fn new(id: impl Into<String>, user_id: impl Into<String>) -> Self {
        Self { id: id.into(), user_id: user_id.into() }
    }
}

impl Call for RemoveMember {
    type Answer = ();
    const ID: &'static str = "removeMember";

    fn request(&self) -> Request {
        Request::new(Method::Delete, &["api", "projects", &self.id, "members", &self.user_id])
            .keyed()
    }
}

/// Read the settings
///
/// Those that can be changed while the server runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GetSettings;

impl Call for GetSettings {
    type Answer = Settings;
    const ID: &'static str = "getSettings";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "settings"])
    }
}

/// Change the settings
///
/// Takes effect at once. What is absent stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeSettings {
    /// What is sent.
    pub body: SettingsPatch,
}

impl ChangeSettings {
    /// Returns the call with what it needs.
    pub fn new(body: SettingsPatch) -> Self {
        Self { body }
    }
}

impl Call for ChangeSettings {
    type Answer = Settings;
    const ID: &'static str = "changeSettings";

    fn request(&self) -> Request {
        Request::new(Method::Patch, &["api", "settings"])
            .body(&self.body)
            .keyed()
    }
}

/// Read the audit log
///
/// Who changed what, newest first; of projects only what you see. The newest 100,000 entries are kept.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListAuditEntries {
    /// The most items to return.
    pub limit: Option<u64>,
    /// The `nextCursor` of the previous page.
    pub cursor: Option<String>,
}

impl Call for ListAuditEntries {
    type Answer = List<AuditEntry>;
    const ID: &'static str = "listAuditEntries";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "audit"])
            .query("limit", &self.limit)
            .query("cursor", &self.cursor)
    }
}

impl Pages for ListAuditEntries {
    type Item = AuditEntry;

    fn go_on_at(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// See whether everything is paused
///
/// For everybody: it explains why nothing runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GetEngine;

impl Call for GetEngine {
    type Answer = Engine;
    const ID: &'static str = "getEngine";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "engine"])
    }
}

/// Pause everything
///
/// Until its end, or until somebody resumes, also over restarts. What falls due meanwhile is recorded as skipped,
/// and what is queued or comes back for another try waits. What runs goes on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PauseEngine {
    /// What is sent.
    pub body: Option<PauseBody>,
}

impl Call for PauseEngine {
    type Answer = Engine;
    const ID: &'static str = "pauseEngine";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "engine", "pause"])
            .body(&self.body)
            .keyed()
    }
}

/// Resume everything
///
/// Schedules look forward from now; what waited in the queue starts. Jobs and projects that are paused themselves
/// stay so. Again changes nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ResumeEngine;

impl Call for ResumeEngine {
    type Answer = Engine;
    const ID: &'static str = "resumeEngine";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "engine", "resume"])
            .keyed()
    }
}

/// Make a backup
///
/// Writes a verified copy of a consistent snapshot into the data folder's `backups`. The owner's token is not in
/// it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateBackup;

impl Call for CreateBackup {
    type Answer = Backup;
    const ID: &'static str = "createBackup";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "backups"])
            .keyed()
    }
}

/// Show the nightly backups
///
/// Says when the next one is made, which was the last, and why one was not made.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GetNightlyBackups;

impl Call for GetNightlyBackups {
    type Answer = NightlyBackups;
    const ID: &'static str = "getNightlyBackups";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "backups", "nightly"])
    }
}

/// See how large the store is
///
/// Looks at the whole file while others go on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GetStorage;

impl Call for GetStorage {
    type Answer = Storage;
    const ID: &'static str = "getStorage";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["api", "storage"])
    }
}

/// Make the store's file smaller
///
/// Gives back what is free. Everything else waits meanwhile, the longer the larger the file is; a crash loses nothing. The
/// nightly cleanup does it by itself when more than three tenths of the file are free.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CompactStorage;

impl Call for CompactStorage {
    type Answer = Compaction;
    const ID: &'static str = "compactStorage";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "storage", "compact"])
            .keyed()
    }
}

/// Replace the key
///
/// Makes a new key, seals every stored secret anew, and lets the old key go. Cut off, the next start ends it. 409
/// when the key is a setting of the server: then only who sets it can replace it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RotateKey;

impl Call for RotateKey {
    type Answer = RotatedKey;
    const ID: &'static str = "rotateKey";

    fn request(&self) -> Request {
        Request::new(Method::Post, &["api", "keys", "rotate"])
            .keyed()
    }
}

/// Is the process alive?
///
/// Answers as long as it can answer at all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GetHealth;

impl Call for GetHealth {
    type Answer = Health;
    const ID: &'static str = "getHealth";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["healthz"])
    }
}

/// Can it do its work?
///
/// 503 while the store refuses writes and from the moment the server is asked to stop.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GetReadiness;

impl Call for GetReadiness {
    type Answer = Health;
    const ID: &'static str = "getReadiness";

    fn request(&self) -> Request {
        Request::new(Method::Get, &["readyz"])
    }
}
