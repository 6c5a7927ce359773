//! What commands print and how they fail.

use std::io::{self, ErrorKind, IsTerminal, Write};

use tokio::runtime::Runtime;

use crate::config::ConfigError;
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
    /// The thing it was about is not there, or not for this caller: exit code 3.
    #[error("{0}")]
    NotFound(String),
    /// The caller may not: exit code 4.
    #[error("{0}")]
    NotAllowed(String),
    /// Its state does not allow it, or it changed meanwhile: exit code 5.
    #[error("{0}")]
    Conflict(String),
    /// There is no server to ask: exit code 6.
    #[error("{0}; `dateline serve` starts one")]
    NoServer(String),
    /// A dry run found something to do, and said it: exit code 7.
    #[error("something differs")]
    Differs,
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
            Self::NotFound(_) => 3,
            Self::NotAllowed(_) => 4,
            Self::Conflict(_) => 5,
            Self::NoServer(_) => 6,
            Self::Differs => 7,
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

impl From<ConfigError> for CommandError {
    fn from(error: ConfigError) -> Self {
        if error.is_of_a_flag() { Self::Usage(error.to_string()) } else { Self::Failed(error.to_string()) }
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
