//! The check of a whole file: redb's own checksums, every record, and every index against the records.

mod expected;
mod notifications;

use std::path::Path;
use std::sync::Arc;

use redb::{Key, ReadableDatabase, ReadableTable, Value};
use serde::de::DeserializeOwned;

use crate::contents::Contents;
use crate::fault::Fault;
use crate::lock::{DataLock, LOCK_FILE};
use crate::migrate::{SCHEMA, sentinel};
use crate::open::{DATA_FILE, OpenError, recognise};
use crate::overlay::open_untouched;
use crate::recall::Recall;
use crate::record::decode;
use crate::tables::{self, Index, Records, Visitor};
use crate::transaction::{Rows, Snapshot};

/// Problems listed at most; more are only counted.
const PROBLEMS_MAX: usize = 100;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// What the store holds.
    pub contents: Contents,
    /// What is wrong, at most a hundred; empty for a sound store.
    pub problems: Vec<String>,
}

impl CheckReport {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Checks the store in a data folder, or a single file such as a backup. Nothing is changed: what must be repaired to
/// be read is repaired in memory.
///
/// # Errors
/// [`OpenError`] when the file cannot be read as a store at all, or is in use.
pub fn check(path: &Path) -> Result<CheckReport, OpenError> {
    let file = if path.is_dir() { path.join(DATA_FILE) } else { path.to_owned() };
    recognise(&file)?;
    // A store in use would change under our eyes; a backup has no lock beside it.
    let data_dir = file.parent().filter(|dir| file.ends_with(DATA_FILE) && dir.join(LOCK_FILE).exists());
    let _lock = data_dir
        .map(|dir| DataLock::take(dir).map_err(|error| OpenError::of_lock(error, dir)))
        .transpose()?;
    check_file(&file)
}

/// Checks a file nobody has open.
pub(crate) fn check_file(path: &Path) -> Result<CheckReport, OpenError> {
    let database = open_untouched(path)?;
    SCHEMA.accept(&sentinel(&database)?)?;
    let read = database.begin_read().map_err(Fault::from)?;
    let snapshot = Snapshot { read, recall: Arc::new(Recall::new()) };
    let contents = Contents::of(&snapshot)?;
    let mut problems = unreadable(&snapshot)?;
    // Indexes can only be compared with records that can be read.
    if problems.is_empty() {
        problems = expected::disagreements(&snapshot)?;
    }
    problems.truncate(PROBLEMS_MAX);
    Ok(CheckReport { contents, problems })
}

/// Returns what of the records cannot be read.
fn unreadable(snapshot: &Snapshot) -> Result<Vec<String>, Fault> {
    let mut decoding = Decode { snapshot, problems: Vec::new() };
    tables::each(&mut decoding)?;
    Ok(decoding.problems)
}

struct Decode<'s> {
    snapshot: &'s Snapshot,
    problems: Vec<String>,
}

impl Visitor for Decode<'_> {
    fn records<K: Key + 'static, T: DeserializeOwned>(
        &mut self,
        records: &Records<K, T>,
    ) -> Result<(), Fault> {
        let table = self.snapshot.table(records.table)?;
        for row in table.iter()? {
            let (_, value) = row?;
            match decode::<T>(value.value(), records.name) {
                Err(Fault::Damaged(reason)) if self.problems.len() < PROBLEMS_MAX => {
                    self.problems.push(reason);
                }
                Ok(_) | Err(_) => {}
            }
        }
        Ok(())
    }

    fn index<K: Key + 'static, V: Value + 'static>(&mut self, _index: Index<K, V>) -> Result<(), Fault> {
        Ok(())
    }
}
