//! The open database behind readers and writer, and its way back after an I/O error.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use dateline_core::mistake::{Mistake, is_made};
use dateline_core::store::{CommitListener, CommitMeter, Compacted, StoreError};
use dateline_core::time::Timestamp;
use redb::{Builder, Database, ReadableDatabase};

use crate::fault::Fault;
use crate::medium::{Medium, MemoryMedium};
use crate::migrate::SCHEMA;
use crate::open::create_tables;
use crate::recall::Recall;
use crate::transaction::Snapshot;

/// The most memory redb may fill with pages.
pub(crate) const CACHE_BYTES: usize = 64 << 20;

/// What readers and the writer share.
pub(crate) struct Shared {
    medium: Arc<dyn Medium>,
    /// Readers and the writer hold it for one transaction at a time; who opens it again waits for them.
    database: RwLock<Option<Database>>,
    /// Why writes are refused at present.
    broken: Mutex<Option<StoreError>>,
    listeners: Mutex<Vec<Arc<dyn CommitListener>>>,
    meter: OnceLock<Arc<dyn CommitMeter>>,
    recall: Arc<Recall>,
}

/// Returns how databases are opened that nobody has looked at: every page is checked, since redb may panic over
/// damage it meets later.
pub(crate) fn builder() -> Builder {
    let mut builder = plain_builder();
    builder.set_check_integrity_on_open(true);
    builder
}

/// Returns how databases are opened that were found sound a moment ago.
pub(crate) fn plain_builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

impl Shared {
    pub(crate) fn new(medium: Arc<dyn Medium>, database: Database) -> Self {
        Self {
            medium,
            database: RwLock::new(Some(database)),
            broken: Mutex::new(None),
            listeners: Mutex::new(Vec::new()),
            meter: OnceLock::new(),
            recall: Arc::new(Recall::new()),
        }
    }

    /// Returns what `ask` finds in a snapshot of now. The snapshot is gone when this returns.
    pub(crate) fn read<T>(&self, ask: impl FnOnce(&Snapshot) -> Result<T, Fault>) -> Result<T, StoreError> {
        self.with(|database| {
            let read = database.begin_read()?;
            ask(&Snapshot { read, recall: Arc::clone(&self.recall) })
        })
        .map_err(|fault| fault.told())
    }

    /// Does something with the database while it is certain to stay open.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&Database) -> Result<T, Fault>) -> Result<T, Fault> {
        let guard = self.database.read().unwrap_or_else(PoisonError::into_inner);
        match guard.as_ref() {
            Some(database) => work(database),
            None => Err(Fault::Refused(self.health().err().unwrap_or_else(closed))),
        }
    }

    /// Returns why writes are refused at present.
    pub(crate) fn health(&self) -> Result<(), StoreError> {
        match self.broken.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(reason) => Err(reason.clone()),
            None => Ok(()),
        }
    }

    /// Refuses writes from now on, until [`Shared::recover`] succeeds. Reads of what is committed go on.
    pub(crate) fn set_broken(&self, reason: StoreError) {
        tracing::error!(%reason, "a write failed; writes are refused until the database is open again");
        *self.broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }

    /// Opens the database again after an error, unless it is certain to fail: after an I/O error redb refuses all
    /// writes of that handle for good.
    pub(crate) fn recover(&self) -> Result<(), StoreError> {
        let reopened = self.medium.probe().map_err(|io| Fault::from(redb::Error::Io(io))).and_then(|()| {
            let mut guard = self.database.write().unwrap_or_else(PoisonError::into_inner);
            drop(guard.take());
            *guard = Some(match is_made(Mistake::ReopensEmpty) {
                true => empty()?,
                false => self.medium.open(&builder())?,
            });
            Ok(())
        });
        let mut broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        match reopened {
            Ok(()) => {
                tracing::info!("the database is open again");
                *broken = None;
                Ok(())
            }
            Err(fault) => {
                let reason = fault.told();
                *broken = Some(reason.clone());
                Err(reason)
            }
        }
    }

    /// Returns the length of what the database lies on.
    pub(crate) fn file_bytes(&self) -> Result<u64, StoreError> {
        self.medium.len().map_err(|io| Fault::from(redb::Error::Io(io)).told())
    }

    /// Moves every page to the front and cuts off the rest. Readers and the writer wait; redb does it in transactions, so
    /// that a crash leaves what was there. After an error the database is opened again.
    pub(crate) fn compact(&self) -> Result<Compacted, StoreError> {
        self.health()?;
        let bytes_before = self.file_bytes()?;
        let compacted = {
            let mut guard = self.database.write().unwrap_or_else(PoisonError::into_inner);
            let database = guard.as_mut().ok_or_else(closed)?;
            database.compact().map_err(|error| Fault::from(redb::Error::from(error)).told())
        };
        if let Err(reason) = compacted {
            self.set_broken(reason.clone());
            // A failure is in the health that people see, and the writer tries again.
            let _ = self.recover();
            return Err(reason);
        }
        Ok(Compacted { bytes_before, bytes_after: self.file_bytes()? })
    }

    pub(crate) fn listen(&self, listener: Arc<dyn CommitListener>) {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    pub(crate) fn measure(&self, meter: Arc<dyn CommitMeter>) {
        let _ = self.meter.set(meter);
    }

    pub(crate) fn meter(&self) -> Option<&dyn CommitMeter> {
        self.meter.get().map(|meter| &**meter)
    }

    pub(crate) fn tell(&self, newest: u64) {
        let listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for listener in listeners {
            listener.committed(newest);
        }
    }

    /// Closes the database once its readers are done.
    pub(crate) fn close(&self) {
        drop(self.database.write().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// What [`Mistake::ReopensEmpty`] opens.
fn empty() -> Result<Database, Fault> {
    let database = MemoryMedium::default().open(&builder())?;
    create_tables(&database, SCHEMA, Timestamp::UNIX_EPOCH)?;
    Ok(database)
}

pub(crate) fn closed() -> StoreError {
    StoreError::Unavailable { reason: "the store is closed".to_owned() }
}
