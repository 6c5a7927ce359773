//! The data folder: what lies where, who may read it, and what makes a folder a server's own.
//!
//! ```text
//! dateline.redb   everything durable          cursor.key    seals cursors (0600)
//! owner.token     the owner's token (0600)    server.json   where a running server listens
//! secret.key      seals secrets (0600)        dateline.lock held by the running process
//! backups/        verified copies
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use dateline_core::entropy::Entropy;
use dateline_core::people::{AccessCode, CodeKind};
use dateline_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::http::cursor::{CursorKey, from_hex, to_hex};

/// A data folder that exists and that only its owner may enter.
#[derive(Debug, Clone)]
pub struct DataFolder {
    path: PathBuf,
}

/// Where a running server can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerNote {
    /// Its address, such as `http://127.0.0.1:8377`.
    pub address: String,
    /// Its process.
    pub pid: u32,
}

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// No folder was named and there is no home to put one in.
    #[error("no data folder: expected --data DIR, DATELINE_DATA, XDG_DATA_HOME or HOME to be set")]
    Unknown,
    /// The system refused.
    #[error("`{path}`: {source}")]
    Io {
        /// What was read or written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file does not hold what it should.
    #[error("`{path}`: {expected}")]
    Content {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        expected: String,
    },
}

impl DataFolder {
    /// Returns the folder's path: the one asked for, else below `XDG_DATA_HOME`, else below the home folder.
    ///
    /// # Errors
    /// [`FolderError::Unknown`] when nothing says where.
    pub fn locate(asked: Option<PathBuf>) -> Result<PathBuf, FolderError> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self::locate_in(asked, set("XDG_DATA_HOME"), set("HOME"))
    }

    /// Returns the folder's path as [`DataFolder::locate`] does, with `data_home` and `home` as the environment's.
    ///
    /// # Errors
    /// [`FolderError::Unknown`] when nothing says where.
    pub fn locate_in(
        asked: Option<PathBuf>,
        data_home: Option<PathBuf>,
        home: Option<PathBuf>,
    ) -> Result<PathBuf, FolderError> {
        asked
            .or_else(|| data_home.filter(|path| path.is_absolute()).map(|path| path.join("dateline")))
            .or_else(|| home.map(|home| home.join(".local/share/dateline")))
            .ok_or(FolderError::Unknown)
    }

    /// Makes the folder when it is not there and closes it to everybody else.
    ///
    /// # Errors
    /// [`FolderError::Io`] when that is not possible.
    pub fn prepare(path: &Path) -> Result<Self, FolderError> {
        let at = |source| FolderError::Io { path: path.to_owned(), source };
        fs::create_dir_all(path).map_err(at)?;
        let path = path.canonicalize().map_err(at)?;
        close_to_others(&path).map_err(|source| FolderError::Io { path: path.clone(), source })?;
        Ok(Self { path })
    }

    /// Returns the folder when it is there; nothing in it is made or changed.
    pub fn existing(path: &Path) -> Option<Self> {
        path.canonicalize().ok().filter(|path| path.is_dir()).map(|path| Self { path })
    }

    /// Returns its absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the folder that receives backups.
    pub fn backups(&self) -> PathBuf {
        self.path.join("backups")
    }

    /// Returns the path of the owner's token.
    pub fn token_file(&self) -> PathBuf {
        self.path.join("owner.token")
    }

    /// Returns the owner's token and whether it was made just now.
    ///
    /// # Errors
    /// [`FolderError`] when it cannot be read or written, or is no token.
    pub fn owner_token(&self, entropy: &dyn Entropy) -> Result<(AccessCode, bool), FolderError> {
        let path = self.token_file();
        let fresh = || AccessCode::fresh(CodeKind::Token, entropy).text().to_owned();
        let (text, is_new) = self.read_or_make(&path, fresh)?;
        let token = AccessCode::parse(CodeKind::Token, text.trim())
            .map_err(|error| FolderError::Content { path, expected: error.to_string() })?;
        Ok((token, is_new))
    }

    /// Puts a token in the place of the owner's, which is no longer good.
    ///
    /// # Errors
    /// [`FolderError::Io`] when it cannot be written.
    pub fn put_owner_token(&self, token: &AccessCode) -> Result<(), FolderError> {
        let path = self.token_file();
        write_private(&path, token.text()).map_err(|source| FolderError::Io { path, source })
    }

    /// Returns the key that seals cursors; made at the first start.
    ///
    /// # Errors
    /// [`FolderError`] when it cannot be read or written, or is no key.
    pub fn cursor_key(&self, entropy: &dyn Entropy) -> Result<CursorKey, FolderError> {
        let expected = "expected 64 hexadecimal digits; remove the file to have a new key made";
        self.key(&self.path.join("cursor.key"), expected, entropy).map(CursorKey::new)
    }

    /// Returns the path of the file with the key that seals secrets.
    pub fn secret_key_file(&self) -> PathBuf {
        self.path.join("secret.key")
    }

    fn key(&self, path: &Path, expected: &str, entropy: &dyn Entropy) -> Result<[u8; 32], FolderError> {
        let fresh = || {
            let mut bytes = [0; 32];
            entropy.fill(&mut bytes);
            to_hex(&bytes)
        };
        let (text, _) = self.read_or_make(path, fresh)?;
        let key = from_hex(text.trim()).and_then(|bytes| bytes.try_into().ok());
        key.ok_or_else(|| FolderError::Content { path: path.to_owned(), expected: expected.to_owned() })
    }

    /// Says where the server of this folder listens.
    ///
    /// # Errors
    /// [`FolderError::Io`] when it cannot be written.
    pub fn write_note(&self, address: SocketAddr) -> Result<(), FolderError> {
        let note = ServerNote { address: format!("http://{address}"), pid: std::process::id() };
        let text = serde_json::to_string(&note).unwrap_or_default();
        let path = self.note_file();
        let incoming = path.with_extension("incoming");
        let written = fs::write(&incoming, text).and_then(|()| fs::rename(&incoming, &path));
        written.map_err(|source| FolderError::Io { path, source })
    }

    /// Takes the note away when the server stops.
    pub fn remove_note(&self) {
        // A stale note does no harm: who reads it finds nobody at the address.
        let _ = fs::remove_file(self.note_file());
    }

    /// Returns where a server of this folder was last said to listen.
    pub fn note(&self) -> Option<ServerNote> {
        serde_json::from_str(&fs::read_to_string(self.note_file()).ok()?).ok()
    }

    fn note_file(&self) -> PathBuf {
        self.path.join("server.json")
    }

    /// Returns the text of a private file, and whether it was just made.
    fn read_or_make(&self, path: &Path, fresh: impl Fn() -> String) -> Result<(String, bool), FolderError> {
        let at = |source| FolderError::Io { path: path.to_owned(), source };
        match fs::read_to_string(path) {
            Ok(text) => {
                close_to_others(path).map_err(at)?;
                Ok((text, false))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let text = fresh();
                write_private(path, &text).map_err(at)?;
                Ok((text, true))
            }
            Err(error) => Err(at(error)),
        }
    }
}

/// Returns the name a backup made at `now` gets.
pub fn backup_name(now: Timestamp) -> String {
    now.format("dateline-%Y%m%dT%H%M%S%3fZ.redb").to_string()
}

/// Writes a file that is whole or absent, and that only its owner reads.
pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let incoming = path.with_extension("incoming");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&incoming)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    fs::rename(&incoming, path)?;
    File::open(path.parent().unwrap_or(path))?.sync_all()
}

#[cfg(unix)]
fn close_to_others(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)?.permissions().mode();
    // Whoever made it stricter keeps that.
    if mode & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700))
}

#[cfg(not(unix))]
fn close_to_others(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::OsEntropy;

    fn folder() -> (tempfile::TempDir, DataFolder) {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = DataFolder::prepare(&dir.path().join("a/b")).expect("it can be made");
        (dir, folder)
    }

    #[test]
    fn secrets_are_made_once_and_kept() {
        let (_dir, folder) = folder();
        let (token, is_new) = folder.owner_token(&OsEntropy).expect("a token");
        assert!(is_new);
        assert_eq!(folder.owner_token(&OsEntropy).expect("a token"), (token, false));
        let position = dateline_core::store::Position(vec![1]);
        let cursor = folder.cursor_key(&OsEntropy).expect("a key").seal("q", &position);
        assert_eq!(folder.cursor_key(&OsEntropy).expect("a key").open("q", &cursor), Ok(position));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_gets_in_also_where_others_could_before() {
        use std::os::unix::fs::PermissionsExt;
        let (_dir, folder) = folder();
        folder.owner_token(&OsEntropy).expect("a token");
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!((mode(folder.path()), mode(&folder.token_file())), (0o700, 0o600));
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("it is ours");
        fs::set_permissions(folder.token_file(), fs::Permissions::from_mode(0o644)).expect("it is ours");
        let folder = DataFolder::prepare(folder.path()).expect("it can be closed");
        folder.owner_token(&OsEntropy).expect("a token");
        assert_eq!((mode(folder.path()), mode(&folder.token_file())), (0o700, 0o600));
    }

    #[test]
    fn a_damaged_secret_is_named_and_kept() {
        let (_dir, folder) = folder();
        fs::write(folder.token_file(), "dl_short").expect("it can be written");
        let error = folder.owner_token(&OsEntropy).expect_err("no token");
        assert!(error.to_string().contains("owner.token"), "{error}");
        assert_eq!(fs::read_to_string(folder.token_file()).expect("it is there"), "dl_short");
    }

    #[test]
    fn the_note_of_a_server_reads_back() {
        let (_dir, folder) = folder();
        assert_eq!(folder.note(), None);
        folder.write_note("127.0.0.1:8377".parse().expect("an address")).expect("it can be written");
        let note = ServerNote { address: "http://127.0.0.1:8377".into(), pid: std::process::id() };
        assert_eq!(folder.note(), Some(note));
        folder.remove_note();
        assert_eq!(folder.note(), None);
    }
}
