//! Logs and steps go before the executions they belong to.

use std::ops::Bound;

use dateline_core::execution::ExecutionState;
use dateline_core::retention::{Verdict, aged, cutoff};
use redb::ReadableTable;

use super::{Batch, LATE_LOGS, LATE_STEPS, LOGS_SCAN, STEPS_SCAN};
use crate::fault::Fault;
use crate::tables::{LATE, LOG_SIZES, PURGED, STEPS};
use crate::transaction::{Rows, Transaction};

/// What of executions goes by itself.
#[derive(Clone, Copy)]
enum Detail {
    Log,
    Steps,
}

impl Detail {
    fn scan(self) -> u8 {
        match self {
            Self::Log => LOGS_SCAN,
            Self::Steps => STEPS_SCAN,
        }
    }

    fn late(self) -> u8 {
        match self {
            Self::Log => LATE_LOGS,
            Self::Steps => LATE_STEPS,
        }
    }

    fn days(self, batch: &Batch) -> u32 {
        match self {
            Self::Log => batch.retention.logs_days,
            Self::Steps => batch.retention.steps_days,
        }
    }
}

/// The least id of what is created at `ms`: the first 48 bits of an id are its time.
pub(super) fn first_id(ms: i64) -> u128 {
    u128::try_from(ms).unwrap_or(0) << 80
}

impl Transaction<'_> {
    pub(super) fn purge_logs(&self, batch: &mut Batch) -> Result<bool, Fault> {
        self.purge_detail(Detail::Log, batch)
    }

    pub(super) fn purge_steps(&self, batch: &mut Batch) -> Result<bool, Fault> {
        self.purge_detail(Detail::Steps, batch)
    }

    fn purge_detail(&self, detail: Detail, batch: &mut Batch) -> Result<bool, Fault> {
        let end = cutoff(batch.now, detail.days(batch)).timestamp_millis();
        let begun = self.passed(detail.scan())?.map(|(_, id)| id);
        let mut last = begun;
        while !batch.is_full()
            && let Some(id) = self.next_with(detail, last, first_id(end))?
        {
            self.judge_detail(detail, id, batch)?;
            last = Some(id);
        }
        if let Some(id) = last.filter(|_| last != begun) {
            self.set(PURGED, detail.scan(), (0, id))?;
        }
        let late = self.rows(LATE, (detail.late(), i64::MIN, 0)..(detail.late(), end, 0), batch.left)?;
        for (key, ()) in late {
            if batch.is_full() {
                break;
            }
            self.remove(LATE, key)?;
            self.judge_detail(detail, key.2, batch)?;
        }
        Ok(!batch.is_full())
    }

    /// Returns the first execution after `last` and before `end` that has such a detail.
    fn next_with(&self, detail: Detail, last: Option<u128>, end: u128) -> Result<Option<u128>, Fault> {
        let from = last.map_or(0, |last| last.saturating_add(1));
        if from >= end {
            return Ok(None);
        }
        match detail {
            Detail::Log => Ok(self.rows(LOG_SIZES, from..end, 1)?.pop().map(|(id, _)| id)),
            Detail::Steps => {
                let steps = self.table(STEPS.table)?;
                let range = (Bound::Included((from, 0)), Bound::Excluded((end, 0)));
                let first = steps.range::<(u128, u32)>(range)?.next().transpose()?;
                Ok(first.map(|(key, _)| key.value().0))
            }
        }
    }

    fn judge_detail(&self, detail: Detail, id: u128, batch: &mut Batch) -> Result<(), Fault> {
        let execution = self.indexed_execution(id)?;
        match aged(&execution, detail.days(batch), batch.now) {
            Verdict::Goes => {
                let rows = match detail {
                    Detail::Log => self.forget_log(id)?,
                    Detail::Steps => self.forget_steps(id)?,
                };
                if rows == 0 { batch.saw() } else { batch.took(rows) }
            }
            Verdict::Young => {
                if let ExecutionState::Finished { at, .. } = execution.state {
                    self.set(LATE, (detail.late(), at.timestamp_millis(), id), ())?;
                }
                batch.saw();
            }
            Verdict::Open | Verdict::Pinned | Verdict::Latest => batch.saw(),
        }
        Ok(())
    }
}
