//! `dateline trigger`: run a job now, beside its schedule.

use std::time::Duration;

use clap::Args;
use dateline_openapi::types::{ExecutionStatus, PayloadBody, TriggerBody};
use dateline_openapi::{calls, types};

use super::output::{CommandError, Progress};
use super::run::{drafts_of, sheet_of};
use super::server::{ServerArgs, Session};
use super::text::{PlatformName, plain, word_of};

/// How often an open run is looked at.
const LOOK: Duration = Duration::from_millis(300);

const EXAMPLES: &str = "\
Examples:
  dateline trigger 'Friday article'
  dateline trigger 'Friday article' --wait
  dateline trigger friday --for mastodon --wait --timeout 120

JOB is an id, its beginning or end, a name, or the beginning of one. With --wait the exit code
is 0 when the run completed or found nothing to tell, else 1.";

/// Run a job now
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Trigger {
    /// The job
    job: String,
    /// Write for these platforms only
    #[arg(long = "for", value_name = "PLATFORM", value_enum, value_delimiter = ',')]
    platforms: Vec<PlatformName>,
    /// What happens when the job has open runs [default: it waits for its turn]
    #[arg(long, value_name = "POLICY", value_parser = word_of(types::OverlapPolicy::WORDS))]
    overlap: Option<String>,
    /// Wait for the end, and show what became of it
    #[arg(long)]
    wait: bool,
    /// How many seconds to wait at most
    #[arg(long, value_name = "SECONDS", default_value_t = 1800, requires = "wait")]
    timeout: u64,
    #[command(flatten)]
    server: ServerArgs,
}

impl Trigger {
    pub(super) fn run(self) -> Result<(), CommandError> {
        self.server.clone().run(async |session| self.ask(&session).await)
    }

    async fn ask(self, session: &Session) -> Result<(), CommandError> {
        let job = session.job(&self.job).await?;
        let platforms: Vec<types::Platform> = self.platforms.iter().map(|it| it.word()).collect();
        let payload = (!platforms.is_empty())
            .then_some(PayloadBody { platforms: Some(platforms), ..PayloadBody::default() });
        let overlap = self.overlap.clone().map(types::OverlapPolicy::from);
        let call = calls::TriggerSchedule::new(TriggerBody { job_id: job.id, payload, overlap });
        if !self.wait {
            return session.show(&call, |_, run| format!("{} {}", run.execution_id, run.status)).await;
        }
        let id = session.ask(&call).await?.execution_id;
        ended(session, &id, Duration::from_secs(self.timeout)).await
    }
}

/// Waits until a run has ended, and shows it.
///
/// # Errors
/// [`CommandError::Failed`] when it ended otherwise than well, or did not end in time.
pub(super) async fn ended(session: &Session, id: &str, patience: Duration) -> Result<(), CommandError> {
    let progress = Progress::new();
    let call = calls::GetExecution::new(id.to_owned());
    let waiting = async {
        loop {
            let answer = session.client.send(&call).await?;
            if is_ended(&answer.value.status) {
                return Ok::<_, CommandError>(answer);
            }
            let step = answer.value.steps.iter().flatten().next_back();
            let step = step.map(|step| format!(", done: {}", plain(&step.name))).unwrap_or_default();
            progress.say(&format!("{id} {}{step} …", answer.value.status));
            tokio::time::sleep(LOOK).await;
        }
    };
    let answer = tokio::time::timeout(patience, waiting).await;
    drop(progress);
    let answer = answer.map_err(|_| CommandError::Failed(format!("{id} has not ended yet")))??;
    let drafts = drafts_of(session, id).await?;
    session.tell(&answer, |session, run| sheet_of(session, run, &drafts))?;
    match &answer.value.status {
        ExecutionStatus::Completed | ExecutionStatus::Skipped => Ok(()),
        status => {
            let why = answer.value.error.map(|error| error.chain.join(": ")).unwrap_or_default();
            let why = if why.is_empty() { String::new() } else { format!(": {}", plain(&why)) };
            Err(CommandError::Failed(format!("{id} ended as {status}{why}")))
        }
    }
}

/// Whether a run stays as it is.
pub(super) fn is_ended(status: &ExecutionStatus) -> bool {
    use ExecutionStatus::{Cancelled, Completed, Failed, Missed, Partial, Skipped};
    matches!(status, Completed | Partial | Failed | Skipped | Missed | Cancelled)
}
