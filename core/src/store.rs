//! The trait behind which everything durable lives. Its verbs are the domain's: each changes everything that
//! belongs together in one transaction, and returns only after that transaction is on the disk.

mod access;
mod credentials;
mod error;
mod graph;
mod notifications;
mod operation;
mod people;
mod query;
mod requests;
mod retention;
mod secrets;
mod sources;
mod verbs;

pub use access::AccessStore;
pub use credentials::CredentialStore;
pub use error::{Missing, StoreError};
pub use graph::GraphStore;
pub use notifications::{ClaimedDelivery, NotificationFilter, NotificationStore};
pub use operation::{CommitMeter, Compacted, ObstacleQuery, OperationStore, StorageUse, StoreGauges};
pub use people::PeopleStore;
pub use query::{
    DraftFilter, ExecutionFilter, ExecutionStats, JobFilter, OccurrenceRecord, Page, PageRequest, Position,
};
pub use requests::{REQUEST_KEPT, RecordedRequest, RequestKey, RequestStore, Terms, Work};
pub use retention::{PURGE_BATCH, PurgeRequest, Purged, RetentionStore};
pub use secrets::{SecretChanges, SecretStore};
pub use sources::{SourceCacheStore, SyncCommit};
pub use verbs::{
    AttemptReport, ClaimRequest, Claimed, CursorMove, DeadLettersOf, DraftDecision, DraftEdit, DraftWrite,
    Entry, FireDue, Fired, NewBackfill, NewExecution, PlannedRun, ReplayDead, Rescue, SettledDead, Steering,
    StepCommit,
};

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

use crate::brief::Brief;
use crate::draft::{BriefDigest, Draft, Publication, PublicationOutcome};
use crate::event::Event;
use crate::execution::{Execution, ExecutionEvent, LeaseKey, LogLine, StepRecord};
use crate::id::{BackfillId, DraftId, ExecutionId, JobId, ProjectId, PublicationId};
use crate::job::{Job, JobClock, JobView};
use crate::pause::{PauseChange, Pauses};
use crate::people::AuditEntry;
use crate::project::Project;
use crate::time::Timestamp;

/// Told after each commit that new events can be read. Must return at once.
pub trait CommitListener: Send + Sync {
    /// Events up to `newest` are on the disk.
    fn committed(&self, newest: u64);
}

/// Everything durable.
///
/// Reads see one consistent snapshot each and never wait for writers. Writes answer after the disk has confirmed;
/// [`StoreError::Unavailable`] means that the write may or may not have happened: look before trying again.
#[async_trait]
pub trait Store:
    OperationStore
    + SecretStore
    + PeopleStore
    + CredentialStore
    + AccessStore
    + SourceCacheStore
    + RequestStore
    + NotificationStore
    + RetentionStore
    + GraphStore
    + Send
    + Sync
{
    // ---- projects -------------------------------------------------------------------------------------------

    /// Stores a new project with its secrets.
    async fn create_project(&self, project: Project, secrets: SecretChanges) -> Result<Project, StoreError>;

    /// Replaces a project whose stored version is `project.version` and its secrets, and returns it with the next
    /// version. A conflict leaves the secrets as they are.
    async fn replace_project(&self, project: Project, secrets: SecretChanges) -> Result<Project, StoreError>;

    /// Removes a project: its jobs are cancelled for good with their open executions; history and drafts stay, its
    /// token and what was cached for it go.
    async fn remove_project(&self, id: ProjectId, now: Timestamp) -> Result<(), StoreError>;

    /// Returns a project that has not been removed.
    async fn project(&self, id: ProjectId) -> Result<Project, StoreError>;

    /// Returns projects that have not been removed, newest first.
    async fn projects(&self, page: PageRequest) -> Result<Page<Project>, StoreError>;

    // ---- jobs -----------------------------------------------------------------------------------------------

    /// Stores a new job with its clock. Its project, if it has one, must be there.
    async fn create_job(&self, job: Job, clock: JobClock) -> Result<JobView, StoreError> {
        self.create_job_with(job, clock, SecretChanges::default()).await
    }

    /// As [`Store::create_job`], with the job's secrets in the same commit.
    async fn create_job_with(
        &self,
        job: Job,
        clock: JobClock,
        secrets: SecretChanges,
    ) -> Result<JobView, StoreError>;

    /// Replaces a job whose stored version is `job.version`; with `clock`, restarts its clock in the same commit,
    /// never moving `recorded_through` back.
    async fn replace_job(&self, job: Job, clock: Option<JobClock>) -> Result<JobView, StoreError> {
        self.replace_job_with(job, clock, SecretChanges::default()).await
    }

    /// As [`Store::replace_job`], with the job's secrets in the same commit. A conflict leaves them as they are.
    async fn replace_job_with(
        &self,
        job: Job,
        clock: Option<JobClock>,
        secrets: SecretChanges,
    ) -> Result<JobView, StoreError>;

    /// Cancels a job for good: disables it and cancels its open executions; history stays, its secrets go. Again changes
    /// nothing.
    async fn cancel_job(&self, id: JobId, now: Timestamp) -> Result<(), StoreError>;

    /// Returns a job, also a cancelled one.
    async fn job(&self, id: JobId) -> Result<JobView, StoreError>;

    /// Returns jobs that are not cancelled, newest first.
    async fn jobs(&self, filter: JobFilter, page: PageRequest) -> Result<Page<JobView>, StoreError>;

    // ---- pauses ---------------------------------------------------------------------------------------------

    /// Begins or ends a pause of a job.
    async fn pause_job(&self, id: JobId, change: PauseChange) -> Result<JobView, StoreError>;

    /// Begins or ends a pause of a project.
    async fn pause_project(&self, id: ProjectId, change: PauseChange) -> Result<Project, StoreError>;

    /// Begins or ends a pause of everything.
    async fn pause_engine(&self, change: PauseChange) -> Result<Pauses, StoreError>;

    /// Returns when everything was paused.
    async fn engine_pauses(&self) -> Result<Pauses, StoreError>;

    // ---- time -----------------------------------------------------------------------------------------------

    /// Returns live jobs whose next occurrence's effective time is at or before `now`, earliest first.
    async fn due_jobs(&self, now: Timestamp, limit: usize) -> Result<Vec<JobView>, StoreError>;

    /// Turns due occurrences into records, once: the runs, the passed ones and the job's clock in one commit.
    ///
    /// [`StoreError::Conflict`] when the job's version, clock or pauses are no longer what the plan was made from.
    async fn fire_due(&self, plan: FireDue) -> Result<Fired, StoreError>;

    /// Returns live jobs whose `next` is stored, for recomputing them after a change of zone rules.
    async fn live_jobs(&self, page: PageRequest) -> Result<Page<JobView>, StoreError>;

    // ---- executions -----------------------------------------------------------------------------------------

    /// Records an execution somebody asked for, also of a disabled job; refused for a cancelled one, and a conflict when
    /// the payload is not of the job's type. Where its overlap policy lets it not in, it is recorded as skipped. A dead
    /// letter that is run again by it is settled.
    async fn create_execution(&self, new: NewExecution) -> Result<Execution, StoreError>;

    /// Records the executions of a backfill, one after the other and behind everything else; refused for a cancelled job.
    async fn create_backfill(&self, new: NewBackfill) -> Result<(), StoreError>;

    /// Cancels the open executions of a job's backfill, or of all its backfills, and returns how many.
    async fn cancel_backfill(
        &self,
        job: JobId,
        backfill: Option<BackfillId>,
        now: Timestamp,
    ) -> Result<usize, StoreError>;

    /// Wakes executions whose waiting time is over, then gives the holder up to `limit` queued ones in the order of
    /// [`Rank`](crate::queue::Rank), never more of a project than it lets run at once, one of a job without a project,
    /// and none of one more of these lanes while as many run as may.
    /// What waited longer than its start timeout ends as FAILED(TIMEOUT_START) instead. While everything is paused
    /// nothing is given, and that time counts as no waiting.
    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Claimed>, StoreError>;

    /// Extends the leases `keys` still held, and tells each worker what people asked of it meanwhile.
    async fn renew(
        &self,
        keys: Vec<LeaseKey>,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(LeaseKey, Steering)>, StoreError>;

    /// Records what a step came to, with the draft and cursors that belong to it. A step that is done already
    /// is refused with [`StoreError::StepDone`], one that was read from where its cursor no longer stands with
    /// [`StoreError::CursorMoved`].
    async fn record_step(&self, commit: StepCommit) -> Result<(), StoreError>;

    /// Ends an attempt under its lease.
    async fn finish(&self, report: AttemptReport) -> Result<Execution, StoreError>;

    /// Takes executions from workers whose lease has lapsed and queues them again; returns them. One that loses its worker
    /// for the third time in the same step ends as FAILED(QUARANTINED) instead.
    async fn rescue(&self, which: Rescue, now: Timestamp) -> Result<Vec<ExecutionId>, StoreError>;

    /// Runs dead letters again as new executions; each is thereby settled.
    async fn replay_dead(&self, request: ReplayDead) -> Result<SettledDead, StoreError>;

    /// Dismisses dead letters, the oldest first.
    async fn dismiss_dead(
        &self,
        of: DeadLettersOf,
        limit: usize,
        now: Timestamp,
    ) -> Result<SettledDead, StoreError>;

    /// Applies a person's request (pause, resume, cancel, dismiss) to an execution.
    async fn steer(
        &self,
        id: ExecutionId,
        event: ExecutionEvent,
        now: Timestamp,
    ) -> Result<Execution, StoreError>;

    /// Returns an execution.
    async fn execution(&self, id: ExecutionId) -> Result<Execution, StoreError>;

    /// Returns an execution's steps in the order they were recorded.
    async fn steps(&self, id: ExecutionId) -> Result<Vec<StepRecord>, StoreError>;

    /// Returns an execution's log, oldest line first.
    async fn logs(&self, id: ExecutionId, page: PageRequest) -> Result<Page<LogLine>, StoreError>;

    /// Returns executions, newest first.
    async fn executions(
        &self,
        filter: ExecutionFilter,
        page: PageRequest,
    ) -> Result<Page<Execution>, StoreError>;

    /// Returns counts and durations over all executions the filter names.
    async fn execution_stats(&self, filter: ExecutionFilter) -> Result<ExecutionStats, StoreError>;

    /// Returns the records of a job's past occurrences with due times in `[from, to)`, newest first.
    async fn occurrences(
        &self,
        job: JobId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        page: PageRequest,
    ) -> Result<Page<OccurrenceRecord>, StoreError>;

    // ---- drafts ---------------------------------------------------------------------------------------------

    /// Returns a draft's newest revision.
    async fn draft(&self, id: DraftId) -> Result<Draft, StoreError>;

    /// Returns drafts' newest revisions, newest draft first.
    async fn drafts(&self, filter: DraftFilter, page: PageRequest) -> Result<Page<Draft>, StoreError>;

    /// Returns all revisions of a draft, oldest first.
    async fn revisions(&self, id: DraftId) -> Result<Vec<Draft>, StoreError>;

    /// Returns the brief a draft rests on.
    async fn brief(&self, digest: BriefDigest) -> Result<Brief, StoreError>;

    /// Stores an edit as a new revision.
    async fn edit_draft(&self, edit: DraftEdit) -> Result<Draft, StoreError>;

    /// Approves or rejects the revision a person has read.
    async fn decide_draft(&self, decision: DraftDecision) -> Result<Draft, StoreError>;

    /// Records the intent to publish an approved draft. The same revision and target give the recorded one; when
    /// that had failed, it is open again.
    async fn begin_publication(&self, publication: Publication) -> Result<Publication, StoreError>;

    /// Records what became of a publication, and moves its draft.
    async fn finish_publication(
        &self,
        id: PublicationId,
        outcome: PublicationOutcome,
    ) -> Result<Publication, StoreError>;

    /// Returns a draft's publications, newest first.
    async fn publications(&self, draft: DraftId) -> Result<Vec<Publication>, StoreError>;

    /// Returns publications whose outcome is not recorded: a crash came between intent and outcome.
    async fn open_publications(&self) -> Result<Vec<Publication>, StoreError>;

    // ---- events and operation ---------------------------------------------------------------------------------

    /// Returns events after `seq`, in order.
    async fn events_after(&self, seq: u64, limit: usize) -> Result<Vec<Event>, StoreError>;

    /// Returns the newest event's number, 0 when there is none.
    async fn newest_event(&self) -> Result<u64, StoreError>;

    /// Returns this store as somebody uses it: each change made through it stands in the audit log as `entry`, in the
    /// same transaction. What changes nothing leaves no entry.
    fn audited(&self, entry: AuditEntry) -> Arc<dyn Store>;

    /// From now on tells `listener` of each commit that made events.
    fn listen(&self, listener: Arc<dyn CommitListener>);

    /// Returns an error when writes are refused at present.
    async fn health(&self) -> Result<(), StoreError>;

    /// Writes a verified copy of a consistent snapshot to `to`, which must not exist; returns its size in bytes.
    async fn backup(&self, to: &Path) -> Result<u64, StoreError>;
}
