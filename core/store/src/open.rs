//! Opening a store: what is there is recognised before anything is written, and refused untouched when it is not ours.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dateline_core::time::Timestamp;
use redb::backends::FileBackend;
use redb::{Database, DatabaseError, Durability, Key, StorageError, Value, WriteTransaction};
use serde::de::DeserializeOwned;

use crate::database::{builder, plain_builder};
use crate::fault::{Fault, is_full};
use crate::files::{copy_durably, free_name, make_private, prepare_folder, sync_folder_of};
use crate::lock::{DataLock, LockError, private_options};
use crate::medium::{FileMedium, Medium};
use crate::migrate::{Schema, sentinel};
use crate::overlay::open_untouched;
use crate::record::{Sentinel, encode};
use crate::tables::{self, Index, META, Records, Visitor};

/// The store's file within a data folder.
pub const DATA_FILE: &str = "dateline.redb";

/// What every redb file begins with.
const REDB_MAGIC: [u8; 9] = [b'r', b'e', b'd', b'b', 0x1A, 0x0A, 0xA9, 0x0D, 0x0A];

/// Why a store was not opened. What is there was not changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or another handle of this one, has it open.
    #[error(
        "the store is in use by {}: stop that process, or ask it over HTTP",
        pid.map_or("another process".to_owned(), |pid| format!("process {pid}"))
    )]
    Locked {
        /// The process, when it is known.
        pid: Option<u32>,
    },
    /// The file belongs to another program.
    #[error("the file is not a Dateline store; it was left as it is")]
    Foreign,
    /// The file was written by a newer Dateline.
    #[error(
        "the store has schema {found} and this Dateline knows schemas up to {known}: use a newer Dateline"
    )]
    Newer {
        /// The file's schema.
        found: u32,
        /// The newest schema this program knows.
        known: u32,
    },
    /// The file is broken.
    #[error("the store is damaged: {reason}; it was left as it is: restore a backup")]
    Damaged {
        /// What was found.
        reason: String,
    },
    /// The file has no bytes at all.
    #[error("the store's file is empty; Dateline never leaves one so: restore a backup, or remove the file")]
    Empty,
    /// Something else has the file's name.
    #[error("`{path}` is not a file")]
    NotAFile {
        /// What was found.
        path: PathBuf,
    },
    /// There is no file.
    #[error("there is no store at `{path}`")]
    Missing {
        /// What was looked for.
        path: PathBuf,
    },
    /// The operating system does not let us.
    #[error("`{path}` may not be opened: {reason}")]
    Permission {
        /// What was tried.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// There is no space.
    #[error("the disk is full")]
    Full,
    /// The disk failed.
    #[error("the disk failed: {reason}")]
    Io {
        /// What the system said.
        reason: String,
    },
}

impl OpenError {
    /// Says what `error` means for `path`.
    pub(crate) fn of_io(error: &io::Error, path: &Path) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing { path: path.to_owned() },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Self::Permission { path: path.to_owned(), reason: error.to_string() }
            }
            ErrorKind::IsADirectory | ErrorKind::NotADirectory => Self::NotAFile { path: path.to_owned() },
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => Self::Damaged { reason: error.to_string() },
            _ if is_full(error) => Self::Full,
            _ => Self::Io { reason: error.to_string() },
        }
    }

    pub(crate) fn of_lock(error: LockError, data_dir: &Path) -> Self {
        match error {
            LockError::Held { pid } => Self::Locked { pid },
            LockError::Io(error) => Self::of_io(&error, data_dir),
        }
    }

    pub(crate) fn of_database(error: DatabaseError, path: &Path) -> Self {
        match error {
            DatabaseError::DatabaseAlreadyOpen => Self::Locked { pid: None },
            DatabaseError::Storage(StorageError::Io(error)) => Self::of_io(&error, path),
            DatabaseError::Storage(StorageError::Corrupted(reason)) => Self::Damaged { reason },
            error => Self::Damaged { reason: error.to_string() },
        }
    }
}

impl From<Fault> for OpenError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Damaged(reason) => Self::Damaged { reason },
            Fault::Refused(refusal) => Self::Io { reason: refusal.to_string() },
            Fault::Storage(error) => match *error {
                redb::Error::Io(error) => Self::of_io(&error, Path::new(DATA_FILE)),
                error => Self::Io { reason: error.to_string() },
            },
        }
    }
}

/// An opened data folder.
pub(crate) struct Opened {
    pub(crate) database: Database,
    pub(crate) medium: Arc<dyn Medium>,
    pub(crate) lock: Option<DataLock>,
}

/// Opens the store in `data_dir`, or creates one there when there is none.
pub(crate) fn open_folder(data_dir: &Path, schema: Schema, now: Timestamp) -> Result<Opened, OpenError> {
    prepare_folder(data_dir).map_err(|error| OpenError::of_io(&error, data_dir))?;
    let lock = DataLock::take(data_dir).map_err(|error| OpenError::of_lock(error, data_dir))?;
    let path = data_dir.join(DATA_FILE);
    // A link would be followed here and replaced by a restore: two stores, and neither of them whole.
    if fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink()) {
        return Err(OpenError::NotAFile { path });
    }
    match recognise(&path) {
        Err(OpenError::Missing { .. }) => create_file(&path, schema, now)?,
        recognised => recognised?,
    }
    make_private(&path).map_err(|error| OpenError::of_io(&error, &path))?;
    // Everything is looked at before the first byte is written: redb repairs and marks what it opens.
    let sentinel = sentinel(&open_untouched(&path)?)?;
    schema.accept(&sentinel)?;
    if schema.is_older(&sentinel) {
        keep_copy(&path, schema)?;
    }
    let medium = FileMedium { path };
    let database =
        medium.open(&plain_builder()).map_err(|error| OpenError::of_database(error, &medium.path))?;
    if schema.is_older(&sentinel) {
        schema.migrate(&database, &sentinel)?;
    }
    Ok(Opened { database, medium: Arc::new(medium), lock: Some(lock) })
}

/// Opens the store on `medium`, or creates one there when there is nothing.
pub(crate) fn open_medium(
    medium: Arc<dyn Medium>,
    schema: Schema,
    now: Timestamp,
) -> Result<Opened, OpenError> {
    let path = Path::new("memory");
    let database = medium.open(&builder()).map_err(|error| OpenError::of_database(error, path))?;
    match sentinel(&database) {
        Ok(sentinel) => {
            schema.accept(&sentinel)?;
            if schema.is_older(&sentinel) {
                schema.migrate(&database, &sentinel)?;
            }
        }
        // Nothing else can be on a medium that a test made: its creation was cut short.
        Err(OpenError::Damaged { reason }) if is_blank(&database)? => {
            tracing::debug!(reason, "creating a store");
            create_tables(&database, schema, now)?;
        }
        Err(error) => return Err(error),
    }
    Ok(Opened { database, medium, lock: None })
}

/// Refuses what cannot be a store of ours, without writing to it: redb itself has damaged foreign files.
pub(crate) fn recognise(path: &Path) -> Result<(), OpenError> {
    let io = |error| OpenError::of_io(&error, path);
    let found = fs::metadata(path).map_err(io)?;
    if !found.is_file() {
        return Err(OpenError::NotAFile { path: path.to_owned() });
    }
    if found.len() == 0 {
        return Err(OpenError::Empty);
    }
    let mut begin = Vec::with_capacity(REDB_MAGIC.len());
    let file = File::open(path).map_err(io)?;
    file.take(REDB_MAGIC.len() as u64).read_to_end(&mut begin).map_err(io)?;
    if begin == REDB_MAGIC { Ok(()) } else { Err(OpenError::Foreign) }
}

/// Keeps the file as it is under another name, for those who go back to an older Dateline.
fn keep_copy(path: &Path, schema: Schema) -> Result<(), OpenError> {
    let copy = free_name(path, &format!(".before-v{}", schema.version))
        .map_err(|error| OpenError::of_io(&error, path))?;
    copy_durably(path, &copy).map_err(|error| OpenError::of_io(&error, &copy))?;
    Ok(())
}

/// Creates a store under another name first: the file appears whole or not at all.
fn create_file(path: &Path, schema: Schema, now: Timestamp) -> Result<(), OpenError> {
    let new = path.with_extension("new");
    let io = |error: io::Error| OpenError::of_io(&error, path);
    match fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(io(error)),
        Ok(()) | Err(_) => {}
    }
    let database = create_database(&new)?;
    create_tables(&database, schema, now)?;
    drop(database);
    File::open(&new).and_then(|file| file.sync_all()).map_err(io)?;
    fs::rename(&new, path).map_err(io)?;
    sync_folder_of(path).map_err(io)
}

/// Creates a database in a new private file.
pub(crate) fn create_database(path: &Path) -> Result<Database, OpenError> {
    let file = private_options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|error| OpenError::of_io(&error, path))?;
    let backend = FileBackend::new(file).map_err(|error| OpenError::of_database(error, path))?;
    builder().create_with_backend(backend).map_err(|error| OpenError::of_database(error, path))
}

/// Creates all tables, so that readers never meet a missing one, and the record that says whose they are.
pub(crate) fn create_tables(database: &Database, schema: Schema, now: Timestamp) -> Result<(), Fault> {
    let mut write = database.begin_write()?;
    write.set_durability(Durability::Immediate)?;
    tables::each(&mut Create(&write))?;
    let sentinel =
        Sentinel { magic: Sentinel::MAGIC.to_owned(), schema_version: schema.version, created_at: now };
    write.open_table(META.table)?.insert(Sentinel::KEY, encode(&sentinel)?.as_slice())?;
    write.commit()?;
    Ok(())
}

fn is_blank(database: &Database) -> Result<bool, Fault> {
    let read = redb::ReadableDatabase::begin_read(database)?;
    Ok(read.list_tables()?.next().is_none())
}

/// Creates tables that are not there.
pub(crate) struct Create<'t>(pub(crate) &'t WriteTransaction);

impl Visitor for Create<'_> {
    fn records<K: Key + 'static, T: DeserializeOwned>(
        &mut self,
        records: &Records<K, T>,
    ) -> Result<(), Fault> {
        self.index(records.table)
    }

    fn index<K: Key + 'static, V: Value + 'static>(&mut self, index: Index<K, V>) -> Result<(), Fault> {
        self.0.open_table(index)?;
        Ok(())
    }
}
