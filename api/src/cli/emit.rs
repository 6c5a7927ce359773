//! `dateline emit`: tell the jobs that listen what happened.

use clap::Args;
use dateline_openapi::{calls, types};
use serde_json::{Value, json};

use super::job::reasons::{object, topic};
use super::output::CommandError;
use super::server::{ServerArgs, Session};
use super::table::table;

const EXAMPLES: &str = "\
Examples:
  dateline emit release-published --project App --with '{\"tag\": \"v1.4.0\"}'
  dateline emit deployed --project App --with '{\"environment\": \"production\"}'
  dateline emit custom:build.finished --project App

Without --project the event is for your own jobs. `dateline job edit JOB --on-event EVENT` lets a job listen.";

/// Tell the jobs that listen what happened
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Emit {
    /// What happened, such as release-published or custom:build.finished
    #[arg(value_parser = topic)]
    event: Value,
    /// The project whose jobs answer
    #[arg(long)]
    project: Option<String>,
    /// More of it, as a JSON object; which fields there are depends on the event
    #[arg(long = "with", value_name = "JSON")]
    details: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

impl Emit {
    pub(super) fn run(self) -> Result<(), CommandError> {
        self.server.clone().run(async |session| self.send(&session).await)
    }

    async fn send(self, session: &Session) -> Result<(), CommandError> {
        let mut event = self.event;
        event["data"] = self.details.as_deref().map_or_else(|| Ok(json!({})), object)?;
        if let Some(project) = &self.project {
            event["projectId"] = json!(session.project(project).await?.id);
        }
        let body: types::EventBody = serde_json::from_value(event)
            .map_err(|error| CommandError::Usage(format!("--with does not fit the event: {error}")))?;
        session
            .show(&calls::SendEvent::new(body), |_, received| {
                if received.executions.is_empty() {
                    return format!("{}: no job listens", received.event_id);
                }
                let row = |it: &types::AnsweringBody| {
                    [it.execution_id.clone(), it.status.to_string(), it.job_id.clone()]
                };
                table(["run", "status", "job"], received.executions.iter().map(row))
            })
            .await
    }
}
