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
//! | whose waiting is over | [`WAITING`] up to now |
//! | what is claimed next | the first row of [`LANES`], which heads its lane in [`READY`] |
//! | whose lease lapsed | [`LEASES`] up to now |
//! | is the job busy | [`OPEN`] of the job |
//! | history and statistics | [`HISTORY`] of the facet, newest first |
//! | what became of an occurrence | [`OCCURRENCES`] of the job |

use std::marker::PhantomData;

use dateline_core::brief::Brief;
use dateline_core::draft::{Draft, Publication};
use dateline_core::event::Event;
use dateline_core::execution::{Execution, LogLine, StepRecord};
use dateline_core::job::{Cursor, Job};
use dateline_core::project::Project;
use redb::{Key, TableDefinition, Value};
use serde::de::DeserializeOwned;

use crate::fault::Fault;
use crate::record::{JobState, RemovedProject, Sentinel};

/// The schema this program writes. Older ones are migrated, newer ones refused.
pub(crate) const SCHEMA_VERSION: u32 = 1;

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
/// Jobs that are not cancelled. Key: (facet; scope; job), facets [`ALL`] and [`BY_PROJECT`].
pub(crate) const JOB_INDEX: Index<(u8, u128, u128), ()> = TableDefinition::new("job_index");
/// Live jobs with an occurrence to come, earliest first. Key: (effective at, ms; job).
pub(crate) const DUE_JOBS: Index<(i64, u128), ()> = TableDefinition::new("due_jobs");

/// Executions. Key: execution.
pub(crate) const EXECUTIONS: Records<u128, Execution> = Records::new("executions");
/// SCHEDULED records by what they stand for; unique. Key: (job; due at, ms). Value: execution. A range of old
/// occurrences has one row, at its last.
pub(crate) const OCCURRENCES: Index<(u128, i64), u128> = TableDefinition::new("occurrences");
/// RETRYING executions, and QUEUED ones whose start is paced. Key: (not before, ms; execution).
pub(crate) const WAITING: Index<(i64, u128), ()> = TableDefinition::new("waiting_executions");
/// QUEUED executions that may be claimed. A lane is a project. Key: (lane; 9 − priority; ready since, ms; execution).
pub(crate) const READY: Index<(u128, u8, i64, u128), ()> = TableDefinition::new("ready_executions");
/// The head of each lane that is idle and has something ready, so that a claim never looks at the others.
/// Key: (9 − priority; ready since, ms; execution; lane).
pub(crate) const LANES: Index<(u8, i64, u128, u128), ()> = TableDefinition::new("idle_lanes");
/// What runs in each lane; one row a lane. Key: lane. Value: execution.
pub(crate) const BUSY: Index<u128, u128> = TableDefinition::new("busy_lanes");
/// Leases by their end. Key: (expires at, ms; execution). Value: holder.
pub(crate) const LEASES: Index<(i64, u128), u128> = TableDefinition::new("leases");
/// Open executions of each job. Key: (job; 0 never started, 1 started; execution).
pub(crate) const OPEN: Index<(u128, u8, u128), ()> = TableDefinition::new("open_executions");
/// (facet; scope; recorded at, ms; execution).
pub(crate) type HistoryKey = (u8, u128, i64, u128);
/// Every execution, newest last, under each facet it is asked by. Key: [`HistoryKey`],
/// facets [`ALL`], [`BY_PROJECT`], [`BY_JOB`]. Value: see [`crate::record::HistoryRow`].
pub(crate) const HISTORY: Index<HistoryKey, (u8, u8, u64, u64)> = TableDefinition::new("history");
/// Steps in the order they were recorded. Key: (execution; ordinal from 0).
pub(crate) const STEPS: Records<(u128, u32), StepRecord> = Records::new("steps");
/// Steps that are done. Key: (execution; name). Value: ordinal.
pub(crate) const DONE_STEPS: Index<(u128, &'static str), u32> = TableDefinition::new("done_steps");
/// Log lines. Key: (execution; number). Lines count from 1; number 0 says how many older ones were dropped.
pub(crate) const LOGS: Records<(u128, u64), LogLine> = Records::new("logs");
/// What each log holds. Key: execution. Value: (oldest kept line; newest line; bytes kept; lines dropped).
pub(crate) const LOG_SIZES: Index<u128, (u64, u64, u64, u64)> = TableDefinition::new("log_sizes");

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

/// Events kept; older ones go in the commit that adds newer ones.
pub(crate) const EVENTS_MAX: u64 = 100_000;

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
    visitor.records(&META)?;
    visitor.records(&PROJECTS)?;
    visitor.records(&REMOVED_PROJECTS)?;
    visitor.records(&JOBS)?;
    visitor.records(&JOB_STATES)?;
    visitor.records(&CURSORS)?;
    visitor.index(JOB_INDEX)?;
    visitor.index(DUE_JOBS)?;
    visitor.records(&EXECUTIONS)?;
    visitor.index(OCCURRENCES)?;
    visitor.index(WAITING)?;
    visitor.index(READY)?;
    visitor.index(LANES)?;
    visitor.index(BUSY)?;
    visitor.index(LEASES)?;
    visitor.index(OPEN)?;
    visitor.index(HISTORY)?;
    visitor.records(&STEPS)?;
    visitor.index(DONE_STEPS)?;
    visitor.records(&LOGS)?;
    visitor.index(LOG_SIZES)?;
    visitor.records(&DRAFTS)?;
    visitor.records(&REVISIONS)?;
    visitor.index(DRAFT_INDEX)?;
    visitor.records(&BRIEFS)?;
    visitor.records(&PUBLICATIONS)?;
    visitor.index(DRAFT_PUBLICATIONS)?;
    visitor.index(PUBLICATION_KEYS)?;
    visitor.index(OPEN_PUBLICATIONS)?;
    visitor.records(&EVENTS)
}
