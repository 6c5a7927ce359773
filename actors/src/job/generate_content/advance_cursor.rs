//! The step `advance_cursor`: platforms whose activity held nothing to tell move past it, and where all stand is recorded.

use dateline_core::platform::Platform;
use serde::{Deserialize, Serialize};

use super::fetch_project::Fetched;
use super::scan::Scanned;
use super::write::cursor_move;
use crate::attempt::{Done, Fault, Run};

/// What the step records.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Advanced {
    pub(super) cursors: Vec<Place>,
}

/// Where a platform stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    pub(super) platform: Platform,
    pub(super) stream: String,
    pub(super) sha: String,
}

pub(super) async fn advance(
    run: &Run,
    fetched: &Fetched,
    scanned: &Scanned,
    idle: &[Platform],
) -> Result<Done<Advanced>, Fault> {
    let stored = run.shared.parts.store.job(run.claimed.job.id).await?.cursors;
    let mut places: Vec<Place> = stored
        .into_iter()
        .filter(|cursor| cursor.stream == scanned.stream)
        .map(|cursor| Place { platform: cursor.platform, stream: cursor.stream, sha: cursor.sha })
        .collect();
    let mut cursors = Vec::new();
    for platform in idle {
        let Some(moved) = cursor_move(run, fetched, scanned, *platform).await? else { continue };
        let place = Place { platform: moved.platform, stream: moved.stream.clone(), sha: moved.sha.clone() };
        match places.iter_mut().find(|known| known.platform == *platform) {
            Some(known) => *known = place,
            None => places.push(place),
        }
        cursors.push(moved);
    }
    Ok(Done { output: Advanced { cursors: places }, draft: None, cursors })
}
