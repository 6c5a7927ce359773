//! What is forgotten, batch by batch. Each kind of record is found by a scan over what is due to go.
//!
//! Executions lie in history by class and time, so those whose time is over stand at the beginning of each class. What a
//! scan has to leave there, it remembers elsewhere, and never passes again:
//!
//! ```text
//!  a class: │ passed, ends at PURGED │ whose time has come │ younger ──▶
//!              ├─▶ LATE   recorded long ago and ended lately; looked at again by its end
//!              ├─▶ HELD   among the newest of its job; looked at again when the job has newer ones, or is cancelled
//!              └─▶ nowhere while it is pinned; LATE when it is no more
//! ```
//!
//! Logs and steps are scanned in the same way, by the ids of their executions, whose order is that of creation.

mod details;
mod executions;
mod notifications;
mod rest;

use dateline_core::execution::ExecutionStatus;
use dateline_core::retention::{Lifetime, RecordKind, Retention};
use dateline_core::store::{PurgeRequest, Purged};
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::tables::PURGED;
use crate::transaction::{Rows, Transaction};

/// The scan over logs. Scans over executions are called by their class.
pub(crate) const LOGS_SCAN: u8 = 200;
/// The scan over steps.
pub(crate) const STEPS_SCAN: u8 = 201;
/// The scan over cancelled jobs, which begins anew when it has come to the end; so do those that follow.
const JOBS_SCAN: u8 = 202;
const PROJECTS_SCAN: u8 = 203;
const ACTIVITY_SCAN: u8 = 204;
const ANSWERS_SCAN: u8 = 205;
const NOTIFICATIONS_SCAN: u8 = 206;
/// How many executions of each job the rows of [`crate::tables::HELD`] were left for; and, while that has become less,
/// the last job that was told.
const HELD_SCAN: u8 = 207;

/// A batch ends when it has removed so many rows, however few records these belonged to: a log alone can have thousands.
const ROWS_MAX: usize = 5_000;

/// The executions themselves, by lifetime.
const LATE_SUCCEEDED: u8 = 0;
const LATE_FAILED: u8 = 1;
const LATE_SKIPPED: u8 = 2;
const LATE_LOGS: u8 = 3;
const LATE_STEPS: u8 = 4;

fn late_code(lifetime: Lifetime) -> u8 {
    match lifetime {
        Lifetime::Succeeded => LATE_SUCCEEDED,
        Lifetime::Failed => LATE_FAILED,
        Lifetime::Skipped => LATE_SKIPPED,
    }
}

/// Returns what of an ended execution goes by itself, as keys of [`crate::tables::LATE`] name it: the whole, its log, its
/// steps.
pub(crate) fn late_codes(status: ExecutionStatus) -> [Option<u8>; 3] {
    let whole = Lifetime::of(status).map(late_code);
    [whole, whole.and(Some(LATE_LOGS)), whole.and(Some(LATE_STEPS))]
}

/// A batch in the making.
struct Batch {
    retention: Retention,
    now: Timestamp,
    /// How many more records may be looked at.
    left: usize,
    /// How many more rows may be removed.
    rows_left: usize,
    removed: u64,
}

impl Batch {
    /// Notes a record that stays.
    fn saw(&mut self) {
        self.left = self.left.saturating_sub(1);
    }

    /// Notes a record that is gone, with all its rows.
    fn took(&mut self, rows: usize) {
        self.saw();
        self.removed += 1;
        self.rows_left = self.rows_left.saturating_sub(rows);
    }

    fn is_full(&self) -> bool {
        self.left == 0 || self.rows_left == 0
    }
}

impl Transaction<'_> {
    pub(crate) fn purge(&self, request: &PurgeRequest) -> Result<Purged, Fault> {
        let mut batch = Batch {
            retention: request.retention,
            now: request.now,
            left: request.limit.max(1),
            rows_left: ROWS_MAX,
            removed: 0,
        };
        let is_done = match request.kind {
            RecordKind::Executions => self.purge_executions(&mut batch)?,
            RecordKind::Logs => self.purge_logs(&mut batch)?,
            RecordKind::Steps => self.purge_steps(&mut batch)?,
            RecordKind::Jobs => self.purge_jobs(&mut batch)?,
            RecordKind::Projects => self.purge_projects(&mut batch)?,
            RecordKind::Activity => self.purge_activity(&mut batch)?,
            RecordKind::Answers => self.purge_answers(&mut batch)?,
            RecordKind::Notifications => self.purge_notifications(&mut batch)?,
            RecordKind::Audit => self.purge_audit(&mut batch)?,
            RecordKind::Requests => self.purge_requests(&mut batch)?,
        };
        Ok(Purged { removed: batch.removed, is_done })
    }

    /// Returns the last key a scan has passed.
    fn passed(&self, scan: u8) -> Result<Option<(i64, u128)>, Fault> {
        self.look(PURGED, scan)
    }

    /// Shows `visit` the ids that `next` finds from where `scan` left off, until the batch is full. A scan that has come to
    /// the end begins anew the next time. Returns whether it has.
    fn go_round(
        &self,
        scan: u8,
        batch: &mut Batch,
        next: impl Fn(Option<u128>) -> Result<Option<u128>, Fault>,
        mut visit: impl FnMut(u128, &mut Batch) -> Result<(), Fault>,
    ) -> Result<bool, Fault> {
        let begun = self.passed(scan)?;
        let mut last = begun.map(|(_, id)| id);
        while !batch.is_full() {
            let Some(id) = next(last)? else {
                if begun.is_some() {
                    self.remove(PURGED, scan)?;
                }
                return Ok(true);
            };
            visit(id, batch)?;
            last = Some(id);
        }
        if let Some(id) = last {
            self.set(PURGED, scan, (0, id))?;
        }
        Ok(false)
    }
}
