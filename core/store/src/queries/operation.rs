//! What operators watch: lengths of tables, which redb keeps.

use dateline_core::store::StoreGauges;
use redb::{Key, ReadableTableMetadata, Value};
use serde::de::DeserializeOwned;

use crate::fault::Fault;
use crate::tables::{self, Index, Records, Visitor};
use crate::transaction::{Rows, Snapshot};

impl Snapshot {
    pub(crate) fn gauges(&self) -> Result<StoreGauges, Fault> {
        Ok(StoreGauges {
            queued: self.rows_of(tables::READY)? + self.rows_of(tables::GATE_LINES)?,
            waiting: self.rows_of(tables::WAITING)?,
            running: self.rows_of(tables::LEASES)?,
            projects: self.rows_of(tables::PROJECTS.table)?,
            scheduled_jobs: self.rows_of(tables::DUE_JOBS)?,
            executions: self.rows_of(tables::EXECUTIONS.table)?,
            drafts: self.rows_of(tables::DRAFTS.table)?,
            secrets: self.rows_of(tables::SECRETS.table)?,
        })
    }

    /// Returns how much of the file holds something: what is stored, and the space of the trees around it.
    pub(crate) fn used_bytes(&self) -> Result<u64, Fault> {
        let mut measure = Measure { snapshot: self, bytes: 0 };
        tables::each(&mut measure)?;
        Ok(measure.bytes)
    }

    fn rows_of<K: Key + 'static, V: Value + 'static>(&self, table: Index<K, V>) -> Result<u64, Fault> {
        Ok(self.table(table)?.len()?)
    }
}

/// Adds up what tables take.
struct Measure<'s> {
    snapshot: &'s Snapshot,
    bytes: u64,
}

impl Visitor for Measure<'_> {
    fn records<K: Key + 'static, T: DeserializeOwned>(
        &mut self,
        records: &Records<K, T>,
    ) -> Result<(), Fault> {
        self.index(records.table)
    }

    fn index<K: Key + 'static, V: Value + 'static>(&mut self, index: Index<K, V>) -> Result<(), Fault> {
        let stats = self.snapshot.table(index)?.stats()?;
        self.bytes += stats.stored_bytes() + stats.metadata_bytes() + stats.fragmented_bytes();
        Ok(())
    }
}
