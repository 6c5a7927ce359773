//! The `dateline` program: one file a command, one way to print, one way to fail.

mod backup;
mod check;
mod client;
mod demo;
mod next;
mod output;
mod restore;
mod serve;
mod text;
mod write;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub use self::output::CommandError;
use crate::folder::{DataFolder, FolderError};

const EXAMPLES: &str = "\
Examples:
  dateline demo                     an article about this repository, in a minute
  dateline write --for mastodon     a post about what happened since the release
  dateline next '0 9 * * 1-5' --tz Europe/Berlin
  dateline serve                    the scheduler with its HTTP interface

Exit codes: 0 done, 1 failed, 2 wrong usage.";

/// Turns what happens in your repositories into published writing, on schedule.
#[derive(Debug, Parser)]
#[command(name = "dateline", version, after_help = EXAMPLES, subcommand_required = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Demo(demo::Demo),
    Write(write::Write),
    Next(next::Next),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Check(check::Check),
}

/// Where Dateline keeps everything.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// The data folder [default: $XDG_DATA_HOME/dateline, else ~/.local/share/dateline]
    #[arg(long, value_name = "DIR", env = "DATELINE_DATA", hide_env_values = true)]
    data: Option<PathBuf>,
}

impl DataArgs {
    fn path(&self) -> Result<PathBuf, FolderError> {
        DataFolder::locate(self.data.clone())
    }
}

/// Does what the arguments ask, and returns how the process ends.
///
/// # Errors
/// [`CommandError`] with what to tell the user.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<ExitCode, CommandError> {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(told) => {
            // Help and version arrive this way too, with exit code 0. A reader who has gone is no failure.
            let _ = told.print();
            return Ok(ExitCode::from(u8::try_from(told.exit_code()).unwrap_or(2)));
        }
    };
    match cli.command {
        Command::Serve(serve) => serve.run(),
        Command::Demo(demo) => demo.run(),
        Command::Write(write) => write.run(),
        Command::Next(next) => next.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Check(check) => check.run(),
    }?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_fit_together() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
