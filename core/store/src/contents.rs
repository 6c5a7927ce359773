//! The contents of a store as counts and one hash over every row of every table: equal for equal stores, wherever
//! their pages lie.

use redb::{Key, ReadableTable, Value};
use serde::de::DeserializeOwned;

use crate::fault::Fault;
use crate::tables::{self, Index, Records, Visitor};
use crate::transaction::Rows;

/// What a store holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Tables and how many rows each has, in the order of the schema.
    pub tables: Vec<(String, u64)>,
    /// BLAKE3 over all keys and values in order.
    pub hash: [u8; 32],
}

impl Contents {
    pub(crate) fn of(rows: &impl Rows) -> Result<Self, Fault> {
        let mut count = Count { rows, tables: Vec::new(), hasher: blake3::Hasher::new() };
        tables::each(&mut count)?;
        Ok(Self { tables: count.tables, hash: *count.hasher.finalize().as_bytes() })
    }
}

struct Count<'r, R> {
    rows: &'r R,
    tables: Vec<(String, u64)>,
    hasher: blake3::Hasher,
}

impl<R> Count<'_, R> {
    fn add(&mut self, bytes: &[u8]) {
        self.hasher.update(&(bytes.len() as u64).to_le_bytes());
        self.hasher.update(bytes);
    }
}

impl<R: Rows> Visitor for Count<'_, R> {
    fn records<K: Key + 'static, T: DeserializeOwned>(
        &mut self,
        records: &Records<K, T>,
    ) -> Result<(), Fault> {
        self.index(records.table)
    }

    fn index<K: Key + 'static, V: Value + 'static>(&mut self, index: Index<K, V>) -> Result<(), Fault> {
        let name = redb::TableHandle::name(&index).to_owned();
        let table = self.rows.table(index)?;
        self.add(name.as_bytes());
        let mut count = 0;
        for row in table.iter()? {
            let (key, value) = row?;
            self.add(K::as_bytes(&key.value()).as_ref());
            self.add(V::as_bytes(&value.value()).as_ref());
            count += 1;
        }
        self.tables.push((name, count));
        Ok(())
    }
}
