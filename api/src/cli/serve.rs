//! `dateline serve`: the scheduler with its HTTP interface, until it is told to stop.

use std::io::IsTerminal;

use clap::Args;
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};

use super::DataArgs;
use super::config::tell_near_misses;
use super::output::{CommandError, print, runtime, tell};
use super::settings::SettingArgs;
use crate::config::Config;
use crate::running::Running;
use crate::telemetry::Telemetry;

const EXAMPLES: &str = "\
Examples:
  dateline serve
  dateline serve --listen 127.0.0.1:0 --data ./data --json
  dateline serve --listen 0.0.0.0:443 --host news.example --tls-cert chain.pem --tls-key key.pem

Prints one line: the address and the file with the owner's token. The log goes
to standard error. SIGTERM and Ctrl-C stop softly. Every setting can also stand
in dateline.toml or in the environment: see `dateline config show`.";

/// Run the scheduler and its HTTP interface
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Serve {
    #[command(flatten)]
    settings: SettingArgs,
    #[command(flatten)]
    data: DataArgs,
    /// Print the line, and write the log, as JSON (short for --log-format json)
    #[arg(long)]
    json: bool,
}

/// The one line on standard output.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listening {
    address: String,
    token_file: String,
    /// What the operator should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let settings = self.settings.clone();
        let settings = if self.json { settings.or("log.format", "json") } else { settings };
        let sources = self.data.sources(&settings)?;
        tell_near_misses(&sources);
        let config = sources.load()?;
        let runtime = runtime()?;
        let started = Telemetry::start(&config, runtime.handle());
        let telemetry = started.map_err(|error| CommandError::Failed(error.to_string()))?;
        let ended = runtime.block_on(self.serve(config));
        telemetry.close();
        ended
    }

    async fn serve(self, config: Config) -> Result<(), CommandError> {
        let mut stop = StopSignals::new()?;
        let running = Running::start(&config).await?;
        self.announce(&running)?;
        let ended = tokio::select! {
            () = stop.next() => Ok(()),
            reason = running.failed() => Err(CommandError::Failed(format!("the engine gave up: {reason}"))),
        };
        running.stop().await;
        ended
    }

    fn announce(&self, running: &Running) -> Result<(), CommandError> {
        for warning in &running.warnings {
            tracing::warn!("{warning}");
        }
        if let Some(token) = running.new_token.as_ref().filter(|_| std::io::stderr().is_terminal()) {
            tell(&format!("The owner's token, shown only this once: {}", token.text()));
        }
        let listening = Listening {
            address: format!("{}://{}", running.scheme(), running.address),
            token_file: running.folder.token_file().display().to_string(),
            warnings: running.warnings.clone(),
        };
        if self.json {
            print(&serde_json::to_string(&listening).unwrap_or_default())
        } else {
            let Listening { address, token_file, .. } = listening;
            print(&format!("Dateline listens on {address}; the token is in {token_file}"))
        }
    }
}

/// The signals that ask a process to stop.
pub(super) struct StopSignals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl StopSignals {
    /// From now on the signals no longer end the process by themselves.
    pub(super) fn new() -> Result<Self, CommandError> {
        let hear = |kind| signal(kind).map_err(|error| CommandError::Failed(format!("signals: {error}")));
        Ok(Self { terminate: hear(SignalKind::terminate())?, interrupt: hear(SignalKind::interrupt())? })
    }

    /// Resolves with the next of them.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
