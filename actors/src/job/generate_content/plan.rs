//! `fetch_project`: what is asked of this execution, fixed for all its attempts.

use dateline_core::brief::Style;
use dateline_core::execution::FailureClass;
use dateline_core::job::Cursor;
use dateline_core::platform::Platform;
use dateline_core::project::{PlatformSettings, Project};
use dateline_core::source::{Source, SourceHead};
use dateline_core::store::CursorMove;
use dateline_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::Work;
use crate::attempt::{Done, Fault, Run};
use crate::job::reading::{self, source_fault};

/// What is asked of an execution.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Plan {
    pub(super) project: String,
    pub(super) timezone: String,
    pub(super) style: Style,
    pub(super) source: Source,
    /// Whether the head is that of a sync that is fresh: then nothing is asked of the network.
    #[serde(default)]
    pub(super) is_cached: bool,
    /// What the cursors belong to, such as `refs/heads/main`.
    pub(super) stream: String,
    /// The newest commit then; `None` for a repository without commits.
    pub(super) head: Option<String>,
    pub(super) platforms: Vec<Planned>,
}

/// A platform to write for, and from where.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Planned {
    pub(super) platform: Platform,
    pub(super) settings: PlatformSettings,
    pub(super) cursor: Option<CursorAt>,
}

/// How far the job has written for a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CursorAt {
    pub(super) sha: String,
    pub(super) at: Timestamp,
}

impl Plan {
    /// Returns a platform's settings.
    pub(super) fn settings(&self, platform: Platform) -> PlatformSettings {
        let planned = self.platforms.iter().find(|planned| planned.platform == platform);
        planned.map(|planned| planned.settings.clone()).unwrap_or_default()
    }

    /// Returns the commit a platform's cursor stood at.
    pub(super) fn read_from(&self, platform: Platform) -> Option<String> {
        let planned = self.platforms.iter().find(|planned| planned.platform == platform);
        planned.and_then(|planned| planned.cursor.as_ref()).map(|cursor| cursor.sha.clone())
    }

    /// Keeps the moves of cursors that still stand where this plan found them. Another execution may have moved one on
    /// while this one rested, or before it was replayed; no cursor goes back.
    pub(super) async fn onward(&self, run: &Run, moves: Vec<CursorMove>) -> Result<Vec<CursorMove>, Fault> {
        // A window of the past says nothing of how far the job has come.
        if run.claimed.execution.backfilled().is_some() {
            return Ok(Vec::new());
        }
        let cursors = run.shared.parts.store.job(run.claimed.job.id).await?.cursors;
        let found = |platform| self.platforms.iter().find(|planned| planned.platform == platform);
        let is_there = |to: &CursorMove| {
            found(to.platform)
                .is_some_and(|planned| planned.cursor == cursor(&cursors, to.platform, &to.stream))
        };
        Ok(moves.into_iter().filter(is_there).collect())
    }
}

pub(super) async fn fetch(work: Work<'_>) -> Result<Done<Plan>, Fault> {
    let run = work.run;
    let parts = &run.shared.parts;
    // The project as it is now, not as it was when the execution was claimed.
    let project = parts.store.project(work.project.id).await?;
    let cursors = parts.store.job(run.claimed.job.id).await?.cursors;
    reading::refuse_outside(run, &project).await?;
    let (head, is_cached) = head(run, &project).await?;
    let asked = work.told.platforms.as_ref();
    let is_of_today = run.claimed.execution.backfilled().is_none();
    let platforms: Vec<Planned> = project
        .platforms
        .into_iter()
        .filter(|entry| entry.is_enabled && asked.is_none_or(|asked| asked.contains(&entry.platform)))
        .map(|entry| Planned {
            platform: entry.platform,
            settings: entry.settings,
            cursor: cursor(&cursors, entry.platform, &head.stream).filter(|_| is_of_today),
        })
        .collect();
    if platforms.is_empty() {
        let what = "the project has no enabled platform that this execution was asked to write for";
        return Err(Fault::said(FailureClass::Permanent, what));
    }
    run.info(&format!("{} platforms to write for from {}", platforms.len(), head.stream));
    Ok(Done::of(Plan {
        project: project.name,
        timezone: project.timezone,
        style: project.style,
        source: project.source.without_token(),
        is_cached,
        stream: head.stream,
        head: head.head,
        platforms,
    }))
}

/// Returns what is there now: as a fresh sync found it, else as the source says.
async fn head(run: &Run, project: &Project) -> Result<(SourceHead, bool), Fault> {
    let parts = &run.shared.parts;
    if matches!(project.source, Source::Github { .. })
        && let Some(cached) = parts.store.cached_activity(project.id).await?
        && cached.state.is_fresh(&project.source.identity(), run.shared.settings.sync_fresh, run.now())
    {
        run.info("the last sync is fresh: nothing is asked of the network");
        return Ok((cached.state.head, true));
    }
    let access = reading::access(run, project).await?;
    let head = parts.source.head(&project.source, &access).await;
    Ok((head.map_err(|error| source_fault(&error))?, false))
}

fn cursor(cursors: &[Cursor], platform: Platform, stream: &str) -> Option<CursorAt> {
    cursors
        .iter()
        .find(|cursor| cursor.platform == platform && cursor.stream == stream)
        .map(|cursor| CursorAt { sha: cursor.sha.clone(), at: cursor.at })
}
