//! The `dateline` program.

use std::process::ExitCode;

use dateline_api::cli::{self, CommandError};

fn main() -> ExitCode {
    match cli::run(std::env::args_os()) {
        Ok(code) => code,
        Err(error) => {
            if !matches!(error, CommandError::ReaderGone) {
                use std::io::Write;
                // Somebody who closed standard error has said that they do not want to know.
                let _ = writeln!(std::io::stderr(), "error: {error}");
            }
            ExitCode::from(error.exit_code())
        }
    }
}
