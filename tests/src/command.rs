//! The released program as a command that runs to its end.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

use crate::repository;

/// What a command left behind.
#[derive(Debug, Clone)]
pub struct Ran {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it said besides.
    pub stderr: String,
}

impl Ran {
    /// Returns what it printed.
    ///
    /// # Panics
    /// When it did not exit with 0.
    #[track_caller]
    pub fn done(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout
    }

    /// Returns everything it said on both streams.
    pub fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Returns the program, ready for arguments, with nothing of the tester's own settings.
pub fn program() -> Command {
    ready(Command::new(repository::program()))
}

/// Returns the program, ready for arguments, which may open so many files at once.
pub fn program_with_files(files_max: u32) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("ulimit -n {files_max}; exec \"$@\"")).arg("sh").arg(repository::program());
    ready(shell)
}

fn ready(mut command: Command) -> Command {
    let settings = std::env::vars_os().map(|(name, _)| name);
    let settings = settings.filter(|name| name.to_string_lossy().starts_with("DATELINE_"));
    let others = [
        "XDG_DATA_HOME",
        "NO_COLOR",
        "RUST_LOG",
        "GIT_DIR",
        "GIT_WORK_TREE",
        "EDITOR",
        "VISUAL",
        "GITHUB_TOKEN",
        "RESEND_API_KEY",
    ];
    for name in settings.chain(others.map(Into::into)) {
        command.env_remove(name);
    }
    // Nor of the tester's own file.
    command.env("XDG_CONFIG_HOME", "/nonexistent");
    command.stdin(std::process::Stdio::null());
    command
}

/// Runs `dateline` with `arguments` to its end.
///
/// # Panics
/// When it cannot be started.
pub fn dateline<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Ran {
    program().args(arguments).output().expect("dateline starts").into()
}

/// Runs `dateline` with `arguments` in `folder` to its end.
///
/// # Panics
/// When it cannot be started.
pub fn dateline_in<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Ran {
    program().args(arguments).current_dir(folder).output().expect("dateline starts").into()
}
