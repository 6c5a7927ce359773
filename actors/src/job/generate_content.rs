//! `GENERATE_CONTENT`: a project's activity since the cursors becomes a draft for each platform.
//!
//! ```text
//!  fetch_project ─▶ scan ─▶ write/devto ─▶ write/linkedin ─▶ … ─▶ advance_cursor
//!   what and where   one brief   draft and cursor in one commit      of platforms with
//!   from             a window    each; a failure stays its own       nothing to tell
//! ```
//!
//! A step that is recorded is never run again, so what `scan` read is what every later attempt writes from, whatever was
//! committed meanwhile. A cursor only moves from where `fetch_project` found it: an execution that rested while another
//! one wrote, or the replay of an old one, does not turn it back.

mod advance_cursor;
mod fetch_project;
mod output;
mod scan;
mod write;

use std::sync::Arc;

use dateline_core::execution::{Failure, Items, Outcome, SkipReason};
use dateline_core::platform::Platform;

use crate::attempt::{Ending, Halt, Run};
use fetch_project::{Fetched, Wanted};
use output::Summary;
use scan::Scanned;
use write::Written;

/// What became of each platform so far.
#[derive(Default)]
struct Progress {
    written: Vec<(Platform, Written)>,
    failed: Vec<(Platform, Failure)>,
}

/// Runs one attempt.
pub(super) async fn perform(run: &Arc<Run>) -> Ending {
    match attempt(run).await {
        Ok(ending) => ending,
        Err(halt) => {
            let execution = &run.claimed.execution;
            halt.ending(execution.items, execution.output.clone())
        }
    }
}

async fn attempt(run: &Arc<Run>) -> Result<Ending, Halt> {
    let fetched = run.step("fetch_project", fetch_project::fetch(run)).await?;
    let wanted = fetched.wanted(&run.claimed.execution.payload);
    let scanned = run.step("scan", scan::scan(run, &fetched, &wanted)).await?;
    let mut progress = Progress::default();
    if scanned.is_empty() {
        return Ok(nothing_to_tell(&scanned, &progress));
    }
    for platform in &wanted {
        write_one(run, &fetched, &scanned, platform, &mut progress).await?;
    }
    if let Some(failure) = progress.retryable() {
        if run.has_tries_left() {
            let output = Summary::of(&scanned, &progress, &[]).into_value();
            return Ok(Ending::Failed { failure, items: progress.items(false), output });
        }
    }
    let cursors = if progress.written.is_empty() {
        Vec::new()
    } else {
        let idle = progress.idle();
        run.step("advance_cursor", advance_cursor::advance(run, &fetched, &scanned, &idle)).await?.cursors
    };
    if progress.drafts() == 0 && progress.failed.is_empty() {
        return Ok(nothing_to_tell(&scanned, &progress));
    }
    Ok(progress.ending(Summary::of(&scanned, &progress, &cursors)))
}

/// Writes for one platform; its failure is noted and the others go on.
async fn write_one(
    run: &Arc<Run>,
    fetched: &Fetched,
    scanned: &Scanned,
    wanted: &Wanted,
    progress: &mut Progress,
) -> Result<(), Halt> {
    let name = format!("write/{}", wanted.platform.step_name());
    if let Some(failure) = run.given_up(&name) {
        progress.failed.push((wanted.platform, failure));
        return Ok(());
    }
    match run.step(&name, write::write(run, fetched, scanned, wanted)).await {
        Ok(written) => progress.written.push((wanted.platform, written)),
        Err(Halt::Failed(failure)) => progress.failed.push((wanted.platform, failure)),
        Err(halt) => return Err(halt),
    }
    Ok(())
}

fn nothing_to_tell(scanned: &Scanned, progress: &Progress) -> Ending {
    Ending::Done {
        outcome: Outcome::Skipped(SkipReason::NoActivity),
        items: Items::default(),
        output: Summary::of(scanned, progress, &[]).into_value(),
        failure: None,
    }
}

impl Progress {
    /// Returns the first failure that another attempt may mend.
    fn retryable(&self) -> Option<Failure> {
        self.failed.iter().map(|(_, failure)| failure).find(|failure| failure.class.can_retry()).cloned()
    }

    fn drafts(&self) -> u32 {
        count(self.written.iter().filter(|(_, written)| written.draft.is_some()).count())
    }

    /// Returns the platforms whose activity held nothing to tell.
    fn idle(&self) -> Vec<Platform> {
        let idle = self.written.iter().filter(|(_, written)| written.draft.is_none());
        idle.map(|(platform, _)| *platform).collect()
    }

    /// Counts platforms; those that failed count once they are given up.
    fn items(&self, are_failures_final: bool) -> Items {
        let succeeded = self.drafts();
        let failed = if are_failures_final { count(self.failed.len()) } else { 0 };
        Items { processed: succeeded + failed, succeeded, failed }
    }

    fn ending(&self, summary: Summary) -> Ending {
        let outcome = match (self.failed.is_empty(), self.drafts()) {
            (true, _) => Outcome::Completed,
            (false, 0) => Outcome::Failed,
            (false, _) => Outcome::Partial,
        };
        let failure = self.retryable().or_else(|| self.failed.first().map(|(_, failure)| failure.clone()));
        Ending::Done { outcome, items: self.items(true), output: summary.into_value(), failure }
    }
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}
