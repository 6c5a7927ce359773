//! Backfills: executions for occurrences of the past, recorded and cancelled together.

use dateline_core::execution::{ExecutionEvent, ExecutionState, Trigger};
use dateline_core::id::{BackfillId, JobId};
use dateline_core::policy::Priority;
use dateline_core::store::{NewBackfill, StoreError};
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::tables::EXECUTIONS;
use crate::transaction::{Rows, Transaction};
use crate::verbs::fire::new_execution;

/// Backfills stand behind everything that is of today.
const LOWEST: u8 = 0;

impl Transaction<'_> {
    pub(crate) fn create_backfill(&self, new: &NewBackfill) -> Result<(), Fault> {
        let (job, _) = self.found_job(new.job)?;
        if job.cancelled_at.is_some() {
            return Err(StoreError::JobCancelled.into());
        }
        for (id, _) in &new.runs {
            if let Some(stored) = self.get(&EXECUTIONS, id.bits())? {
                return Err(StoreError::Conflict { version: stored.version }.into());
            }
        }
        let mut ready_at = new.now;
        for (id, of) in &new.runs {
            // A millisecond apart, so that they keep their order in the line.
            let state = ExecutionState::Queued { since: new.now, ready_at };
            ready_at += chrono::Duration::milliseconds(1);
            let mut execution = new_execution(&job, *id, Trigger::Backfill(*of), None, state, new.now);
            execution.priority = Priority::new(LOWEST).unwrap_or_default();
            self.bind(&job, &mut execution)?;
            self.insert_execution(&execution, new.now)?;
        }
        Ok(())
    }

    pub(crate) fn cancel_backfill(
        &self,
        job: JobId,
        backfill: Option<BackfillId>,
        now: Timestamp,
    ) -> Result<usize, Fault> {
        self.found_job(job)?;
        let mut cancelled = 0;
        for id in self.open_executions(job)? {
            let of = self.found_execution(id)?.backfilled();
            if of.is_some_and(|of| backfill.is_none_or(|wanted| wanted == of.backfill)) {
                self.steer(id, ExecutionEvent::CancelRequested, now)?;
                cancelled += 1;
            }
        }
        Ok(cancelled)
    }
}
