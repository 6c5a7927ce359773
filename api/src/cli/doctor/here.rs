//! What can be seen on this machine: the data folder, who may read it, the backups.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use dateline_core::clock::Clock;

use super::Check;
use crate::cli::server::ServerArgs;
use crate::config::Config;
use crate::folder::DataFolder;
use crate::os::OsClock;

/// A store without a younger backup than this is one mishap from being gone.
const BACKUP_AGE_MAX: TimeDelta = TimeDelta::days(7);

/// Where a backup is made every night, one older than this says that it is not.
const NIGHTLY_AGE_MAX: TimeDelta = TimeDelta::hours(26);

/// Looks at the data folder, where there is one.
pub(super) fn look(server: &ServerArgs, config: Option<&Config>) -> Vec<Check> {
    let mut checks = vec![Check::ok("program", format!("dateline {}", env!("CARGO_PKG_VERSION")))];
    match server.folder() {
        Err(error) => {
            checks.push(Check::wrong("data folder", error.to_string(), "set --data DIR or DATELINE_DATA"))
        }
        Ok(None) if server.is_named() => {}
        Ok(None) => checks.push(Check::wrong(
            "data folder",
            "there is none yet",
            "`dateline serve` makes it; --data DIR names another one",
        )),
        Ok(Some(folder)) => {
            checks.push(privacy("data folder", folder.path()));
            checks.push(privacy("owner's token", &folder.token_file()));
            checks.push(backups(&folder, config));
        }
    }
    checks
}

/// Whether only its owner gets in.
fn privacy(about: &str, path: &Path) -> Check {
    let shown = path.display().to_string();
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => {
            return Check::wrong(
                about,
                format!("`{shown}`: {error}"),
                "start the server: it makes what is missing",
            );
        }
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = metadata.permissions().mode();
        if mode & 0o077 != 0 {
            let detail = format!("`{shown}` is open to others (mode {:o})", mode & 0o777);
            return Check::wrong(about, detail, format!("chmod go= '{shown}'"));
        }
    }
    let _ = metadata;
    Check::ok(about, format!("`{shown}`, closed to others"))
}

fn backups(folder: &DataFolder, config: Option<&Config>) -> Check {
    let path = folder.backups();
    if std::fs::metadata(&path).is_ok_and(|about| !about.is_dir() || about.permissions().readonly()) {
        let detail = format!("`{}` is no folder that can be written", path.display());
        return Check::wrong("backups", detail, "make it a folder of the server's user");
    }
    let newest = std::fs::read_dir(&path).into_iter().flatten().flatten().filter_map(|entry| {
        let is_backup = entry.path().extension().is_some_and(|it| it == "redb");
        let at = entry.metadata().ok().filter(|_| is_backup)?.modified().ok()?;
        Some(DateTime::<Utc>::from(at))
    });
    let mend = "`dateline backup` makes one now";
    let is_nightly = config.is_some_and(|config| config.backup_time.is_some());
    let age_max = if is_nightly { NIGHTLY_AGE_MAX } else { BACKUP_AGE_MAX };
    match newest.max() {
        None => Check::warning("backups", "there is none yet", mend),
        Some(at) if OsClock::new().now() - at > age_max => {
            Check::warning("backups", format!("the newest is of {}", at.format("%Y-%m-%d %H:%M UTC")), mend)
        }
        Some(at) => Check::ok("backups", format!("the newest is of {}", at.format("%Y-%m-%d %H:%M UTC"))),
    }
}
