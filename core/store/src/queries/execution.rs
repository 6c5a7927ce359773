//! Executions, their steps, their logs, and the occurrences they stand for.

use std::ops::Bound;

use dateline_core::event::Event;
use dateline_core::execution::{Execution, ExecutionState, LogLine, StepRecord};
use dateline_core::id::{ExecutionId, JobId};
use dateline_core::store::{Missing, OccurrenceRecord, Page, PageRequest, StoreError};
use dateline_core::time::Timestamp;
use redb::ReadableTable;

use super::{page_of, resume};
use crate::fault::Fault;
use crate::tables::{EVENTS, EXECUTIONS, LOGS, OCCURRENCES, STEPS};
use crate::transaction::{Rows, Snapshot, Walk};

impl Snapshot {
    pub(crate) fn execution(&self, id: ExecutionId) -> Result<Execution, Fault> {
        let missing = Fault::Refused(StoreError::NotFound(Missing::Execution));
        self.get(&EXECUTIONS, id.bits())?.ok_or(missing)
    }

    pub(crate) fn steps(&self, id: ExecutionId) -> Result<Vec<StepRecord>, Fault> {
        self.execution(id)?;
        let id = id.bits();
        let steps = self.list(&STEPS, (id, 0)..=(id, u32::MAX), usize::MAX)?;
        Ok(steps.into_iter().map(|(_, step)| step).collect())
    }

    pub(crate) fn logs(&self, id: ExecutionId, page: &PageRequest) -> Result<Page<LogLine>, Fault> {
        self.execution(id)?;
        let id = id.bits();
        let start = match resume::<8>(page)?.map(u64::from_be_bytes) {
            Some(line) => Bound::Excluded((id, line)),
            None => Bound::Included((id, 0)),
        };
        let lines = self.list(&LOGS, (start, Bound::Included((id, u64::MAX))), page.limit + 1)?;
        let page = page_of(lines, page.limit, |((_, number), _)| number.to_be_bytes().to_vec());
        Ok(Page { items: page.items.into_iter().map(|(_, line)| line).collect(), next: page.next })
    }

    pub(crate) fn occurrences(
        &self,
        job: JobId,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        page: &PageRequest,
    ) -> Result<Page<OccurrenceRecord>, Fault> {
        let job = job.bits();
        let start = from.map_or(i64::MIN, |at| at.timestamp_millis());
        let end = to.map_or(Bound::Included(i64::MAX), |at| Bound::Excluded(at.timestamp_millis()));
        let end = resume::<8>(page)?.map_or(end, |due| Bound::Excluded(i64::from_be_bytes(due)));
        let mut found = Vec::new();
        if !is_before(start, end) {
            return Ok(Page { items: found, next: None });
        }
        let range = (Bound::Included((job, start)), end.map(|due| (job, due)));
        self.walk_back(OCCURRENCES, range, |_, id| {
            found.push(self.occurrence(ExecutionId::from_bits(id))?);
            Ok(if found.len() > page.limit { Walk::Stop } else { Walk::On })
        })?;
        Ok(page_of(found, page.limit, |record| record.due.key().timestamp_millis().to_be_bytes().to_vec()))
    }

    fn occurrence(&self, id: ExecutionId) -> Result<OccurrenceRecord, Fault> {
        let execution = self.execution(id)?;
        let Some(due) = execution.due else {
            return Err(Fault::Damaged(format!("{id} is in the index of occurrences and stands for none")));
        };
        let outcome = match &execution.state {
            ExecutionState::Finished { outcome, .. } => Some(*outcome),
            ExecutionState::Queued { .. }
            | ExecutionState::Running { .. }
            | ExecutionState::Retrying { .. }
            | ExecutionState::Waiting { .. }
            | ExecutionState::Paused { .. }
            | ExecutionState::Cancelling { .. } => None,
        };
        let waits_for = match &execution.state {
            ExecutionState::Waiting { wait, .. } => Some(wait.reason),
            _ => None,
        };
        let status = execution.state.status();
        let (superseded_by, started_at) = (execution.superseded_by, execution.started_at);
        Ok(OccurrenceRecord { due, execution: id, status, outcome, waits_for, superseded_by, started_at })
    }

    pub(crate) fn events_after(&self, seq: u64, limit: usize) -> Result<Vec<Event>, Fault> {
        let range = (Bound::Excluded(seq), Bound::Unbounded);
        Ok(self.list(&EVENTS, range, limit)?.into_iter().map(|(_, event)| event).collect())
    }

    pub(crate) fn newest_event(&self) -> Result<u64, Fault> {
        let table = self.table(EVENTS.table)?;
        let last = table.last()?;
        Ok(last.map_or(0, |(seq, _)| seq.value()))
    }
}

/// Whether a range is not upside down.
fn is_before(start: i64, end: Bound<i64>) -> bool {
    match end {
        Bound::Included(end) => start <= end,
        Bound::Excluded(end) => start < end,
        Bound::Unbounded => true,
    }
}
