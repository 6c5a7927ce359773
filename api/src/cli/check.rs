//! `dateline check`: every record and every index of a store, without changing anything.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::DataArgs;
use super::output::{CommandError, print};

const EXAMPLES: &str = "\
Examples:
  dateline check
  dateline check ./data/backups/dateline-20261123T170000000Z.redb

A store in use is not checked: stop the server, or check a backup.";

/// Check a store or a backup for damage
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Check {
    /// A backup, or a data folder [default: the data folder]
    path: Option<PathBuf>,
    #[command(flatten)]
    data: DataArgs,
    /// Print what was found as JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let path = match self.path {
            Some(path) => path,
            None => self.data.path()?,
        };
        let report = dateline_store::check(&path)
            .map_err(|error| CommandError::Failed(format!("`{}`: {error}", path.display())))?;
        let rows: u64 = report.contents.tables.iter().map(|(_, rows)| rows).sum();
        if self.json {
            let tables: serde_json::Map<_, _> =
                report.contents.tables.iter().map(|(name, rows)| (name.clone(), json!(rows))).collect();
            print(
                &json!({ "isSound": report.is_sound(), "tables": tables, "problems": report.problems })
                    .to_string(),
            )?;
        } else if report.is_sound() {
            print(&format!("sound: {rows} rows in {} tables", report.contents.tables.len()))?;
        } else {
            print(&report.problems.join("\n"))?;
        }
        if report.is_sound() {
            Ok(())
        } else {
            let found = report.problems.len();
            Err(CommandError::Failed(format!(
                "`{}` is damaged: {found} problems; restore a backup",
                path.display()
            )))
        }
    }
}
