//! Executions that stay whatever their age.

use dateline_core::execution::{Execution, ExecutionState};
use dateline_core::id::ExecutionId;
use dateline_core::time::Timestamp;

use super::purge::late_codes;
use crate::fault::Fault;
use crate::tables::{HELD, LATE};
use crate::transaction::Transaction;

impl Transaction<'_> {
    pub(crate) fn pin_execution(&self, id: ExecutionId, now: Timestamp) -> Result<Execution, Fault> {
        let before = self.found_execution(id)?;
        if before.pinned_at.is_some() {
            return Ok(before);
        }
        self.unlink_late(&before)?;
        let after = Execution { pinned_at: Some(now), ..before.clone() };
        self.change_execution(&before, after, now)
    }

    /// Lets an execution go in its time. The scans may have passed it while it was pinned.
    pub(crate) fn unpin_execution(&self, id: ExecutionId, now: Timestamp) -> Result<Execution, Fault> {
        let before = self.found_execution(id)?;
        if before.pinned_at.is_none() {
            return Ok(before);
        }
        let after = Execution { pinned_at: None, ..before.clone() };
        for key in late_keys(&after) {
            self.set(LATE, key, ())?;
        }
        self.change_execution(&before, after, now)
    }

    /// Removes an execution from what the scans have left for later.
    pub(super) fn unlink_late(&self, execution: &Execution) -> Result<(), Fault> {
        let (at, id) = (execution.created_at.timestamp_millis(), execution.id.bits());
        self.remove(HELD, (execution.job.bits(), at, id))?;
        for key in late_keys(execution) {
            self.remove(LATE, key)?;
        }
        Ok(())
    }
}

/// Returns the rows of an ended execution among those that scans have passed: for itself, its log, its steps.
fn late_keys(execution: &Execution) -> Vec<(u8, i64, u128)> {
    let ExecutionState::Finished { at, .. } = execution.state else { return Vec::new() };
    let codes = late_codes(execution.state.status()).into_iter().flatten();
    codes.map(|code| (code, at.timestamp_millis(), execution.id.bits())).collect()
}
