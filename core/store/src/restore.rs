//! Restoring: a backup takes the store's place, whole and verified, or nothing changes.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use dateline_core::time::Timestamp;

use crate::check::check_file;
use crate::files::{copy_durably, free_name, prepare_folder, sync_folder_of};
use crate::lock::DataLock;
use crate::open::{DATA_FILE, OpenError, recognise};

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Where the replaced file is kept; `None` when there was none.
    pub replaced: Option<PathBuf>,
}

/// Puts `backup` in the place of the store in `data_dir`; the replaced file is kept beside it, named after `now`.
///
/// # Errors
/// [`OpenError`] when the backup is damaged, foreign or newer, or the store is in use. Nothing has changed then.
pub fn restore(backup: &Path, data_dir: &Path, now: Timestamp) -> Result<Restored, OpenError> {
    recognise(backup)?;
    prepare_folder(data_dir).map_err(|error| OpenError::of_io(&error, data_dir))?;
    let _lock = DataLock::take(data_dir).map_err(|error| OpenError::of_lock(error, data_dir))?;
    let path = data_dir.join(DATA_FILE);
    let incoming = path.with_extension("incoming");
    remove_if_there(&incoming)?;
    let restored = bring_in(backup, &incoming).and_then(|()| take_place(&incoming, &path, now));
    if restored.is_err() {
        let _ = fs::remove_file(&incoming);
    }
    restored
}

/// Copies the backup beside the store and verifies the copy: what is checked is what will be used.
fn bring_in(backup: &Path, incoming: &Path) -> Result<(), OpenError> {
    copy_durably(backup, incoming).map_err(|error| OpenError::of_io(&error, backup))?;
    let report = check_file(incoming)?;
    match report.problems.first() {
        None => Ok(()),
        Some(first) => Err(OpenError::Damaged { reason: first.clone() }),
    }
}

fn take_place(incoming: &Path, path: &Path, now: Timestamp) -> Result<Restored, OpenError> {
    let io = |error: std::io::Error| OpenError::of_io(&error, path);
    let replaced = match fs::metadata(path) {
        Ok(found) if !found.is_file() => return Err(OpenError::NotAFile { path: path.to_owned() }),
        Ok(_) => {
            let suffix = now.format(".replaced-%Y%m%dT%H%M%SZ").to_string();
            let aside = free_name(path, &suffix).map_err(io)?;
            // A second name, so that there is no moment without a store.
            if fs::hard_link(path, &aside).is_err() {
                copy_durably(path, &aside).map_err(io)?;
            }
            Some(aside)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(io(error)),
    };
    fs::rename(incoming, path).map_err(io)?;
    sync_folder_of(path).map_err(io)?;
    Ok(Restored { replaced })
}

fn remove_if_there(path: &Path) -> Result<(), OpenError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(OpenError::of_io(&error, path)),
    }
}
