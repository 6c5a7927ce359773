//! The `dateline` program.

use std::process::ExitCode;

use dateline_api::cli::{self, CommandError};

fn main() -> ExitCode {
    // Whoever speaks TLS finds it here; a second installation does no harm.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match cli::run(std::env::args_os()) {
        Ok(code) => code,
        Err(error) => {
            if !matches!(error, CommandError::ReaderGone | CommandError::Differs) {
                use std::io::Write;
                // Somebody who closed standard error has said that they do not want to know.
                let _ = writeln!(std::io::stderr(), "error: {error}");
            }
            ExitCode::from(error.exit_code())
        }
    }
}
