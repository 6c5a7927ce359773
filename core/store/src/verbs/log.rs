//! Logs: appended, and bounded by dropping the oldest lines.

use dateline_core::execution::{LogLevel, LogLine};
use dateline_core::id::ExecutionId;
use redb::ReadableTable;

use crate::fault::Fault;
use crate::record::encode;
use crate::tables::{LOG_SIZES, LOGS};
use crate::transaction::{Rows, Transaction};

/// What one execution's log may hold, in bytes as stored.
pub(crate) const LOG_BYTES_MAX: u64 = 1 << 20;

impl Transaction<'_> {
    /// Appends lines; drops the oldest ones beyond [`LOG_BYTES_MAX`], and says so in the line numbered 0.
    pub(crate) fn append_logs(&self, execution: ExecutionId, lines: &[LogLine]) -> Result<(), Fault> {
        let Some(latest) = lines.last() else { return Ok(()) };
        let id = execution.bits();
        let (mut first, mut last, mut bytes, mut dropped) = self.look(LOG_SIZES, id)?.unwrap_or((1, 0, 0, 0));
        for line in lines {
            last += 1;
            let encoded = encode(line)?;
            bytes += encoded.len() as u64;
            self.set(LOGS.table, (id, last), encoded.as_slice())?;
        }
        let dropped_before = dropped;
        while bytes > LOG_BYTES_MAX && first < last {
            bytes = bytes.saturating_sub(self.drop_line((id, first))?);
            first += 1;
            dropped += 1;
        }
        if dropped > dropped_before {
            self.put(&LOGS, (id, 0), &note(latest, dropped))?;
        }
        self.set(LOG_SIZES, id, (first, last, bytes, dropped))
    }

    fn drop_line(&self, key: (u128, u64)) -> Result<u64, Fault> {
        let len = {
            let table = self.table(LOGS.table)?;
            let row = table.get(key)?;
            row.map_or(0, |bytes| bytes.value().len() as u64)
        };
        self.remove(LOGS.table, key)?;
        Ok(len)
    }
}

fn note(latest: &LogLine, dropped: u64) -> LogLine {
    LogLine {
        at: latest.at,
        level: LogLevel::Warn,
        attempt: latest.attempt,
        step: None,
        message: format!("{dropped} older lines were dropped: a log keeps its newest {LOG_BYTES_MAX} bytes"),
    }
}
