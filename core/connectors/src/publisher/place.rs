//! A folder that receives files, opened once: every name below is looked up in it and nowhere else.
//!
//! Names are plain (no `/`), links are never followed, and a file appears whole or not at all: written beside its
//! place, synced, then renamed, then the folder synced.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use dateline_core::publisher::PublishError;
use rustix::fs::{AtFlags, FileType, FlockOperation, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

/// Files beyond this are not read: nothing of ours grows so large.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Bytes read of a page to find whose it is; ours have their front matter well within.
const START_BYTES: u64 = 64 * 1024;

/// Why a place does not take a file.
#[derive(Debug, thiserror::Error)]
pub(super) enum PlaceError {
    #[error("`{path}` must be an absolute path without NUL characters")]
    NotAbsolute { path: String },
    #[error("there is no folder `{path}`")]
    Missing { path: String },
    #[error("`{path}` is not a folder")]
    NotAFolder { path: String },
    #[error("`{path}` cannot be written: {cause}")]
    Refused { path: String, cause: Errno },
    #[error("no space is left for `{path}`: {cause}")]
    Full { path: String, cause: Errno },
    #[error("`{path}` is {what}; remove it or choose another place")]
    NotAFile { path: String, what: &'static str },
    #[error("`{path}` holds more than {max} files")]
    TooMany { path: String, max: usize },
    #[error("`{path}` failed: {cause}")]
    Io { path: String, cause: Errno },
}

impl From<PlaceError> for PublishError {
    fn from(error: PlaceError) -> Self {
        let reason = error.to_string();
        match error {
            PlaceError::NotAbsolute { .. }
            | PlaceError::Missing { .. }
            | PlaceError::NotAFolder { .. }
            | PlaceError::Refused { .. }
            | PlaceError::TooMany { .. }
            | PlaceError::NotAFile { .. } => Self::Rejected { reason },
            PlaceError::Full { .. } | PlaceError::Io { .. } => Self::Unavailable { reason },
        }
    }
}

/// An open folder, locked against other publishers until dropped.
#[derive(Debug)]
pub(super) struct Place {
    folder: OwnedFd,
    path: PathBuf,
}

/// How much of a file to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// Its first bytes, where front matter stands.
    Start,
}

/// What stands under a name.
#[derive(Debug)]
pub(super) enum Entry {
    /// Nothing.
    Free,
    /// A file of one name, and what was asked for of it; `None` when that is not text, or too much of it.
    File { text: Option<String>, mode: Mode },
    /// A link, a folder, a pipe, a device, or a file with several names: never read, never replaced.
    Other(&'static str),
}

impl Place {
    /// Opens the folder at `path` and waits for other publishers to be done with it.
    pub(super) fn open(path: &str) -> Result<Self, PlaceError> {
        if !Path::new(path).is_absolute() || path.contains('\0') {
            return Err(PlaceError::NotAbsolute { path: path.escape_debug().to_string() });
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = rustix::fs::open(path, flags, Mode::empty()).map_err(|cause| refusal(path, cause))?;
        // File systems without locks still have atomic renames: two publishers at once then cost a second try.
        let _ = rustix::io::retry_on_intr(|| rustix::fs::flock(&folder, FlockOperation::LockExclusive));
        Ok(Self { folder, path: PathBuf::from(path) })
    }

    /// Returns the full path of `name`, for messages and records.
    pub(super) fn path_of(&self, name: &str) -> String {
        self.path.join(name).to_string_lossy().into_owned()
    }

    /// Returns the names in the folder, unordered; refuses a folder of more than `max`.
    pub(super) fn names(&self, max: usize) -> Result<Vec<String>, PlaceError> {
        let path = || self.path.to_string_lossy().into_owned();
        let failed = |cause| refusal(&path(), cause);
        let mut names = Vec::new();
        for entry in rustix::fs::Dir::read_from(&self.folder).map_err(failed)? {
            if names.len() == max {
                return Err(PlaceError::TooMany { path: path(), max });
            }
            // Names that are not UTF-8 are not ours.
            if let Ok(name) = entry.map_err(failed)?.file_name().to_str() {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }

    /// Returns what stands under `name`, without following links and without waiting for pipes.
    pub(super) fn look(&self, name: &str, extent: Extent) -> Result<Entry, PlaceError> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let file = match rustix::fs::openat(&self.folder, name, flags, Mode::empty()) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(Entry::Free),
            Err(Errno::LOOP) => return Ok(Entry::Other("a symbolic link")),
            Err(Errno::NXIO | Errno::NODEV | Errno::OPNOTSUPP) => {
                return Ok(Entry::Other("a device or socket"));
            }
            Err(cause) => return Err(refusal(&self.path_of(name), cause)),
        };
        let stat = rustix::fs::fstat(&file).map_err(|cause| refusal(&self.path_of(name), cause))?;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile if stat.st_nlink > 1 => {
                Ok(Entry::Other("a file with a second name (hard link)"))
            }
            FileType::RegularFile => Ok(Entry::File {
                text: self.read(File::from(file), name, extent)?,
                mode: Mode::from_raw_mode(stat.st_mode),
            }),
            FileType::Directory => Ok(Entry::Other("a folder")),
            FileType::Fifo => Ok(Entry::Other("a pipe")),
            _ => Ok(Entry::Other("no ordinary file")),
        }
    }

    fn read(&self, file: File, name: &str, extent: Extent) -> Result<Option<String>, PlaceError> {
        let mut bytes = Vec::new();
        let bytes_max = match extent {
            Extent::Whole => FILE_BYTES_MAX + 1,
            Extent::Start => START_BYTES,
        };
        let read = file.take(bytes_max).read_to_end(&mut bytes);
        read.map_err(|error| {
            refusal(&self.path_of(name), Errno::from_io_error(&error).unwrap_or(Errno::IO))
        })?;
        Ok(match extent {
            Extent::Whole => String::from_utf8(bytes).ok().filter(|text| text.len() as u64 <= FILE_BYTES_MAX),
            // The last character may be cut.
            Extent::Start => Some(String::from_utf8_lossy(&bytes).into_owned()),
        })
    }

    /// Puts a file under `name`, which must be free; `false` when it was taken meanwhile.
    pub(super) fn create(&self, name: &str, text: &str, scratch: &str) -> Result<bool, PlaceError> {
        self.write(scratch, text, Mode::from_raw_mode(0o644))?;
        let renamed =
            rustix::fs::renameat_with(&self.folder, scratch, &self.folder, name, RenameFlags::NOREPLACE);
        match renamed {
            Ok(()) => self.sync(name).map(|()| true),
            Err(Errno::EXIST) => self.discard(scratch).map(|()| false),
            // Some file systems cannot refuse to replace: look once more, under the lock.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => match self.look(name, Extent::Start)? {
                Entry::Free => self.rename(scratch, name).map(|()| true),
                Entry::File { .. } | Entry::Other(_) => self.discard(scratch).map(|()| false),
            },
            Err(cause) => {
                let _ = self.discard(scratch);
                Err(refusal(&self.path_of(name), cause))
            }
        }
    }

    /// Puts `text` in the place of the file `name`, which is ours.
    pub(super) fn replace(
        &self,
        name: &str,
        text: &str,
        mode: Mode,
        scratch: &str,
    ) -> Result<(), PlaceError> {
        self.write(scratch, text, mode)?;
        self.rename(scratch, name)
    }

    fn rename(&self, scratch: &str, name: &str) -> Result<(), PlaceError> {
        if let Err(cause) = rustix::fs::renameat(&self.folder, scratch, &self.folder, name) {
            let _ = self.discard(scratch);
            return Err(refusal(&self.path_of(name), cause));
        }
        self.sync(name)
    }

    /// Writes a file of our own beside its place; one left behind by a process that died is removed first.
    fn write(&self, scratch: &str, text: &str, mode: Mode) -> Result<(), PlaceError> {
        self.discard(scratch)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let failed = |cause| refusal(&self.path_of(scratch), cause);
        let file =
            rustix::fs::openat(&self.folder, scratch, flags, Mode::from_raw_mode(0o600)).map_err(failed)?;
        let mut file = File::from(file);
        let written = file
            .write_all(text.as_bytes())
            .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO));
        let finished =
            written.and_then(|()| rustix::fs::fchmod(&file, mode)).and_then(|()| rustix::fs::fsync(&file));
        if let Err(cause) = finished {
            let _ = self.discard(scratch);
            return Err(failed(cause));
        }
        Ok(())
    }

    fn discard(&self, scratch: &str) -> Result<(), PlaceError> {
        match rustix::fs::unlinkat(&self.folder, scratch, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(cause) => Err(refusal(&self.path_of(scratch), cause)),
        }
    }

    fn sync(&self, name: &str) -> Result<(), PlaceError> {
        match rustix::fs::fsync(&self.folder) {
            // Some file systems have nothing to sync in a folder.
            Ok(()) | Err(Errno::INVAL) => Ok(()),
            Err(cause) => Err(refusal(&self.path_of(name), cause)),
        }
    }
}

fn refusal(path: &str, cause: Errno) -> PlaceError {
    let path = path.to_owned();
    match cause {
        Errno::NOENT => PlaceError::Missing { path },
        Errno::NOTDIR => PlaceError::NotAFolder { path },
        Errno::ACCESS | Errno::PERM | Errno::ROFS | Errno::NAMETOOLONG | Errno::LOOP | Errno::INVAL => {
            PlaceError::Refused { path, cause }
        }
        Errno::NOSPC | Errno::DQUOT | Errno::FBIG => PlaceError::Full { path, cause },
        _ => PlaceError::Io { path, cause },
    }
}

/// Returns the name of the file a publisher writes before it renames it: hidden, and the same in every try.
pub(super) fn scratch_name(owner: impl std::fmt::Display) -> String {
    format!(".dateline-{owner}.tmp")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_path_and_whether_waiting_helps() {
        let check = |cause, may_pass: bool, words: &str| {
            let error = PublishError::from(refusal("/srv/site", cause));
            assert_eq!(matches!(error, PublishError::Unavailable { .. }), may_pass, "{error:?}");
            let message = error.to_string();
            assert!(message.contains("`/srv/site`") && message.contains(words), "{message}");
        };
        check(Errno::NOSPC, true, "no space is left");
        check(Errno::DQUOT, true, "no space is left");
        check(Errno::IO, true, "failed");
        check(Errno::ROFS, false, "cannot be written");
        check(Errno::ACCESS, false, "cannot be written");
        check(Errno::NOENT, false, "there is no folder");
        check(Errno::NOTDIR, false, "is not a folder");
    }
}
