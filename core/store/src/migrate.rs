//! Older schemas become the present one: after a copy of the file, in one transaction.

use std::collections::BTreeMap;

use dateline_core::execution::Execution;
use redb::{
    Database, Durability, ReadableDatabase, ReadableTable, TableDefinition, TableError, WriteTransaction,
};

use crate::fault::Fault;
use crate::open::{Create, OpenError};
use crate::record::{HistoryRow, OPEN_CLASS, Sentinel, decode, encode};
use crate::tables::{
    self, CANCELLED, CLASSES, ClassKey, EXECUTIONS, JOB_INDEX, JOBS, META, OPEN, PROJECT_OWNERS, PROJECTS,
    REMOVED_PROJECTS, SCHEMA_VERSION, TALLIES, TallyKey,
};
use crate::tally::Tally;
use crate::transaction::{Rows, Transaction};
use crate::verbs::{class_keys, tally_keys};

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

/// The product's schema.
///
/// | schema | brought |
/// |---|---|
/// | 2 | people, secrets, notifications: tables of their own; projects belong to somebody, older ones to the owner |
/// | | history by class, and added up for statistics |
/// | 3 | what was paused, and what is to be forgotten: tables of their own; cancelled jobs in an index |
/// | | lanes that let more than one run, in turns and in the order of rank |
/// | | dead letters: what failed before is none |
/// | | a home where records named a project: it reads both |
/// | 4 | which job depends on which, which execution followed which, and which job listens to what: tables of their own |
/// | | who waits before a gate and who has passed it, latest starts, triggers that wait for others: tables of their own |
pub(crate) const SCHEMA: Schema = Schema {
    version: SCHEMA_VERSION,
    migrations: &[
        Migration { from: 1, apply: add_tables },
        Migration { from: 2, apply: add_third },
        Migration { from: 3, apply: create_tables },
    ],
};

/// Creates the tables an older schema did not have; nothing that it had is in them.
fn create_tables(write: &WriteTransaction) -> Result<(), Fault> {
    tables::each(&mut Create(write))
}

/// Creates the tables an older schema did not have, lets what waits and runs stand in them, and lists the jobs that were
/// cancelled.
fn add_third(write: &WriteTransaction) -> Result<(), Fault> {
    create_tables(write)?;
    let transaction = Transaction::new(write)?;
    let open = transaction.rows(OPEN, .., usize::MAX)?;
    for ((_, _, execution), ()) in open {
        transaction.join_lane(&transaction.indexed_execution(execution)?)?;
    }
    for name in ["ready_executions", "idle_lanes", "busy_lanes"] {
        write.delete_table(TableDefinition::<u128, ()>::new(name))?;
    }
    for (id, job) in transaction.list(&JOBS, .., usize::MAX)? {
        if job.cancelled_at.is_some() {
            transaction.set(JOB_INDEX, (CANCELLED, 0, id), ())?;
        }
    }
    Ok(())
}

/// Creates the tables an older schema did not have, and fills those that are derived from records it had. Records need no
/// change: what they lack has a default.
fn add_tables(write: &WriteTransaction) -> Result<(), Fault> {
    create_tables(write)?;
    let transaction = Transaction::new(write)?;
    for (id, project) in transaction.list(&PROJECTS, .., usize::MAX)? {
        transaction.set(PROJECT_OWNERS, (project.owner.bits(), id), ())?;
    }
    for (id, removed) in transaction.list(&REMOVED_PROJECTS, .., usize::MAX)? {
        transaction.set(PROJECT_OWNERS, (removed.project.owner.bits(), id), ())?;
    }
    let (classes, tallies) = history(&transaction)?;
    for (key, row) in classes {
        transaction.set(CLASSES, key, row)?;
    }
    for (key, tally) in tallies {
        transaction.put(&TALLIES, key, &tally)?;
    }
    Ok(())
}

/// History by class.
pub(crate) type Classes = BTreeMap<ClassKey, (u8, u8, u64, u64)>;
/// History added up.
pub(crate) type Tallies = BTreeMap<TallyKey, Tally>;

/// Returns what executions came to, as the records of all of them say it.
pub(crate) fn history(rows: &impl Rows) -> Result<(Classes, Tallies), Fault> {
    let (mut classes, mut tallies) = (Classes::new(), Tallies::new());
    let table = rows.table(EXECUTIONS.table)?;
    for stored in table.iter()? {
        let execution: Execution = decode(stored?.1.value(), EXECUTIONS.name)?;
        let row = HistoryRow::of(&execution);
        let class = row.class();
        classes.extend(class_keys(&execution, class).map(|key| (key, row.to_row())));
        for key in tally_keys(&execution, class).filter(|_| class != OPEN_CLASS) {
            tallies.entry(key).or_default().add(&row);
        }
    }
    Ok((classes, tallies))
}

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
    let row = meta.get(Sentinel::KEY).map_err(Fault::from)?;
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
