//! Where the key is that seals stored secrets.

use super::Check;
use crate::config::Config;
use crate::folder::DataFolder;
use crate::keys::{KeyChest, KeyError, OsKeyring, Sighting};

/// Looks for the key; none is made or moved.
pub(super) async fn look(config: &Config, folder: &DataFolder) -> Vec<Check> {
    let about = "key of secrets";
    let place = match KeyChest::sighted(config, folder, OsKeyring).await {
        Ok(sighting) => found(about, &sighting, folder),
        Err(KeyError::Exposed { path, mode }) => Check::wrong(
            about,
            format!("`{}` can be read by others (mode {mode:o})", path.display()),
            format!(
                "chmod 600 '{}', then `dateline rotate-key` if somebody may have read it",
                path.display()
            ),
        ),
        Err(KeyError::Io { place, reason }) => Check::warning(
            about,
            format!("{place}: {reason}"),
            "unlock it; where there is no keyring say `source = \"file\"` under [secretKey]",
        ),
        Err(error) => Check::wrong(about, error.to_string(), "put the key back, or restore a copy of it"),
    };
    let mut checks = vec![place];
    if config.secret_key_earlier.is_some() {
        let (detail, mend) = match config.secret_key {
            Some(_) => (
                "the earlier key is still set",
                "unset `secretKey.earlier` once the server has started with the new one",
            ),
            None => {
                ("an earlier key is set and no present one", "set `secretKey.value` beside it, or unset it")
            }
        };
        checks.push(Check::warning(about, detail, mend));
    }
    checks
}

fn found(about: &str, sighting: &Sighting, folder: &DataFolder) -> Check {
    let Sighting { place, key, has_earlier } = sighting;
    match key {
        Some(key) if *has_earlier && !place.starts_with("DATELINE") => {
            let detail = format!("{place} holds {key} and the one before it");
            Check::warning(about, detail, "start the server: it ends the change of keys")
        }
        Some(key) => Check::ok(about, format!("{key}, in {place}")),
        None if folder.path().join(dateline_store::DATA_FILE).exists() => {
            let mend =
                "put it back from your copy before the next start; without it stored tokens cannot be read";
            Check::warning(about, format!("there is a store, and {place} is gone"), mend)
        }
        None => Check::ok(about, "none yet: the first start makes it"),
    }
}
