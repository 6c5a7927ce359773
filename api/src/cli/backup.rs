//! `dateline backup`: a verified copy of the store, made by the server when one runs.

use clap::Args;
use dateline_core::clock::Clock;
use dateline_core::store::Store;
use dateline_core::time::rfc3339;
use dateline_openapi::calls;
use dateline_store::{OpenError, OpenOptions, RedbStore, WriterPlace};
use serde_json::{Value, json};

use super::DataArgs;
use super::output::{CommandError, print, runtime};
use super::server::of_folder;
use crate::folder::{DataFolder, backup_name};
use crate::os::OsClock;

const EXAMPLES: &str = "\
Examples:
  dateline backup
  dateline backup --data ./data --json

Works while the server runs, and without one. The copy lies in the data folder's
`backups`; the owner's token is not in it.";

/// Make a verified backup of the store
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Backup {
    #[command(flatten)]
    data: DataArgs,
    /// Print the path, the size and the time as JSON
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let path = self.data.path()?;
        if !path.join(dateline_store::DATA_FILE).exists() {
            return Err(CommandError::Failed(format!("there is no store in `{}`", path.display())));
        }
        let folder = DataFolder::prepare(&path)?;
        let made = runtime()?.block_on(made(&folder))?;
        if self.json {
            return print(&made.to_string());
        }
        print(&format!("{} ({} bytes)", made["path"].as_str().unwrap_or_default(), made["bytes"]))
    }
}

/// Returns what was made: by the server, which alone may open its store, else here.
async fn made(folder: &DataFolder) -> Result<Value, CommandError> {
    match of_folder(folder, &calls::CreateBackup).await? {
        Some(answer) => Ok(serde_json::from_str(&answer.json).unwrap_or_default()),
        None => made_here(folder).await,
    }
}

async fn made_here(folder: &DataFolder) -> Result<Value, CommandError> {
    let now = OsClock::new().now();
    let store = RedbStore::open(folder.path(), OpenOptions { now, writer: WriterPlace::Thread });
    let store = store.map_err(|error| failed(folder, &error))?;
    let path = folder.backups().join(backup_name(now));
    std::fs::create_dir_all(folder.backups())
        .map_err(|error| CommandError::Failed(format!("`{}`: {error}", folder.backups().display())))?;
    let bytes = store.backup(&path).await.map_err(|error| CommandError::Failed(error.to_string()))?;
    Ok(json!({ "path": path.display().to_string(), "bytes": bytes, "createdAt": rfc3339(now) }))
}

fn failed(folder: &DataFolder, error: &OpenError) -> CommandError {
    CommandError::Failed(format!("`{}`: {error}", folder.path().display()))
}
