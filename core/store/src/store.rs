//! The store on redb: verbs go to the writer, questions to a snapshot on a thread that may block.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use async_trait::async_trait;
use dateline_core::brief::Brief;
use dateline_core::draft::{BriefDigest, Draft, Publication, PublicationOutcome};
use dateline_core::event::Event;
use dateline_core::execution::{Execution, ExecutionEvent, LeaseKey, LogLine, StepRecord};
use dateline_core::id::{BackfillId, DraftId, ExecutionId, JobId, ProjectId, PublicationId};
use dateline_core::job::{Job, JobClock, JobView};
use dateline_core::pause::{PauseChange, Pauses};
use dateline_core::people::AuditEntry;
use dateline_core::project::Project;
use dateline_core::store::{
    AttemptReport, ClaimRequest, Claimed, CommitListener, CommitMeter, DeadLettersOf, DraftDecision,
    DraftEdit, DraftFilter, ExecutionFilter, ExecutionStats, FireDue, Fired, JobFilter, NewBackfill,
    NewExecution, OccurrenceRecord, Page, PageRequest, ReplayDead, Rescue, SecretChanges, SettledDead,
    Steering, StepCommit, Store, StoreError,
};
use dateline_core::time::Timestamp;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::contents::Contents;
use crate::database::{Shared, closed};
use crate::fault::Fault;
use crate::lock::DataLock;
use crate::medium::Medium;
use crate::migrate::SCHEMA;
use crate::open::{OpenError, Opened, open_folder, open_medium};
use crate::transaction::{Snapshot, Transaction};
use crate::verbs::Target;
use crate::writer::{Request, Writer, request, serve};

mod access;
mod credentials;
mod graph;
mod notifications;
mod operation;
mod people;
mod requests;
mod retention;
mod secrets;
mod sources;

/// How a store is opened.
#[derive(Debug, Clone, Copy)]
pub struct OpenOptions {
    /// The present, recorded when the store is created.
    pub now: Timestamp,
    /// Where the writer runs.
    pub writer: WriterPlace,
}

/// Where the writer runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriterPlace {
    /// On a thread of its own, named `dateline-store`: the product.
    Thread,
    /// In a task of the runtime that opens the store, which it blocks while it commits, as do questions: simulation.
    Task,
}

/// Everything durable, in one file.
pub struct RedbStore {
    inner: Arc<Inner>,
    /// What each change made through this handle is noted as.
    entry: Option<AuditEntry>,
}

/// What all handles of a store share; the last one closes it.
struct Inner {
    shared: Arc<Shared>,
    place: WriterPlace,
    /// `None` once it is closing.
    requests: Option<UnboundedSender<Box<dyn Request>>>,
    thread: Option<JoinHandle<()>>,
    /// Held until the database is closed.
    lock: Option<DataLock>,
}

impl RedbStore {
    /// Opens the store in `data_dir`, or creates one there when there is none. May take as long as a repair: about
    /// 0.2 s per million records.
    ///
    /// # Errors
    /// [`OpenError`] when what is there cannot be used; it is then left as it is.
    pub fn open(data_dir: &Path, options: OpenOptions) -> Result<Self, OpenError> {
        Self::start(open_folder(data_dir, SCHEMA, options.now)?, options.writer)
    }

    /// Opens the store on `medium`, or creates one there when nothing is on it.
    ///
    /// # Errors
    /// [`OpenError`] when what is there cannot be used.
    pub fn open_on(medium: Arc<dyn Medium>, options: OpenOptions) -> Result<Self, OpenError> {
        Self::start(open_medium(medium, SCHEMA, options.now)?, options.writer)
    }

    /// From now on tells `meter` how commits go. The first one stays.
    pub fn measure(&self, meter: Arc<dyn CommitMeter>) {
        self.inner.shared.measure(meter);
    }

    /// Returns what the store holds now: equal for equal stores.
    ///
    /// # Errors
    /// [`StoreError`] when a page cannot be read.
    pub fn contents(&self) -> Result<Contents, StoreError> {
        self.inner.shared.read(Contents::of)
    }

    fn start(opened: Opened, place: WriterPlace) -> Result<Self, OpenError> {
        let shared = Arc::new(Shared::new(opened.medium, opened.database));
        let (requests, arrivals) = unbounded_channel();
        let writer = Writer::new(Arc::clone(&shared));
        let thread = match place {
            WriterPlace::Task => {
                tokio::spawn(serve(writer, arrivals));
                None
            }
            WriterPlace::Thread => {
                let io = |error: std::io::Error| OpenError::Io { reason: error.to_string() };
                let runtime =
                    tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(io)?;
                let work = move || runtime.block_on(serve(writer, arrivals));
                Some(std::thread::Builder::new().name("dateline-store".to_owned()).spawn(work).map_err(io)?)
            }
        };
        let inner = Inner { shared, place, requests: Some(requests), thread, lock: opened.lock };
        Ok(Self { inner: Arc::new(inner), entry: None })
    }

    /// Hands a verb to the writer and returns what it came to once that is on the disk.
    async fn write<T: Send + 'static>(
        &self,
        mut verb: impl FnMut(&Transaction<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (request, answer) = match self.entry.clone() {
            None => request(verb),
            Some(entry) => request(move |t: &Transaction<'_>| t.noting(&entry, &mut verb)),
        };
        self.inner.requests.as_ref().ok_or_else(closed)?.send(request).map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Returns what `ask` finds in a snapshot of now.
    async fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Snapshot) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.aside(move |shared| shared.read(ask)).await
    }

    /// Returns what `work` comes to on a thread that may block. Where one thread does everything it is done at once:
    /// what a simulated world comes to then depends on its seed alone.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match self.inner.place {
            WriterPlace::Task => work(&self.inner.shared),
            WriterPlace::Thread => {
                let shared = Arc::clone(&self.inner.shared);
                let done = tokio::task::spawn_blocking(move || work(&shared)).await;
                let cut =
                    |error| StoreError::Unavailable { reason: format!("a question was cut off: {error}") };
                done.map_err(cut)?
            }
        }
    }
}

impl Drop for Inner {
    /// Lets the writer finish what it was asked, then closes the database and gives up the lock.
    fn drop(&mut self) {
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has left an aborted transaction, which the next opening mends.
            let _ = thread.join();
        }
        self.shared.close();
        self.lock = None;
    }
}

#[async_trait]
impl Store for RedbStore {
    async fn create_project(&self, project: Project, secrets: SecretChanges) -> Result<Project, StoreError> {
        self.change(Target::New, move |t| t.create_project(&project, &secrets)).await
    }

    async fn replace_project(&self, project: Project, secrets: SecretChanges) -> Result<Project, StoreError> {
        self.change(Target::Project(project.id), move |t| t.replace_project(&project, &secrets)).await
    }

    async fn remove_project(&self, id: ProjectId, now: Timestamp) -> Result<(), StoreError> {
        self.change(Target::Project(id), move |t| t.remove_project(id, now)).await
    }

    async fn project(&self, id: ProjectId) -> Result<Project, StoreError> {
        self.read(move |s| s.project(id)).await
    }

    async fn projects(&self, page: PageRequest) -> Result<Page<Project>, StoreError> {
        self.read(move |s| s.projects(&page)).await
    }

    async fn create_job_with(
        &self,
        job: Job,
        clock: JobClock,
        secrets: SecretChanges,
    ) -> Result<JobView, StoreError> {
        self.change(Target::New, move |t| t.create_job(&job, &clock, &secrets)).await
    }

    async fn replace_job_with(
        &self,
        job: Job,
        clock: Option<JobClock>,
        secrets: SecretChanges,
    ) -> Result<JobView, StoreError> {
        self.change(Target::Job(job.id), move |t| t.replace_job(&job, clock.as_ref(), &secrets)).await
    }

    async fn cancel_job(&self, id: JobId, now: Timestamp) -> Result<(), StoreError> {
        self.change(Target::Job(id), move |t| t.cancel_job(id, now)).await
    }

    async fn job(&self, id: JobId) -> Result<JobView, StoreError> {
        self.read(move |s| s.job(id)).await
    }

    async fn jobs(&self, filter: JobFilter, page: PageRequest) -> Result<Page<JobView>, StoreError> {
        self.read(move |s| s.jobs(&filter, &page)).await
    }

    async fn pause_job(&self, id: JobId, change: PauseChange) -> Result<JobView, StoreError> {
        self.change(Target::Job(id), move |t| t.pause_job(id, &change)).await
    }

    async fn pause_project(&self, id: ProjectId, change: PauseChange) -> Result<Project, StoreError> {
        self.change(Target::Project(id), move |t| t.pause_project(id, &change)).await
    }

    async fn pause_engine(&self, change: PauseChange) -> Result<Pauses, StoreError> {
        self.change(Target::New, move |t| t.pause_engine(&change)).await
    }

    async fn engine_pauses(&self) -> Result<Pauses, StoreError> {
        self.read(crate::queries::engine_pauses).await
    }

    async fn due_jobs(&self, now: Timestamp, limit: usize) -> Result<Vec<JobView>, StoreError> {
        self.read(move |s| s.due_jobs(now, limit)).await
    }

    async fn fire_due(&self, plan: FireDue) -> Result<Fired, StoreError> {
        self.write(move |t| t.fire_due(&plan)).await
    }

    async fn live_jobs(&self, page: PageRequest) -> Result<Page<JobView>, StoreError> {
        self.read(move |s| s.live_jobs(&page)).await
    }

    async fn create_execution(&self, new: NewExecution) -> Result<Execution, StoreError> {
        self.change(Target::New, move |t| t.create_execution(&new)).await
    }

    async fn create_backfill(&self, new: NewBackfill) -> Result<(), StoreError> {
        self.change(Target::New, move |t| t.create_backfill(&new)).await
    }

    async fn cancel_backfill(
        &self,
        job: JobId,
        backfill: Option<BackfillId>,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        self.change(Target::New, move |t| t.cancel_backfill(job, backfill, now)).await
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Claimed>, StoreError> {
        self.write(move |t| t.claim(&request)).await
    }

    async fn renew(
        &self,
        keys: Vec<LeaseKey>,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(LeaseKey, Steering)>, StoreError> {
        self.write(move |t| t.renew(&keys, expires_at, now)).await
    }

    async fn record_step(&self, commit: StepCommit) -> Result<(), StoreError> {
        self.write(move |t| t.record_step(&commit)).await
    }

    async fn finish(&self, report: AttemptReport) -> Result<Execution, StoreError> {
        self.write(move |t| t.finish(&report)).await
    }

    async fn rescue(&self, which: Rescue, now: Timestamp) -> Result<Vec<ExecutionId>, StoreError> {
        self.write(move |t| t.rescue(which, now)).await
    }

    async fn replay_dead(&self, request: ReplayDead) -> Result<SettledDead, StoreError> {
        self.change(Target::New, move |t| t.replay_dead(&request)).await
    }

    async fn dismiss_dead(
        &self,
        of: DeadLettersOf,
        limit: usize,
        now: Timestamp,
    ) -> Result<SettledDead, StoreError> {
        self.change(Target::New, move |t| t.dismiss_dead(of, limit, now)).await
    }

    async fn steer(
        &self,
        id: ExecutionId,
        event: ExecutionEvent,
        now: Timestamp,
    ) -> Result<Execution, StoreError> {
        self.change(Target::Execution(id), move |t| t.steer(id, event, now)).await
    }

    async fn execution(&self, id: ExecutionId) -> Result<Execution, StoreError> {
        self.read(move |s| s.execution(id)).await
    }

    async fn steps(&self, id: ExecutionId) -> Result<Vec<StepRecord>, StoreError> {
        self.read(move |s| s.steps(id)).await
    }

    async fn logs(&self, id: ExecutionId, page: PageRequest) -> Result<Page<LogLine>, StoreError> {
        self.read(move |s| s.logs(id, &page)).await
    }

    async fn executions(
        &self,
        filter: ExecutionFilter,
        page: PageRequest,
    ) -> Result<Page<Execution>, StoreError> {
        self.read(move |s| s.executions(&filter, &page)).await
    }

    async fn execution_stats(&self, filter: ExecutionFilter) -> Result<ExecutionStats, StoreError> {
        self.read(move |s| s.execution_stats(&filter)).await
    }

    async fn occurrences(
        &self,
        job: JobId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        page: PageRequest,
    ) -> Result<Page<OccurrenceRecord>, StoreError> {
        self.read(move |s| s.occurrences(job, from, to, &page)).await
    }

    async fn draft(&self, id: DraftId) -> Result<Draft, StoreError> {
        self.read(move |s| s.draft(id)).await
    }

    async fn drafts(&self, filter: DraftFilter, page: PageRequest) -> Result<Page<Draft>, StoreError> {
        self.read(move |s| s.drafts(&filter, &page)).await
    }

    async fn revisions(&self, id: DraftId) -> Result<Vec<Draft>, StoreError> {
        self.read(move |s| s.revisions(id)).await
    }

    async fn brief(&self, digest: BriefDigest) -> Result<Brief, StoreError> {
        self.read(move |s| s.brief(&digest)).await
    }

    async fn edit_draft(&self, edit: DraftEdit) -> Result<Draft, StoreError> {
        self.change(Target::Draft(edit.id), move |t| t.edit_draft(&edit)).await
    }

    async fn decide_draft(&self, decision: DraftDecision) -> Result<Draft, StoreError> {
        self.change(Target::Draft(decision.id), move |t| t.decide_draft(&decision)).await
    }

    async fn begin_publication(&self, publication: Publication) -> Result<Publication, StoreError> {
        self.write(move |t| t.begin_publication(&publication)).await
    }

    async fn finish_publication(
        &self,
        id: PublicationId,
        outcome: PublicationOutcome,
    ) -> Result<Publication, StoreError> {
        self.write(move |t| t.finish_publication(id, &outcome)).await
    }

    async fn publications(&self, draft: DraftId) -> Result<Vec<Publication>, StoreError> {
        self.read(move |s| s.publications(draft)).await
    }

    async fn open_publications(&self) -> Result<Vec<Publication>, StoreError> {
        self.read(Snapshot::open_publications).await
    }

    async fn events_after(&self, seq: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.read(move |s| s.events_after(seq, limit)).await
    }

    async fn newest_event(&self) -> Result<u64, StoreError> {
        self.read(Snapshot::newest_event).await
    }

    fn audited(&self, entry: AuditEntry) -> Arc<dyn Store> {
        Arc::new(Self { inner: self.inner.clone(), entry: Some(entry) })
    }

    fn listen(&self, listener: Arc<dyn CommitListener>) {
        self.inner.shared.listen(listener);
    }

    async fn health(&self) -> Result<(), StoreError> {
        self.inner.shared.health()?;
        // A writer that is gone takes nothing any more.
        if self.inner.requests.as_ref().is_none_or(UnboundedSender::is_closed) {
            Err(closed())
        } else {
            Ok(())
        }
    }

    async fn backup(&self, to: &Path) -> Result<u64, StoreError> {
        let (shared, to) = (Arc::clone(&self.inner.shared), to.to_owned());
        let written =
            tokio::task::spawn_blocking(move || shared.read(|s| crate::backup::write(s, &to))).await;
        written
            .map_err(|error| StoreError::Unavailable { reason: format!("the backup was cut off: {error}") })?
    }
}
