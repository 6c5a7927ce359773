//! Asking before something is gone for good.

use std::io::{BufRead, IsTerminal, Write};

use clap::Args;

use super::output::CommandError;
use super::text::plain;

/// Whether to ask first.
#[derive(Debug, Clone, Args)]
pub(super) struct ConfirmArgs {
    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
}

impl ConfirmArgs {
    /// Returns when whoever runs the command wants what `what` says.
    ///
    /// # Errors
    /// [`CommandError::Usage`] where nobody can be asked, [`CommandError::Failed`] when the answer is no.
    pub(super) fn ask(&self, what: &str) -> Result<(), CommandError> {
        if self.yes {
            return Ok(());
        }
        let what = plain(what);
        if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
            return Err(CommandError::Usage(format!("{what}: give --yes where nobody can be asked")));
        }
        let _ = write!(std::io::stderr(), "{what}. Do it? [y/N] ");
        let _ = std::io::stderr().flush();
        let mut answer = String::new();
        // What cannot be read is no yes.
        let _ = std::io::stdin().lock().read_line(&mut answer);
        match answer.trim().to_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(CommandError::Failed("nothing was changed".into())),
        }
    }
}
