//! `dateline events`: what happens, as it happens.

use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::output::{CommandError, print};
use super::server::{ServerArgs, Session};
use super::text::{json as harmless, plain};

/// Without `--follow`, this much silence says that everything kept was shown.
const QUIET: Duration = Duration::from_secs(1);

const EXAMPLES: &str = "\
Examples:
  dateline events                    what the server has kept of the last day
  dateline events --follow           what happens from now on
  dateline events --follow --after 4711

A lost connection is made again, behind the last event. With --json each event is one line.";

/// Show what happens, as it happens
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Events {
    /// Go on for as long as it is wanted
    #[arg(short, long)]
    follow: bool,
    /// Begin behind this event
    #[arg(long, value_name = "ID")]
    after: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

impl Events {
    pub(super) fn run(self) -> Result<(), CommandError> {
        self.server.clone().run(async |session| self.show(&session).await)
    }

    async fn show(self, session: &Session) -> Result<(), CommandError> {
        let after = self.after.or_else(|| (!self.follow).then(|| "0".to_owned()));
        let mut follow = session.client.follow(after);
        loop {
            let event = if self.follow {
                follow.next().await?
            } else {
                match tokio::time::timeout(QUIET, follow.next()).await {
                    Ok(event) => event?,
                    Err(_) => return Ok(()),
                }
            };
            let data: Value = serde_json::from_str(&event.data).unwrap_or(Value::String(event.data));
            if session.is_json {
                print(&harmless(&json!({ "id": event.id, "event": event.event, "data": data }).to_string()))?;
                continue;
            }
            let at = data["at"].as_str().and_then(|at| at.parse().ok());
            let at = at.map(|at| session.when.clock(at)).unwrap_or_default();
            let about = data["id"].as_str().unwrap_or_default();
            let number = event.id.unwrap_or_default();
            print(&format!("{at} {number:>6} {:<20} {}", plain(&event.event), plain(about)))?;
        }
    }
}
