//! Older schemas become the present one: after a copy of the file, in one transaction.

use redb::{Database, Durability, ReadableDatabase, TableError, WriteTransaction};

use crate::fault::Fault;
use crate::open::OpenError;
use crate::record::{Sentinel, decode, encode};
use crate::tables::{META, SCHEMA_VERSION};

/// A step from one schema to the next.
pub(crate) struct Migration {
    /// The schema it starts from; it ends at the next.
    pub(crate) from: u32,
    /// Changes the tables.
    pub(crate) apply: fn(&WriteTransaction) -> Result<(), Fault>,
}

/// The schemas this program knows: the one it writes, and the way to it from older ones.
#[derive(Clone, Copy)]
pub(crate) struct Schema {
    pub(crate) version: u32,
    pub(crate) migrations: &'static [Migration],
}

/// The product's schema. The first needs no migration.
pub(crate) const SCHEMA: Schema = Schema { version: SCHEMA_VERSION, migrations: &[] };

/// Returns the record that says what the file is.
///
/// # Errors
/// [`OpenError::Foreign`] when somebody else's tables are there; [`OpenError::Damaged`] when nothing is: redb has
/// opened damaged files as empty ones.
pub(crate) fn sentinel(database: &impl ReadableDatabase) -> Result<Sentinel, OpenError> {
    let read = database.begin_read().map_err(Fault::from)?;
    let has_tables = read.list_tables().map_err(Fault::from)?.next().is_some();
    let meta = match read.open_table(META.table) {
        Ok(meta) => meta,
        Err(TableError::TableDoesNotExist(_)) if has_tables => return Err(OpenError::Foreign),
        Err(TableError::TableDoesNotExist(_)) => {
            return Err(OpenError::Damaged { reason: "it holds no tables".to_owned() });
        }
        Err(TableError::Storage(error)) => return Err(Fault::from(error).into()),
        Err(_) => return Err(OpenError::Foreign),
    };
    let row = redb::ReadableTable::get(&meta, Sentinel::KEY).map_err(Fault::from)?;
    let Some(row) = row else {
        return Err(OpenError::Damaged { reason: "the record that names it is missing".to_owned() });
    };
    let sentinel: Sentinel = decode(row.value(), META.name)?;
    if sentinel.magic == Sentinel::MAGIC { Ok(sentinel) } else { Err(OpenError::Foreign) }
}

impl Schema {
    /// Refuses a newer schema, and an older one that there is no way from.
    pub(crate) fn accept(&self, sentinel: &Sentinel) -> Result<(), OpenError> {
        let found = sentinel.schema_version;
        if found > self.version {
            return Err(OpenError::Newer { found, known: self.version });
        }
        let is_reachable =
            (found..self.version).all(|from| self.migrations.iter().any(|step| step.from == from));
        if is_reachable {
            Ok(())
        } else {
            Err(OpenError::Damaged { reason: format!("there is no way from its schema {found}") })
        }
    }

    /// Whether files with this sentinel are of an older schema.
    pub(crate) fn is_older(&self, sentinel: &Sentinel) -> bool {
        sentinel.schema_version < self.version
    }

    /// Brings an accepted database to this schema in one transaction.
    pub(crate) fn migrate(&self, database: &Database, sentinel: &Sentinel) -> Result<(), Fault> {
        let mut write = database.begin_write()?;
        write.set_durability(Durability::Immediate)?;
        for version in sentinel.schema_version..self.version {
            for step in self.migrations.iter().filter(|step| step.from == version) {
                (step.apply)(&write)?;
            }
        }
        let migrated = Sentinel { schema_version: self.version, ..sentinel.clone() };
        write.open_table(META.table)?.insert(Sentinel::KEY, encode(&migrated)?.as_slice())?;
        write.commit()?;
        Ok(())
    }
}

#[cfg(test)]
#[path = "migrate_tests.rs"]
mod tests;
