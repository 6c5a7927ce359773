//! One setting: its names, what it takes, and what was said about it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::ConfigError;

/// One line of the table of settings.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name in the file: `log.level`.
    pub key: &'static str,
    /// Its environment variable.
    pub env: &'static str,
    /// Its flag and what the flag's value is called: `listen ADDRESS`; empty when it has no flag.
    pub flag: &'static str,
    /// The value without any other; empty when there is none.
    pub default: &'static str,
    /// How the file spells values.
    pub shape: Shape,
    /// What it takes, in words that complete "expected".
    pub takes: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Whether its value is shown to nobody.
    pub is_secret: bool,
    /// Whether it takes a value.
    pub check: fn(&str) -> bool,
}

/// How the file spells a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `"text"`
    Text,
    /// `12`
    Number,
    /// `true`
    Switch,
    /// `["one", "two"]`
    List,
}

impl Setting {
    /// Returns the name of its flag, without dashes, and what its value is called.
    pub fn flag_words(&self) -> Option<(&'static str, &'static str)> {
        self.flag.split_once(' ')
    }

    /// Returns its flag as it is typed.
    pub fn flag_name(&self) -> String {
        format!("--{}", self.flag_words().map_or(self.key, |(name, _)| name))
    }

    /// Returns the refusal of `value`.
    pub(super) fn refuse(&self, value: &str, origin: Origin) -> ConfigError {
        let shown = crate::http::problem::shown(value);
        let value = if self.is_secret { "not what it takes".into() } else { format!("`{shown}`") };
        ConfigError::Value { origin, key: self.key.into(), value, expected: self.takes.into() }
    }
}

/// Who said a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag of the command line.
    Flag(String),
    /// A variable of the environment.
    Environment(&'static str),
    /// A line of a file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// Nobody: it is the default.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "flag {name}"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::File { path, line } => write!(f, "file {}:{line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// What was said, by key. `Debug` shows who spoke, never what was said.
#[derive(Clone, Default)]
pub struct Given {
    said: BTreeMap<&'static str, (String, Origin)>,
    /// The file that was read.
    pub file: Option<PathBuf>,
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.said.iter().map(|(key, (_, origin))| (key, origin))).finish()
    }
}

impl Given {
    pub(super) fn set(&mut self, setting: &Setting, value: String, origin: Origin) {
        self.said.insert(setting.key, (value, origin));
    }

    /// Adds what is not said yet.
    pub(super) fn fill(&mut self, found: BTreeMap<&'static str, (String, Origin)>) {
        for (key, said) in found {
            self.said.entry(key).or_insert(said);
        }
    }

    /// Returns what was said of `key`, defaults aside.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.said.get(key).map(|(value, _)| value.as_str())
    }

    /// Returns who said it.
    pub fn origin(&self, key: &str) -> Origin {
        self.said.get(key).map_or(Origin::Default, |(_, origin)| origin.clone())
    }

    /// Returns the value of a setting, its default when nobody said one.
    pub(super) fn parsed<T>(
        &self,
        setting: &Setting,
        parse: fn(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let text = self.text(setting.key).unwrap_or(setting.default);
        parse(text).ok_or_else(|| setting.refuse(text, self.origin(setting.key)))
    }
}

/// Returns the one of `names` that `name` was probably meant to be.
pub(super) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let wanted = name.to_lowercase();
    let near = names.map(|known| (distance(&wanted, &known.to_lowercase()), known));
    near.min().filter(|(distance, known)| *distance <= (known.len() / 4).max(2)).map(|(_, known)| known)
}

/// How many letters must be added, removed or changed to make one of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (up, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = up + 1;
        for (at, against) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *against);
            diagonal = row[at + 1];
            row[at + 1] = changed.min(row[at] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}
