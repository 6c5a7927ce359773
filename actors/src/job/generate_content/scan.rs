//! `scan`: what happened since each cursor. What it records is the brief, not the activity: all later steps need, and
//! a fraction of its size.

use std::sync::Arc;

use dateline_core::brief::Brief;
use dateline_core::execution::FailureClass;
use dateline_core::platform::Platform;
use dateline_core::schedule::Zone;
use dateline_core::source::{FileDetail, ScanFrom, ScanProgress, ScanRequest};
use serde::{Deserialize, Serialize};

use super::plan::{CursorAt, Plan, source_fault};
use crate::attempt::{Done, Fault, Run};
use crate::text;

/// Items beyond this many keep their headline and lose the prose nobody will quote.
const BODIES_MAX: usize = 500;

/// What a scan found, a window for each distinct cursor.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Scanned {
    pub(super) stream: String,
    pub(super) windows: Vec<Window>,
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

pub(super) async fn scan(run: &Arc<Run>, plan: &Plan) -> Result<Done<Scanned>, Fault> {
    let mut windows = Vec::new();
    if plan.head.is_none() {
        run.info("the repository has no commits");
        return Ok(Done::of(Scanned { stream: plan.stream.clone(), windows }));
    }
    for (cursor, platforms) in by_cursor(plan) {
        if let Some(window) = scan_window(run, plan, cursor, platforms).await? {
            windows.push(window);
        }
    }
    Ok(Done::of(Scanned { stream: plan.stream.clone(), windows }))
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
    run: &Arc<Run>,
    plan: &Plan,
    cursor: Option<CursorAt>,
    platforms: Vec<Platform>,
) -> Result<Option<Window>, Fault> {
    let since = cursor.as_ref().map_or_else(|| "the beginning".to_owned(), |cursor| cursor.sha.clone());
    let request = ScanRequest {
        from: cursor.map_or(ScanFrom::First, |cursor| ScanFrom::Cursor { sha: cursor.sha, at: cursor.at }),
        until: None,
        now: run.now(),
        files: FileDetail::Counted,
    };
    let watched = Arc::new(Watched { run: run.clone() });
    let found = run.shared.parts.source.scan(&plan.source, request, watched).await;
    let Some(activity) = found.map_err(|error| source_fault(&error))? else {
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

struct Watched {
    run: Arc<Run>,
}

impl ScanProgress for Watched {
    fn commits_read(&self, read: usize) {
        if read.is_multiple_of(5_000) && read > 0 {
            self.run.info(&format!("{read} commits read"));
        }
    }

    fn is_stopped(&self) -> bool {
        self.run.is_stopped()
    }
}
