//! Transactions: reading rows of a snapshot or of a change in the making, and changing them.

use std::cell::Cell;
use std::collections::BinaryHeap;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use dateline_core::event::{Event, EventKind};
use dateline_core::home::Home;
use dateline_core::id::UserId;
use dateline_core::time::Timestamp;
use redb::{Key, ReadTransaction, ReadableTable, TableDefinition, Value, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fault::Fault;
use crate::recall::Recall;
use crate::record::{decode, encode};
use crate::tables::{EVENTS, EVENTS_MAX, Index, Records};

/// Plain numbers: values that hold no borrow.
pub(crate) trait Plain: for<'a> Value<SelfType<'a> = Self> + 'static {}
impl<T: for<'a> Value<SelfType<'a> = T> + 'static> Plain for T {}

/// Whether a walk goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Walk {
    On,
    Stop,
}

/// Rows of one consistent state.
pub(crate) trait Rows {
    /// Opens a table. In a change in the making, a table can be open once at a time.
    fn table<K: Key + 'static, V: Value + 'static>(
        &self,
        table: TableDefinition<'static, K, V>,
    ) -> Result<impl ReadableTable<K, V>, Fault>;

    /// Returns the record under `key`.
    fn get<K: Key + 'static, T: DeserializeOwned>(
        &self,
        records: &Records<K, T>,
        key: K::SelfType<'_>,
    ) -> Result<Option<T>, Fault> {
        let table = self.table(records.table)?;
        let row = table.get(key)?;
        row.map(|bytes| decode(bytes.value(), records.name)).transpose()
    }

    /// Returns the records under `keys`; each must be there.
    fn get_each<K: Key + Plain, T: DeserializeOwned>(
        &self,
        records: &Records<K, T>,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Vec<T>, Fault> {
        let table = self.table(records.table)?;
        let missing = || Fault::Damaged(format!("a record of `{}` is missing", records.name));
        let read =
            |key| table.get(key)?.ok_or_else(missing).and_then(|row| decode(row.value(), records.name));
        keys.into_iter().map(read).collect()
    }

    /// Whether there is a row under `key`.
    fn has<K: Key + 'static, V: Value + 'static>(
        &self,
        table: TableDefinition<'static, K, V>,
        key: K::SelfType<'_>,
    ) -> Result<bool, Fault> {
        let table = self.table(table)?;
        let row = table.get(key)?;
        Ok(row.is_some())
    }

    /// Returns the numbers under `key`.
    fn look<K: Key + 'static, V: Plain>(
        &self,
        index: Index<K, V>,
        key: K::SelfType<'_>,
    ) -> Result<Option<V>, Fault> {
        let table = self.table(index)?;
        let row = table.get(key)?;
        Ok(row.map(|value| value.value()))
    }

    /// Returns the first rows of `range`, at most `limit`.
    fn rows<K: Key + Plain, V: Plain>(
        &self,
        index: Index<K, V>,
        range: impl RangeBounds<K>,
        limit: usize,
    ) -> Result<Vec<(K, V)>, Fault> {
        let table = self.table(index)?;
        let mut rows = Vec::new();
        for row in table.range::<K>(range)?.take(limit) {
            let (key, value) = row?;
            rows.push((key.value(), value.value()));
        }
        Ok(rows)
    }

    /// Shows `visit` the rows of `range` from the last to the first, until it has seen enough.
    fn walk_back<K: Key + Plain, V: Plain>(
        &self,
        index: Index<K, V>,
        range: impl RangeBounds<K>,
        mut visit: impl FnMut(K, V) -> Result<Walk, Fault>,
    ) -> Result<(), Fault> {
        let table = self.table(index)?;
        for row in table.range::<K>(range)?.rev() {
            let (key, value) = row?;
            if visit(key.value(), value.value())? == Walk::Stop {
                break;
            }
        }
        Ok(())
    }

    /// Shows `visit` the rows of all `ranges` as one list, the greatest `rank` first, until it has seen enough. Costs
    /// what it shows and a look into each range, whatever else the table holds.
    fn walk_back_merged<K: Key + Plain, V: Plain, R: Ord>(
        &self,
        index: Index<K, V>,
        ranges: impl IntoIterator<Item = (Bound<K>, Bound<K>)>,
        rank: impl Fn(&K) -> R,
        mut visit: impl FnMut(K, V) -> Result<Walk, Fault>,
    ) -> Result<(), Fault> {
        let table = self.table(index)?;
        let mut walks = Vec::new();
        let mut heads = BinaryHeap::new();
        let mut rows = Vec::new();
        for range in ranges {
            let mut walk = table.range::<K>(range)?.rev();
            if let Some(row) = walk.next().transpose()? {
                let (key, value) = (row.0.value(), row.1.value());
                heads.push((rank(&key), walks.len()));
                walks.push(walk);
                rows.push(Some((key, value)));
            }
        }
        while let Some((_, at)) = heads.pop() {
            let next = walks[at].next().transpose()?.map(|row| (row.0.value(), row.1.value()));
            heads.extend(next.as_ref().map(|(key, _)| (rank(key), at)));
            let Some((key, value)) = std::mem::replace(&mut rows[at], next) else { continue };
            if visit(key, value)? == Walk::Stop {
                break;
            }
        }
        Ok(())
    }

    /// Returns the first records of `range`, at most `limit`.
    fn list<K: Key + Plain, T: DeserializeOwned>(
        &self,
        records: &Records<K, T>,
        range: impl RangeBounds<K>,
        limit: usize,
    ) -> Result<Vec<(K, T)>, Fault> {
        let table = self.table(records.table)?;
        let mut found = Vec::new();
        for row in table.range::<K>(range)?.take(limit) {
            let (key, value) = row?;
            found.push((key.value(), decode(value.value(), records.name)?));
        }
        Ok(found)
    }
}

/// A consistent state for reading; later commits do not show in it.
pub(crate) struct Snapshot {
    pub(crate) read: ReadTransaction,
    /// Executions read lately.
    pub(crate) recall: Arc<Recall>,
}

impl Rows for Snapshot {
    fn table<K: Key + 'static, V: Value + 'static>(
        &self,
        table: TableDefinition<'static, K, V>,
    ) -> Result<impl ReadableTable<K, V>, Fault> {
        Ok(self.read.open_table(table)?)
    }
}

/// A change in the making: what all verbs of one group commit do.
pub(crate) struct Transaction<'t> {
    write: &'t WriteTransaction,
    newest_event: Cell<u64>,
    newest_event_before: u64,
    has_written: Cell<bool>,
    has_written_since_mark: Cell<bool>,
}

impl Rows for Transaction<'_> {
    fn table<K: Key + 'static, V: Value + 'static>(
        &self,
        table: TableDefinition<'static, K, V>,
    ) -> Result<impl ReadableTable<K, V>, Fault> {
        Ok(self.write.open_table(table)?)
    }
}

impl<'t> Transaction<'t> {
    /// Begins changing things in `write`.
    pub(crate) fn new(write: &'t WriteTransaction) -> Result<Self, Fault> {
        let newest = {
            let events = write.open_table(EVENTS.table)?;
            let last = events.last()?;
            last.map_or(0, |(seq, _)| seq.value())
        };
        Ok(Self {
            write,
            newest_event: Cell::new(newest),
            newest_event_before: newest,
            has_written: Cell::new(false),
            has_written_since_mark: Cell::new(false),
        })
    }

    /// Forgets which of the changes so far were made by the present request.
    pub(crate) fn mark(&self) {
        self.has_written_since_mark.set(false);
    }

    /// Whether anything was changed since the mark.
    pub(crate) fn has_written_since_mark(&self) -> bool {
        self.has_written_since_mark.get()
    }

    /// Whether there is anything to commit.
    pub(crate) fn has_written(&self) -> bool {
        self.has_written.get()
    }

    /// Returns the newest event's number when this transaction made any.
    pub(crate) fn new_events(&self) -> Option<u64> {
        let newest = self.newest_event.get();
        (newest > self.newest_event_before).then_some(newest)
    }

    /// Stores `record` under `key`, replacing what was there.
    pub(crate) fn put<K: Key + 'static, T: Serialize>(
        &self,
        records: &Records<K, T>,
        key: K::SelfType<'_>,
        record: &T,
    ) -> Result<(), Fault> {
        let bytes = encode(record)?;
        self.set(records.table, key, bytes.as_slice())
    }

    /// Stores a row, replacing what was there.
    pub(crate) fn set<K: Key + 'static, V: Value + 'static>(
        &self,
        table: TableDefinition<'static, K, V>,
        key: K::SelfType<'_>,
        value: V::SelfType<'_>,
    ) -> Result<(), Fault> {
        self.touched();
        self.write.open_table(table)?.insert(key, value)?;
        Ok(())
    }

    /// Removes a row; says whether there was one.
    pub(crate) fn remove<K: Key + 'static, V: Value + 'static>(
        &self,
        table: TableDefinition<'static, K, V>,
        key: K::SelfType<'_>,
    ) -> Result<bool, Fault> {
        self.touched();
        let mut table = self.write.open_table(table)?;
        let removed = table.remove(key)?;
        Ok(removed.is_some())
    }

    /// Removes the rows of `range`; returns how many there were.
    pub(crate) fn clear<K: Key + 'static, V: Value + 'static>(
        &self,
        table: TableDefinition<'static, K, V>,
        range: impl RangeBounds<K::SelfType<'static>> + 'static,
    ) -> Result<usize, Fault> {
        let mut table = self.write.open_table(table)?;
        let mut removed = 0;
        for row in table.extract_from_if::<K::SelfType<'static>, _>(range, |_, _| true)? {
            row?;
            removed += 1;
        }
        if removed > 0 {
            self.touched();
        }
        Ok(removed)
    }

    /// Records that something with a home changed.
    pub(crate) fn emit(
        &self,
        kind: EventKind,
        id: String,
        home: Home,
        version: u64,
        at: Timestamp,
    ) -> Result<(), Fault> {
        self.tell(Event { seq: 0, at, kind, id, home: Some(home), audience: None, version })
    }

    /// Records that something changed that concerns everybody.
    pub(crate) fn emit_to_all(
        &self,
        kind: EventKind,
        id: String,
        version: u64,
        at: Timestamp,
    ) -> Result<(), Fault> {
        self.tell(Event { seq: 0, at, kind, id, home: None, audience: None, version })
    }

    /// Records that something of a person's own changed.
    pub(crate) fn emit_to(
        &self,
        audience: UserId,
        kind: EventKind,
        id: String,
        home: Option<Home>,
        version: u64,
        at: Timestamp,
    ) -> Result<(), Fault> {
        self.tell(Event { seq: 0, at, kind, id, home, audience: Some(audience), version })
    }

    /// Numbers an event and records it, and drops the one that is now too old.
    fn tell(&self, event: Event) -> Result<(), Fault> {
        let seq = self.newest_event.get() + 1;
        self.put(&EVENTS, seq, &Event { seq, ..event })?;
        self.newest_event.set(seq);
        if let Some(old) = seq.checked_sub(EVENTS_MAX) {
            self.remove(EVENTS.table, old)?;
        }
        Ok(())
    }

    fn touched(&self) {
        self.has_written.set(true);
        self.has_written_since_mark.set(true);
    }
}

#[cfg(test)]
#[path = "transaction_tests.rs"]
mod tests;
