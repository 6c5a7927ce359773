//! `dateline job backfill`: occurrences of the past, listed first and then run.

use clap::Args;
use dateline_openapi::{calls, types};

use crate::cli::confirm::ConfirmArgs;
use crate::cli::output::{CommandError, print, tell};
use crate::cli::server::Session;
use crate::cli::table::table;
use crate::cli::text::{Moment, moment, word_of};

/// Which occurrences are run.
#[derive(Debug, Args)]
pub(super) struct BackfillArgs {
    /// From this day (UTC) or instant on
    #[arg(long, value_name = "DATE", value_parser = moment, required_unless_present = "cancel")]
    from: Option<Moment>,
    /// Before this instant, or before this day begins (UTC)
    #[arg(long, value_name = "DATE", value_parser = moment, required_unless_present = "cancel")]
    to: Option<Moment>,
    /// Which of them: missing, missing-and-failed or all
    #[arg(long, value_parser = word_of(types::BackfillMode::WORDS), default_value = "missing")]
    mode: String,
    /// Only list what would run
    #[arg(long)]
    dry_run: bool,
    /// Cancel what is still open of the job's backfills instead
    #[arg(long, conflicts_with_all = ["from", "to", "dry_run"])]
    cancel: bool,
    #[command(flatten)]
    confirm: ConfirmArgs,
}

impl BackfillArgs {
    pub(super) async fn run(self, session: &Session, job: &str) -> Result<(), CommandError> {
        let job = session.job(job).await?;
        if self.cancel {
            let body = types::BackfillCancelBody { backfill_id: None };
            let call = calls::CancelBackfill::new(job.id, body);
            return session.show(&call, |_, it| format!("Cancelled {} runs.", it.cancelled)).await;
        }
        let (Some(from), Some(to)) = (self.from, self.to) else {
            return Err(CommandError::Usage("--from and --to are needed".into()));
        };
        let ask = |is_dry_run: bool| {
            let body = types::BackfillBody {
                from: from.start(),
                to: to.start(),
                mode: Some(types::BackfillMode::from(self.mode.clone())),
                dry_run: Some(is_dry_run),
            };
            calls::BackfillSchedule::new(job.id.clone(), body)
        };
        let listed = session.client.send(&ask(true)).await?;
        let count = listed.value.runs.len();
        if self.dry_run || count == 0 {
            return session.tell(&listed, rows);
        }
        if !session.is_json {
            print(&rows(session, &listed.value))?;
        }
        self.confirm.ask(&format!("This runs `{}` {count} times", job.name))?;
        let recorded = session.client.send(&ask(false)).await?;
        if session.is_json {
            return session.tell(&recorded, rows);
        }
        tell(&format!(
            "{} runs are queued; `dateline run list --trigger backfill` shows them.",
            recorded.value.runs.len()
        ));
        Ok(())
    }
}

fn rows(session: &Session, backfill: &types::Backfill) -> String {
    if backfill.runs.is_empty() {
        return "Nothing is left to run in this time.".to_owned();
    }
    let head = format!("due ({})", session.when.zone());
    let row = |it: &types::BackfillRunBody| {
        [session.when.brief(it.due_at), session.when.brief(it.window_from), it.served.to_string()]
    };
    table([&head, "window from", "before"], backfill.runs.iter().map(row))
}
