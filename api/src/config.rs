//! The configuration: flags before environment before file before defaults, from one table of settings.
//!
//! ```text
//!  flags ──▶ environment ──▶ dateline.toml ──▶ defaults        the first that says something wins
//!                            --config FILE, else $DATA/dateline.toml, else $XDG_CONFIG_HOME/dateline/dateline.toml
//! ```
//!
//! [`table`] lists every setting once; the parsing, `dateline config show`, `.env.example` and the table of the
//! documentation all derive from it.

pub mod file;
pub mod setting;
pub mod show;
pub mod table;
pub mod value;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use self::setting::{Given, Origin, Setting};
pub use self::table::{Config, SETTINGS};

use crate::door::Door;
use crate::folder::{DataFolder, FolderError};
use crate::tls::TlsFiles;

/// The name of the configuration's file.
pub const CONFIG_FILE: &str = "dateline.toml";

/// Why there is no configuration.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    /// A value is not what its setting takes.
    #[error("{origin}: {key} is {value}: expected {expected}")]
    Value {
        /// Who said so.
        origin: Origin,
        /// The setting.
        key: String,
        /// The value in back quotes, or words for a secret.
        value: String,
        /// What would be right.
        expected: String,
    },
    /// The file names a setting that does not exist.
    #[error("{origin}: `{key}` is no setting{}", suggestion.as_ref().map_or(String::new(), |near| format!(": did you mean `{near}`?")))]
    Unknown {
        /// Where.
        origin: Origin,
        /// The name.
        key: String,
        /// The setting that was probably meant.
        suggestion: Option<String>,
    },
    /// The file is no TOML.
    #[error("{origin}: this is no TOML: {reason}")]
    Syntax {
        /// Where.
        origin: Origin,
        /// What the parser says, without the text it read: that may be a secret.
        reason: String,
    },
    /// The file cannot be read.
    #[error("`{}`: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The file holds secrets that others can read.
    #[error("`{0}` holds secrets ({keys}) and others can read it: run `chmod 600 '{0}'`", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// The secret settings in it.
        keys: String,
    },
}

impl ConfigError {
    /// Whether it is the command line that must be mended.
    pub fn is_of_a_flag(&self) -> bool {
        matches!(self, Self::Value { origin: Origin::Flag(_), .. })
    }
}

/// What a configuration is made from, besides the files it finds.
#[derive(Debug, Default)]
pub struct Sources {
    /// Settings given as flags, by key.
    pub flags: BTreeMap<&'static str, String>,
    /// The file to read; the first of the usual places when absent.
    pub file: Option<PathBuf>,
    /// The environment's variables.
    pub environment: BTreeMap<String, String>,
}

impl Sources {
    /// Returns what the process was given: `flags`, `file` and its environment.
    pub fn of_process(flags: BTreeMap<&'static str, String>, file: Option<PathBuf>) -> Self {
        let environment = std::env::vars_os()
            // What is not text can be no value; a setting given so is told as it looks.
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        Self { flags, file, environment }
    }

    /// Returns the whole configuration.
    ///
    /// # Errors
    /// [`ConfigError`] naming the place, the setting, the value and what would be right.
    pub fn load(self) -> Result<Config, ConfigError> {
        let mut given = Given::default();
        for setting in SETTINGS {
            if let Some(value) = self.flags.get(setting.key) {
                given.set(setting, value.clone(), Origin::Flag(setting.flag_name()));
            } else if let Some(value) = self.environment.get(setting.env) {
                given.set(setting, value.clone(), Origin::Environment(setting.env));
            }
        }
        if let Some((path, is_in_data_folder)) = self.file(&given)? {
            let found = file::read(&path)?;
            if is_in_data_folder && let Some((_, origin)) = found.get("data") {
                return Err(ConfigError::Value {
                    origin: origin.clone(),
                    key: "data".into(),
                    value: "said inside the data folder".into(),
                    expected: "it in the file below $XDG_CONFIG_HOME, as --data or as DATELINE_DATA".into(),
                });
            }
            given.fill(found);
            given.file = Some(path);
        }
        let config = Config::of(given)?;
        config.check_pair("tls.cert", "tls.key")?;
        config.check_pair("tls.key", "tls.cert")?;
        Ok(config)
    }

    /// Returns the file to read, and whether it lies in the data folder.
    fn file(&self, given: &Given) -> Result<Option<(PathBuf, bool)>, ConfigError> {
        if let Some(path) = &self.file {
            return Ok(Some((path.clone(), false)));
        }
        let set = |name: &str| self.environment.get(name).map(PathBuf::from);
        let data = given.text("data").map(PathBuf::from);
        let data = DataFolder::locate_in(data, set("XDG_DATA_HOME"), set("HOME"));
        let in_data = data.ok().map(|data| data.join(CONFIG_FILE));
        let home = set("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
        let home = home.or_else(|| set("HOME").map(|home| home.join(".config")));
        let of_user = home.map(|home| home.join("dateline").join(CONFIG_FILE));
        let candidates =
            in_data.map(|path| (path, true)).into_iter().chain(of_user.map(|path| (path, false)));
        for (path, is_in_data_folder) in candidates {
            match std::fs::symlink_metadata(&path) {
                Ok(_) => return Ok(Some((path, is_in_data_folder))),
                Err(error) if is_absence(&error) => {}
                Err(error) => {
                    return Err(ConfigError::Unreadable { path, reason: error.to_string() });
                }
            }
        }
        Ok(None)
    }

    /// Returns variables that look like a mistyped setting, each with the setting's own variable.
    pub fn near_misses(&self) -> Vec<(String, &'static str)> {
        let known = || SETTINGS.iter().map(|setting| setting.env);
        let near = |name: &String| {
            let own = name.strip_prefix("DATELINE_").filter(|_| known().all(|env| env != name))?;
            let near = setting::nearest(own, known().filter_map(|env| env.strip_prefix("DATELINE_")))?;
            Some((name.clone(), known().find(|env| env.strip_prefix("DATELINE_") == Some(near))?))
        };
        self.environment.keys().filter_map(near).collect()
    }
}

fn is_absence(error: &std::io::Error) -> bool {
    // Who may not look into a folder has no file there.
    use std::io::ErrorKind::{NotADirectory, NotFound, PermissionDenied};
    matches!(error.kind(), NotFound | NotADirectory | PermissionDenied)
}

impl Config {
    /// Returns the configuration of a server at `listen` over `data`, with every other setting at its default.
    ///
    /// # Errors
    /// [`ConfigError`] when the folder's path is no text.
    pub fn plain(listen: std::net::SocketAddr, data: &Path) -> Result<Self, ConfigError> {
        let unreadable =
            || ConfigError::Unreadable { path: data.to_owned(), reason: "expected a path in UTF-8".into() };
        let data = data.to_str().ok_or_else(unreadable)?.to_owned();
        let flags = BTreeMap::from([("listen", listen.to_string()), ("data", data)]);
        let mut given = Given::default();
        for setting in SETTINGS {
            if let Some(value) = flags.get(setting.key) {
                given.set(setting, value.clone(), Origin::Flag(setting.flag_name()));
            }
        }
        Self::of(given)
    }

    /// Refuses `key` without `other`.
    fn check_pair(&self, key: &str, other: &str) -> Result<(), ConfigError> {
        match (self.given.text(key), self.given.text(other)) {
            (Some(value), None) => Err(ConfigError::Value {
                origin: self.given.origin(key),
                key: key.into(),
                value: format!("`{}`", crate::http::problem::shown(value)),
                expected: format!("{other} beside it"),
            }),
            _ => Ok(()),
        }
    }

    /// Returns what the server shows to those outside.
    pub fn door(&self) -> Door {
        let files = self.tls_cert.clone().zip(self.tls_key.clone());
        let tls = files.map(|(certificate, key)| TlsFiles { certificate, key });
        Door { hosts: self.hosts.clone(), proxies: self.trusted_proxies.clone(), tls }
    }

    /// Returns the data folder's path.
    ///
    /// # Errors
    /// [`FolderError::Unknown`] when nothing says where.
    pub fn data_folder(&self) -> Result<PathBuf, FolderError> {
        DataFolder::locate(self.data.clone())
    }

    /// Returns what was said of the setting with the variable `env`, whoever said it; its default when nobody did.
    pub fn said(&self, env: &str) -> Option<String> {
        let setting = SETTINGS.iter().find(|setting| setting.env == env)?;
        let said = self.given.text(setting.key).unwrap_or(setting.default);
        (!said.is_empty()).then(|| said.to_owned())
    }

    /// Returns the file that was read, when there was one.
    pub fn file(&self) -> Option<&Path> {
        self.given.file.as_deref()
    }

    /// Returns every secret that was set, for whoever must keep them out of what is written.
    pub fn secrets(&self) -> Vec<dateline_core::secret::Secret> {
        let secrets = SETTINGS.iter().filter(|setting| setting.is_secret);
        let texts = secrets.filter_map(|setting| self.given.text(setting.key));
        let wholes_and_parts =
            texts.flat_map(|text| [vec![text.to_owned()], value::parts_of_secret(text)].concat());
        wholes_and_parts.map(dateline_core::secret::Secret::new).collect()
    }
}

#[cfg(test)]
#[path = "config/config_tests.rs"]
mod tests;
