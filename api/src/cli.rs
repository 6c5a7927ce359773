//! The `dateline` program: one file a command, one way to print, one way to fail.

mod apply;
mod audit;
mod backup;
mod body;
mod check;
mod completions;
mod config;
mod confirm;
mod demo;
mod doctor;
mod draft;
mod emit;
mod events;
mod export;
mod given;
mod import;
mod instance;
mod job;
mod local_zone;
mod logs;
mod named;
mod next;
mod notification;
mod open;
mod output;
mod owner_token;
mod pause;
mod project;
mod restore;
mod rotate_key;
mod run;
mod serve;
mod server;
mod settings;
mod simulate;
mod storage;
mod table;
mod text;
mod token;
mod trigger;
mod user;
mod when;
mod write;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub use self::output::CommandError;
use self::settings::SettingArgs;
use crate::config::{Config, Sources};

const EXAMPLES: &str = "\
Examples:
  dateline demo                     an article about this repository, in a minute
  dateline write --for mastodon     a post about what happened since the release
  dateline next '0 9 * * 1-5' --tz Europe/Berlin
  dateline serve                    the scheduler with its HTTP interface

Work with a running server: project, job, trigger, run, logs, draft, events, notification, doctor.
Look after people and access: user, token, audit. Hold everything: pause, resume.
Set how long things are kept, and see what they take: settings, storage.
Keep projects and jobs in a file: export, apply, import. Look ahead: next, simulate.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 not allowed, 5 its state does not
allow it or it changed meanwhile, 6 no server answers, 7 `apply --dry-run` found something to do.";

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
    OwnerToken(owner_token::OwnerToken),
    Project(project::Project),
    Job(Box<job::Job>),
    Trigger(trigger::Trigger),
    Run(run::Run),
    Logs(logs::Logs),
    Pause(pause::Pause),
    Resume(pause::Resume),
    Draft(draft::Draft),
    Export(export::Export),
    Apply(apply::Apply),
    Import(import::Import),
    Simulate(simulate::Simulate),
    Events(events::Events),
    Emit(emit::Emit),
    Notification(notification::Notification),
    Token(token::Token),
    User(user::User),
    Settings(instance::Settings),
    Storage(storage::Storage),
    Audit(audit::Audit),
    Doctor(doctor::Doctor),
    Open(open::Open),
    Completions(completions::Completions),
    Config(config::ConfigCommand),
    RotateKey(rotate_key::RotateKey),
}

/// Where Dateline keeps everything.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// The data folder [default: $XDG_DATA_HOME/dateline, else ~/.local/share/dateline]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The configuration's file [default: dateline.toml in the data folder, else in ~/.config/dateline]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl DataArgs {
    /// Returns the data folder's path, as flags, environment or file say.
    fn path(&self) -> Result<PathBuf, CommandError> {
        Ok(self.config(&SettingArgs::default())?.data_folder()?)
    }

    /// Returns the configuration under these flags and `more`.
    fn config(&self, more: &SettingArgs) -> Result<Config, CommandError> {
        Ok(self.sources(more)?.load()?)
    }

    fn sources(&self, more: &SettingArgs) -> Result<Sources, CommandError> {
        let mut flags = more.given.clone();
        if let Some(data) = &self.data {
            let text = data.to_str().ok_or_else(|| {
                CommandError::argument("--data", &data.to_string_lossy(), "a path in UTF-8")
            })?;
            flags.insert("data", text.to_owned());
        }
        Ok(Sources::of_process(flags, self.config.clone()))
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
        Command::OwnerToken(token) => token.run(),
        Command::Project(project) => project.run(),
        Command::Job(job) => job.run(),
        Command::Trigger(trigger) => trigger.run(),
        Command::Run(run) => run.run(),
        Command::Logs(logs) => logs.run(),
        Command::Pause(pause) => pause.run(),
        Command::Resume(resume) => resume.run(),
        Command::Draft(draft) => draft.run(),
        Command::Export(export) => export.run(),
        Command::Apply(apply) => apply.run(),
        Command::Import(import) => import.run(),
        Command::Simulate(simulate) => simulate.run(),
        Command::Events(events) => events.run(),
        Command::Emit(emit) => emit.run(),
        Command::Notification(notification) => notification.run(),
        Command::Token(token) => token.run(),
        Command::User(user) => user.run(),
        Command::Settings(settings) => settings.run(),
        Command::Storage(storage) => storage.run(),
        Command::Audit(audit) => audit.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Open(open) => open.run(),
        Command::Completions(completions) => completions.run(),
        Command::Config(config) => config.run(),
        Command::RotateKey(rotate) => rotate.run(),
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
