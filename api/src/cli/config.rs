//! `dateline config`: what holds, and who said so.

use clap::{Args, Subcommand};
use serde_json::json;

use super::DataArgs;
use super::output::{CommandError, print, tell};
use super::settings::SettingArgs;
use crate::config::show::as_text;

const EXAMPLES: &str = "\
Examples:
  dateline config show
  dateline config show --config ./dateline.toml --json

Flags win over the environment, the environment over dateline.toml, and that over
the defaults. Of a secret only whether it is set is shown.";

/// Show the configuration
#[derive(Debug, Args)]
pub(super) struct ConfigCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Show(Show),
}

/// Show every setting with its value and who said it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
struct Show {
    #[command(flatten)]
    settings: SettingArgs,
    #[command(flatten)]
    data: DataArgs,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

impl ConfigCommand {
    pub(super) fn run(self) -> Result<(), CommandError> {
        match self.what {
            What::Show(show) => show.run(),
        }
    }
}

impl Show {
    fn run(self) -> Result<(), CommandError> {
        let sources = self.data.sources(&self.settings)?;
        tell_near_misses(&sources);
        let config = sources.load()?;
        let shown = config.shown();
        if self.json {
            let file = config.file().map(|path| path.display().to_string());
            return print(&json!({ "file": file, "settings": shown }).to_string());
        }
        print(&as_text(&shown, config.file()))
    }
}

/// Says which variables of the environment are probably settings with a slip in their name.
pub(super) fn tell_near_misses(sources: &crate::config::Sources) {
    for (name, near) in sources.near_misses() {
        let name = crate::http::problem::shown(&name);
        tell(&format!("warning: the environment's `{name}` is no setting: did you mean `{near}`?"));
    }
}
