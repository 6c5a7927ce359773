//! `dateline serve`: the scheduler with its HTTP interface, until it is told to stop.

use std::io::IsTerminal;
use std::net::SocketAddr;

use clap::Args;
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};

use super::DataArgs;
use super::output::{CommandError, print, runtime, start_log, tell};
use crate::running::{Running, Start};

const EXAMPLES: &str = "\
Examples:
  dateline serve
  dateline serve --listen 127.0.0.1:0 --data ./data --json

Prints one line: the address and the file with the owner's token. The log goes
to standard error; DATELINE_LOG sets its level (error, warn, info, debug).
SIGTERM and Ctrl-C stop softly.";

/// Run the scheduler and its HTTP interface
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Serve {
    /// The address to listen on; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8377")]
    listen: SocketAddr,
    #[command(flatten)]
    data: DataArgs,
    /// Print the line, and write the log, as JSON
    #[arg(long)]
    json: bool,
}

/// The one line on standard output.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listening {
    address: String,
    token_file: String,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), CommandError> {
        start_log(self.json, "info");
        runtime()?.block_on(self.serve())
    }

    async fn serve(self) -> Result<(), CommandError> {
        let mut stop = StopSignals::new()?;
        let running = Running::start(Start { listen: self.listen, data: self.data.path()? }).await?;
        self.announce(&running)?;
        let ended = tokio::select! {
            () = stop.next() => Ok(()),
            reason = running.failed() => Err(CommandError::Failed(format!("the engine gave up: {reason}"))),
        };
        running.stop().await;
        ended
    }

    fn announce(&self, running: &Running) -> Result<(), CommandError> {
        if !self.listen.ip().is_loopback() {
            tell(
                "warning: this address can be reached from outside, and Dateline speaks plain HTTP: put TLS before it",
            );
        }
        if let Some(token) = running.new_token.as_ref().filter(|_| std::io::stderr().is_terminal()) {
            tell(&format!("The owner's token, shown only this once: {}", token.text()));
        }
        let listening = Listening {
            address: format!("http://{}", running.address),
            token_file: running.folder.token_file().display().to_string(),
        };
        if self.json {
            print(&serde_json::to_string(&listening).unwrap_or_default())
        } else {
            let Listening { address, token_file } = listening;
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
