//! Where keys are kept: in settings, in a private file, or in the operating system's keyring.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dateline_core::secret::{Secret, SecretKey};

use super::KeyError;
use super::keyring::{Keyring, ask};
use crate::folder::write_private;

/// The keys in a place: one a line, the current one first.
#[derive(Debug, Clone)]
pub struct Held {
    /// The key that seals.
    pub current: SecretKey,
    /// Those it replaces, while secrets are sealed anew.
    pub earlier: Vec<SecretKey>,
}

impl Held {
    fn parse(text: &str) -> Option<Self> {
        let keys: Option<Vec<_>> = text.split_whitespace().map(SecretKey::parse).collect();
        let mut keys = keys?.into_iter();
        Some(Self { current: keys.next()?, earlier: keys.collect() })
    }

    fn text(&self) -> Secret {
        let keys = std::iter::once(&self.current).chain(&self.earlier);
        let lines: Vec<Secret> = keys.map(SecretKey::digits).collect();
        Secret::new(lines.iter().map(Secret::expose).collect::<Vec<_>>().join("\n"))
    }

    /// Adds the keys of another place as earlier ones.
    pub(super) fn and(mut self, other: Self) -> Self {
        for key in std::iter::once(other.current).chain(other.earlier) {
            let name = key.name();
            let is_new = self.current.name() != name && self.earlier.iter().all(|known| known.name() != name);
            if is_new {
                self.earlier.push(key);
            }
        }
        self
    }
}

/// Where keys are kept.
pub enum Place {
    /// The operator sets them.
    Settings,
    /// A file only its owner reads.
    File(PathBuf),
    /// The operating system's keyring, under an account named after the data folder.
    Keyring(Arc<dyn Keyring>, String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings => f.write_str("DATELINE_SECRET_KEY"),
            Self::File(path) => write!(f, "`{}`", path.display()),
            Self::Keyring(..) => f.write_str("the operating system's keyring"),
        }
    }
}

impl Place {
    pub(super) fn keyring(keyring: impl Keyring, folder: &Path) -> Self {
        Self::Keyring(Arc::new(keyring), folder.display().to_string())
    }

    pub(super) fn holds_no_key(&self) -> KeyError {
        KeyError::NoKey { place: self.to_string() }
    }

    fn io(&self, reason: impl fmt::Display) -> KeyError {
        KeyError::Io { place: self.to_string(), reason: reason.to_string() }
    }

    /// Returns the keys kept here, `None` when there are none.
    pub(super) async fn held(&self) -> Result<Option<Held>, KeyError> {
        let text = match self {
            Self::Settings => None,
            Self::File(path) => read_closed(path)?,
            Self::Keyring(keyring, account) => {
                let account = account.clone();
                let asked = ask(keyring, move |keyring| keyring.get(&account)).await;
                asked.map_err(|reason| self.io(reason))?
            }
        };
        match text {
            None => Ok(None),
            Some(text) => Held::parse(text.expose()).map(Some).ok_or_else(|| self.holds_no_key()),
        }
    }

    /// Keeps `held` in place of what was kept: whole, or not at all.
    pub(super) async fn keep(&self, held: &Held) -> Result<(), KeyError> {
        match self {
            Self::Settings => Ok(()),
            Self::File(path) => write_private(path, held.text().expose()).map_err(|error| self.io(error)),
            Self::Keyring(keyring, account) => {
                let (account, text) = (account.clone(), held.text());
                let asked = ask(keyring, move |keyring| keyring.set(&account, &text)).await;
                asked.map_err(|reason| self.io(reason))
            }
        }
    }

    /// Keeps nothing any more.
    pub(super) async fn forget(&self) -> Result<(), KeyError> {
        match self {
            Self::File(path) => fs::remove_file(path).map_err(|error| self.io(error)),
            Self::Settings | Self::Keyring(..) => Ok(()),
        }
    }
}

/// Reads a key file that only its owner can read; a key that others may have read is no key any more.
fn read_closed(path: &Path) -> Result<Option<Secret>, KeyError> {
    let io =
        |error: io::Error| KeyError::Io { place: format!("`{}`", path.display()), reason: error.to_string() };
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
        Ok(about) => {
            let mode = mode_of(&about);
            if mode & 0o077 != 0 {
                return Err(KeyError::Exposed { path: path.to_owned(), mode });
            }
        }
    }
    fs::read_to_string(path).map(|text| Some(Secret::new(text))).map_err(io)
}

#[cfg(unix)]
fn mode_of(about: &fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o777
}

#[cfg(not(unix))]
fn mode_of(_about: &fs::Metadata) -> u32 {
    0
}
