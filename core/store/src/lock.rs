//! The lock on a data folder: one process at a time, and its name for those who come second.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

/// The lock's file within a data folder. Its content is the holder's process id.
pub const LOCK_FILE: &str = "dateline.lock";

/// A held lock; gone when dropped, and when its process dies.
#[derive(Debug)]
pub(crate) struct DataLock {
    _file: File,
}

/// Why a lock was not given.
#[derive(Debug)]
pub(crate) enum LockError {
    /// This process holds it.
    Held { pid: Option<u32> },
    /// The operating system failed.
    Io(io::Error),
}

impl DataLock {
    /// Takes the lock on `data_dir`, or says at once who has it.
    pub(crate) fn take(data_dir: &Path) -> Result<Self, LockError> {
        let mut file = private_options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(data_dir.join(LOCK_FILE))
            .map_err(LockError::Io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Held { pid: read_pid(&mut file) }),
            Err(TryLockError::Error(error)) => return Err(LockError::Io(error)),
        }
        // The name only serves a message: a full disk is no reason to refuse reading.
        let _ = write_pid(&mut file);
        Ok(Self { _file: file })
    }
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

/// Returns options that make new files readable by their owner only.
#[cfg(unix)]
pub(crate) fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Returns options for new files; who may read them is their folder's business.
#[cfg(not(unix))]
pub(crate) fn private_options() -> OpenOptions {
    OpenOptions::new()
}
