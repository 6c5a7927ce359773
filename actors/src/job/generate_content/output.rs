//! What an execution shows of its work, as JSON.

use std::collections::BTreeMap;

use dateline_core::activity::Window;
use dateline_core::brief::{Brief, DropReason};
use dateline_core::execution::FailureClass;
use dateline_core::id::DraftId;
use dateline_core::platform::Platform;
use serde::Serialize;

use super::Progress;
use super::advance_cursor::Place;
use super::scan::Scanned;

/// An execution's output.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary {
    stream: String,
    /// What was read, one entry a distinct cursor.
    windows: Vec<WindowSummary>,
    drafts: BTreeMap<Platform, DraftId>,
    /// Platforms without a draft, and why.
    nothing_to_tell: BTreeMap<Platform, String>,
    failures: BTreeMap<Platform, FailureSummary>,
    cursors: Vec<Place>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WindowSummary {
    platforms: Vec<Platform>,
    /// Absent when nothing happened.
    window: Option<Window>,
    counts: Counts,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    commits: usize,
    items: usize,
    bumps: usize,
    releases: usize,
    dropped: usize,
    dropped_by_reason: BTreeMap<DropReason, usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailureSummary {
    class: FailureClass,
    reason: String,
}

impl Summary {
    pub(super) fn of(scanned: &Scanned, progress: &Progress, cursors: &[Place]) -> Self {
        let windows = scanned.windows.iter().map(|window| WindowSummary {
            platforms: window.platforms.clone(),
            window: window.brief.as_ref().map(|brief| brief.window.clone()),
            counts: window.brief.as_deref().map(Counts::of).unwrap_or_default(),
        });
        let written = &progress.written;
        Self {
            stream: scanned.stream.clone(),
            windows: windows.collect(),
            drafts: written.iter().filter_map(|(platform, done)| Some((*platform, done.draft?))).collect(),
            nothing_to_tell: written
                .iter()
                .filter_map(|(platform, done)| Some((*platform, done.reason.clone()?)))
                .collect(),
            failures: progress
                .failed
                .iter()
                .map(|(platform, failure)| {
                    let reason = failure.chain.join(": ");
                    (*platform, FailureSummary { class: failure.class, reason })
                })
                .collect(),
            cursors: cursors.to_vec(),
        }
    }

    pub(super) fn into_value(self) -> serde_json::Value {
        // Maps with names as keys and plain values always have a JSON form.
        serde_json::to_value(self).unwrap_or_default()
    }
}

impl Counts {
    fn of(brief: &Brief) -> Self {
        let mut dropped_by_reason = BTreeMap::new();
        for dropped in &brief.dropped {
            *dropped_by_reason.entry(dropped.reason).or_default() += 1;
        }
        Self {
            commits: brief.stats.commits,
            items: brief.stats.items,
            bumps: brief.bumps.len(),
            releases: brief.releases.len(),
            dropped: brief.stats.dropped,
            dropped_by_reason,
        }
    }
}
