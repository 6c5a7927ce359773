//! The files of nightly backups: their names, and which of them go.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;
use dateline_core::time::Timestamp;

const BEFORE: &str = "dateline-nightly-";
const AFTER: &str = ".redb";
const FORMAT: &str = "%Y%m%dT%H%M%S%3fZ";

/// Returns the name of the nightly backup made at `now`.
pub(super) fn name(now: Timestamp) -> String {
    format!("{BEFORE}{}{AFTER}", now.format(FORMAT))
}

/// Whether a file of this name is a nightly backup: one of those that go when newer ones come.
pub fn is_nightly_backup(name: &str) -> bool {
    made_at(name).is_some()
}

fn made_at(name: &str) -> Option<Timestamp> {
    let digits = name.strip_prefix(BEFORE)?.strip_suffix(AFTER)?;
    // Without a separator `%3f` does not read back: seconds and milliseconds are cut by hand.
    let (seconds, rest) = digits.split_at_checked(15)?;
    let millis: u32 = rest.strip_suffix('Z').filter(|millis| millis.len() == 3)?.parse().ok()?;
    let whole = NaiveDateTime::parse_from_str(seconds, "%Y%m%dT%H%M%S").ok()?;
    Some(whole.and_utc() + chrono::Duration::milliseconds(i64::from(millis)))
}

/// Returns the nightly backups in `folder`, newest first; none when the folder is not there.
pub(super) fn found(folder: &Path) -> io::Result<Vec<(Timestamp, PathBuf)>> {
    let mut found = Vec::new();
    for (name, path) in names(folder)? {
        found.extend(made_at(&name).map(|at| (at, path)));
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    Ok(found)
}

/// Removes what a backup that was cut off left behind.
pub(super) fn remove_halves(folder: &Path) -> io::Result<()> {
    for (name, path) in names(folder)? {
        if name.strip_suffix(".partial").is_some_and(is_nightly_backup) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Removes the nightly backups beyond the newest `keep`.
pub(super) fn prune(folder: &Path, keep: usize) -> io::Result<usize> {
    let old: Vec<_> = found(folder)?.into_iter().skip(keep.max(1)).collect();
    for (_, path) in &old {
        fs::remove_file(path)?;
    }
    Ok(old.len())
}

fn names(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        names.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_when_its_backup_was_made() {
        let at: Timestamp = "2026-11-23T03:30:00.007Z".parse().expect("an instant");
        assert_eq!(name(at), "dateline-nightly-20261123T033000007Z.redb");
        assert_eq!(made_at(&name(at)), Some(at));
        for other in [
            "dateline-20261123T033000007Z.redb",
            "dateline-nightly-20261123T033000007Z.redb.partial",
            "dateline-nightly-.redb",
            "dateline-nightly-20261323T033000007Z.redb",
            "dateline-nightly-20261123T033000007é.redb",
        ] {
            assert!(!is_nightly_backup(other), "{other}");
        }
    }
}
