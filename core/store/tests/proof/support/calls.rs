//! Calls of a store's writing verbs as values, so that they can be replayed and given to a model.

use std::fmt::Debug;

use dateline_core::draft::{Publication, PublicationOutcome};
use dateline_core::execution::{ExecutionEvent, LeaseKey};
use dateline_core::id::{ExecutionId, JobId, ProjectId, PublicationId};
use dateline_core::job::{Job, JobClock};
use dateline_core::pause::PauseChange;
use dateline_core::project::Project;
use dateline_core::store::{
    AttemptReport, ClaimRequest, DeadLettersOf, DraftDecision, DraftEdit, FireDue, NewExecution,
    PurgeRequest, ReplayDead, Rescue, SecretChanges, StepCommit, Store, StoreError,
};
use dateline_core::time::Timestamp;

#[derive(Debug, Clone)]
pub(crate) enum Call {
    CreateProject(Project),
    ReplaceProject(Project),
    RemoveProject(ProjectId, Timestamp),
    CreateJob(Job, JobClock),
    ReplaceJob(Job, Option<JobClock>),
    CancelJob(JobId, Timestamp),
    PauseJob(JobId, PauseChange),
    PauseProject(ProjectId, PauseChange),
    PauseEngine(PauseChange),
    FireDue(FireDue),
    CreateExecution(NewExecution),
    Claim(ClaimRequest),
    Renew(Vec<LeaseKey>, Timestamp, Timestamp),
    RecordStep(Box<StepCommit>),
    Finish(AttemptReport),
    Rescue(Rescue, Timestamp),
    Steer(ExecutionId, ExecutionEvent, Timestamp),
    ReplayDead(ReplayDead),
    DismissDead(DeadLettersOf, usize, Timestamp),
    EditDraft(DraftEdit),
    DecideDraft(DraftDecision),
    BeginPublication(Publication),
    FinishPublication(PublicationId, PublicationOutcome),
    Pin(ExecutionId, Timestamp),
    Unpin(ExecutionId, Timestamp),
    Purge(PurgeRequest),
}

/// What a call came to: its answer or refusal spelled out, or the news that nobody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Known(String),
    Unknown(String),
}

impl Answer {
    pub(crate) fn of<T: Debug>(result: Result<T, StoreError>) -> Self {
        match result {
            Err(error @ (StoreError::Unavailable { .. } | StoreError::Full | StoreError::Damaged { .. })) => {
                Self::Unknown(format!("{error:?}"))
            }
            result => Self::Known(format!("{result:#?}")),
        }
    }
}

impl Call {
    pub(crate) async fn on(self, store: &dyn Store) -> Answer {
        match self {
            Self::CreateProject(project) => {
                Answer::of(store.create_project(project, SecretChanges::default()).await)
            }
            Self::ReplaceProject(project) => {
                Answer::of(store.replace_project(project, SecretChanges::default()).await)
            }
            Self::RemoveProject(id, now) => Answer::of(store.remove_project(id, now).await),
            Self::CreateJob(job, clock) => Answer::of(store.create_job(job, clock).await),
            Self::ReplaceJob(job, clock) => Answer::of(store.replace_job(job, clock).await),
            Self::CancelJob(id, now) => Answer::of(store.cancel_job(id, now).await),
            Self::PauseJob(id, change) => Answer::of(store.pause_job(id, change).await),
            Self::PauseProject(id, change) => Answer::of(store.pause_project(id, change).await),
            Self::PauseEngine(change) => Answer::of(store.pause_engine(change).await),
            Self::FireDue(plan) => Answer::of(store.fire_due(plan).await),
            Self::CreateExecution(new) => Answer::of(store.create_execution(new).await),
            Self::Claim(request) => Answer::of(store.claim(request).await),
            Self::Renew(keys, until, now) => Answer::of(store.renew(keys, until, now).await),
            Self::RecordStep(commit) => Answer::of(store.record_step(*commit).await),
            Self::Finish(report) => Answer::of(store.finish(report).await),
            Self::Rescue(which, now) => Answer::of(store.rescue(which, now).await),
            Self::Steer(id, event, now) => Answer::of(store.steer(id, event, now).await),
            Self::ReplayDead(request) => Answer::of(store.replay_dead(request).await),
            Self::DismissDead(of, limit, now) => Answer::of(store.dismiss_dead(of, limit, now).await),
            Self::EditDraft(edit) => Answer::of(store.edit_draft(edit).await),
            Self::DecideDraft(decision) => Answer::of(store.decide_draft(decision).await),
            Self::BeginPublication(publication) => Answer::of(store.begin_publication(publication).await),
            Self::FinishPublication(id, outcome) => Answer::of(store.finish_publication(id, outcome).await),
            Self::Pin(id, now) => Answer::of(store.pin_execution(id, now).await),
            Self::Unpin(id, now) => Answer::of(store.unpin_execution(id, now).await),
            Self::Purge(request) => Answer::of(store.purge(request).await),
        }
    }
}
