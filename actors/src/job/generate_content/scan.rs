//! `scan`: what happened since each cursor. What it records is the brief, not the activity: all later steps need, and
//! a fraction of its size.

use std::sync::Arc;

use dateline_core::activity::Activity;
use dateline_core::activity_cache::FromCache;
use dateline_core::brief::Brief;
use dateline_core::execution::FailureClass;
use dateline_core::platform::Platform;
use dateline_core::project::Project;
use dateline_core::schedule::Zone;
use dateline_core::source::{FileDetail, RateBudget, ScanFrom, ScanRequest};
use serde::{Deserialize, Serialize};

use super::Work;
use super::plan::{CursorAt, Plan};
use crate::attempt::{Done, Fault};
use crate::job::reading::{self, Watched, source_fault};
use crate::text;

/// Items beyond this many keep their headline and lose the prose nobody will quote.
const BODIES_MAX: usize = 500;

/// What a scan found, a window for each distinct cursor.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Scanned {
    pub(super) stream: String,
    pub(super) windows: Vec<Window>,
    /// How many requests the source's server still takes, when it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rate_limit: Option<RateBudget>,
}

/// Activity since one cursor, and the platforms that stand there.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Window {
    pub(super) platforms: Vec<Platform>,
    /// The commit the window ends with: what cursors move to.
    pub(super) head: String,
    pub(super) brief: Brief,
}

pub(super) async fn scan(work: Work<'_>, plan: &Plan) -> Result<Done<Scanned>, Fault> {
    let run = work.run;
    let mut windows = Vec::new();
    if plan.head.is_none() {
        run.info("the repository has no commits");
        return Ok(Done::of(Scanned { stream: plan.stream.clone(), windows, rate_limit: None }));
    }
    // What the plan's path leads to may have changed since it was made.
    let project = Project { source: plan.source.clone(), ..work.project.clone() };
    reading::refuse_outside(run, &project).await?;
    let watched = Watched::new(run);
    for (cursor, platforms) in by_cursor(plan) {
        if let Some(window) = scan_window(work, plan, cursor, platforms, &watched).await? {
            windows.push(window);
        }
    }
    Ok(Done::of(Scanned { stream: plan.stream.clone(), windows, rate_limit: watched.budget() }))
}

/// Platforms that stand at the same commit are scanned for together.
fn by_cursor(plan: &Plan) -> Vec<(Option<CursorAt>, Vec<Platform>)> {
    let mut groups: Vec<(Option<CursorAt>, Vec<Platform>)> = Vec::new();
    for planned in &plan.platforms {
        let sha = |cursor: &Option<CursorAt>| cursor.as_ref().map(|cursor| cursor.sha.clone());
        match groups.iter_mut().find(|(cursor, _)| sha(cursor) == sha(&planned.cursor)) {
            Some((_, platforms)) => platforms.push(planned.platform),
            None => groups.push((planned.cursor.clone(), vec![planned.platform])),
        }
    }
    groups
}

async fn scan_window(
    work: Work<'_>,
    plan: &Plan,
    cursor: Option<CursorAt>,
    platforms: Vec<Platform>,
    watched: &Arc<Watched>,
) -> Result<Option<Window>, Fault> {
    let run = work.run;
    let since = cursor.as_ref().map_or_else(|| "the beginning".to_owned(), |cursor| cursor.sha.clone());
    let of = run.claimed.execution.backfilled();
    let from = match (of, cursor) {
        (Some(of), _) => ScanFrom::Date(of.since),
        (None, Some(CursorAt { sha, at })) => ScanFrom::Cursor { sha, at },
        (None, None) => ScanFrom::First,
    };
    let request = ScanRequest {
        from,
        // The last whole second before the occurrence: commits have no finer time.
        until: of.map(|of| of.scheduled_for - chrono::Duration::seconds(1)),
        now: run.now(),
        files: FileDetail::Counted,
    };
    let Some(activity) = read(work, plan, request, watched).await? else {
        run.info(&format!("nothing happened since {since}"));
        return Ok(None);
    };
    let zone = Zone::named(&plan.timezone).map_err(|error| Fault::new(FailureClass::Permanent, &error))?;
    let brief = text::brief(activity, plan.project.clone(), zone, plan.style.clone()).await;
    let mut brief = brief.map_err(|error| Fault::new(FailureClass::Transient, &error))?;
    for item in brief.items.iter_mut().skip(BODIES_MAX) {
        item.body.clear();
    }
    run.info(&format!(
        "{} commits since {since}: {} worth telling, {} left out",
        brief.stats.commits, brief.stats.items, brief.stats.dropped
    ));
    Ok(Some(Window { platforms, head: brief.window.head.clone(), brief }))
}

/// Reads a window from the project's cache when a fresh sync holds all of it, else from the source.
async fn read(
    work: Work<'_>,
    plan: &Plan,
    request: ScanRequest,
    watched: &Arc<Watched>,
) -> Result<Option<Activity>, Fault> {
    let (run, parts) = (work.run, &work.run.shared.parts);
    let project = parts.store.project(work.project.id).await?;
    let is_same = project.source.identity() == plan.source.identity();
    // The cache knows no end of a window.
    if plan.is_cached
        && request.until.is_none()
        && let Some(cached) = parts.store.cached_activity(project.id).await?.filter(|_| is_same)
        && let FromCache::Known(activity) = cached.since(&request.from)
    {
        run.info("read from the project's cache");
        return Ok(activity.map(|activity| *activity));
    }
    // A token belongs to the source it was given for.
    let reader = if is_same { project } else { Project { source: plan.source.clone(), ..project } };
    let access = reading::access(run, &reader).await?;
    let found = parts.source.scan(&plan.source, &access, request, watched.clone()).await;
    found.map_err(|error| source_fault(&error))
}
