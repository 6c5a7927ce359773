//! Backups: a consistent snapshot, copied table by table while the store goes on, and verified before it gets its
//! name.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dateline_core::store::StoreError;
use redb::{Database, Durability, Key, ReadableDatabase, ReadableTable, Value, WriteTransaction};
use serde::de::DeserializeOwned;

use crate::contents::Contents;
use crate::fault::Fault;
use crate::files::rename_durably;
use crate::open::{OpenError, create_database};
use crate::overlay::open_untouched;
use crate::recall::Recall;
use crate::tables::{self, Index, Records, Visitor};
use crate::transaction::{Rows, Snapshot};

/// Writes what `snapshot` holds to `to`, which must not exist; returns the file's size in bytes.
pub(crate) fn write(snapshot: &Snapshot, to: &Path) -> Result<u64, Fault> {
    if fs::symlink_metadata(to).is_ok() {
        return Err(refused(to, "it exists already"));
    }
    let partial = partial_name(to);
    let written = write_partial(snapshot, &partial).map_err(|error| failed(to, &error)).and_then(|bytes| {
        rename_durably(&partial, to).map_err(|error| failed(to, &OpenError::of_io(&error, to)))?;
        Ok(bytes)
    });
    if written.is_err() {
        let _ = fs::remove_file(&partial);
    }
    written
}

fn write_partial(snapshot: &Snapshot, partial: &Path) -> Result<u64, OpenError> {
    let io = |error: std::io::Error| OpenError::of_io(&error, partial);
    match fs::remove_file(partial) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error)),
        Ok(()) | Err(_) => {}
    }
    let database = create_database(partial)?;
    copy_tables(snapshot, &database)?;
    drop(database);
    let file = File::open(partial).map_err(io)?;
    file.sync_all().map_err(io)?;
    verify(partial, &Contents::of(snapshot)?)?;
    Ok(file.metadata().map_err(io)?.len())
}

fn copy_tables(snapshot: &Snapshot, to: &Database) -> Result<(), Fault> {
    let mut write = to.begin_write()?;
    write.set_durability(Durability::Immediate)?;
    tables::each(&mut Copy { from: snapshot, to: &write })?;
    write.commit()?;
    Ok(())
}

/// Opens the copy as a restore would, and refuses it unless it holds the same.
fn verify(copy: &Path, expected: &Contents) -> Result<(), OpenError> {
    let database = open_untouched(copy)?;
    let read = database.begin_read().map_err(Fault::from)?;
    let found = Contents::of(&Snapshot { read, recall: Arc::new(Recall::new()) })?;
    if found == *expected {
        Ok(())
    } else {
        Err(OpenError::Damaged { reason: "the copy does not hold what was copied".to_owned() })
    }
}

fn partial_name(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

fn failed(to: &Path, error: &OpenError) -> Fault {
    match error {
        OpenError::Full => StoreError::Full.into(),
        error => refused(to, &error.to_string()),
    }
}

fn refused(to: &Path, reason: &str) -> Fault {
    StoreError::Unavailable { reason: format!("no backup was written to `{}`: {reason}", to.display()) }
        .into()
}

struct Copy<'s> {
    from: &'s Snapshot,
    to: &'s WriteTransaction,
}

impl Visitor for Copy<'_> {
    fn records<K: Key + 'static, T: DeserializeOwned>(
        &mut self,
        records: &Records<K, T>,
    ) -> Result<(), Fault> {
        self.index(records.table)
    }

    fn index<K: Key + 'static, V: Value + 'static>(&mut self, index: Index<K, V>) -> Result<(), Fault> {
        let from = self.from.table(index)?;
        let mut to = self.to.open_table(index)?;
        for row in from.iter()? {
            let (key, value) = row?;
            to.insert(key.value(), value.value())?;
        }
        Ok(())
    }
}
