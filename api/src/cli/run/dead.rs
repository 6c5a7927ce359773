//! Dead letters by command: runs that failed, run again or dismissed together.

use clap::Args;
use dateline_openapi::{calls, types};

use crate::cli::output::CommandError;
use crate::cli::server::Session;

/// Whose dead letters.
#[derive(Debug, Args)]
pub(super) struct DeadArgs {
    /// All dead letters of a job or a project, the oldest first
    #[arg(long, requires = "whose")]
    dead: bool,
    /// Those of this job
    #[arg(long, group = "whose", requires = "dead")]
    job: Option<String>,
    /// Those of this project
    #[arg(long, group = "whose", requires = "dead")]
    project: Option<String>,
}

impl DeadArgs {
    /// Returns the ids of the job or the project that is meant.
    async fn whose(&self, session: &Session) -> Result<(Option<String>, Option<String>), CommandError> {
        let job = match &self.job {
            Some(job) => Some(session.job(job).await?.id),
            None => None,
        };
        let project = match &self.project {
            Some(project) => Some(session.project(project).await?.id),
            None => None,
        };
        Ok((job, project))
    }

    /// Runs all of them again.
    pub(super) async fn replay(self, session: &Session, from_failed: bool) -> Result<(), CommandError> {
        let (job_id, project_id) = self.whose(session).await?;
        loop {
            let body = types::ReplayDeadBody {
                job_id: job_id.clone(),
                project_id: project_id.clone(),
                from_failed_step: from_failed.then_some(true),
                limit: None,
            };
            let call = calls::ReplayDeadLetters::new(body);
            let answer = session.client.send(&call).await?;
            session.tell(&answer, |_, settled| told("Replayed as", settled))?;
            if !answer.value.has_more {
                return Ok(());
            }
        }
    }

    /// Dismisses all of them.
    pub(super) async fn dismiss(self, session: &Session) -> Result<(), CommandError> {
        let (job_id, project_id) = self.whose(session).await?;
        loop {
            let body = types::DismissDeadBody {
                job_id: job_id.clone(),
                project_id: project_id.clone(),
                limit: None,
            };
            let call = calls::DismissDeadLetters::new(body);
            let answer = session.client.send(&call).await?;
            session.tell(&answer, |_, settled| told("Dismissed", settled))?;
            if !answer.value.has_more {
                return Ok(());
            }
        }
    }
}

fn told(what: &str, settled: &types::SettledBody) -> String {
    if settled.execution_ids.is_empty() {
        return "There are no dead letters.".to_owned();
    }
    let lines = settled.execution_ids.iter().map(|id| format!("{what} {id}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns what became of a dead letter.
pub(super) fn settled(letter: &types::DeadLetterBody) -> String {
    let state = letter.state.to_string();
    match &letter.replayed_by {
        Some(by) => format!("{state} as {by}"),
        None => state,
    }
}
