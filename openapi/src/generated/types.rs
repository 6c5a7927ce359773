// Generated from `openapi/dateline.json` by `bash script/generate`. Do not edit.
#![allow(clippy::all, reason = "nobody reads or edits this by hand")]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::words::words;
use crate::Instant;

/// Who accepts an invitation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Acceptance {
    /// The invitation's code.
    pub code: String,
    /// What others will call you.
    pub name: String,
    /// What you will sign in with.
    pub password: String,
}

words! {
    /// How far a person's say in a project goes: VIEW reads, EDIT also changes and runs, APPROVE also decides on drafts and publishes, OWN is its owner's.
    Access {
        View = "VIEW",
        Edit = "EDIT",
        Approve = "APPROVE",
        Own = "OWN",
    }
}

/// What happened in a project, in numbers; 0 when absent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActivityBody {
    /// What is worth telling: pull requests and commits that stand alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<u64>,
    /// Commits, told or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commits: Option<u64>,
    /// Pull requests among the items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_requests: Option<u64>,
    /// Issues that the items close.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issues: Option<u64>,
    /// Releases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub releases: Option<u64>,
    /// Items that break something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaking: Option<u64>,
    /// Items that bring something new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<u64>,
    /// Items that mend something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixes: Option<u64>,
    /// Items about security.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<u64>,
    /// Items whose author is certainly new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_timers: Option<u64>,
    /// People behind the items, robots aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authors: Option<u64>,
}

/// What becomes of an execution that asks whether it is to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnswerBody {
    /// What is wanted.
    pub answer: AnswerWord,
    /// When it runs, for RUN_AT: an instant to come, at most 31 days ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
}

words! {
    /// What a person says of an occurrence that was missed.
    AnswerWord {
        RunNow = "RUN_NOW",
        RunAt = "RUN_AT",
        Skip = "SKIP",
    }
}

/// An execution that answers an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnsweringBody {
    /// The job that listens.
    pub job_id: String,
    /// The execution; of triggers that wait for each other, the one that stands for them all.
    pub execution_id: String,
    /// Where it stands.
    pub status: ExecutionStatus,
}

/// The revision a decision is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApproveBody {
    /// The revision that was read; when it is no longer the newest, the decision is refused with 409.
    pub revision: u64,
}

/// One try of an execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttemptBody {
    /// Counts from 1 without holes.
    pub number: u64,
    /// The process that made it.
    pub holder_id: String,
    /// When it started.
    pub started_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// How it ended; only FAILED spends a try.
    pub outcome: Option<AttemptOutcome>,
    /// Why it failed.
    pub error: Option<FailureBody>,
}

words! {
    /// How an attempt ended.
    AttemptOutcome {
        Succeeded = "SUCCEEDED",
        Failed = "FAILED",
        Interrupted = "INTERRUPTED",
        Waited = "WAITED",
        Cancelled = "CANCELLED",
    }
}

words! {
    /// What somebody did.
    AuditAction {
        ProjectCreated = "PROJECT_CREATED",
        ProjectChanged = "PROJECT_CHANGED",
        ProjectRemoved = "PROJECT_REMOVED",
        ProjectPaused = "PROJECT_PAUSED",
        ProjectResumed = "PROJECT_RESUMED",
        MemberPut = "MEMBER_PUT",
        MemberRemoved = "MEMBER_REMOVED",
        JobCreated = "JOB_CREATED",
        JobChanged = "JOB_CHANGED",
        JobCancelled = "JOB_CANCELLED",
        JobPaused = "JOB_PAUSED",
        JobResumed = "JOB_RESUMED",
        ExecutionTriggered = "EXECUTION_TRIGGERED",
        EventReceived = "EVENT_RECEIVED",
        ExecutionReplayed = "EXECUTION_REPLAYED",
        ExecutionCancelled = "EXECUTION_CANCELLED",
        ExecutionDismissed = "EXECUTION_DISMISSED",
        ExecutionPaused = "EXECUTION_PAUSED",
        ExecutionResumed = "EXECUTION_RESUMED",
        ExecutionPinned = "EXECUTION_PINNED",
        ExecutionUnpinned = "EXECUTION_UNPINNED",
        ExecutionAnswered = "EXECUTION_ANSWERED",
        BackfillCreated = "BACKFILL_CREATED",
        BackfillCancelled = "BACKFILL_CANCELLED",
        DraftEdited = "DRAFT_EDITED",
        DraftApproved = "DRAFT_APPROVED",
        DraftRejected = "DRAFT_REJECTED",
        DraftPublished = "DRAFT_PUBLISHED",
        InvitationCreated = "INVITATION_CREATED",
        InvitationRevoked = "INVITATION_REVOKED",
        UserJoined = "USER_JOINED",
        UserChanged = "USER_CHANGED",
        UserRemoved = "USER_REMOVED",
        PasswordChanged = "PASSWORD_CHANGED",
        PasswordResetCreated = "PASSWORD_RESET_CREATED",
        PasswordReset = "PASSWORD_RESET",
        SignedIn = "SIGNED_IN",
        SignedOut = "SIGNED_OUT",
        SignedOutEverywhere = "SIGNED_OUT_EVERYWHERE",
        OwnerRecovered = "OWNER_RECOVERED",
        TokenCreated = "TOKEN_CREATED",
        TokenRevoked = "TOKEN_REVOKED",
        SettingsChanged = "SETTINGS_CHANGED",
        EnginePaused = "ENGINE_PAUSED",
        EngineResumed = "ENGINE_RESUMED",
    }
}

/// A change somebody made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its identity.
    pub id: String,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor_id: String,
    /// What they were called then.
    pub actor_name: String,
    /// By which means: the id of a token or session, `SIGN_IN` for a password or a code, `PROCESS` for the program
    /// itself.
    pub means: String,
    /// What they did.
    pub action: AuditAction,
    /// The id of what they did it to.
    pub subject: String,
    /// The project it belongs to.
    pub project_id: Option<String>,
    /// What changed, in a few words.
    pub detail: Option<String>,
}

/// What a backfill runs, or would run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Backfill {
    /// Its id; null when nothing was recorded.
    pub backfill_id: Option<String>,
    /// The runs, oldest occurrence first, at most 500.
    pub runs: Vec<BackfillRunBody>,
}

/// A range of the past to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackfillBody {
    /// The first instant.
    pub from: Instant,
    /// The first instant that does not belong to the range any more; not to come.
    pub to: Instant,
    /// Which of its occurrences run: MISSING when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<BackfillMode>,
    /// Whether only the list of what would run is asked for; false when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

/// Which backfill to cancel.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackfillCancelBody {
    /// This one; all of the job when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backfill_id: Option<String>,
}

/// What was cancelled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackfillCancelled {
    /// How many executions were still open.
    pub cancelled: u64,
}

words! {
    /// Which occurrences a backfill runs.
    BackfillMode {
        Missing = "MISSING",
        MissingAndFailed = "MISSING_AND_FAILED",
        All = "ALL",
    }
}

/// What an execution of a backfill is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackfillOfBody {
    /// The backfill it belongs to.
    pub backfill_id: String,
    /// When its occurrence was due.
    pub scheduled_for: Instant,
    /// The first instant of its window: when the occurrence before it was due.
    pub window_from: Instant,
    /// The first instant after its window.
    pub window_to: Instant,
}

/// One occurrence of a backfill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackfillRunBody {
    /// When it was due: the end of its window, which does not belong to it.
    pub due_at: Instant,
    /// The same instant as the zone's clocks show it, with their offset.
    pub local: String,
    /// The first instant of its window: when the occurrence before it was due.
    pub window_from: Instant,
    /// What became of it before.
    pub served: Served,
    /// The execution that runs it; null in a list.
    pub execution_id: Option<String>,
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Backup {
    /// Where it is, on the server's machine.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// When the snapshot was taken.
    pub created_at: Instant,
}

/// What an execution holds one of while it runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BoundBody {
    /// The key, as it came out for this execution.
    pub key: String,
    /// It starts while fewer than this many with the key run.
    pub limit: u64,
}

words! {
    /// A way to a person: the list of notifications, or mail.
    Channel {
        InApp = "IN_APP",
        Email = "EMAIL",
    }
}

words! {
    /// What sort of change a source is.
    Class {
        Security = "SECURITY",
        Feature = "FEATURE",
        Fix = "FIX",
        Performance = "PERFORMANCE",
        Documentation = "DOCUMENTATION",
        Removal = "REMOVAL",
        Upkeep = "UPKEEP",
        Other = "OTHER",
    }
}

/// Commits arrived on a branch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodePushed {
    /// The project whose jobs answer; without one, those that are the sender's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// Which commits, and where.
    pub data: CodePushedData,
}

/// Which commits arrived, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodePushedData {
    /// The branch or tag, such as `refs/heads/main`.
    pub r#ref: String,
    /// The newest commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
}

/// What compacting came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Compaction {
    /// The file's length before.
    pub bytes_before: u64,
    /// Its length now.
    pub bytes_after: u64,
    /// How long everything else waited.
    pub took_ms: u64,
}

/// How many executions with one key run at once, over all jobs and projects of the projects' owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConcurrencyBody {
    /// What is counted together: a text with `{projectId}`, `{jobId}`, `{type}` or `{payload.NAME}` in it.
    pub key: String,
    /// How many may run at once.
    pub limit: u64,
    /// What becomes of an execution that finds its key taken; QUEUE by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_limit: Option<OnLimit>,
}

/// A text as it would be published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContentBody {
    /// The title or mail subject; null where the platform has none.
    pub title: Option<String>,
    /// The text in the platform's own markup.
    pub body: String,
    /// One plain sentence for feeds and previews.
    pub summary: String,
    /// Tags in the platform's spelling.
    pub tags: Vec<String>,
    /// Its size by the platform's own counter.
    pub length: LengthBody,
}

words! {
    /// A part of a text.
    ContentPart {
        Title = "TITLE",
        Body = "BODY",
    }
}

/// How far a job has written for one platform from one stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CursorBody {
    /// The platform.
    pub platform: Platform,
    /// The stream, such as `refs/heads/main`.
    pub stream: String,
    /// The newest commit that was covered.
    pub sha: String,
    /// When it was covered.
    pub at: Instant,
    /// The execution that moved it here.
    pub execution_id: String,
}

/// What its sender calls it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomEvent {
    /// The project whose jobs answer; without one, those that are the sender's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// What its sender calls it, such as `build.finished`: letters, digits, `.`, `-`, `_` or `/`.
    pub name: String,
    /// What its sender says of it: at most 16 KiB of JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<BTreeMap<String, serde_json::Value>>,
}

words! {
    /// How day-of-month and weekday go together when a pattern has both.
    DayMatch {
        Or = "OR",
        And = "AND",
    }
}

/// What becomes of an execution that failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetterBody {
    /// Whether somebody still has to look at it.
    pub state: DeadLetterState,
    /// The execution that ran it again.
    pub replayed_by: Option<String>,
    /// When it was run again or dismissed.
    pub settled_at: Option<Instant>,
}

words! {
    /// What became of an execution that failed: OPEN until it is run again or dismissed.
    DeadLetterState {
        Open = "OPEN",
        Replayed = "REPLAYED",
        Dismissed = "DISMISSED",
    }
}

/// The deliveries that told a notification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deliveries {
    /// Oldest first.
    pub items: Vec<Delivery>,
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Its identity.
    pub id: String,
    /// The way it takes.
    pub channel: Channel,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// Since when; of one that waits, when it is due.
    pub status_at: Instant,
    /// Tries so far.
    pub attempts: u64,
    /// Where it goes, once it was tried.
    pub address: Option<String>,
    /// Why it waits again, failed, or is unknown.
    pub reason: Option<String>,
    /// What the other side calls it.
    pub reference: Option<String>,
    /// How many notifications it tells.
    pub notification_count: u64,
    /// When it was recorded.
    pub created_at: Instant,
}

words! {
    /// Where a message stands. UNKNOWN: it was handed over and may or may not have arrived; it is not sent again.
    DeliveryStatus {
        Pending = "PENDING",
        Sending = "SENDING",
        Sent = "SENT",
        Failed = "FAILED",
        Unknown = "UNKNOWN",
    }
}

/// The jobs whose ends start a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DependenciesBody {
    /// Its upstream jobs. One of another project takes EDIT in both; what would make a job depend on itself is refused.
    pub jobs: Vec<String>,
    /// Whether all of them must have ended since the job last ran for them, or each end starts it; ALL when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<DependencyMode>,
    /// How they must have ended: SUCCESS (COMPLETED) when absent. ANY is each of COMPLETED, PARTIAL, FAILED and
    /// SKIPPED for want of activity. What was cancelled, missed or otherwise skipped never counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<DependencyOn>,
}

words! {
    /// How many upstream jobs must have ended.
    DependencyMode {
        All = "ALL",
        Any = "ANY",
    }
}

words! {
    /// Which ends of upstream jobs count.
    DependencyOn {
        Success = "SUCCESS",
        Failure = "FAILURE",
        Partial = "PARTIAL",
        Any = "ANY",
    }
}

/// A version went into service somewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployed {
    /// The project whose jobs answer; without one, those that are the sender's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// What, and where.
    pub data: DeployedData,
}

/// What went into service, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeployedData {
    /// Where, such as `production`.
    pub environment: String,
    /// Which version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// How mail is gathered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DigestBody {
    /// IMMEDIATE, or DAILY with `at` and `timezone`.
    pub frequency: DigestFrequency,
    /// When the day's mail leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Whose clocks count, an IANA name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
}

words! {
    /// How mail is gathered.
    DigestFrequency {
        Immediate = "IMMEDIATE",
        Daily = "DAILY",
    }
}

/// Dead letters to dismiss, the oldest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DismissDeadBody {
    /// Those of this job; this or `projectId` is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// Those of this project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// How many at most; 100 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// A text for one platform made from one activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// Its identity through all revisions.
    pub id: String,
    /// The project it is about.
    pub project_id: String,
    /// The job that wrote it.
    pub job_id: String,
    /// The execution that wrote it.
    pub execution_id: String,
    /// What it is written for.
    pub platform: Platform,
    /// Where it stands.
    pub status: DraftStatus,
    /// When it came there; null while it waits for review.
    pub status_at: Option<Instant>,
    /// Why it was rejected or failed.
    pub reason: Option<String>,
    /// Counts edits from 1.
    pub revision: u64,
    /// The text of this revision.
    pub content: ContentBody,
    /// What the lint says of this revision; an ERROR blocks approval and publication.
    pub findings: Vec<FindingBody>,
    /// Who wrote it: `template/1`, or `person` after an edit.
    pub writer: String,
    /// Why a person's edit may stand although the lint doubts its words.
    pub note: Option<String>,
    /// Grows with every change: edits, decisions, publication.
    pub version: u64,
    /// When it was first written.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// A draft with all it rests on and all that became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DraftDetail {
    /// Its identity through all revisions.
    pub id: String,
    /// The project it is about.
    pub project_id: String,
    /// The job that wrote it.
    pub job_id: String,
    /// The execution that wrote it.
    pub execution_id: String,
    /// What it is written for.
    pub platform: Platform,
    /// Where it stands.
    pub status: DraftStatus,
    /// When it came there; null while it waits for review.
    pub status_at: Option<Instant>,
    /// Why it was rejected or failed.
    pub reason: Option<String>,
    /// Counts edits from 1.
    pub revision: u64,
    /// The text of this revision.
    pub content: ContentBody,
    /// What the lint says of this revision; an ERROR blocks approval and publication.
    pub findings: Vec<FindingBody>,
    /// Who wrote it: `template/1`, or `person` after an edit.
    pub writer: String,
    /// Why a person's edit may stand although the lint doubts its words.
    pub note: Option<String>,
    /// Grows with every change: edits, decisions, publication.
    pub version: u64,
    /// When it was first written.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// What each statement rests on, in reading order.
    pub evidence: Vec<EvidenceBody>,
    /// What happened, most important first.
    pub sources: Vec<SourceItemBody>,
    /// The `id`s of sources that were cut so that the text fits.
    pub cut: Vec<u64>,
    /// What was left out, and why.
    pub dropped: Vec<DroppedBody>,
    /// Where it went out, newest first.
    pub publications: Vec<PublicationBody>,
}

/// A person's text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DraftPatch {
    /// The revision that was read; when it is no longer the newest, the edit is refused with 409.
    pub revision: u64,
    /// The title, for platforms that have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The text in the platform's own markup.
    pub body: String,
    /// Tags, most fitting first; the present ones when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Why the words may stand although the lint doubts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

words! {
    /// Where a draft stands.
    DraftStatus {
        Draft = "DRAFT",
        Approved = "APPROVED",
        Rejected = "REJECTED",
        Published = "PUBLISHED",
        Failed = "FAILED",
    }
}

words! {
    /// Why something is left out.
    DropReason {
        Merge = "MERGE",
        Bot = "BOT",
        ReleaseCommit = "RELEASE_COMMIT",
        WorkInProgress = "WORK_IN_PROGRESS",
        Marked = "MARKED",
        Reverted = "REVERTED",
        Housekeeping = "HOUSEKEEPING",
        Empty = "EMPTY",
    }
}

/// Something left out, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DroppedBody {
    /// Object id of the commit.
    pub sha: String,
    /// Its subject.
    pub title: String,
    /// Why it is left out.
    pub reason: DropReason,
}

words! {
    /// Where a time runs that the clocks skip.
    DstGap {
        AfterGap = "AFTER_GAP",
        Shift = "SHIFT",
        Skip = "SKIP",
    }
}

words! {
    /// Which one runs of a time that comes twice.
    DstOverlap {
        First = "FIRST",
        Second = "SECOND",
        Both = "BOTH",
    }
}

/// Whether everything is paused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Engine {
    /// Whether everything is paused: no schedule fires, and nothing that is queued starts.
    pub is_paused: bool,
    /// The pause that is in force.
    pub pause: Option<Pause>,
}

/// An event: what happened, and what its sender says of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum EventBody {
    /// `CODE_PUSHED`.
    #[serde(rename = "CODE_PUSHED")]
    CodePushed(CodePushed),
    /// `RELEASE_PUBLISHED`.
    #[serde(rename = "RELEASE_PUBLISHED")]
    ReleasePublished(ReleasePublished),
    /// `PULL_REQUEST_MERGED`.
    #[serde(rename = "PULL_REQUEST_MERGED")]
    PullRequestMerged(PullRequestMerged),
    /// `ISSUE_CLOSED`.
    #[serde(rename = "ISSUE_CLOSED")]
    IssueClosed(IssueClosed),
    /// `DEPLOYED`.
    #[serde(rename = "DEPLOYED")]
    Deployed(Deployed),
    /// `CUSTOM`.
    #[serde(rename = "CUSTOM")]
    Custom(CustomEvent),
    /// One this version does not know.
    #[serde(other)]
    Unlisted,
}

/// The event an execution answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventOfBody {
    /// Its id.
    pub event_id: String,
    /// What happened.
    pub r#type: EventType,
    /// What its sender calls it, when it is CUSTOM.
    pub name: Option<String>,
    /// What its sender says of it.
    pub data: serde_json::Value,
    /// When it was received.
    pub at: Instant,
}

words! {
    /// What happened; CUSTOM is what its sender calls it.
    EventType {
        CodePushed = "CODE_PUSHED",
        ReleasePublished = "RELEASE_PUBLISHED",
        PullRequestMerged = "PULL_REQUEST_MERGED",
        IssueClosed = "ISSUE_CLOSED",
        Deployed = "DEPLOYED",
        Custom = "CUSTOM",
    }
}

/// The link from one statement in a text to what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceBody {
    /// Which part of the text it stands in.
    pub part: ContentPart,
    /// Byte offset in that part where the statement begins.
    pub start: u64,
    /// Byte offset just after it.
    pub end: u64,
    /// The statement as it stands there.
    pub statement: String,
    /// The `id`s of the sources it rests on; empty when it rests on the counts of the whole.
    pub sources: Vec<u64>,
}

/// A rule of the schedule that keeps occurrences from running.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExcludedByBody {
    /// The kind of rule.
    pub kind: ExclusionKind,
    /// The rule as it stands in the schedule, of a calendar the event's name; null when several exclude a range.
    pub rule: Option<String>,
}

words! {
    /// The kinds of rules that exclude occurrences.
    ExclusionKind {
        Date = "DATE",
        Weekday = "WEEKDAY",
        Hours = "HOURS",
        Calendar = "CALENDAR",
    }
}

/// Which occurrences do not run, by the date and time that the zone's clocks show when they are due.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExclusionsBody {
    /// Days and ranges of days, both ends included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<Vec<String>>,
    /// Weekdays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_of_week: Option<Vec<u64>>,
    /// Hours of every day, the end not included; over midnight when it is earlier than the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Vec<String>>,
    /// The text of an iCalendar file: nothing runs during its events. Events with a start and an end are taken, also every
    /// year; what cannot be taken is refused with its line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
}

/// The record of one run of a job for one trigger, or of occurrences that never ran.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Execution {
    /// Its identity.
    pub id: String,
    /// The job.
    pub job_id: String,
    /// The job's project; null for a job without one.
    pub project_id: Option<String>,
    /// The job's type.
    pub r#type: JobType,
    /// Why it exists.
    pub trigger: Trigger,
    /// The earlier execution, of a replay.
    pub replay_of: Option<String>,
    /// The executions whose ends it follows, in the order its job names their jobs.
    pub follows: Vec<String>,
    /// The executions that followed its end; left out of lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followers: Option<Vec<String>>,
    /// What it is for, of a backfill.
    pub backfill: Option<BackfillOfBody>,
    /// The event it answers; of triggers that wait for each other, the newest.
    pub event: Option<EventOfBody>,
    /// The occurrence it stands for, of a scheduled one; of a range the last.
    pub due_at: Option<Instant>,
    /// Where it stands.
    pub status: ExecutionStatus,
    /// Why it was skipped or missed, or SUPERSEDED when it was cancelled for a newer one.
    pub reason: Option<String>,
    /// The rule of the schedule that excluded what it stands for.
    pub excluded_by: Option<ExcludedByBody>,
    /// The newer execution of the job it made way for.
    pub superseded_by: Option<String>,
    /// Since when it is kept whatever its age; null while its age decides.
    pub pinned_at: Option<Instant>,
    /// When it may start next, while it waits.
    pub next_attempt_at: Option<Instant>,
    /// What it waits for while it is WAITING: it holds no slot meanwhile and spends no attempt.
    pub waiting: Option<WaitBody>,
    /// What keeps it from going on, while it is open and does not run; left out otherwise. Told where
    /// executions are read; it makes no version and no event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_for: Option<WaitingFor>,
    /// What it holds one of while it runs, where its job's `policy.concurrency` says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<BoundBody>,
    /// How many triggers it stands for, where its job's `policy.debounceMs` lets them wait for each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub triggers: Option<u64>,
    /// What it was told.
    pub payload: PayloadView,
    /// Its claim order, 0 to 9; 9 is claimed first.
    pub priority: u64,
    /// Its tries, oldest first.
    pub attempts: Vec<AttemptBody>,
    /// How often its worker died.
    pub rescues: u64,
    /// Platforms: taken on, done, given up.
    pub items: ItemsBody,
    /// What it produced; null until something is.
    pub output: serde_json::Value,
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
    pub duration_ms: Option<u64>,
    /// Its steps in the order they were recorded; left out of lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<StepBody>>,
    /// Grows with every change.
    pub version: u64,
}

/// Part of the history, and counts over all of it when asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionList {
    /// The items of this page.
    pub items: Vec<Execution>,
    /// What to send as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
    /// Counts over everything the filters name, with `stats=true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stats: Option<Stats>,
}

words! {
    /// Where an execution stands.
    ExecutionStatus {
        Queued = "QUEUED",
        Running = "RUNNING",
        Retrying = "RETRYING",
        Waiting = "WAITING",
        Paused = "PAUSED",
        Cancelling = "CANCELLING",
        Completed = "COMPLETED",
        Partial = "PARTIAL",
        Failed = "FAILED",
        Skipped = "SKIPPED",
        Missed = "MISSED",
        Cancelled = "CANCELLED",
    }
}

/// Why something failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FailureBody {
    /// Whether trying again can help.
    pub class: FailureClass,
    /// The step it happened in.
    pub step: Option<String>,
    /// The error and its causes, outermost first.
    pub chain: Vec<String>,
    /// When the server that was asked takes requests again, if it said so: the next attempt starts no earlier, as long
    /// as that is within a day.
    pub retry_after: Option<Instant>,
}

words! {
    /// Whether trying again can help.
    FailureClass {
        Transient = "TRANSIENT",
        RateLimited = "RATE_LIMITED",
        Auth = "AUTH",
        Permanent = "PERMANENT",
        TimeoutStart = "TIMEOUT_START",
        TimeoutRun = "TIMEOUT_RUN",
        TimeoutStep = "TIMEOUT_STEP",
        Stalled = "STALLED",
        Panic = "PANIC",
        Quarantined = "QUARANTINED",
    }
}

/// An entry of an Atom feed kept as one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedTarget {
    /// Absolute path of the feed file; its folder must exist.
    pub path: String,
    /// The feed's title.
    pub title: String,
    /// The web address of the site the feed belongs to, absolute http or https.
    pub site_url: String,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldFault {
    /// The field as a JSON pointer into the body, or into the query as if it were an object.
    pub pointer: String,
    /// The refused value, shortened, controls escaped; empty when the field is missing.
    pub value: String,
    /// What would be right, as a phrase that follows the word "expected".
    pub expected: String,
}

/// Something the lint has to say of a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FindingBody {
    /// The rule.
    pub rule: Rule,
    /// Whether it blocks.
    pub severity: Severity,
    /// What is wrong, and what would be right.
    pub message: String,
    /// The words concerned.
    pub excerpt: Option<String>,
}

/// A file in the content folder of a static site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FolderTarget {
    /// Absolute path of the folder that receives the files; it must exist.
    pub path: String,
    /// Whose front matter to write.
    pub site: SiteKind,
}

words! {
    /// The ways to name times.
    Frequency {
        Daily = "DAILY",
        Weekly = "WEEKLY",
        Monthly = "MONTHLY",
        Custom = "CUSTOM",
        Interval = "INTERVAL",
        Once = "ONCE",
        None = "NONE",
    }
}

/// A git repository in a local folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GitSource {
    /// Absolute path of the repository, its work tree or a folder inside.
    pub path: String,
    /// The branch to read; the checked-out one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
}

/// A git repository in a local folder, as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GitView {
    /// Absolute path of the repository, its work tree or a folder inside.
    pub path: String,
    /// The branch that is read; the checked-out one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
}

/// A repository on GitHub, or on a GitHub Enterprise server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GithubSource {
    /// The user or organisation it belongs to.
    pub owner: String,
    /// Its name.
    pub repo: String,
    /// The branch to read; the repository's default one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Where a GitHub Enterprise server answers, such as `https://ghe.example.com/api/v3`; GitHub itself when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_url: Option<String>,
    /// The token to read it with. It is never shown again. When a project is changed, an absent token keeps the stored
    /// one as long as owner, repository and server stay the same, and an empty one removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// A repository on GitHub, or on a GitHub Enterprise server, as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GithubView {
    /// The user or organisation it belongs to.
    pub owner: String,
    /// Its name.
    pub repo: String,
    /// The branch that is read; the repository's default one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Where a GitHub Enterprise server answers; GitHub itself when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_url: Option<String>,
    /// Whether the project has a token of its own.
    pub has_token: bool,
    /// The token's last four characters, when it is long enough not to be given away by them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_hint: Option<String>,
}

/// What becomes of the store's size when everything goes on as it did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Growth {
    /// Over how many days that was seen, 30 at most.
    pub observed_days: u64,
    /// What a day adds.
    pub bytes_per_day: u64,
    /// Where the executions and what belongs to them come to rest, when what is over is removed.
    pub settles_at_bytes: u64,
}

/// Something that is sent beside the body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeaderBody {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// All is well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// Always `ok`.
    pub status: String,
    /// The version of the program.
    pub version: String,
}

words! {
    /// What is done with what an address names.
    HttpMethod {
        Get = "GET",
        Head = "HEAD",
        Post = "POST",
        Put = "PUT",
        Patch = "PATCH",
        Delete = "DELETE",
    }
}

/// A person who may join.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// Its identity.
    pub id: String,
    /// What they will sign in with.
    pub email: String,
    /// What they will be to the instance.
    pub role: Role,
    /// Where it stands.
    pub status: InvitationStatus,
    /// Who invited them.
    pub invited_by: String,
    /// Who they became, once they have joined.
    pub accepted_by: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// From when on it is void.
    pub expires_at: Instant,
}

/// Who to invite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvitationCreate {
    /// What they will sign in with.
    pub email: String,
    /// What they will be to the instance; MEMBER when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// An invitation and its code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvitationMade {
    /// What the invited person shows to join. Shown this once: pass it on to them.
    pub code: String,
    /// What is known of it from now on.
    pub details: Invitation,
}

words! {
    /// Where an invitation stands.
    InvitationStatus {
        Open = "OPEN",
        Accepted = "ACCEPTED",
        Revoked = "REVOKED",
        Expired = "EXPIRED",
    }
}

/// An issue was closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssueClosed {
    /// The project whose jobs answer; without one, those that are the sender's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// Which issue.
    pub data: NumberedData,
}

/// Platforms: taken on, done, given up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemsBody {
    /// Succeeded and failed.
    pub processed: u64,
    /// A draft was stored.
    pub succeeded: u64,
    /// Given up.
    pub failed: u64,
}

/// A job, when it runs and how far it has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Its identity.
    pub id: String,
    /// The project it works for; null for a job without one.
    pub project_id: Option<String>,
    /// Whose own it is when it has no project; null for a project's.
    pub owner_id: Option<String>,
    /// What it does.
    pub r#type: JobType,
    /// What people call it.
    pub name: String,
    /// Which fields of `timeConfig` count.
    pub frequency: Frequency,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Vec<LinkedJobBody>>,
    /// The jobs that depend on it, as far as its reader sees them; left out of lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downstream: Option<Vec<LinkedJobBody>>,
    /// Its own status.
    pub status: JobStatus,
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
    pub failures_in_row: u64,
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

/// A job to create.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobCreate {
    /// The project it works for. Types that need none may do without: such a job is its maker's own, and seen by them
    /// and by owners only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// What it does.
    pub r#type: JobType,
    /// What people call it.
    pub name: String,
    /// Which fields of `timeConfig` count.
    pub frequency: Frequency,
    /// When it runs.
    pub time_config: TimeConfigBody,
    /// Whether its schedule names occurrences; true when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_enabled: Option<bool>,
    /// How it behaves when things do not go to plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyBody>,
    /// What its executions are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<PayloadBody>,
    /// The jobs whose ends start it, beside its schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<DependenciesBody>,
    /// The events that start it, beside its schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listens_to: Option<Vec<TopicBody>>,
    /// Whether a run that nobody asked for by hand is worth having, in the Common Expression Language; where it does not
    /// hold, the run ends as SKIPPED.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
}

/// A change of a job: what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobPatch {
    /// The job.
    pub id: String,
    /// The project it works for; null takes it out of its project and makes it the caller's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<JobType>,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Which fields of `timeConfig` count; with another one, `timeConfig` is needed too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<Frequency>,
    /// When it runs, all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_config: Option<TimeConfigBody>,
    /// Whether its schedule names occurrences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_enabled: Option<bool>,
    /// How it behaves when things do not go to plan; absent parts keep their values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyBody>,
    /// What its executions are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<PayloadBody>,
    /// The jobs whose ends start it, all of them; null for none.
    #[serde(default, deserialize_with = "crate::call::present", skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<Option<DependenciesBody>>,
    /// The events that start it, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listens_to: Option<Vec<TopicBody>>,
    /// Whether a run that nobody asked for by hand is worth having; null for none.
    #[serde(default, deserialize_with = "crate::call::present", skip_serializing_if = "Option::is_none")]
    pub condition: Option<Option<String>>,
}

words! {
    /// A job's own status, derived from its executions.
    JobStatus {
        Idle = "IDLE",
        Running = "RUNNING",
        Completed = "COMPLETED",
        Failed = "FAILED",
    }
}

words! {
    /// What a job does.
    JobType {
        GenerateContent = "GENERATE_CONTENT",
        SyncGithub = "SYNC_GITHUB",
        Cleanup = "CLEANUP",
        HttpRequest = "HTTP_REQUEST",
    }
}

/// A size and its bound, by a platform's own counter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LengthBody {
    /// What was counted.
    pub used: u64,
    /// The most the platform takes; null when it sets no bound.
    pub max: Option<u64>,
    /// What is counted.
    pub unit: LengthUnit,
}

words! {
    /// What a platform counts.
    LengthUnit {
        Characters = "CHARACTERS",
        Graphemes = "GRAPHEMES",
        Bytes = "BYTES",
    }
}

/// A job next to another one in the graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkedJobBody {
    /// The job.
    pub job_id: String,
    /// What people call it.
    pub name: String,
    /// Its project; null for a person's own job.
    pub project_id: Option<String>,
    /// Its own status.
    pub status: JobStatus,
    /// When it was cancelled for good: it then never ends again.
    pub cancelled_at: Option<Instant>,
    /// The end that is noted while the other upstream jobs are waited for.
    pub noted: Option<String>,
}

words! {
    /// How much a log line matters.
    LogLevel {
        Info = "INFO",
        Warn = "WARN",
        Error = "ERROR",
    }
}

/// One line of an execution's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogLineBody {
    /// When.
    pub at: Instant,
    /// How much it matters.
    pub level: LogLevel,
    /// The attempt that said it.
    pub attempt: u64,
    /// The step that said it.
    pub step: Option<String>,
    /// What it said, controls escaped.
    pub message: String,
}

/// A change of oneself: what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MePatch {
    /// What others call you.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What you sign in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// A person added to a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The person.
    pub user_id: String,
    /// What others call them.
    pub name: String,
    /// How far their say goes.
    pub access: Access,
    /// Who added them.
    pub added_by: String,
    /// When they were added, or their say last changed.
    pub added_at: Instant,
}

/// How far a member's say goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberPut {
    /// VIEW, EDIT or APPROVE.
    pub access: Access,
}

words! {
    /// What happens to occurrences whose time passed unserved.
    MisfirePolicy {
        RunOnce = "RUN_ONCE",
        Skip = "SKIP",
        RunAll = "RUN_ALL",
        Ask = "ASK",
    }
}

/// Who chooses a new password.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewPassword {
    /// The reset's code.
    pub code: String,
    /// The new password.
    pub password: String,
}

/// What becomes of the nightly backups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NightlyBackups {
    /// Whether one is made every night.
    pub is_enabled: bool,
    /// When the next one is made.
    pub next_at: Option<Instant>,
    /// When the newest was made.
    pub made_at: Option<Instant>,
    /// Where the newest is, on the server's machine.
    pub made_path: Option<String>,
    /// When the last try failed, unless one succeeded since.
    pub failed_at: Option<Instant>,
    /// Why it failed.
    pub failure: Option<String>,
}

words! {
    /// What the clocks do to an occurrence's local time.
    Note {
        Skipped = "SKIPPED",
        First = "FIRST",
        Second = "SECOND",
    }
}

/// Something the caller is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// Its identity.
    pub id: String,
    /// What it is about.
    pub event: NotificationEvent,
    /// When that happened.
    pub at: Instant,
    /// What it says in one line.
    pub subject: String,
    /// What else there is to say, a sentence each.
    pub details: Vec<String>,
    /// The project it belongs to; null when it is about a job without one.
    pub project_id: Option<String>,
    /// The job.
    pub job_id: Option<String>,
    /// The execution.
    pub execution_id: Option<String>,
    /// The draft.
    pub draft_id: Option<String>,
    /// When the caller read it; null while they have not.
    pub read_at: Option<Instant>,
}

words! {
    /// What a notification is about.
    NotificationEvent {
        JobSuccess = "job_success",
        JobFailure = "job_failure",
        JobPartial = "job_partial",
        JobMissed = "job_missed",
        JobPaused = "job_paused",
        JobAsks = "job_asks",
        JobLate = "job_late",
        JobRecovered = "job_recovered",
        JobOutlasts = "job_outlasts",
        DraftReady = "draft_ready",
        PublicationFailed = "publication_failed",
        DeliveryFailed = "delivery_failed",
        DeliveryUnknown = "delivery_unknown",
    }
}

/// Part of the caller's notifications.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationList {
    /// The items of this page.
    pub items: Vec<Notification>,
    /// What to send as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
    /// How many of all their notifications the caller has not read, whatever the filters.
    pub unread_count: u64,
}

/// A pull request or an issue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NumberedData {
    /// Its number.
    pub number: u64,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// An occurrence, or a range of old ones that share a record, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OccurrenceBody {
    /// The instant; of a range the last one.
    pub due_at: Instant,
    /// The first instant of a range.
    pub first_due_at: Option<Instant>,
    /// How many occurrences share the record.
    pub count: u64,
    /// The instant as the zone's clocks show it; null for a range.
    pub local: Option<String>,
    /// What the clocks did to the local time, as a sentence.
    pub note_text: Option<String>,
    /// Where it stands.
    pub status: OccurrenceStatus,
    /// Its record; null while it is to come.
    pub execution_id: Option<String>,
    /// Why it was skipped or missed, or made way: the reason's word.
    pub reason: Option<String>,
    /// The rule of the schedule that excluded it.
    pub excluded_by: Option<ExcludedByBody>,
    /// The reason as a sentence.
    pub reason_text: Option<String>,
    /// When it started.
    pub started_at: Option<Instant>,
}

words! {
    /// Where an occurrence stands: its record's status, or PLANNED while its time is still to come.
    OccurrenceStatus {
        Planned = "PLANNED",
        Queued = "QUEUED",
        Running = "RUNNING",
        Retrying = "RETRYING",
        Waiting = "WAITING",
        Paused = "PAUSED",
        Cancelling = "CANCELLING",
        Completed = "COMPLETED",
        Partial = "PARTIAL",
        Failed = "FAILED",
        Skipped = "SKIPPED",
        Missed = "MISSED",
        Cancelled = "CANCELLED",
    }
}

words! {
    /// What becomes of an execution that finds its concurrency key taken.
    OnLimit {
        Queue = "QUEUE",
        Drop = "DROP",
        Replace = "REPLACE",
    }
}

words! {
    /// What happens to an occurrence while the job still has an open execution.
    OverlapPolicy {
        Skip = "SKIP",
        BufferOne = "BUFFER_ONE",
        BufferAll = "BUFFER_ALL",
        CancelOther = "CANCEL_OTHER",
        TerminateOther = "TERMINATE_OTHER",
        AllowAll = "ALLOW_ALL",
    }
}

/// What differs for one event in one channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OverrideBody {
    /// The event.
    pub event: NotificationEvent,
    /// The channel.
    pub channel: Channel,
    /// What is wanted instead.
    pub wish: Wish,
}

/// A new password.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordChange {
    /// The present one; absent only while there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_password: Option<String>,
    /// The new one.
    pub password: String,
}

/// Whose password to reset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordResetCreate {
    /// The user.
    pub user_id: String,
}

/// A way to a new password.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordResetMade {
    /// What the user shows to choose a new password. Shown this once: pass it on to them.
    pub code: String,
    /// The user.
    pub user_id: String,
    /// From when on it is void.
    pub expires_at: Instant,
}

/// A pause that is in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pause {
    /// What is paused.
    pub level: PauseLevel,
    /// Since when.
    pub since: Instant,
    /// When it ends by itself; null until somebody resumes.
    pub until: Option<Instant>,
    /// Why.
    pub reason: Option<String>,
    /// Who paused it; null when nobody did, but so many failures in a row.
    pub paused_by: Option<String>,
    /// How many executions failed in a row when that paused the job.
    pub failures: Option<u64>,
}

/// A pause to begin. Where one is in force, it gets this end and this reason.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PauseBody {
    /// Why; whoever sees what is paused can read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it ends by itself, an instant to come; when somebody resumes, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

words! {
    /// What is paused: the job itself, its project, or everything.
    PauseLevel {
        Job = "JOB",
        Project = "PROJECT",
        Engine = "ENGINE",
    }
}

/// What an execution is told. Which fields count is the job type's to say.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PayloadBody {
    /// GENERATE_CONTENT: write for these platforms only; all the project has enabled when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platforms: Option<Vec<Platform>>,
    /// HTTP_REQUEST: what is done; GET when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<HttpMethod>,
    /// HTTP_REQUEST: the address, http or https, of a public server, or of one inside that the operator allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// HTTP_REQUEST: what is sent beside the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<HeaderBody>>,
    /// HTTP_REQUEST: headers whose values are stored sealed and never shown, and never sent to another server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_headers: Option<Vec<SecretFieldBody>>,
    /// HTTP_REQUEST: the body, at most 256 KiB; not with GET and HEAD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// HTTP_REQUEST: the statuses of a right answer; 200 to 299 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_statuses: Option<Vec<u64>>,
    /// HTTP_REQUEST: how long all of it may take, 100 to 30,000; 30 s when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
}

/// What an execution is told, as it is shown: without what is secret.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PayloadView {
    /// GENERATE_CONTENT: write for these platforms only; all the project has enabled when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platforms: Option<Vec<Platform>>,
    /// HTTP_REQUEST: what is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<HttpMethod>,
    /// HTTP_REQUEST: the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// HTTP_REQUEST: what is sent beside the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<HeaderBody>>,
    /// HTTP_REQUEST: headers whose values are not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_headers: Option<Vec<SecretFieldView>>,
    /// HTTP_REQUEST: the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// HTTP_REQUEST: the statuses of a right answer; 200 to 299 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_statuses: Option<Vec<u64>>,
    /// HTTP_REQUEST: how long all of it may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
}

/// One moment at which a schedule is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedBody {
    /// The instant.
    pub due_at: Instant,
    /// The same instant as the zone's clocks show it, with their offset.
    pub local: String,
    /// When work starts: `dueAt` and the jitter.
    pub effective_at: Instant,
    /// What the clocks do to the local time, if anything.
    pub note: Option<Note>,
    /// The rule that keeps it from running, if any.
    pub excluded_by: Option<ExcludedByBody>,
    /// The note and the rule as sentences.
    pub note_text: Option<String>,
}

words! {
    /// A place with rules of its own for length, markup and tags.
    Platform {
        Devto = "DEVTO",
        Hashnode = "HASHNODE",
        Linkedin = "LINKEDIN",
        Mastodon = "MASTODON",
        Bluesky = "BLUESKY",
        ReleaseNotes = "RELEASE_NOTES",
        Email = "EMAIL",
        Markdown = "MARKDOWN",
    }
}

/// What a project wants from one platform.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlatformEntry {
    /// Which.
    pub platform: Platform,
    /// Whether executions write for it; true when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_enabled: Option<bool>,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<SettingsBody>,
}

/// How a job behaves when things do not go to plan. What is absent keeps its value, or takes its default.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyBody {
    /// What happens to occurrences whose time passed unserved; RUN_ONCE by default. RUN_ALL runs the newest 24, oldest
    /// first and whatever `overlap` says; ASK asks a person, and runs the newest without an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub misfire: Option<MisfirePolicy>,
    /// How late a missed occurrence may still run; seven days by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lateness_window_ms: Option<u64>,
    /// How long a person is asked at most under ASK, a minute to 31 days; until the lateness window ends when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask_ms: Option<u64>,
    /// What happens to an occurrence while the job still has an open execution; SKIP by default. A project runs one
    /// execution at a time whatever this says: those let in take turns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap: Option<OverlapPolicy>,
    /// Whether and when a failed attempt is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<RetryBody>,
    /// Bounds on waiting and working.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeouts: Option<TimeoutsBody>,
    /// 0 to 9; 9 is claimed first; 5 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u64>,
    /// After so many failures in a row the job is paused and people are told, once; 0 is never. 10 by default. Occurrences
    /// that were missed or skipped are no failures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_pause_after: Option<u64>,
    /// How many executions with one key run at once; null for as many as there are.
    #[serde(default, deserialize_with = "crate::call::present", skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<Option<ConcurrencyBody>>,
    /// How many executions start in which time; null for as many as there are.
    #[serde(default, deserialize_with = "crate::call::present", skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<Option<RateLimitBody>>,
    /// So long after the newest of several triggers by hand their one execution is ready, 100 ms to a day; null to let none
    /// wait.
    #[serde(default, deserialize_with = "crate::call::present", skip_serializing_if = "Option::is_none")]
    pub debounce_ms: Option<Option<u64>>,
    /// But no longer than this after the first of them; ten times `debounceMs` when absent.
    #[serde(default, deserialize_with = "crate::call::present", skip_serializing_if = "Option::is_none")]
    pub debounce_max_ms: Option<Option<u64>>,
    /// Which of the job's triggers are alike: a text as that of `concurrency.key`; all of them when absent.
    #[serde(default, deserialize_with = "crate::call::present", skip_serializing_if = "Option::is_none")]
    pub debounce_key: Option<Option<String>>,
}

/// What a person wants to be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreferencesBody {
    /// Whether they want mail at all.
    pub email_notifications: bool,
    /// Where mail goes.
    pub email_address: Option<String>,
    /// What they want to hear of.
    pub notification_events: Vec<NotificationEvent>,
    /// What differs for one event in one channel.
    pub overrides: Vec<OverrideBody>,
    /// When no mail leaves.
    pub quiet_hours: Option<QuietHoursBody>,
    /// How mail is gathered.
    pub digest: DigestBody,
    /// Grows with every change.
    pub version: u64,
}

/// A change of what a person wants to be told.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreferencesPatch {
    /// Whether they want mail at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_notifications: Option<bool>,
    /// Where mail goes; null removes it.
    #[serde(default, deserialize_with = "crate::call::present", skip_serializing_if = "Option::is_none")]
    pub email_address: Option<Option<String>>,
    /// What they want to hear of, all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_events: Option<Vec<NotificationEvent>>,
    /// What differs for one event in one channel, all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrides: Option<Vec<OverrideBody>>,
    /// When no mail leaves; null for never.
    #[serde(default, deserialize_with = "crate::call::present", skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<Option<QuietHoursBody>>,
    /// How mail is gathered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<DigestBody>,
}

/// A schedule in words and in its next occurrences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// The schedule in plain English.
    pub description: String,
    /// The next occurrences, earliest first.
    pub occurrences: Vec<PlannedBody>,
}

/// A schedule that is not saved yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreviewBody {
    /// Which fields of `timeConfig` count.
    pub frequency: Frequency,
    /// When it would run.
    pub time_config: TimeConfigBody,
    /// Only occurrences after this instant; after now when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Instant>,
    /// How many occurrences; 10 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
}

/// Why a request was refused (RFC 9457).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Always `about:blank`: the code says it all.
    pub r#type: String,
    /// The same for every problem with this code.
    pub title: String,
    /// The HTTP status.
    pub status: i64,
    /// For programs: these words never change.
    pub code: ProblemCode,
    /// What is wrong this time.
    pub detail: String,
    /// Every faulty field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<FieldFault>>,
}

words! {
    /// For programs: these words never change.
    ProblemCode {
        MalformedRequest = "MALFORMED_REQUEST",
        Unauthorized = "UNAUTHORIZED",
        Forbidden = "FORBIDDEN",
        ScopeMissing = "SCOPE_MISSING",
        ForeignOrigin = "FOREIGN_ORIGIN",
        NotFound = "NOT_FOUND",
        MethodNotAllowed = "METHOD_NOT_ALLOWED",
        NotAcceptable = "NOT_ACCEPTABLE",
        RequestTimeout = "REQUEST_TIMEOUT",
        Conflict = "CONFLICT",
        InvalidState = "INVALID_STATE",
        JobCancelled = "JOB_CANCELLED",
        PeopleConflict = "PEOPLE_CONFLICT",
        DraftBlocked = "DRAFT_BLOCKED",
        IdempotencyConflict = "IDEMPOTENCY_CONFLICT",
        PreconditionFailed = "PRECONDITION_FAILED",
        BodyTooLarge = "BODY_TOO_LARGE",
        UriTooLong = "URI_TOO_LONG",
        UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE",
        MisdirectedRequest = "MISDIRECTED_REQUEST",
        InvalidRequest = "INVALID_REQUEST",
        ScheduleTooDense = "SCHEDULE_TOO_DENSE",
        NeverFires = "NEVER_FIRES",
        RateLimited = "RATE_LIMITED",
        HeadersTooLarge = "HEADERS_TOO_LARGE",
        InternalError = "INTERNAL_ERROR",
        Unavailable = "UNAVAILABLE",
        HttpVersionNotSupported = "HTTP_VERSION_NOT_SUPPORTED",
        DiskFull = "DISK_FULL",
    }
}

/// What is written about, and for which platforms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// Its identity.
    pub id: String,
    /// What texts call it.
    pub name: String,
    /// Where its activity is read.
    pub source: SourceView,
    /// What is written, one entry a platform.
    pub platforms: Vec<PlatformEntry>,
    /// The zone dates in its texts are told in.
    pub timezone: String,
    /// How it wants to sound.
    pub style: StyleBody,
    /// How many of its executions may run at once.
    pub executions_max: u64,
    /// The pause that keeps its jobs' occurrences from running.
    pub pause: Option<Pause>,
    /// Grows with every change.
    pub version: u64,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// A project to create.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectCreate {
    /// What texts call it.
    pub name: String,
    /// Where its activity is read.
    pub source: SourceBody,
    /// What is written, one entry a platform; each platform at most once. A Markdown article when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platforms: Option<Vec<PlatformEntry>>,
    /// The zone dates in its texts are told in, an IANA name; UTC when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// How it wants to sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<StyleBody>,
    /// How many of its executions may run at once; 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executions_max: Option<u64>,
}

/// A change of a project: what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectPatch {
    /// What texts call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where its activity is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceBody>,
    /// What is written, all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platforms: Option<Vec<PlatformEntry>>,
    /// The zone dates in its texts are told in, an IANA name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// How it wants to sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<StyleBody>,
    /// How many of its executions may run at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executions_max: Option<u64>,
}

/// The record that a draft is, or is about to be, out at one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicationBody {
    /// Its identity; the same in every try.
    pub id: String,
    /// The revision that goes out.
    pub revision: u64,
    /// Where to.
    pub target: TargetBody,
    /// Where it stands.
    pub status: PublicationStatus,
    /// When the intent was recorded.
    pub intended_at: Instant,
    /// When its outcome was known.
    pub finished_at: Option<Instant>,
    /// The place's own name for it: a file's path, a feed entry's id.
    pub remote_id: Option<String>,
    /// Its address, when it has one.
    pub url: Option<String>,
    /// Why it is not out.
    pub reason: Option<String>,
}

words! {
    /// Where a publication stands.
    PublicationStatus {
        Pending = "PENDING",
        Published = "PUBLISHED",
        Failed = "FAILED",
    }
}

/// A pull request was merged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PullRequestMerged {
    /// The project whose jobs answer; without one, those that are the sender's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// Which pull request.
    pub data: NumberedData,
}

/// When no mail leaves: over midnight when `to` is earlier than `from`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuietHoursBody {
    /// Their first minute.
    pub from: String,
    /// The first minute after them.
    pub to: String,
    /// Whose clocks count, an IANA name.
    pub timezone: String,
}

/// How many executions with one key start in any window of time; those that are too many wait.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RateLimitBody {
    /// How many may start.
    pub max: u64,
    /// In any window as long as this, 100 ms to 31 days.
    pub per_ms: u64,
    /// What is counted together: a text as that of `concurrency.key`; the job's own executions when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// How many notifications were marked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadAll {
    /// How many had not been read.
    pub count: u64,
}

/// An event as it was received, and what it started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceivedBody {
    /// Its id.
    pub event_id: String,
    /// The executions that answer it, oldest job first; none when nothing listens.
    pub executions: Vec<AnsweringBody>,
}

/// The revision a rejection is about, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RejectBody {
    /// The revision that was read; when it is no longer the newest, the decision is refused with 409.
    pub revision: u64,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseData {
    /// Its tag.
    pub tag: String,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A release was published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReleasePublished {
    /// The project whose jobs answer; without one, those that are the sender's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// Which release.
    pub data: ReleaseData,
}

/// How to run an ended execution again.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplayBody {
    /// Go on from this step and take over the results of those before; all of it when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_step: Option<String>,
    /// Take over the results of all steps that are done, and go on from the one that failed; not beside `fromStep`. Only of
    /// an execution that failed, wholly or in part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_failed_step: Option<bool>,
    /// What the new execution is told; what the earlier one was told when absent. Where steps are taken over, it can ask
    /// for less and not for more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<PayloadBody>,
}

/// Dead letters to run again, the oldest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplayDeadBody {
    /// Those of this job; this or `projectId` is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// Those of this project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// Take over the results of all steps that are done, and go on from the one that failed; false when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_failed_step: Option<bool>,
    /// How many at most; 100 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// The end of a job's pause.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResumeBody {
    /// Also run the job now when the pause kept an occurrence back: once, for the latest; false when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_latest: Option<bool>,
}

/// How long records are kept after they ended. Content, statistics, open executions and those that are pinned stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetentionBody {
    /// Days that executions are kept which were completed or cancelled.
    pub succeeded_days: u64,
    /// Days that executions are kept which failed, all or in part, and occurrences that were missed.
    pub failed_days: u64,
    /// Days that executions are kept which were skipped.
    pub skipped_days: u64,
    /// Days that logs are kept.
    pub logs_days: u64,
    /// Days that is kept what steps came to.
    pub steps_days: u64,
    /// Days that is kept what was read of projects' activity.
    pub activity_days: u64,
    /// Days that notifications are kept.
    pub notifications_days: u64,
    /// Days that the audit log is kept.
    pub audit_days: u64,
    /// How many executions of each job stay whatever their age, its newest.
    pub runs_min: u64,
}

/// A change of how long records are kept: what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetentionPatch {
    /// Days that executions are kept which were completed or cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succeeded_days: Option<u64>,
    /// Days that executions are kept which failed, all or in part, and occurrences that were missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_days: Option<u64>,
    /// Days that executions are kept which were skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped_days: Option<u64>,
    /// Days that logs are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logs_days: Option<u64>,
    /// Days that is kept what steps came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps_days: Option<u64>,
    /// Days that is kept what was read of projects' activity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity_days: Option<u64>,
    /// Days that notifications are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notifications_days: Option<u64>,
    /// Days that the audit log is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit_days: Option<u64>,
    /// How many executions of each job stay whatever their age, its newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs_min: Option<u64>,
}

/// Whether and when a failed attempt is tried again.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetryBody {
    /// How delays grow: they double, grow by `baseMs`, are all `baseMs`, or are what `delaysMs` says; NONE is no second
    /// attempt. EXPONENTIAL by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<RetryKind>,
    /// Attempts in all, the first included; 3 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts_max: Option<u64>,
    /// The first delay before jitter, 100 ms to an hour; 15 s by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_ms: Option<u64>,
    /// The longest delay before jitter, at most a day; an hour by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap_ms: Option<u64>,
    /// The delays of a TABLE one after another, 100 ms to a day each; the last one counts for all that follow. At most one
    /// fewer than `attemptsMax`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delays_ms: Option<Vec<u64>>,
    /// No attempt starts later than this after the first; 0 is no bound, and the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<u64>,
}

words! {
    /// How delays grow from one failed attempt to the next.
    RetryKind {
        Exponential = "EXPONENTIAL",
        Linear = "LINEAR",
        Fixed = "FIXED",
        Table = "TABLE",
        None = "NONE",
    }
}

words! {
    /// What a person is to the instance: a MEMBER works on the projects they own or were added to, an ADMIN also manages people and settings, an OWNER sees and may do everything.
    Role {
        Member = "MEMBER",
        Admin = "ADMIN",
        Owner = "OWNER",
    }
}

/// A key that took another's place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RotatedKey {
    /// The new key's name: it tells keys apart and says nothing about them.
    pub key: String,
    /// How many secrets were sealed anew.
    pub resealed: u64,
    /// How many secrets no key opens; they must be set again.
    pub damaged: u64,
}

words! {
    /// A rule of the lint.
    Rule {
        L1 = "L1",
        L2 = "L2",
        L3 = "L3",
        L4 = "L4",
        L5 = "L5",
        L6 = "L6",
        L7 = "L7",
        L8 = "L8",
        L9 = "L9",
        L10 = "L10",
        L11 = "L11",
        L12 = "L12",
        L13 = "L13",
    }
}

words! {
    /// What a token allows: READ reads, TRIGGER only runs jobs, WRITE does both and changes what belongs to projects, ADMIN does all its user may do.
    Scope {
        Read = "READ",
        Trigger = "TRIGGER",
        Write = "WRITE",
        Admin = "ADMIN",
    }
}

/// A field whose value is secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretFieldBody {
    /// Its name.
    pub name: String,
    /// Its value. It is never shown again; an absent one keeps what is stored under the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// A field whose value is not shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretFieldView {
    /// Its name.
    pub name: String,
    /// The value's last four characters, when it is long enough not to be given away by them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

words! {
    /// What became of an occurrence before.
    Served {
        Never = "NEVER",
        Failed = "FAILED",
        Ran = "RAN",
    }
}

/// A session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Who signed in.
    pub user: User,
    /// From when on the session is void.
    pub expires_at: Instant,
}

/// Who signs in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionCreate {
    /// Your e-mail address.
    pub email: String,
    /// Your password.
    pub password: String,
}

/// What is set for the whole instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Folders under which projects of people other than owners may read and publish.
    pub local_roots: Vec<String>,
    /// How many failed credentials a minute an address, or an account, may show before it has to wait.
    pub sign_in_failures_max: u64,
    /// How many projects may run at once: what was set here last, else what the server was started with.
    pub projects_max: u64,
    /// How many projects may run at once as the server was started: what counts again after `"projectsMax": null`.
    pub projects_max_at_start: u64,
    /// How long records are kept.
    pub retention: RetentionBody,
    /// Grows with every change.
    pub version: u64,
}

/// A platform's settings within a project.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingsBody {
    /// Where approved drafts are published (MARKDOWN and RELEASE_NOTES); without one they are kept for copying.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetBody>,
    /// The most characters the platform takes, where an instance sets its own (MASTODON).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_chars_max: Option<u64>,
}

/// A change of the settings: what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingsPatch {
    /// All of them, absolute paths; only an owner may set these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_roots: Option<Vec<String>>,
    /// How many failed credentials a minute are let pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in_failures_max: Option<u64>,
    /// How many projects may run at once; null for as many as the server was started with. What runs already goes on.
    #[serde(default, deserialize_with = "crate::call::present", skip_serializing_if = "Option::is_none")]
    pub projects_max: Option<Option<u64>>,
    /// How long records are kept: each field that is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<RetentionPatch>,
}

/// Dead letters that were settled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettledBody {
    /// The new executions, or those that were dismissed.
    pub execution_ids: Vec<String>,
    /// Whether others are left: ask again for them.
    pub has_more: bool,
}

words! {
    /// How much a finding weighs: an ERROR blocks.
    Severity {
        Error = "ERROR",
        Warning = "WARNING",
    }
}

words! {
    /// A static site generator whose front matter is known.
    SiteKind {
        Hugo = "HUGO",
        Jekyll = "JEKYLL",
        Astro = "ASTRO",
        Zola = "ZOLA",
    }
}

/// Where a project's activity is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum SourceBody {
    /// `GIT`.
    #[serde(rename = "GIT")]
    Git(GitSource),
    /// `GITHUB`.
    #[serde(rename = "GITHUB")]
    Github(GithubSource),
    /// One this version does not know.
    #[serde(other)]
    Unlisted,
}

/// One thing that happened, joined from the commits, pull request and issues that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceItemBody {
    /// Its number within the draft.
    pub id: u64,
    /// What it is.
    pub kind: SourceKind,
    /// Pull request number, when it has one.
    pub number: Option<u64>,
    /// Full object id of the commit that stands for it.
    pub sha: String,
    /// Its web page; null without a known remote.
    pub url: Option<String>,
    /// The subject as its author wrote it, secrets replaced.
    pub title: String,
    /// Its author.
    pub author: String,
    /// When it entered the history.
    pub at: Instant,
    /// What sort of change it is.
    pub class: Class,
    /// Issues it closes.
    pub closes: Vec<u64>,
    /// Files touched.
    pub files: u64,
    /// Lines added.
    pub insertions: u64,
    /// Lines removed.
    pub deletions: u64,
    /// Object ids of commits told by this item.
    pub absorbed: Vec<String>,
    /// Whether a secret was found and replaced in its texts.
    pub is_redacted: bool,
}

words! {
    /// What a source is.
    SourceKind {
        Commit = "COMMIT",
        PullRequest = "PULL_REQUEST",
    }
}

/// Where a project's activity is read, as it is shown: without its token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum SourceView {
    /// `GIT`.
    #[serde(rename = "GIT")]
    Git(GitView),
    /// `GITHUB`.
    #[serde(rename = "GITHUB")]
    Github(GithubView),
    /// One this version does not know.
    #[serde(other)]
    Unlisted,
}

/// Counts and durations over executions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
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

/// A named piece of an execution, recorded once done and reused by every later attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepBody {
    /// Its name, such as `scan` or `write/devto`.
    pub name: String,
    /// The attempt that made this record.
    pub attempt: u64,
    /// When it began.
    pub started_at: Instant,
    /// When it ended.
    pub finished_at: Instant,
    /// Whether it is done; a failed one may be tried again.
    pub is_done: bool,
    /// What later steps read; null when it failed.
    pub output: serde_json::Value,
    /// Why it failed.
    pub error: Option<FailureBody>,
    /// The earlier execution it was taken over from.
    pub copied_from: Option<String>,
}

/// How large the store is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Storage {
    /// The file's length.
    pub file_bytes: u64,
    /// What of it holds something.
    pub used_bytes: u64,
    /// What of it is free: new records fill it, and compacting gives it back.
    pub free_bytes: u64,
    /// Executions that are kept.
    pub executions: u64,
    /// Drafts.
    pub drafts: u64,
    /// Whether a live job of type CLEANUP removes what is over; without one the store grows for ever.
    pub is_cleaned_up: bool,
    /// What becomes of it when everything goes on as it did; null before a whole day was seen.
    pub growth: Option<Growth>,
}

/// How a project wants to sound.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StyleBody {
    /// Tags to put under a text, most fitting first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Names or addresses whose commits count as a robot's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bots: Option<Vec<String>>,
}

/// Where approved drafts of a platform are published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum TargetBody {
    /// `FOLDER`.
    #[serde(rename = "FOLDER")]
    Folder(FolderTarget),
    /// `FEED`.
    #[serde(rename = "FEED")]
    Feed(FeedTarget),
    /// One this version does not know.
    #[serde(other)]
    Unlisted,
}

/// What came of a test mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestMail {
    /// In a word.
    pub outcome: TestOutcome,
    /// Where it went.
    pub address: String,
    /// In a sentence, mostly the mail server's.
    pub detail: String,
}

words! {
    /// What came of a test mail.
    TestOutcome {
        Sent = "SENT",
        Failed = "FAILED",
        Unknown = "UNKNOWN",
    }
}

/// The times of a schedule. DAILY takes `hour` and `minute`, or `times`; WEEKLY also `dayOfWeek` or `daysOfWeek`; MONTHLY
/// also `dayOfMonth`; CUSTOM takes `cronExpression`; INTERVAL `everyMs` and `anchorAt`; ONCE `instants`. All take the rest,
/// but NONE, which takes only `timezone`: its job runs when it is asked to, or when what it depends on has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimeConfigBody {
    /// 0 to 23; for DAILY, WEEKLY and MONTHLY.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hour: Option<u64>,
    /// 0 to 59; with `hour`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minute: Option<u64>,
    /// Several times of day in place of `hour` and `minute`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<Vec<String>>,
    /// 0 (Sunday) to 6; for WEEKLY.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_of_week: Option<u64>,
    /// Several weekdays in place of `dayOfWeek`; for WEEKLY.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_of_week: Option<Vec<u64>>,
    /// 1 to 31, or −1 for the last day; a month too short runs on its last day; for MONTHLY.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_of_month: Option<i64>,
    /// Five fields, or six with seconds first; `L W #` and names work; for CUSTOM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cron_expression: Option<String>,
    /// How day-of-month and weekday go together when a pattern has both: OR when absent; for CUSTOM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_match: Option<DayMatch>,
    /// The span of elapsed time between two occurrences: whole seconds, at most 366 days; for INTERVAL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_ms: Option<u64>,
    /// The first occurrence of an INTERVAL, on a whole second; all others are counted from it, and nothing moves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor_at: Option<Instant>,
    /// The instants of ONCE, on whole seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instants: Option<Vec<Instant>>,
    /// The IANA name of the zone.
    pub timezone: String,
    /// Where a time runs that the clocks skip: AFTER_GAP when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dst_gap: Option<DstGap>,
    /// Which one runs of a time that comes twice: FIRST when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dst_overlap: Option<DstOverlap>,
    /// Nothing is due before this instant; what is due exactly then, is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_at: Option<Instant>,
    /// Nothing is due at this instant or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_at: Option<Instant>,
    /// The spread of the start times, in milliseconds; at most the shortest interval, and a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jitter_ms: Option<u64>,
    /// Which occurrences do not run: they are recorded as skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclusions: Option<ExclusionsBody>,
    /// How many occurrences run before the schedule ends, counted since it was set or last changed; skipped and missed ones
    /// and runs by hand do not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs_max: Option<u64>,
}

/// Bounds on waiting and working.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimeoutsBody {
    /// From being ready to being claimed; a day by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_ms: Option<u64>,
    /// One attempt; 30 minutes by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_ms: Option<u64>,
    /// One step; 5 minutes by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_ms: Option<u64>,
    /// Between two signs of life of a step that gives some, such as a scan; a minute by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heartbeat_ms: Option<u64>,
}

/// A zone and its present offset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimezoneBody {
    /// Its IANA name.
    pub name: String,
    /// Its present offset, such as `+01:00`.
    pub offset: String,
    /// The same in seconds east of UTC.
    pub offset_seconds: i64,
}

/// Every zone, by the law in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Timezones {
    /// The version of the IANA database, such as `2026f`.
    pub tzdb_version: String,
    /// Every zone, links included, by name.
    pub items: Vec<TimezoneBody>,
}

/// Whether a job's schedule names occurrences.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Toggle {
    /// The wanted state; the opposite of the present one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_enabled: Option<bool>,
}

/// An access token, without its text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Its identity.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// What its holder calls it.
    pub name: String,
    /// What it allows.
    pub scopes: Vec<Scope>,
    /// The only projects it reaches; null for all of its user's.
    pub project_ids: Option<Vec<String>>,
    /// The last four characters of its text.
    pub hint: String,
    /// When it was made.
    pub created_at: Instant,
    /// From when on it is void; null for never.
    pub expires_at: Option<Instant>,
    /// When it was last shown, to the minute.
    pub last_used_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

/// A token to make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenCreate {
    /// What you call it.
    pub name: String,
    /// What it allows: nothing that the credential it is made with does not.
    pub scopes: Vec<Scope>,
    /// The only projects it reaches; all of yours when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_ids: Option<Vec<String>>,
    /// From when on it is void; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
}

/// A token and its text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenMade {
    /// The text to send as `Authorization: Bearer …`. Shown this once.
    pub token: String,
    /// What is known of it from now on.
    pub details: Token,
}

/// An event that starts a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TopicBody {
    /// What happens.
    pub r#type: EventType,
    /// What the sender calls it: letters, digits, `.`, `-`, `_` or `/`; for CUSTOM and for nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A condition to try.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrialBody {
    /// The condition, in the Common Expression Language.
    pub expression: String,
    /// The job whose last run, payload and zone it is asked of; without one there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// What happened in the project; nothing when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<ActivityBody>,
    /// What the run is told; what the job is told when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<PayloadBody>,
}

words! {
    /// Why an execution exists.
    Trigger {
        Scheduled = "SCHEDULED",
        Manual = "MANUAL",
        Replay = "REPLAY",
        Dependency = "DEPENDENCY",
        Backfill = "BACKFILL",
        Event = "EVENT",
    }
}

/// A job to run now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TriggerBody {
    /// The job.
    pub job_id: String,
    /// What this execution is told; the job's own payload when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<PayloadBody>,
    /// What happens when the job has open executions; it waits for its turn when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap: Option<OverlapPolicy>,
}

/// The execution that was recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TriggeredBody {
    /// Its id.
    pub execution_id: String,
    /// Where it stands.
    pub status: ExecutionStatus,
}

/// What the link in a mail does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unsubscribed {
    /// Always false now.
    pub email_notifications: bool,
}

/// A person who uses this instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Their identity.
    pub id: String,
    /// What others call them.
    pub name: String,
    /// What they sign in with; null until they set it.
    pub email: Option<String>,
    /// What they are to the instance.
    pub role: Role,
    /// Whether they are let in.
    pub status: UserStatus,
    /// Whether they can sign in with a password.
    pub has_password: bool,
    /// Grows with every change.
    pub version: u64,
    /// When they joined.
    pub created_at: Instant,
    /// When they, or their credentials, last changed.
    pub updated_at: Instant,
}

/// A change of somebody: what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserPatch {
    /// What others call them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What they sign in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What they are to the instance; nobody gives out more than their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Whether they are let in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<UserStatus>,
}

words! {
    /// Whether a person is let in.
    UserStatus {
        Active = "ACTIVE",
        Disabled = "DISABLED",
    }
}

/// What a condition comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerdictBody {
    /// Whether it holds: the run would go on.
    pub holds: bool,
    /// What the names in it stand for.
    pub values: serde_json::Value,
}

/// What an execution waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitBody {
    /// What for.
    pub reason: WaitReason,
    /// When it goes on.
    pub until: Instant,
}

words! {
    /// What keeps an execution from going on.
    WaitKind {
        Paused = "PAUSED",
        RetryAt = "RETRY_AT",
        ServerLimit = "SERVER_LIMIT",
        Paced = "PACED",
        Debounced = "DEBOUNCED",
        RateLimit = "RATE_LIMIT",
        PausedEngine = "PAUSED_ENGINE",
        ConcurrencyKey = "CONCURRENCY_KEY",
        Answer = "ANSWER",
        Backfill = "BACKFILL",
        ProjectBusy = "PROJECT_BUSY",
        GlobalLimit = "GLOBAL_LIMIT",
        Turn = "TURN",
    }
}

words! {
    /// What an execution waits for.
    WaitReason {
        RateLimit = "RATE_LIMIT",
        Ask = "ASK",
    }
}

/// What keeps an open execution from going on: the first thing that has to pass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitingFor {
    /// What.
    pub kind: WaitKind,
    /// The same in a sentence.
    pub text: String,
    /// Until when, where that is known.
    pub until: Option<Instant>,
    /// The key, of CONCURRENCY_KEY and RATE_LIMIT.
    pub key: Option<String>,
    /// How many run that count; of GLOBAL_LIMIT projects, else executions.
    pub running: Option<u64>,
    /// How many of them may.
    pub limit: Option<u64>,
    /// Those of them that you may see, at most 5.
    pub execution_ids: Vec<String>,
    /// How many are ahead of it in line, at most 1,000.
    pub ahead: Option<u64>,
}

words! {
    /// Whether and how soon something is wanted.
    Wish {
        Off = "OFF",
        Immediate = "IMMEDIATE",
        Digest = "DIGEST",
    }
}
