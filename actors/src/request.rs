//! What the faces ask of the engine, and what they get: plain values, checked below them and nowhere else.

mod error;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use dateline_core::backfill::{BackfillMode, Served};
use dateline_core::brief::{Brief, Style};
use dateline_core::caller::{Role, Scope};
use dateline_core::condition::{ActivityFacts, Condition};
use dateline_core::content::{Finding, Rendered};
use dateline_core::dependency::Dependencies;
use dateline_core::draft::{Draft, Publication};
use dateline_core::execution::{Due, Execution, ExecutionStatus, Outcome, StepRecord};
use dateline_core::growth::Growth;
use dateline_core::id::{BackfillId, ExecutionId, JobId, ProjectId, ReceivedEventId};
use dateline_core::job::JobType;
use dateline_core::notification::{Digest, NotificationEvent, Override, QuietHours};
use dateline_core::people::{AccessCode, Session, User, UserStatus};
use dateline_core::platform::Platform;
use dateline_core::policy::Policy;
use dateline_core::project::ProjectPlatform;
use dateline_core::received_event::Topic;
use dateline_core::retention::RetentionChange;
use dateline_core::schedule::{Occurrence, Schedule};
use dateline_core::secret::Secret;
use dateline_core::source::{Source, SourceError};
use dateline_core::store::{Position, StorageUse};
use dateline_core::time::Timestamp;
use dateline_core::writer::WriteError;

pub use self::error::RequestError;
pub use dateline_core::schedule::{Fault, FaultCode};

/// A project to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProject {
    /// What texts call it: 1 to 120 characters.
    pub name: String,
    /// Where its activity is read.
    pub source: Source,
    /// The token its source is read with.
    pub token: Option<Secret>,
    /// What is written, one entry a platform.
    pub platforms: Vec<ProjectPlatform>,
    /// The zone dates in its texts are told in, an IANA name.
    pub timezone: String,
    /// How it wants to sound.
    pub style: Style,
    /// How many of its executions may run at once: 1 to 1,000.
    pub executions_max: u32,
}

/// A change of a project: what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectChange {
    /// What texts call it.
    pub name: Option<String>,
    /// Where its activity is read.
    pub source: Option<Source>,
    /// What becomes of the token its source is read with.
    pub token: TokenChange,
    /// What is written, all of it.
    pub platforms: Option<Vec<ProjectPlatform>>,
    /// The zone dates in its texts are told in.
    pub timezone: Option<String>,
    /// How it wants to sound.
    pub style: Option<Style>,
    /// How many of its executions may run at once.
    pub executions_max: Option<u32>,
}

/// What becomes of a project's token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TokenChange {
    /// It stays, as long as the repository and its server do.
    #[default]
    Keep,
    /// It goes.
    Remove,
    /// This one takes its place.
    Set(Secret),
}

impl TokenChange {
    /// Returns the token that is given.
    pub fn given(self) -> Option<Secret> {
        match self {
            Self::Set(secret) => Some(secret),
            Self::Keep | Self::Remove => None,
        }
    }
}

/// What executions are told, by field; which fields count is the job type's to say.
pub type Told = serde_json::Map<String, serde_json::Value>;

/// Values of secrets by the names a payload gives them.
pub type Secrets = BTreeMap<String, Secret>;

/// A job to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The project it works for; without one it is the caller's own.
    pub project: Option<ProjectId>,
    /// What it does.
    pub job_type: JobType,
    /// What people call it: 1 to 120 characters.
    pub name: String,
    /// When it runs.
    pub schedule: Schedule,
    /// Whether its schedule names occurrences.
    pub is_enabled: bool,
    /// How it behaves when things do not go to plan.
    pub policy: Policy,
    /// What its executions are told, unless a trigger says otherwise.
    pub payload: Told,
    /// The jobs whose ends start it.
    pub depends_on: Option<Dependencies>,
    /// The events that start it.
    pub listens_to: Vec<Topic>,
    /// Whether a run that nobody asked for by hand is worth having.
    pub condition: Option<Condition>,
    /// The values of the secrets its payload names.
    pub secrets: Secrets,
}

/// An event to tell jobs of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The project whose jobs answer; without one, those of the caller's own.
    pub project: Option<ProjectId>,
    /// What it is about.
    pub topic: Topic,
    /// What its sender says of it: an object.
    pub data: serde_json::Value,
}

/// An event as it was received, and what it started.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// Its id.
    pub event: ReceivedEventId,
    /// The executions that answer it, oldest job first.
    pub executions: Vec<Execution>,
}

/// A condition to try.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The condition.
    pub expression: String,
    /// The job whose last run, payload and zone it is asked of; without one, there are none.
    pub job: Option<JobId>,
    /// What happened in the project.
    pub activity: ActivityFacts,
    /// What the run is told; what the job is told when absent.
    pub payload: Option<Told>,
}

/// A change of a job: what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobChange {
    /// The project it works for; with `Some(None)` it leaves its project and is the caller's own.
    pub project: Option<Option<ProjectId>>,
    /// What it does.
    pub job_type: Option<JobType>,
    /// What people call it.
    pub name: Option<String>,
    /// When it runs; takes effect from now on, never backwards.
    pub schedule: Option<Schedule>,
    /// Whether its schedule names occurrences.
    pub is_enabled: Option<bool>,
    /// How it behaves when things do not go to plan, all of it.
    pub policy: Option<Policy>,
    /// What its executions are told, all of it; nothing, when it is absent and the job does something else from now on.
    pub payload: Option<Told>,
    /// The jobs whose ends start it, all of them; `Some(None)` for none.
    pub depends_on: Option<Option<Dependencies>>,
    /// The events that start it, all of them.
    pub listens_to: Option<Vec<Topic>>,
    /// Its condition; `Some(None)` for none.
    pub condition: Option<Option<Condition>>,
    /// New values of secrets its payload names; those not given stay.
    pub secrets: Secrets,
}

/// A pause somebody asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PauseRequest {
    /// Why: 1 to 500 characters.
    pub reason: Option<String>,
    /// When it ends by itself; when somebody resumes, if absent.
    pub until: Option<Timestamp>,
}

/// A backfill somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackfillRequest {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant that does not belong to it any more; not to come.
    pub to: Timestamp,
    /// Which occurrences run.
    pub mode: BackfillMode,
    /// Whether only the list is asked for.
    pub is_dry_run: bool,
}

/// What a backfill runs, or would run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackfillPlan {
    /// Its id; `None` when nothing was recorded.
    pub backfill: Option<BackfillId>,
    /// The runs, oldest occurrence first.
    pub runs: Vec<BackfillRun>,
}

/// One occurrence of a backfill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackfillRun {
    /// The occurrence.
    pub occurrence: Occurrence,
    /// When the one before it was due.
    pub since: Timestamp,
    /// What became of it before.
    pub served: Served,
    /// The execution that runs it now.
    pub execution: Option<ExecutionId>,
}

/// A schedule in words and in its next occurrences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The schedule in plain English.
    pub description: String,
    /// The next occurrences, earliest first.
    pub occurrences: Vec<Occurrence>,
}

/// Part of a job's past and coming occurrences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OccurrencePage {
    /// Past ones, newest first; after the last of them the coming ones, earliest first.
    pub items: Vec<OccurrenceEntry>,
    /// Where to go on; `None` at the end.
    pub next: Option<Position>,
}

/// An occurrence, past or coming, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OccurrenceEntry {
    /// What the schedule names.
    pub due: Due,
    /// Where it stands.
    pub state: OccurrenceState,
    /// Its record; `None` while it is to come.
    pub execution: Option<ExecutionId>,
    /// How it ended, or will if nothing changes.
    pub outcome: Option<Outcome>,
    /// The newer execution it made way for.
    pub superseded_by: Option<ExecutionId>,
    /// Why it ended so, or does not run, in words.
    pub reason: Option<String>,
    /// When it started.
    pub started_at: Option<Timestamp>,
}

/// Where an occurrence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OccurrenceState {
    /// Its time is still to come.
    Planned,
    /// It has a record in this status.
    Recorded(ExecutionStatus),
}

/// An execution and its steps.
#[derive(Debug, Clone, PartialEq)]
pub struct ExecutionDetail {
    /// The execution.
    pub execution: Execution,
    /// Its steps in the order they were recorded.
    pub steps: Vec<StepRecord>,
    /// The executions that followed its end, as far as its reader sees them.
    pub followers: Vec<ExecutionId>,
}

/// A draft with all it rests on and all that became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftDetail {
    /// Its newest revision.
    pub draft: Draft,
    /// What its statements rest on.
    pub brief: Brief,
    /// Where it went out, newest first.
    pub publications: Vec<Publication>,
}

/// The text of an edited draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftText {
    /// The title, for platforms that have one.
    pub title: Option<String>,
    /// The text in the platform's own markup.
    pub body: String,
    /// Tags, most fitting first.
    pub tags: Vec<String>,
    /// Why the words may stand although the lint doubts them.
    pub note: Option<String>,
}

/// Which of their notifications a person asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NotificationQuery {
    /// Only read ones, or only unread ones.
    pub is_read: Option<bool>,
    /// Of this event.
    pub event: Option<NotificationEvent>,
    /// Of this project.
    pub project: Option<ProjectId>,
}

/// A change of what a person wants to be told: what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreferencesChange {
    /// Whether they want mail at all.
    pub email_notifications: Option<bool>,
    /// Where mail goes; `Some(None)` removes it.
    pub email_address: Option<Option<String>>,
    /// What they want to hear of, all of it.
    pub notification_events: Option<Vec<NotificationEvent>>,
    /// What differs for one event in one channel, all of it.
    pub overrides: Option<Vec<Override>>,
    /// When nothing leaves; `Some(None)` for never.
    pub quiet_hours: Option<Option<QuietHours>>,
    /// How mail is gathered.
    pub digest: Option<Digest>,
}

/// What came of a test mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// In a word.
    pub outcome: TestOutcome,
    /// Where it went.
    pub address: String,
    /// In a sentence, mostly the other side's.
    pub detail: String,
}

/// What came of a test mail, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TestOutcome {
    /// The mail server took it.
    Sent,
    /// It did not.
    Failed,
    /// It may have.
    Unknown,
}

/// A text to write at once, without a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteOnce {
    /// Where activity is read.
    pub source: Source,
    /// What to write.
    pub platform: Platform,
    /// Tell what was committed at or after this instant; a first window when absent.
    pub since: Option<Timestamp>,
    /// Tell nothing committed later.
    pub until: Option<Timestamp>,
    /// The present.
    pub now: Timestamp,
    /// What the text calls the project; the repository's own name when absent.
    pub project: Option<String>,
    /// The zone its dates are told in, an IANA name.
    pub timezone: String,
    /// How it should sound.
    pub style: Style,
}

/// A text written at once.
#[derive(Debug, Clone, PartialEq)]
pub struct OneShot {
    /// What it rests on.
    pub brief: Brief,
    /// The text and its evidence.
    pub rendered: Rendered,
    /// What the lint says of it.
    pub findings: Vec<Finding>,
}

/// Why nothing was written at once.
#[derive(Debug, thiserror::Error)]
pub enum WriteOnceError {
    /// The source could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The writer failed.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The zone is unknown.
    #[error("{0}")]
    Timezone(String),
    /// The work was lost: the program itself was wrong, or is ending.
    #[error("writing was cut short: {0}")]
    Lost(String),
}

/// A token to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What its holder calls it: 1 to 120 characters.
    pub name: String,
    /// What it allows.
    pub scopes: BTreeSet<Scope>,
    /// The only projects it reaches; all of its user's when absent.
    pub projects: Option<Vec<ProjectId>>,
    /// From when on it is void.
    pub expires_at: Option<Timestamp>,
}

/// A change of a user: what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserChange {
    /// What others call them: 1 to 120 characters.
    pub name: Option<String>,
    /// What they sign in with.
    pub email: Option<String>,
    /// What they are to the instance.
    pub role: Option<Role>,
    /// Whether they are let in.
    pub status: Option<UserStatus>,
}

/// A change of what is set for the whole instance: what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InstanceChange {
    /// Folders under which projects of people other than owners may read and publish, all of them.
    pub local_roots: Option<Vec<String>>,
    /// How many failed credentials a minute are let pass: 1 to 100,000.
    pub sign_in_failures_max: Option<u32>,
    /// How many projects may run at once: 1 to 1,000; `Some(None)` for as many as it was started with.
    pub projects_max: Option<Option<u32>>,
    /// How long records are kept.
    pub retention: RetentionChange,
}

/// How large the store is, and what becomes of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorageReport {
    /// The file and what of it is in use.
    pub size: StorageUse,
    /// Executions that are kept.
    pub executions: u64,
    /// Drafts.
    pub drafts: u64,
    /// Whether a live job removes what is over.
    pub is_cleaned_up: bool,
    /// What becomes of it, once there is something to go by.
    pub growth: Option<Growth>,
}

/// Somebody who signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The text of the session's cookie, shown this once.
    pub code: AccessCode,
    /// The session.
    pub session: Session,
    /// Who.
    pub user: User,
}

/// How long stopping gives running steps before they are cut off.
pub const STOP_GRACE: Duration = Duration::from_secs(8);
