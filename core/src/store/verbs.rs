//! What a store's verbs are told and what they answer.

use serde::{Deserialize, Serialize};

use crate::backfill::Backfilled;
use crate::brief::Brief;
use crate::content::{Content, Evidence, Finding};
use crate::draft::{Draft, DraftEvent};
use crate::execution::{
    AttemptEnd, AttemptOutcome, Execution, Failure, Items, LeaseKey, LogLine, StepRecord, Trigger,
};
use crate::home::Home;
use crate::id::{DraftId, ExecutionId, HolderId, JobId};
use crate::job::Job;
use crate::job::{JobClock, Payload};
use crate::misfire::{Absence, PassedRange};
use crate::pause::JobPauses;
use crate::platform::Platform;
use crate::policy::OverlapPolicy;
use crate::project::Project;
use crate::schedule::Occurrence;
use crate::store::SyncCommit;
use crate::time::Timestamp;

/// What is to become of a job's due occurrences: made from a snapshot, applied only if that still holds.
#[derive(Debug, Clone, PartialEq)]
pub struct FireDue {
    /// The job.
    pub job: JobId,
    /// The version of the job the plan was made from.
    pub version: u64,
    /// The clock the plan was made from.
    pub recorded_through: Timestamp,
    /// The pauses the plan was made from.
    pub pauses: JobPauses,
    /// The occurrences that run, oldest first.
    pub runs: Vec<PlannedRun>,
    /// Occurrences that passed, a record each, oldest first.
    pub passed: Vec<(ExecutionId, Occurrence, Absence)>,
    /// Older ones that share records, by their first.
    pub ranges: Vec<(ExecutionId, PassedRange)>,
    /// The clock afterwards.
    pub clock: JobClock,
    /// The present.
    pub now: Timestamp,
}

/// An occurrence that is to run.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedRun {
    /// The id its execution gets.
    pub id: ExecutionId,
    /// The occurrence.
    pub occurrence: Occurrence,
    /// Not to be claimed before.
    pub ready_at: Timestamp,
    /// What it means for the job's open executions.
    pub entry: Entry,
}

/// How an occurrence comes to run beside its job's open executions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// As the overlap policy says.
    ByPolicy,
    /// It waits for its turn: one of several that are made up for together.
    InLine,
    /// A person is asked; meanwhile it is none of those that are open.
    Ask {
        /// When it runs without an answer.
        until: Timestamp,
    },
}

/// What firing came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// The executions that were queued, not recorded as skipped.
    pub queued: Vec<ExecutionId>,
    /// Whether others had to make way for it; their workers want to hear of it.
    pub has_replaced: bool,
}

/// An execution somebody asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct NewExecution {
    /// Its id.
    pub id: ExecutionId,
    /// The job to run.
    pub job: JobId,
    /// `Manual` or `Replay`.
    pub trigger: Trigger,
    /// What it is told, which must be of the job's type; the job's payload when absent.
    pub payload: Option<Payload>,
    /// What happens when others of the job are open; it waits for its turn when absent.
    pub overlap: Option<OverlapPolicy>,
    /// Results taken over from an earlier execution, so that these steps are not run again.
    pub copied_steps: Vec<StepRecord>,
    /// The present.
    pub now: Timestamp,
}

/// Whose dead letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadLettersOf {
    /// This job's.
    Job(JobId),
    /// Those of everything that is at home here.
    Home(Home),
}

/// Dead letters to run again, the oldest first. Those of cancelled jobs, and of jobs that do something else or are at home elsewhere by now,
/// are passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayDead {
    /// Whose.
    pub of: DeadLettersOf,
    /// Whether steps that are done are taken over.
    pub from_failed_step: bool,
    /// The ids the new executions get: as many as there are, at most, are run again.
    pub ids: Vec<ExecutionId>,
    /// The present.
    pub now: Timestamp,
}

/// A backfill somebody asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct NewBackfill {
    /// The job to run.
    pub job: JobId,
    /// The executions, oldest occurrence first, each with its id.
    pub runs: Vec<(ExecutionId, Backfilled)>,
    /// The present.
    pub now: Timestamp,
}

/// Dead letters that were settled together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettledDead {
    /// The new executions, or the dismissed ones.
    pub executions: Vec<Execution>,
    /// Whether others are left that could be settled so.
    pub has_more: bool,
}

/// A process asking for work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimRequest {
    /// The process.
    pub holder: HolderId,
    /// The most to give.
    pub limit: usize,
    /// How many projects may run at once, unless the settings of the instance say otherwise.
    pub projects_max: u32,
    /// Whether the clock may have been set back since work was last asked for: what waits for a rate is then looked at anew.
    pub is_clock_back: bool,
    /// When the leases end unless renewed.
    pub expires_at: Timestamp,
    /// The present.
    pub now: Timestamp,
}

/// Work given to a process, with all it needs to start.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// What to show with every write.
    pub lease: LeaseKey,
    /// The execution, in state RUNNING.
    pub execution: Execution,
    /// Its job.
    pub job: Job,
    /// Its project, when it has one.
    pub project: Option<Project>,
}

impl Claimed {
    /// Returns how many of its lane may run at once: as many as the project lets, and one of a job without one.
    pub fn at_once(&self) -> usize {
        self.project.as_ref().map_or(1, |project| project.executions_max as usize)
    }
}

/// What people asked of a running execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steering {
    /// Go on.
    Continue,
    /// Let go at the next step boundary.
    Pause,
    /// Stop.
    Cancel,
    /// The lease is gone: stop, and write nothing more.
    Lost,
}

/// What a step came to.
#[derive(Debug, Clone, PartialEq)]
pub struct StepCommit {
    /// The worker's claim.
    pub lease: LeaseKey,
    /// The step.
    pub step: StepRecord,
    /// What was logged since the last commit.
    pub logs: Vec<LogLine>,
    /// The draft this step wrote.
    pub draft: Option<DraftWrite>,
    /// Cursors that move with it.
    pub cursors: Vec<CursorMove>,
    /// What a sync read, for the project's cache.
    pub sync: Option<SyncCommit>,
    /// The present.
    pub now: Timestamp,
}

/// A new draft and the brief it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftWrite {
    /// The draft; its `brief` is the digest of `brief`.
    pub draft: Draft,
    /// The brief, stored once however many drafts rest on it.
    pub brief: std::sync::Arc<Brief>,
}

/// A cursor's new place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorMove {
    /// The platform.
    pub platform: Platform,
    /// The stream.
    pub stream: String,
    /// The head it was read from; elsewhere than where the cursor stands now, the step does not count.
    pub from: Option<String>,
    /// The head that was covered.
    pub sha: String,
}

/// How an attempt ended, with what it leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct AttemptReport {
    /// The worker's claim.
    pub lease: LeaseKey,
    /// What happens next.
    pub end: AttemptEnd,
    /// How the attempt is recorded.
    pub outcome: AttemptOutcome,
    /// Why it failed, or failed in part.
    pub error: Option<Failure>,
    /// Platforms so far.
    pub items: Items,
    /// What the execution produced so far.
    pub output: serde_json::Value,
    /// What was logged since the last commit.
    pub logs: Vec<LogLine>,
    /// The present.
    pub now: Timestamp,
}

/// Which leases count as lapsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rescue {
    /// Those not held by this process: with one process per store, all others are dead.
    AllButHolder(HolderId),
    /// Those whose time is over.
    Expired,
    /// This one, if it is still held: its worker is known to be gone.
    Of(LeaseKey),
}

/// A person's edit of a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftEdit {
    /// The draft.
    pub id: DraftId,
    /// The revision that was read; another one is a conflict.
    pub revision: u32,
    /// The new text.
    pub content: Content,
    /// Evidence of statements that still stand.
    pub evidence: Vec<Evidence>,
    /// What the lint says of the new text.
    pub findings: Vec<Finding>,
    /// Why the words may stand although the lint doubts them.
    pub note: Option<String>,
    /// The present.
    pub now: Timestamp,
}

/// A person's decision about a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftDecision {
    /// The draft.
    pub id: DraftId,
    /// The revision that was read; another one is a conflict.
    pub revision: u32,
    /// `Approved` or `Rejected`.
    pub event: DraftEvent,
    /// The present.
    pub now: Timestamp,
}
