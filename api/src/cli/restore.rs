//! `dateline restore`: a backup takes the store's place, or nothing changes.

use std::path::PathBuf;

use clap::Args;
use dateline_core::clock::Clock;
use dateline_store::OpenError;

use super::DataArgs;
use super::output::{CommandError, print};
use crate::folder::DataFolder;
use crate::os::OsClock;

const EXAMPLES: &str = "\
Examples:
  dateline restore backups/dateline-20261123T170000000Z.redb
  dateline restore ./copy.redb --data ./data

Stop the server first. The backup is verified before anything changes, and the
file it replaces is kept beside it.";

/// Put a backup in the store's place
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Restore {
    /// The backup
    file: PathBuf,
    #[command(flatten)]
    data: DataArgs,
}

impl Restore {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let folder = DataFolder::prepare(&self.data.path()?)?;
        let restored = dateline_store::restore(&self.file, folder.path(), OsClock::new().now());
        let restored = restored.map_err(|error| match error {
            OpenError::Locked { .. } => CommandError::Failed(format!("{error}; a restore needs it stopped")),
            error => CommandError::Failed(format!("`{}`: {error}", self.file.display())),
        })?;
        print(&format!("restored into {}", folder.path().display()))?;
        match restored.replaced {
            Some(kept) => print(&format!("the store before is kept as {}", kept.display())),
            None => Ok(()),
        }
    }
}
