//! What a database lies on: a file, memory, or whatever a test makes of it.

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use redb::{Builder, Database, DatabaseError, StorageBackend};

use crate::lock::private_options;

/// What a database lies on, and how it is opened again after a failure.
#[expect(clippy::len_without_is_empty, reason = "what a database lies on is never empty")]
pub trait Medium: Send + Sync + 'static {
    /// Opens the database, which was closed before.
    fn open(&self, builder: &Builder) -> Result<Database, DatabaseError>;

    /// Returns its length in bytes.
    fn len(&self) -> io::Result<u64>;

    /// Returns an error while it is certain that nothing can be written.
    fn probe(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A file of the operating system.
pub(crate) struct FileMedium {
    pub(crate) path: PathBuf,
}

impl FileMedium {
    const PROBE_BYTES: usize = 1 << 20;

    fn write_probe(path: &Path) -> io::Result<()> {
        let mut file = private_options().write(true).create(true).truncate(true).open(path)?;
        file.write_all(&vec![0; Self::PROBE_BYTES])?;
        file.sync_data()
    }
}

impl Medium for FileMedium {
    fn open(&self, builder: &Builder) -> Result<Database, DatabaseError> {
        builder.open(&self.path)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(std::fs::metadata(&self.path)?.len())
    }

    fn probe(&self) -> io::Result<()> {
        let path = self.path.with_extension("probe");
        let written = Self::write_probe(&path);
        let removed = std::fs::remove_file(&path);
        written.and(removed)
    }
}

/// Memory that outlives the databases opened on it. Its clones are the same memory.
#[derive(Clone, Default)]
pub struct MemoryMedium {
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl MemoryMedium {
    /// Returns memory that holds `bytes`, such as a file's.
    pub fn of(bytes: Vec<u8>) -> Self {
        Self { bytes: Arc::new(Mutex::new(bytes)) }
    }

    /// Returns a copy of what is there now.
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Medium for MemoryMedium {
    fn open(&self, builder: &Builder) -> Result<Database, DatabaseError> {
        builder.create_with_backend(self.clone())
    }

    fn len(&self) -> io::Result<u64> {
        StorageBackend::len(self)
    }
}

impl fmt::Debug for MemoryMedium {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryMedium")
    }
}

impl StorageBackend for MemoryMedium {
    fn len(&self) -> io::Result<u64> {
        Ok(self.bytes.lock().unwrap_or_else(PoisonError::into_inner).len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        out.copy_from_slice(bytes.get(span(offset, out.len())).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let len = usize::try_from(len).map_err(io::Error::other)?;
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).resize(len, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        bytes.get_mut(span(offset, data.len())).ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(data);
        Ok(())
    }
}

/// Returns the indexes of `len` bytes from `offset`; none of memory's when they do not fit.
pub(crate) fn span(offset: u64, len: usize) -> std::ops::Range<usize> {
    let start = usize::try_from(offset).unwrap_or(usize::MAX);
    start..start.saturating_add(len)
}
