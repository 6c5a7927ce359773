//! Reads a project's activity and writes a draft for each of its platforms, in recorded steps:
//!
//! ```text
//!  fetch_project ──▶ scan ──▶ condition ──▶ write/{platform} … ──▶ advance_cursor
//!   what is asked     what happened   is it enough    a draft, and its cursor     cursors of what had nothing to tell
//! ```
//!
//! A platform's cursor moves in the commit that stores its draft, to the head that `scan` recorded, and never back; a
//! platform that failed keeps its cursor, so the next run covers what it missed.

mod plan;
mod report;
mod scan;
mod write;

use std::sync::Arc;

use dateline_core::condition::ActivityFacts;
use dateline_core::execution::Failure;
use dateline_core::job::GenerateContent;
use dateline_core::platform::Platform;
use dateline_core::project::Project;
use dateline_core::store::CursorMove;
use serde::{Deserialize, Serialize};

use crate::attempt::{Done, Ending, Fault, Halt, Run};
use plan::Plan;
use report::Progress;
use scan::{Scanned, Window};

use super::condition;

/// What an attempt works with.
#[derive(Clone, Copy)]
pub(super) struct Work<'a> {
    pub(super) run: &'a Arc<Run>,
    /// What the execution was told.
    pub(super) told: &'a GenerateContent,
    /// The project as it was when the execution was claimed.
    pub(super) project: &'a Project,
}

/// Runs what is left of the steps.
pub(super) async fn perform(work: Work<'_>) -> Ending {
    let mut progress = Progress::default();
    match steps(work, &mut progress).await {
        Ok(ending) => ending,
        Err(halt) => halt.ending(progress.items(), progress.output()),
    }
}

async fn steps(work: Work<'_>, progress: &mut Progress) -> Result<Ending, Halt> {
    let run = work.run;
    let plan: Plan = run.step("fetch_project", plan::fetch(work)).await?;
    let scanned: Scanned = run.step_with_heartbeat("scan", scan::scan(work, &plan)).await?;
    progress.scanned(&scanned);
    if !scanned.windows.is_empty() {
        let activity = ActivityFacts::widest(scanned.windows.iter().map(|window| &window.brief));
        if let Some(ending) = condition::refusal(run, activity).await? {
            return Ok(ending);
        }
    }
    for window in scanned.windows {
        write_window(work, &plan, &scanned.stream, window, progress).await?;
    }
    if let Some(failure) = progress.failure() {
        // What another attempt can mend is left to it; what it cannot is part of how this execution ends.
        if run.next_try(failure, run.now()).is_some() {
            return Ok(Ending::Failed {
                failure: failure.clone(),
                items: progress.items(),
                output: progress.output(),
            });
        }
    }
    if progress.has_written() || !progress.quiet().is_empty() {
        run.step("advance_cursor", advance(run, &plan, progress.quiet().to_vec())).await?;
    }
    Ok(progress.ending())
}

async fn write_window(
    work: Work<'_>,
    plan: &Plan,
    stream: &str,
    window: Window,
    progress: &mut Progress,
) -> Result<(), Halt> {
    let (run, brief) = (work.run, Arc::new(window.brief));
    // A replay may take over the scan of an execution that was asked for more.
    let asked = work.told.platforms.as_ref();
    let is_asked = |platform: &Platform| asked.is_none_or(|asked| asked.contains(platform));
    for platform in window.platforms.into_iter().filter(is_asked) {
        let name = format!("write/{}", platform.step_name());
        if let Some(failure) = run.given_up(&name) {
            progress.failed(platform, failure);
            continue;
        }
        let (from, sha) = (plan.read_from(platform), window.head.clone());
        let cursor = CursorMove { platform, stream: stream.to_owned(), from, sha };
        match run.step(&name, write::write(work, plan, platform, &brief, cursor.clone())).await {
            Ok(written) => progress.written(platform, written, cursor),
            Err(Halt::Failed(failure)) => progress.failed(platform, failure),
            Err(halt) => return Err(halt),
        }
        run.reach(progress.reached());
    }
    Ok(())
}

/// What `advance_cursor` records: the cursors it moved.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Advanced {
    moved: Vec<Moved>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Moved {
    platform: Platform,
    stream: String,
    sha: String,
}

/// Moves the cursors of platforms whose activity held nothing to tell, so that it is not read over for ever.
async fn advance(run: &Run, plan: &Plan, quiet: Vec<CursorMove>) -> Result<Done<Advanced>, Fault> {
    let cursors = plan.onward(run, quiet).await?;
    let moved =
        |to: &CursorMove| Moved { platform: to.platform, stream: to.stream.clone(), sha: to.sha.clone() };
    let output = Advanced { moved: cursors.iter().map(moved).collect() };
    Ok(Done { cursors, ..Done::of(output) })
}

/// A platform that was given up, and why.
struct GivenUp {
    platform: Platform,
    failure: Failure,
}
