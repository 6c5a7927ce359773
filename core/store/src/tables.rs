//! The schema: every table's key order, units and value format.
//!
//! Ids are their 128 bits; their order is the order of creation. Instants are UTC milliseconds since 1970. A record
//! is one format byte and JSON (see [`crate::record`]); an index row holds plain numbers that are derived from
//! records and change in the transaction that changes these. redb's own types for `Option` and text are avoided as
//! values, since their encoding is about to change.
//!
//! | question | range scan |
//! |---|---|
//! | which jobs are due | [`DUE_JOBS`] up to now |
//! | what keeps a job back | the job itself, and [`PAUSED`] of its project and of everything |
//! | whose waiting is over | [`WAITING`] up to now |
//! | what is claimed next | the first rows of [`LANES`], which head their lanes in [`READY`] |
//! | who waits before a gate, and who keeps it shut | [`GATE_LINES`] and [`GATE_PLACES`] of the gate |
//! | how many projects run | the length of [`LANE_LOADS`] |
//! | what follows an end | [`DOWNSTREAM`] of the job; [`NOTED`] of a job that waits for all |
//! | who answers an event | [`LISTENERS`] of its home and topic |
//! | whose lease lapsed | [`LEASES`] up to now |
//! | is the job busy | [`OPEN`] of the job |
//! | history | [`HISTORY`] of the facet, or [`CLASSES`] of it for a status or a trigger, newest first |
//! | what failed for good | [`DEAD_LETTERS`] of the facet |
//! | statistics | [`TALLIES`] of the facet, and [`CLASSES`] for what is open |
//! | whose is this token | [`TOKEN_CODES`] of its digest |
//! | what a person sees | [`PROJECT_OWNERS`] and [`USER_PROJECTS`] of the user |
//! | what became of an occurrence | [`OCCURRENCES`] of the job |
//! | which executions may go | [`CLASSES`] of everything, from [`PURGED`] of the class on; [`LATE`]; [`HELD`] of [`HELD_JOBS`] |
//! | what a person has not read | [`NOTIFICATION_INDEX`] of the person under [`UNREAD`], newest first |
//! | which message leaves next | [`DUE_DELIVERIES`] up to now |

use std::marker::PhantomData;

use dateline_core::activity_cache::{ActivitySegment, SyncState};
use dateline_core::brief::Brief;
use dateline_core::draft::{Draft, Publication};
use dateline_core::event::Event;
use dateline_core::execution::{Execution, LogLine, StepRecord};
use dateline_core::home::Home;
use dateline_core::instance::InstanceSettings;
use dateline_core::job::{Cursor, Job};
use dateline_core::notification::{Delivery, Notification, Preferences};
use dateline_core::people::{AuditEntry, Invitation, Membership, PasswordReset, Session, Token, User};
use dateline_core::project::Project;
use dateline_core::secret::SealedSecret;
use dateline_core::store::RecordedRequest;
use redb::{Key, TableDefinition, Value};
use serde::de::DeserializeOwned;

use crate::fault::Fault;
use crate::record::{JobState, KeptAnswer, RateState, RemovedProject, Sentinel};
use crate::tally::Tally;

/// The schema this program writes. Older ones are migrated, newer ones refused.
pub(crate) const SCHEMA_VERSION: u32 = 4;

/// A table of records: keys in order, values one format byte and JSON of `T`.
pub(crate) struct Records<K: Key + 'static, T> {
    /// The table itself.
    pub(crate) table: TableDefinition<'static, K, &'static [u8]>,
    /// The table's name, for messages.
    pub(crate) name: &'static str,
    record: PhantomData<fn() -> T>,
}

impl<K: Key + 'static, T> Records<K, T> {
    const fn new(name: &'static str) -> Self {
        Self { table: TableDefinition::new(name), name, record: PhantomData }
    }
}

/// A table of plain numbers derived from records.
pub(crate) type Index<K, V> = TableDefinition<'static, K, V>;

/// The one record that must exist, or the file is not ours or lost its content. Key: `sentinel`.
pub(crate) const META: Records<&'static str, Sentinel> = Records::new("meta");

/// Projects. Key: project.
pub(crate) const PROJECTS: Records<u128, Project> = Records::new("projects");
/// Removed projects, kept because history names them. Key: project.
pub(crate) const REMOVED_PROJECTS: Records<u128, RemovedProject> = Records::new("removed_projects");

/// What people set up, cancelled ones too. Key: job.
pub(crate) const JOBS: Records<u128, Job> = Records::new("jobs");
/// How far each job has come. Key: job.
pub(crate) const JOB_STATES: Records<u128, JobState> = Records::new("job_states");
/// How far a job has written. Key: (job; platform's name; stream).
pub(crate) const CURSORS: Records<(u128, &'static str, &'static str), Cursor> = Records::new("cursors");
/// Jobs that are not cancelled. Key: (facet; scope; job), facets [`ALL`] and [`BY_PROJECT`]; and those that are, under
/// [`CANCELLED`].
pub(crate) const JOB_INDEX: Index<(u8, u128, u128), ()> = TableDefinition::new("job_index");
/// Live jobs with an occurrence to come, earliest first. Key: (effective at, ms; job).
pub(crate) const DUE_JOBS: Index<(i64, u128), ()> = TableDefinition::new("due_jobs");

/// Which jobs depend on one; cancelled jobs depend on nothing. Key: (upstream job; job).
pub(crate) const DOWNSTREAM: Index<(u128, u128), ()> = TableDefinition::new("downstream_jobs");
/// The newest end that counts of each upstream job, for a job that waits for all of them. Key: (job; upstream job).
/// Value: execution.
pub(crate) const NOTED: Index<(u128, u128), u128> = TableDefinition::new("noted_ends");
/// Executions by the ends they follow; unique. Key: (upstream execution; job). Value: execution.
pub(crate) const FOLLOWERS: Index<(u128, u128), u128> = TableDefinition::new("followers");

/// Which live jobs listen to which events. Key: (facet; scope; topic; job), facets [`BY_PROJECT`] and [`BY_PERSON`].
pub(crate) const LISTENERS: Index<(u8, u128, u128, u128), ()> = TableDefinition::new("listeners");

/// What was ever paused besides jobs, so that looking for pauses mostly finds nothing. Key: (facet; scope), facets [`ALL`]
/// and [`BY_PROJECT`].
pub(crate) const PAUSED: Index<(u8, u128), ()> = TableDefinition::new("paused");

/// Executions. Key: execution.
pub(crate) const EXECUTIONS: Records<u128, Execution> = Records::new("executions");
/// SCHEDULED records by what they stand for; unique. Key: (job; due at, ms). Value: execution. A range of old
/// occurrences has one row, at its last.
pub(crate) const OCCURRENCES: Index<(u128, i64), u128> = TableDefinition::new("occurrences");
/// RETRYING and WAITING executions, and QUEUED ones whose start is paced. Key: (not before, ms; execution).
pub(crate) const WAITING: Index<(i64, u128), ()> = TableDefinition::new("waiting_executions");
/// QUEUED executions that may be claimed. A lane is a project, or a job without one. Key: (lane; rank, see [`dateline_core::queue::Rank`];
/// execution). Value: priority.
pub(crate) const READY: Index<(u128, i64, u128), u8> = TableDefinition::new("ready_by_rank");
/// The head of each lane that has room and something ready, so that a claim never looks at the others.
/// Key: (0 nothing of the lane runs, 1 something does; rank among lanes; execution; lane).
pub(crate) const LANES: Index<(u8, i64, u128, u128), ()> = TableDefinition::new("lanes_with_room");
/// What runs. Key: (lane; execution).
pub(crate) const BUSY: Index<(u128, u128), ()> = TableDefinition::new("running_by_lane");
/// How many run in each lane where any do. Key: lane.
pub(crate) const LANE_LOADS: Index<u128, u32> = TableDefinition::new("lane_loads");
/// How many may run at once in each lane where that is not one. Key: lane.
pub(crate) const LANE_LIMITS: Index<u128, u32> = TableDefinition::new("lane_limits");
/// When each lane was last given a turn. Key: lane. Value: ms.
pub(crate) const TURNS: Index<u128, i64> = TableDefinition::new("lane_turns");
/// Ready executions that wait before a gate (see [`dateline_core::queue::Gate`]), first come first. Key: (gate; ready
/// since, ms; execution). Value: (how many the gate lets it be; lane).
pub(crate) const GATE_LINES: Index<(u128, i64, u128), (u32, u128)> = TableDefinition::new("gate_lines");
/// Who has passed a gate. Key: (gate; 0 runs, 1 waits in its lane; execution). Value: lane.
pub(crate) const GATE_PLACES: Index<(u128, u8, u128), u128> = TableDefinition::new("gate_places");
/// How many have passed each gate. Key: gate. Value: (run; wait in their lanes).
pub(crate) const GATE_LOADS: Index<u128, (u32, u32)> = TableDefinition::new("gate_loads");
/// The latest starts under each rate limit that anybody waits for or that still counts. Key: gate.
pub(crate) const RATES: Records<u128, RateState> = Records::new("rates");
/// When there is something to do for a rate limit: to let the next through, or to forget it. Key: (at, ms; gate).
pub(crate) const RATE_DUE: Index<(i64, u128), ()> = TableDefinition::new("due_rates");
/// Executions that wait for more triggers like theirs. Key: what these have in common. Value: execution.
pub(crate) const DEBOUNCES: Index<u128, u128> = TableDefinition::new("debounces");
/// Leases by their end. Key: (expires at, ms; execution). Value: holder.
pub(crate) const LEASES: Index<(i64, u128), u128> = TableDefinition::new("leases");
/// Open executions of each job. Key: (job; 0 never started, 1 started, 2 a person is asked, 3 of a backfill; execution).
pub(crate) const OPEN: Index<(u128, u8, u128), ()> = TableDefinition::new("open_executions");
/// (facet; scope; recorded at, ms; execution).
pub(crate) type HistoryKey = (u8, u128, i64, u128);
/// Every execution, newest last, under each facet it is asked by. Key: [`HistoryKey`],
/// facets [`ALL`], [`BY_PROJECT`] or [`BY_PERSON`], [`BY_JOB`]. Value: see [`crate::record::HistoryRow`].
pub(crate) const HISTORY: Index<HistoryKey, (u8, u8, u64, u64)> = TableDefinition::new("history");
/// (facet; scope; class, see [`crate::record::HistoryRow::class`]; recorded at, ms; execution).
pub(crate) type ClassKey = (u8, u128, u8, i64, u128);
/// History by class, so that what few executions are is found among many. Key: [`ClassKey`], facets and value as in
/// [`HISTORY`].
pub(crate) const CLASSES: Index<ClassKey, (u8, u8, u64, u64)> = TableDefinition::new("history_classes");
/// Dead letters that nobody has settled. Key: [`HistoryKey`], facets as in [`HISTORY`].
pub(crate) const DEAD_LETTERS: Index<HistoryKey, ()> = TableDefinition::new("dead_letters");
/// (facet; scope; home; span; its number; class), see [`crate::tally::Span`]. The home is 0 but under [`BY_JOB`],
/// since a job may move.
pub(crate) type TallyKey = (u8, u128, u128, u8, i64, u8);
/// What ended executions came to. Key: [`TallyKey`], facets [`ALL`], [`BY_PROJECT`] or [`BY_PERSON`], [`BY_JOB`].
pub(crate) const TALLIES: Records<TallyKey, Tally> = Records::new("tallies");
/// Steps in the order they were recorded. Key: (execution; ordinal from 0).
pub(crate) const STEPS: Records<(u128, u32), StepRecord> = Records::new("steps");
/// Steps that are done. Key: (execution; name). Value: ordinal.
pub(crate) const DONE_STEPS: Index<(u128, &'static str), u32> = TableDefinition::new("done_steps");
/// Log lines. Key: (execution; number). Lines count from 1; number 0 says how many older ones were dropped.
pub(crate) const LOGS: Records<(u128, u64), LogLine> = Records::new("logs");
/// What each log holds. Key: execution. Value: (oldest kept line; newest line; bytes kept; lines dropped).
pub(crate) const LOG_SIZES: Index<u128, (u64, u64, u64, u64)> = TableDefinition::new("log_sizes");

/// How far each scan for what may go has come. Key: a scan, see [`crate::verbs`]. Value: (an instant, ms, or 0; an id),
/// the last it has passed.
pub(crate) const PURGED: Index<u8, (i64, u128)> = TableDefinition::new("purged");
/// Ended executions that a scan passed before their time. Key: (what goes; ended at, ms; execution).
pub(crate) const LATE: Index<(u8, i64, u128), ()> = TableDefinition::new("late_to_go");
/// Ended executions whose time is over and that are kept as the newest of their job. Key: (job; recorded at, ms; execution).
pub(crate) const HELD: Index<(u128, i64, u128), ()> = TableDefinition::new("held_executions");
/// Jobs with rows in [`HELD`] that have newer executions since, or were cancelled. Key: job.
pub(crate) const HELD_JOBS: Index<u128, ()> = TableDefinition::new("held_jobs");

/// Drafts' newest revisions. Key: draft.
pub(crate) const DRAFTS: Records<u128, Draft> = Records::new("drafts");
/// Superseded revisions. Key: (draft; revision).
pub(crate) const REVISIONS: Records<(u128, u32), Draft> = Records::new("draft_revisions");
/// Drafts under each facet they are asked by. Key: (facet; scope; draft), facets [`ALL`], [`BY_PROJECT`],
/// [`BY_EXECUTION`], [`BY_STATUS`], [`BY_PLATFORM`]. Value: (status; platform), see [`crate::record`].
pub(crate) const DRAFT_INDEX: Index<(u8, u128, u128), (u8, u8)> = TableDefinition::new("draft_index");
/// Briefs by the digest of their content. Key: 64 hex digits.
pub(crate) const BRIEFS: Records<&'static str, Brief> = Records::new("briefs");
/// Publications. Key: publication.
pub(crate) const PUBLICATIONS: Records<u128, Publication> = Records::new("publications");
/// A draft's publications. Key: (draft; publication).
pub(crate) const DRAFT_PUBLICATIONS: Index<(u128, u128), ()> = TableDefinition::new("draft_publications");
/// One publication for each revision and target. Key: (draft; revision; BLAKE3 of the target's JSON).
pub(crate) const PUBLICATION_KEYS: Index<(u128, u32, [u8; 32]), u128> =
    TableDefinition::new("publication_keys");
/// Publications whose outcome is not recorded. Key: publication.
pub(crate) const OPEN_PUBLICATIONS: Index<u128, ()> = TableDefinition::new("open_publications");

/// Sealed secrets. Key: secret.
pub(crate) const SECRETS: Records<u128, SealedSecret> = Records::new("secrets");

/// Notifications. Key: notification.
pub(crate) const NOTIFICATIONS: Records<u128, Notification> = Records::new("notifications");
/// Whom which news has reached; unique. Key: (person; event, see [`crate::record`]; subject). Value: notification.
pub(crate) const NOTIFICATION_KEYS: Index<(u128, u8, u128), u128> = TableDefinition::new("notification_keys");
/// (person; facet; scope; notification).
pub(crate) type NotificationKey = (u128, u8, u128, u128);
/// Listed notifications under each facet they are asked by. Key: [`NotificationKey`], facets [`ALL`],
/// [`BY_PROJECT`], [`BY_EVENT`], and [`UNREAD`] while nobody has read it. Value: (event; project; 1 once read).
pub(crate) const NOTIFICATION_INDEX: Index<NotificationKey, (u8, u128, u8)> =
    TableDefinition::new("notification_index");
/// How many listed notifications people have not read; no row for none. Key: person.
pub(crate) const UNREAD_COUNTS: Index<u128, u64> = TableDefinition::new("unread_notifications");
/// Deliveries. Key: delivery.
pub(crate) const DELIVERIES: Records<u128, Delivery> = Records::new("deliveries");
/// PENDING deliveries, earliest first. Key: (due at, ms; delivery).
pub(crate) const DUE_DELIVERIES: Index<(i64, u128), ()> = TableDefinition::new("due_deliveries");
/// SENDING deliveries: what stands here at a start may have been sent. Key: delivery.
pub(crate) const SENDING_DELIVERIES: Index<u128, ()> = TableDefinition::new("sending_deliveries");
/// (person; channel; 0 a subject, 1 an instant; the subject, or the instant in ms).
pub(crate) type GroupKey = (u128, u8, u8, u128);
/// Deliveries that were never tried, by what joins them. Key: [`GroupKey`]. Value: delivery.
pub(crate) const OPEN_GROUPS: Index<GroupKey, u128> = TableDefinition::new("open_delivery_groups");
/// Which deliveries told a notification. Key: (notification; delivery).
pub(crate) const NOTIFICATION_DELIVERIES: Index<(u128, u128), ()> =
    TableDefinition::new("notification_deliveries");
/// What people want to be told. Key: person.
pub(crate) const PREFERENCES: Records<u128, Preferences> = Records::new("notification_preferences");
/// Requests that were done, by who made them and what they called them. Key: (user; BLAKE3 of the name).
pub(crate) const REQUESTS: Records<(u128, [u8; 32]), RecordedRequest> = Records::new("requests");
/// The same by age, so that the oldest are forgotten first. Key: (at, ms; user; BLAKE3 of the name).
pub(crate) const REQUEST_AGES: Index<(i64, u128, [u8; 32]), ()> = TableDefinition::new("request_ages");
/// How far each project's activity has been read. Key: project.
pub(crate) const SYNC_STATES: Records<u128, SyncState> = Records::new("sync_states");
/// What was read of a project's activity, piece by piece. Key: (project; read at, ms).
pub(crate) const ACTIVITY: Records<(u128, i64), ActivitySegment> = Records::new("activity");
/// Answers of projects' servers. Key: (project; first 128 bits of BLAKE3 of the address).
pub(crate) const ANSWERS: Records<(u128, u128), KeptAnswer> = Records::new("source_answers");
/// Answers by age. Key: (project; kept at, ms; as in [`ANSWERS`]).
pub(crate) const ANSWER_AGES: Index<(u128, i64, u128), ()> = TableDefinition::new("source_answer_ages");
/// People. Key: user.
pub(crate) const USERS: Records<u128, User> = Records::new("users");
/// Users by address. Key: the address in lower case. Value: user.
pub(crate) const USER_EMAILS: Index<&'static str, u128> = TableDefinition::new("user_emails");
/// Access tokens, revoked ones too. Key: token.
pub(crate) const TOKENS: Records<u128, Token> = Records::new("tokens");
/// Tokens by what is kept of their text. Key: digest. Value: token.
pub(crate) const TOKEN_CODES: Index<[u8; 32], u128> = TableDefinition::new("token_codes");
/// A user's tokens. Key: (user; token).
pub(crate) const USER_TOKENS: Index<(u128, u128), ()> = TableDefinition::new("user_tokens");
/// Signed-in browsers. Key: session.
pub(crate) const SESSIONS: Records<u128, Session> = Records::new("sessions");
/// Sessions by what is kept of their cookie. Key: digest. Value: session.
pub(crate) const SESSION_CODES: Index<[u8; 32], u128> = TableDefinition::new("session_codes");
/// A user's sessions. Key: (user; session).
pub(crate) const USER_SESSIONS: Index<(u128, u128), ()> = TableDefinition::new("user_sessions");
/// Invitations, used and void ones too. Key: invitation.
pub(crate) const INVITATIONS: Records<u128, Invitation> = Records::new("invitations");
/// Invitations by what is kept of their code. Key: digest. Value: invitation.
pub(crate) const INVITATION_CODES: Index<[u8; 32], u128> = TableDefinition::new("invitation_codes");
/// Ways to a new password, one a user. Key: user.
pub(crate) const PASSWORD_RESETS: Records<u128, PasswordReset> = Records::new("password_resets");
/// Password resets by what is kept of their code. Key: digest. Value: user.
pub(crate) const RESET_CODES: Index<[u8; 32], u128> = TableDefinition::new("password_reset_codes");
/// People added to projects. Key: (project; user).
pub(crate) const MEMBERS: Records<(u128, u128), Membership> = Records::new("members");
/// The same the other way round. Key: (user; project).
pub(crate) const USER_PROJECTS: Index<(u128, u128), ()> = TableDefinition::new("user_projects");
/// What people own, removed projects too. Key: (user; project).
pub(crate) const PROJECT_OWNERS: Index<(u128, u128), ()> = TableDefinition::new("project_owners");
/// Who changed what: the newest [`AUDIT_MAX`] entries. Key: a number that counts them from 1 in the order of commits.
pub(crate) const AUDIT: Records<u64, AuditEntry> = Records::new("audit_log");
/// What is set for the whole instance. Key: [`INSTANCE_KEY`].
pub(crate) const INSTANCE: Records<&'static str, InstanceSettings> = Records::new("instance");
/// The only key of [`INSTANCE`].
pub(crate) const INSTANCE_KEY: &str = "settings";

/// The newest [`EVENTS_MAX`] events. Key: number.
pub(crate) const EVENTS: Records<u64, Event> = Records::new("events");

/// The facet that holds everything; its scope is 0.
pub(crate) const ALL: u8 = 0;
/// The facet whose scope is a project.
pub(crate) const BY_PROJECT: u8 = 1;
/// The facet whose scope is a job.
pub(crate) const BY_JOB: u8 = 2;
/// The facet whose scope is an execution.
pub(crate) const BY_EXECUTION: u8 = 3;
/// The facet whose scope is a draft's status.
pub(crate) const BY_STATUS: u8 = 4;
/// The facet whose scope is a platform.
pub(crate) const BY_PLATFORM: u8 = 5;
/// The facet whose scope is the kind of a notification.
pub(crate) const BY_EVENT: u8 = 6;
/// The facet of what nobody has read; its scope is 0.
pub(crate) const UNREAD: u8 = 7;
/// The facet whose scope is the person whose own something is.
pub(crate) const BY_PERSON: u8 = 8;

/// Returns the facet and scope under which what a home has is found.
pub(crate) const fn scope_of(home: Home) -> (u8, u128) {
    match home {
        Home::Project(id) => (BY_PROJECT, id.bits()),
        Home::Person(id) => (BY_PERSON, id.bits()),
    }
}

/// The facet of cancelled jobs; its scope is 0.
pub(crate) const CANCELLED: u8 = 9;

/// Events kept; older ones go in the commit that adds newer ones.
pub(crate) const EVENTS_MAX: u64 = 100_000;

/// Entries of the audit log kept; older ones go in the commit that adds newer ones.
pub(crate) const AUDIT_MAX: u64 = 100_000;

/// Something done to each table in turn.
pub(crate) trait Visitor {
    /// Visits a table of records.
    fn records<K: Key + 'static, T: DeserializeOwned>(
        &mut self,
        records: &Records<K, T>,
    ) -> Result<(), Fault>;
    /// Visits a table of plain numbers.
    fn index<K: Key + 'static, V: Value + 'static>(&mut self, index: Index<K, V>) -> Result<(), Fault>;
}

/// Shows `visitor` every table, always in the same order.
pub(crate) fn each(visitor: &mut impl Visitor) -> Result<(), Fault> {
    each_of_work(visitor)?;
    visitor.records(&DRAFTS)?;
    visitor.records(&REVISIONS)?;
    visitor.index(DRAFT_INDEX)?;
    visitor.records(&BRIEFS)?;
    visitor.records(&PUBLICATIONS)?;
    visitor.index(DRAFT_PUBLICATIONS)?;
    visitor.index(PUBLICATION_KEYS)?;
    visitor.index(OPEN_PUBLICATIONS)?;
    visitor.records(&SECRETS)?;
    visitor.records(&NOTIFICATIONS)?;
    visitor.index(NOTIFICATION_KEYS)?;
    visitor.index(NOTIFICATION_INDEX)?;
    visitor.index(UNREAD_COUNTS)?;
    visitor.records(&DELIVERIES)?;
    visitor.index(DUE_DELIVERIES)?;
    visitor.index(SENDING_DELIVERIES)?;
    visitor.index(OPEN_GROUPS)?;
    visitor.index(NOTIFICATION_DELIVERIES)?;
    visitor.records(&PREFERENCES)?;
    visitor.records(&REQUESTS)?;
    visitor.index(REQUEST_AGES)?;
    visitor.records(&SYNC_STATES)?;
    visitor.records(&ACTIVITY)?;
    visitor.records(&ANSWERS)?;
    visitor.index(ANSWER_AGES)?;
    visitor.records(&USERS)?;
    visitor.index(USER_EMAILS)?;
    visitor.records(&TOKENS)?;
    visitor.index(TOKEN_CODES)?;
    visitor.index(USER_TOKENS)?;
    visitor.records(&SESSIONS)?;
    visitor.index(SESSION_CODES)?;
    visitor.index(USER_SESSIONS)?;
    visitor.records(&INVITATIONS)?;
    visitor.index(INVITATION_CODES)?;
    visitor.records(&PASSWORD_RESETS)?;
    visitor.index(RESET_CODES)?;
    visitor.records(&MEMBERS)?;
    visitor.index(USER_PROJECTS)?;
    visitor.index(PROJECT_OWNERS)?;
    visitor.records(&AUDIT)?;
    visitor.records(&INSTANCE)?;
    visitor.records(&EVENTS)
}

/// Shows `visitor` the tables of projects, jobs and executions.
fn each_of_work(visitor: &mut impl Visitor) -> Result<(), Fault> {
    visitor.records(&META)?;
    visitor.records(&PROJECTS)?;
    visitor.records(&REMOVED_PROJECTS)?;
    visitor.records(&JOBS)?;
    visitor.records(&JOB_STATES)?;
    visitor.records(&CURSORS)?;
    visitor.index(JOB_INDEX)?;
    visitor.index(DUE_JOBS)?;
    visitor.index(DOWNSTREAM)?;
    visitor.index(NOTED)?;
    visitor.index(FOLLOWERS)?;
    visitor.index(LISTENERS)?;
    visitor.index(PAUSED)?;
    visitor.records(&EXECUTIONS)?;
    visitor.index(OCCURRENCES)?;
    visitor.index(WAITING)?;
    visitor.index(READY)?;
    visitor.index(LANES)?;
    visitor.index(BUSY)?;
    visitor.index(LANE_LOADS)?;
    visitor.index(LANE_LIMITS)?;
    visitor.index(TURNS)?;
    visitor.index(GATE_LINES)?;
    visitor.index(GATE_PLACES)?;
    visitor.index(GATE_LOADS)?;
    visitor.records(&RATES)?;
    visitor.index(RATE_DUE)?;
    visitor.index(DEBOUNCES)?;
    visitor.index(LEASES)?;
    visitor.index(OPEN)?;
    visitor.index(HISTORY)?;
    visitor.index(CLASSES)?;
    visitor.index(DEAD_LETTERS)?;
    visitor.records(&TALLIES)?;
    visitor.records(&STEPS)?;
    visitor.index(DONE_STEPS)?;
    visitor.records(&LOGS)?;
    visitor.index(LOG_SIZES)?;
    visitor.index(PURGED)?;
    visitor.index(LATE)?;
    visitor.index(HELD)?;
    visitor.index(HELD_JOBS)
}
