//! `dateline.toml`: read whole, each value with the line it stands in.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::setting::{Origin, Setting, Shape, nearest};
use super::{ConfigError, SETTINGS};

/// A configuration is a page; more is another file.
const BYTES_MAX: u64 = 256 * 1024;

/// Values by key, each with its place.
type Found = BTreeMap<&'static str, (String, Origin)>;

/// Returns what the file at `path` says.
///
/// # Errors
/// [`ConfigError`] for the first thing in it that cannot be, and for secrets that others can read.
pub fn read(path: &Path) -> Result<Found, ConfigError> {
    let unreadable = |reason: String| ConfigError::Unreadable { path: path.to_owned(), reason };
    let about = fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
    if !about.is_file() || about.len() > BYTES_MAX {
        return Err(unreadable(format!("expected a file of at most {BYTES_MAX} bytes")));
    }
    let text = fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    let found = parse(&text, path)?;
    let secrets = SETTINGS.iter().filter(|setting| setting.is_secret && found.contains_key(setting.key));
    let secrets: Vec<_> = secrets.map(|setting| setting.key).collect();
    if !secrets.is_empty() && is_open_to_others(&about) {
        return Err(ConfigError::Exposed { path: path.to_owned(), keys: secrets.join(", ") });
    }
    Ok(found)
}

#[cfg(unix)]
fn is_open_to_others(about: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_about: &fs::Metadata) -> bool {
    false
}

/// Returns what `text` says, as the content of `path`.
pub(super) fn parse(text: &str, path: &Path) -> Result<Found, ConfigError> {
    let reader = Reader { text, path: path.to_owned() };
    let table = DeTable::parse(text).map_err(|error| ConfigError::Syntax {
        origin: reader.at(error.span().map_or(0, |span| span.start)),
        // The parser's own message quotes the line, which may hold a secret.
        reason: error.message().to_owned(),
    })?;
    let mut found = Found::new();
    reader.collect("", table.get_ref(), &mut found)?;
    Ok(found)
}

struct Reader<'t> {
    text: &'t str,
    path: PathBuf,
}

impl Reader<'_> {
    fn at(&self, offset: usize) -> Origin {
        let before = self.text.as_bytes().iter().take(offset);
        Origin::File { path: self.path.clone(), line: before.filter(|byte| **byte == b'\n').count() + 1 }
    }

    fn collect(&self, group: &str, table: &DeTable<'_>, found: &mut Found) -> Result<(), ConfigError> {
        for (name, value) in table {
            let key = if group.is_empty() {
                name.get_ref().to_string()
            } else {
                format!("{group}.{}", name.get_ref())
            };
            let origin = self.at(name.span().start);
            if let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) {
                let text = self.value(setting, value)?;
                found.insert(setting.key, (text, origin));
                continue;
            }
            let is_group = SETTINGS.iter().any(|setting| setting.key.starts_with(&format!("{key}.")));
            match value.get_ref() {
                DeValue::Table(inner) if is_group => self.collect(&key, inner, found)?,
                _ => return Err(unknown(&key, origin)),
            }
        }
        Ok(())
    }

    /// Returns a value as the text the setting's parser reads.
    fn value(&self, setting: &'static Setting, value: &Spanned<DeValue<'_>>) -> Result<String, ConfigError> {
        let text = match (setting.shape, value.get_ref()) {
            (Shape::Text, DeValue::String(text)) => Some(text.to_string()),
            (Shape::Number, DeValue::Integer(number)) if number.radix() == 10 => {
                Some(number.as_str().to_owned())
            }
            (Shape::Switch, DeValue::Boolean(switch)) => Some(switch.to_string()),
            (Shape::List, DeValue::Array(items)) => {
                let items: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
                // A comma would make two of one.
                items
                    .filter(|items| !items.iter().any(|item| item.contains(',')))
                    .map(|items| items.join(","))
            }
            _ => None,
        };
        let origin = self.at(value.span().start);
        match text {
            Some(text) if (setting.check)(&text) => Ok(text),
            Some(text) => Err(setting.refuse(&text, origin)),
            None => {
                let written = self.text.get(value.span()).unwrap_or_default();
                match setting.refuse(written, origin) {
                    ConfigError::Value { origin, key, value, expected } => {
                        let expected = format!("{}{expected}", spelling(setting.shape));
                        Err(ConfigError::Value { origin, key, value, expected })
                    }
                    other => Err(other),
                }
            }
        }
    }
}

fn spelling(shape: Shape) -> &'static str {
    match shape {
        Shape::Text => "a text in quotes: ",
        Shape::Number => "a number without quotes: ",
        Shape::Switch => "no quotes: ",
        Shape::List => "a list of texts such as `[\"one\", \"two\"]`: ",
    }
}

fn unknown(key: &str, origin: Origin) -> ConfigError {
    let near = nearest(key, SETTINGS.iter().map(|setting| setting.key));
    // In the wrong group, or in none: the last word tells.
    let last = |name: &str| name.rsplit('.').next().map(str::to_lowercase);
    let elsewhere = || SETTINGS.iter().map(|setting| setting.key).find(|known| last(known) == last(key));
    let suggestion = near.or_else(elsewhere).map(str::to_owned);
    ConfigError::Unknown { origin, key: crate::http::problem::shown(key), suggestion }
}
