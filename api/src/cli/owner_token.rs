//! `dateline owner-token`: where the owner's token is, and a new one for an owner who locked themselves out.

use clap::Args;
use dateline_core::clock::Clock;
use dateline_core::people::{AccessCode, CodeKind};
use dateline_store::{OpenError, OpenOptions, RedbStore, WriterPlace};

use super::DataArgs;
use super::output::{CommandError, print, runtime};
use crate::folder::DataFolder;
use crate::os::{OsClock, OsEntropy};

const EXAMPLES: &str = "\
Examples:
  dateline owner-token
  dateline owner-token --reset --data ./data

A reset needs the server stopped. It makes the first owner an active owner
again, voids all their sessions and tokens and their password, and writes a new
`owner.token`. Nobody else is changed.";

/// Show where the owner's token is, or make a new one
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct OwnerToken {
    /// Void all the owner's credentials and write a new token
    #[arg(long)]
    reset: bool,
    #[command(flatten)]
    data: DataArgs,
}

impl OwnerToken {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let path = self.data.path()?;
        if !path.join(dateline_store::DATA_FILE).exists() {
            return Err(CommandError::Failed(format!("there is no store in `{}`", path.display())));
        }
        let folder = DataFolder::prepare(&path)?;
        if self.reset {
            runtime()?.block_on(reset(&folder))?;
        }
        print(&folder.token_file().display().to_string())
    }
}

async fn reset(folder: &DataFolder) -> Result<(), CommandError> {
    let now = OsClock::new().now();
    let store = RedbStore::open(folder.path(), OpenOptions { now, writer: WriterPlace::Thread });
    let store = store.map_err(|error| match error {
        OpenError::Locked { .. } => CommandError::Failed(format!("{error}; a reset needs it stopped")),
        error => CommandError::Failed(format!("`{}`: {error}", folder.path().display())),
    })?;
    let code = AccessCode::fresh(CodeKind::Token, &OsEntropy);
    // The file follows the store: should this end in between, the next start writes a token that is good.
    let recovered = dateline_actors::recover_owner(&store, &code, now, &OsEntropy).await;
    recovered.map_err(|error| CommandError::Failed(error.to_string()))?;
    Ok(folder.put_owner_token(&code)?)
}
