//! The real store behind a disk that has its moments.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use dateline_core::brief::Brief;
use dateline_core::draft::{BriefDigest, Draft, Publication, PublicationOutcome};
use dateline_core::event::Event;
use dateline_core::execution::{Execution, ExecutionEvent, LeaseKey, LogLine, StepRecord};
use dateline_core::id::{DraftId, ExecutionId, JobId, ProjectId, PublicationId};
use dateline_core::job::{Job, JobClock, JobView};
use dateline_core::project::Project;
use dateline_core::store::{
    AttemptReport, ClaimRequest, Claimed, CommitListener, DraftDecision, DraftEdit, DraftFilter,
    ExecutionFilter, ExecutionStats, FireDue, Fired, JobFilter, NewExecution, OccurrenceRecord, Page,
    PageRequest, Rescue, Steering, StepCommit, Store, StoreError,
};
use dateline_core::time::Timestamp;

/// What happens to one call of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nothing is done, and the answer is that it may not be.
    Before,
    /// It is done, and the answer is that it may not be.
    After,
    /// It is done, and the answer takes a second.
    Late,
}

/// What happens to coming calls, by the verb's name.
#[derive(Default)]
pub(crate) struct Troubles(Mutex<BTreeMap<String, VecDeque<Trouble>>>);

impl Troubles {
    /// The next calls of `verb` meet these, one after another.
    pub(crate) fn next(&self, verb: &str, troubles: impl IntoIterator<Item = Trouble>) {
        let mut coming = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        coming.entry(verb.to_owned()).or_default().extend(troubles);
    }

    fn take(&self, verb: &str) -> Option<Trouble> {
        let mut coming = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        coming.get_mut(verb).and_then(VecDeque::pop_front)
    }
}

/// A store whose calls meet troubles.
pub(super) struct TroubledStore {
    pub(super) inner: Arc<dyn Store>,
    pub(super) troubles: Arc<Troubles>,
}

fn away() -> StoreError {
    StoreError::Unavailable { reason: "the disk did not answer".to_owned() }
}

type Answer<'f, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'f>>;

macro_rules! pass_on {
    ($($verb:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)*) => {$(
        fn $verb<'s, 'f>(&'s self, $($argument: $kind),*) -> Answer<'f, $answer>
        where
            's: 'f,
            Self: 'f,
        {
            Box::pin(async move {
                match self.troubles.take(stringify!($verb)) {
                    None => self.inner.$verb($($argument),*).await,
                    Some(Trouble::Before) => Err(away()),
                    Some(Trouble::After) => self.inner.$verb($($argument),*).await.and_then(|_| Err(away())),
                    Some(Trouble::Late) => {
                        let answer = self.inner.$verb($($argument),*).await;
                        tokio::time::sleep(Duration::from_secs(1)).await;
                        answer
                    }
                }
            })
        }
    )*};
}

#[async_trait]
impl Store for TroubledStore {
    pass_on! {
        create_project(project: Project) -> Project;
        replace_project(project: Project) -> Project;
        remove_project(id: ProjectId, now: Timestamp) -> ();
        project(id: ProjectId) -> Project;
        projects(page: PageRequest) -> Page<Project>;
        create_job(job: Job, clock: JobClock) -> JobView;
        replace_job(job: Job, clock: Option<JobClock>) -> JobView;
        cancel_job(id: JobId, now: Timestamp) -> ();
        job(id: JobId) -> JobView;
        jobs(filter: JobFilter, page: PageRequest) -> Page<JobView>;
        due_jobs(now: Timestamp, limit: usize) -> Vec<JobView>;
        fire_due(plan: FireDue) -> Fired;
        live_jobs(page: PageRequest) -> Page<JobView>;
        create_execution(new: NewExecution) -> Execution;
        claim(request: ClaimRequest) -> Vec<Claimed>;
        renew(keys: Vec<LeaseKey>, expires_at: Timestamp, now: Timestamp) -> Vec<(LeaseKey, Steering)>;
        record_step(commit: StepCommit) -> ();
        finish(report: AttemptReport) -> Execution;
        rescue(which: Rescue, now: Timestamp) -> Vec<ExecutionId>;
        steer(id: ExecutionId, event: ExecutionEvent, now: Timestamp) -> Execution;
        execution(id: ExecutionId) -> Execution;
        steps(id: ExecutionId) -> Vec<StepRecord>;
        logs(id: ExecutionId, page: PageRequest) -> Page<LogLine>;
        executions(filter: ExecutionFilter, page: PageRequest) -> Page<Execution>;
        execution_stats(filter: ExecutionFilter) -> ExecutionStats;
        occurrences(job: JobId, from: Option<Timestamp>, to: Option<Timestamp>, page: PageRequest)
            -> Page<OccurrenceRecord>;
        draft(id: DraftId) -> Draft;
        drafts(filter: DraftFilter, page: PageRequest) -> Page<Draft>;
        revisions(id: DraftId) -> Vec<Draft>;
        brief(digest: BriefDigest) -> Brief;
        edit_draft(edit: DraftEdit) -> Draft;
        decide_draft(decision: DraftDecision) -> Draft;
        begin_publication(publication: Publication) -> Publication;
        finish_publication(id: PublicationId, outcome: PublicationOutcome) -> Publication;
        publications(draft: DraftId) -> Vec<Publication>;
        open_publications() -> Vec<Publication>;
        events_after(seq: u64, limit: usize) -> Vec<Event>;
        newest_event() -> u64;
        health() -> ();
    }

    fn listen(&self, listener: Arc<dyn CommitListener>) {
        self.inner.listen(listener);
    }

    async fn backup(&self, to: &Path) -> Result<u64, StoreError> {
        self.inner.backup(to).await
    }
}
