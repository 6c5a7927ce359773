//! What commands print and how they fail.

use std::io::{self, ErrorKind, IsTerminal, Write};

use tokio::runtime::Runtime;

use crate::folder::FolderError;
use crate::running::RunError;

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// It was asked in a way that cannot be done: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// It did not work: exit code 1.
    #[error("{0}")]
    Failed(String),
    /// Whoever read the output has gone: nothing to say, exit code 0.
    #[error("nobody reads the output")]
    ReaderGone,
}

impl CommandError {
    /// Returns the exit code that goes with it.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(_) => 1,
            Self::ReaderGone => 0,
        }
    }

    /// Returns the refusal of one argument.
    pub(super) fn argument(name: &str, value: &str, expected: &str) -> Self {
        Self::Usage(format!("{name} is `{}`: expected {expected}", crate::http::problem::shown(value)))
    }
}

impl From<RunError> for CommandError {
    fn from(error: RunError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<FolderError> for CommandError {
    fn from(error: FolderError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Writes `text` and a line feed to standard output.
///
/// # Errors
/// [`CommandError::ReaderGone`] when the pipe is closed, [`CommandError::Failed`] when it cannot be written.
pub(super) fn print(text: &str) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    let written =
        out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
    written.map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => CommandError::ReaderGone,
        _ => CommandError::Failed(format!("standard output: {error}")),
    })
}

/// Writes a line to standard error; somebody who does not read it is no failure.
pub(super) fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// A line on the terminal that says how far something has come; silent when nobody looks.
pub(super) struct Progress {
    is_shown: bool,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { is_shown: io::stderr().is_terminal() }
    }

    /// Replaces the line.
    pub(super) fn say(&self, text: &str) {
        if self.is_shown {
            // Back to the start of the line, and clear it: no colour, so NO_COLOR has nothing to forbid.
            let _ = write!(io::stderr(), "\r\x1b[2K{text}");
            let _ = io::stderr().flush();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.say("");
    }
}

/// Returns the runtime of a command: as many threads as it needs, not as many as the machine has.
///
/// # Errors
/// [`CommandError::Failed`] when the system gives no threads.
pub(super) fn runtime() -> Result<Runtime, CommandError> {
    let built = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(32)
        .thread_name("dateline")
        .enable_all()
        .build();
    built.map_err(|error| CommandError::Failed(format!("cannot start: {error}")))
}

/// Sends the log to standard error: as JSON for machines, as text for people.
pub(super) fn start_log(is_json: bool, default_level: &str) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("DATELINE_LOG").unwrap_or_else(|_| EnvFilter::new(default_level));
    let is_coloured =
        io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(is_coloured);
    // It would say that it cannot say something by `eprintln!`, which panics when standard error is gone or full.
    let log = log.log_internal_errors(false);
    // A second log in the same process keeps the first: only tests start several commands.
    let _ = if is_json { log.json().flatten_event(true).try_init() } else { log.try_init() };
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(
            place,
            "a part of the program panicked: {}",
            crate::http::problem::shown(&panic.to_string())
        );
    }));
}
