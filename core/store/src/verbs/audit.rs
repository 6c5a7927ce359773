//! The audit log: an entry beside each change it tells of.

use dateline_core::people::AuditEntry;
use redb::ReadableTable;

use crate::fault::Fault;
use crate::tables::{AUDIT, AUDIT_MAX, USERS};
use crate::transaction::{Rows, Transaction};

impl Transaction<'_> {
    /// Does `verb`, and notes `entry` when that changed anything. Returns what the verb came to.
    pub(crate) fn noting<T>(
        &self,
        entry: &AuditEntry,
        verb: impl FnOnce(&Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        // Who removes themselves is gone afterwards.
        let name = self.get(&USERS, entry.actor.bits())?.map(|user| user.name);
        let done = verb(self)?;
        if self.has_written_since_mark() {
            let actor_name = name.unwrap_or_else(|| entry.actor_name.clone());
            let number = self.newest_entry()? + 1;
            self.put(&AUDIT, number, &AuditEntry { actor_name, ..entry.clone() })?;
            if let Some(old) = number.checked_sub(AUDIT_MAX) {
                self.remove(AUDIT.table, old)?;
            }
        }
        Ok(done)
    }

    fn newest_entry(&self) -> Result<u64, Fault> {
        let table = self.table(AUDIT.table)?;
        let last = table.last()?;
        Ok(last.map_or(0, |(number, _)| number.value()))
    }
}
