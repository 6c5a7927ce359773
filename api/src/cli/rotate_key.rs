//! `dateline rotate-key`: a new key for stored secrets, made by the server when one runs.

use clap::Args;
use dateline_core::clock::Clock;
use dateline_openapi::calls;
use dateline_store::{OpenOptions, RedbStore, WriterPlace};
use serde_json::{Value, json};

use super::DataArgs;
use super::output::{CommandError, print, runtime};
use super::server::of_folder;
use super::settings::SettingArgs;

use crate::config::Config;
use crate::folder::DataFolder;
use crate::keys::{KeyChest, OsKeyring, StoreAlone};
use crate::os::{OsClock, OsEntropy};

const EXAMPLES: &str = "\
Examples:
  dateline rotate-key
  dateline rotate-key --data ./data --json

Works while the server runs, and without one. Every stored secret is sealed anew;
cut off, the next start ends it. A backup made before needs the old key: keep a
copy of it for as long as such backups.";

/// Replace the key that seals stored secrets
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct RotateKey {
    #[command(flatten)]
    data: DataArgs,
    /// Print the new key's name and what was done as JSON
    #[arg(long)]
    json: bool,
}

impl RotateKey {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let config = self.data.config(&SettingArgs::default())?;
        let path = config.data_folder()?;
        if !path.join(dateline_store::DATA_FILE).exists() {
            return Err(CommandError::Failed(format!("there is no store in `{}`", path.display())));
        }
        let folder = DataFolder::prepare(&path)?;
        let done = runtime()?.block_on(rotated(&config, &folder))?;
        if self.json {
            return print(&done.to_string());
        }
        let (key, resealed) = (done["key"].as_str().unwrap_or_default(), &done["resealed"]);
        print(&format!("key {key} seals secrets from now on; {resealed} were sealed anew"))
    }
}

async fn rotated(config: &Config, folder: &DataFolder) -> Result<Value, CommandError> {
    if let Some(answer) = of_folder(folder, &calls::RotateKey).await? {
        return Ok(serde_json::from_str(&answer.json).unwrap_or_default());
    }
    let failed = |error: &dyn std::error::Error| CommandError::Failed(error.to_string());
    let options = OpenOptions { now: OsClock::new().now(), writer: WriterPlace::Thread };
    let store = RedbStore::open(folder.path(), options).map_err(|error| failed(&error))?;
    let keys = KeyChest::open(config, folder, OsKeyring, &store, &OsEntropy).await;
    let keys = keys.map_err(|error| failed(&error))?;
    let rotated = keys.rotate(&StoreAlone(&store, &OsEntropy), &OsEntropy).await;
    let rotated = rotated.map_err(|error| failed(&error))?;
    Ok(json!({ "key": rotated.key, "resealed": rotated.resealed.count, "damaged": rotated.resealed.damaged }))
}
