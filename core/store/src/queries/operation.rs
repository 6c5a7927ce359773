//! What operators watch: lengths of tables, which redb keeps.

use dateline_core::store::StoreGauges;
use redb::{Key, ReadableTableMetadata, Value};

use crate::fault::Fault;
use crate::tables::{self, Index};
use crate::transaction::{Rows, Snapshot};

impl Snapshot {
    pub(crate) fn gauges(&self) -> Result<StoreGauges, Fault> {
        Ok(StoreGauges {
            queued: self.rows_of(tables::READY)?,
            waiting: self.rows_of(tables::WAITING)?,
            running: self.rows_of(tables::LEASES)?,
            projects: self.rows_of(tables::PROJECTS.table)?,
            scheduled_jobs: self.rows_of(tables::DUE_JOBS)?,
            executions: self.rows_of(tables::EXECUTIONS.table)?,
            drafts: self.rows_of(tables::DRAFTS.table)?,
            secrets: self.rows_of(tables::SECRETS.table)?,
        })
    }

    fn rows_of<K: Key + 'static, V: Value + 'static>(&self, table: Index<K, V>) -> Result<u64, Fault> {
        Ok(self.table(table)?.len()?)
    }
}
