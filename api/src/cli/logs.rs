//! `dateline logs`: what an execution said.

use std::time::Duration;

use clap::Args;
use dateline_openapi::types::LogLineBody;
use dateline_openapi::{List, calls};

use super::output::{CommandError, print};
use super::server::{ServerArgs, Session};
use super::text::{json, plain};
use super::trigger::is_ended;

/// How often an open run is looked at.
const LOOK: Duration = Duration::from_millis(500);

const EXAMPLES: &str = "\
Examples:
  dateline logs last
  dateline logs exe_01KAR70A1B3C5D7E9F1G3H5J7K --follow

RUN is an id, its beginning or end, or `last`. --follow ends with the run. With --json each
line of the log is one line of JSON.";

/// Show the log of a run
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Logs {
    /// The run
    run: String,
    /// Go on until the run ends
    #[arg(short, long)]
    follow: bool,
    #[command(flatten)]
    server: ServerArgs,
}

impl Logs {
    pub(super) fn run(self) -> Result<(), CommandError> {
        self.server.clone().run(async |session| show(&session, &self.run, self.follow).await)
    }
}

/// Shows the log of a run, to its end when it is followed.
pub(super) async fn show(session: &Session, wanted: &str, is_followed: bool) -> Result<(), CommandError> {
    let id = session.run(wanted).await?;
    let mut place = Place { call: calls::ListExecutionLogs::new(id.clone()), shown: 0 };
    place.call.limit = Some(200);
    loop {
        // Looked at first: what is said before the end is then in the log.
        let has_ended =
            !is_followed || is_ended(&session.ask(&calls::GetExecution::new(id.clone())).await?.status);
        place.show_new(session).await?;
        if has_ended {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// How far the log has been shown: the last page, and how many of its lines.
struct Place {
    call: calls::ListExecutionLogs,
    shown: usize,
}

impl Place {
    async fn show_new(&mut self, session: &Session) -> Result<(), CommandError> {
        loop {
            let answer = session.client.send(&self.call).await?;
            let List { items, next_cursor } = answer.value;
            let raw: List<serde_json::Value> = serde_json::from_str(&answer.json)
                .map_err(|error| CommandError::Failed(format!("the log cannot be read: {error}")))?;
            for (line, raw) in items.iter().zip(&raw.items).skip(self.shown) {
                print(&if session.is_json { json(&raw.to_string()) } else { spelled(session, line) })?;
            }
            self.shown = items.len();
            match next_cursor {
                Some(cursor) => {
                    self.call.cursor = Some(cursor);
                    self.shown = 0;
                }
                None => return Ok(()),
            }
        }
    }
}

fn spelled(session: &Session, line: &LogLineBody) -> String {
    let step = line.step.as_deref().map(|step| format!("{}: ", plain(step))).unwrap_or_default();
    format!("{} {:<5} {step}{}", session.when.clock(line.at), line.level, plain(&line.message))
}
