//! `dateline open`: the server's page in a browser.

use std::io::IsTerminal;
use std::process::{Command, Stdio};

use clap::Args;
use serde_json::json;

use super::output::{CommandError, print, tell};
use super::server::ServerArgs;

const EXAMPLES: &str = "\
Examples:
  dateline open
  dateline open --print

On a terminal it opens a browser; elsewhere, and with --print, it only prints the address.";

/// Open the server's page in a browser
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Open {
    #[command(flatten)]
    server: ServerArgs,
    /// Only print the address
    #[arg(long)]
    print: bool,
}

impl Open {
    pub(super) fn run(self) -> Result<(), CommandError> {
        let address = format!("{}/docs", self.server.address()?.trim_end_matches('/'));
        if self.server.is_json() {
            return print(&json!({ "address": address }).to_string());
        }
        print(&address)?;
        if !self.print && std::io::stdout().is_terminal() && !opened(&address) {
            tell("No browser could be started: open the address yourself.");
        }
        Ok(())
    }
}

fn opened(address: &str) -> bool {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = Command::new(opener);
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
