//! Reads a GitHub repository's activity into the project's cache, so that a text can be written without the network:
//!
//! ```text
//!  fetch_project ──▶ sync
//!   what is there now   what happened since the last sync, kept with the project's own cursor
//! ```
//!
//! No job's cursor moves: what is read here is still to be written.

use std::sync::Arc;

use dateline_core::activity_cache::{ActivitySegment, CachedActivity, SEGMENT_BYTES_MAX, SyncState};
use dateline_core::execution::{FailureClass, Items, Outcome, SkipReason};
use dateline_core::id::ProjectId;
use dateline_core::source::{FileDetail, RateBudget, ScanFrom, ScanRequest, Source, SourceHead};
use dateline_core::store::SyncCommit;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::reading::{self, Watched, source_fault};
use crate::attempt::{Done, Ending, Fault, Halt, Run};

/// What is read, fixed for all attempts of the execution.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    source: String,
    stream: String,
    head: Option<String>,
}

/// What was read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Synced {
    after: Option<String>,
    head: Option<String>,
    commits: usize,
    releases: usize,
    issues: usize,
    /// Whether it is in the cache; what is too large to be kept is read again when a text is written.
    is_kept: bool,
    #[serde(default)]
    rate_limit: Option<RateBudget>,
}

/// Runs what is left of the steps.
pub(super) async fn perform(run: &Arc<Run>, project: ProjectId) -> Ending {
    match steps(run, project).await {
        Ok(synced) => ending(&synced),
        Err(halt) => halt.ending(Items::default(), Value::Null),
    }
}

async fn steps(run: &Arc<Run>, project: ProjectId) -> Result<Synced, Halt> {
    let plan: Plan = run.step("fetch_project", fetch(run, project)).await?;
    run.step_with_heartbeat("sync", sync(run, project, &plan)).await
}

fn ending(synced: &Synced) -> Ending {
    let has_news = synced.commits > 0;
    let outcome = if has_news { Outcome::Completed } else { Outcome::Skipped(SkipReason::NoActivity) };
    let output = serde_json::to_value(synced).unwrap_or_else(|_| json!({}));
    Ending::Done { outcome, items: Items::default(), output, failure: None }
}

async fn fetch(run: &Arc<Run>, project: ProjectId) -> Result<Done<Plan>, Fault> {
    let project = run.shared.parts.store.project(project).await?;
    if !matches!(project.source, Source::Github { .. }) {
        let what = "the project reads no GitHub repository any more";
        return Err(Fault::said(FailureClass::Permanent, what));
    }
    let access = reading::access(run, &project).await?;
    let head = run.shared.parts.source.head(&project.source, &access).await;
    let head = head.map_err(|error| source_fault(&error))?;
    Ok(Done::of(Plan { source: project.source.identity(), stream: head.stream, head: head.head }))
}

async fn sync(run: &Arc<Run>, project: ProjectId, plan: &Plan) -> Result<Done<Synced>, Fault> {
    let store = &run.shared.parts.store;
    let project = store.project(project).await?;
    if project.source.identity() != plan.source {
        return Err(Fault::said(FailureClass::Permanent, "the project reads another repository meanwhile"));
    }
    let cached = store.cached_activity(project.id).await?.filter(|cached| is_of(cached, plan));
    let known = cached.and_then(|cached| Some((cached.state.head.head?, cached.state.synced_at)));
    let now = run.now();
    if plan.head.is_none() || known.as_ref().map(|(sha, _)| sha) == plan.head.as_ref() {
        run.info("nothing new");
        let synced = Synced { head: plan.head.clone(), is_kept: true, ..Synced::default() };
        return Ok(done(plan, plan.head.clone(), None, synced, now));
    }
    let after = known.as_ref().map(|(sha, _)| sha.clone());
    let from = known.map_or(ScanFrom::First, |(sha, at)| ScanFrom::Cursor { sha, at });
    let request = ScanRequest { from, until: None, now, files: FileDetail::Counted };
    let (access, watched) = (reading::access(run, &project).await?, Watched::new(run));
    let found = run.shared.parts.source.scan(&project.source, &access, request, watched.clone()).await;
    let Some(activity) = found.map_err(|error| source_fault(&error))? else {
        run.info("no commit lies between the last sync and now");
        let synced = Synced { head: after.clone(), is_kept: true, ..Synced::default() };
        return Ok(done(plan, after, None, synced, now));
    };
    let head = activity.window.head.clone();
    let is_kept = serde_json::to_vec(&activity).is_ok_and(|bytes| bytes.len() <= SEGMENT_BYTES_MAX);
    let synced = Synced {
        after: after.clone(),
        head: Some(head.clone()),
        commits: activity.commits.len(),
        releases: activity.releases.len(),
        issues: activity.issues.len(),
        is_kept,
        rate_limit: watched.budget(),
    };
    run.info(&format!("{} commits read up to {head}", synced.commits));
    let segment = is_kept.then_some(ActivitySegment { after, synced_at: now, activity });
    Ok(done(plan, Some(head), segment, synced, now))
}

/// Whether the cache is of what is read now.
fn is_of(cached: &CachedActivity, plan: &Plan) -> bool {
    cached.state.source == plan.source && cached.state.head.stream == plan.stream
}

fn done(
    plan: &Plan,
    head: Option<String>,
    segment: Option<ActivitySegment>,
    synced: Synced,
    now: dateline_core::time::Timestamp,
) -> Done<Synced> {
    let head = SourceHead { stream: plan.stream.clone(), head };
    let state = SyncState { source: plan.source.clone(), head, synced_at: now };
    Done { sync: Some(SyncCommit { state, segment }), ..Done::of(synced) }
}
