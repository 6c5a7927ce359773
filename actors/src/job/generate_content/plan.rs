//! `fetch_project`: what is asked of this execution, fixed for all its attempts.

use dateline_core::brief::Style;
use dateline_core::execution::FailureClass;
use dateline_core::job::Cursor;
use dateline_core::platform::Platform;
use dateline_core::project::PlatformSettings;
use dateline_core::source::{Source, SourceError};
use dateline_core::store::{CursorMove, StoreError};
use dateline_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::attempt::{Done, Fault, Run};

/// What is asked of an execution.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Plan {
    pub(super) project: String,
    pub(super) timezone: String,
    pub(super) style: Style,
    pub(super) source: Source,
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
}

/// Returns `to` unless the platform's cursor no longer stands where this execution found it: an execution that rested
/// while another one wrote, or the replay of an old one, must not turn it back.
pub(super) async fn unless_moved(
    run: &Run,
    plan: &Plan,
    to: CursorMove,
) -> Result<Option<CursorMove>, StoreError> {
    let stored = run.shared.parts.store.job(run.claimed.job.id).await?.cursors;
    let present = cursor(&stored, to.platform, &to.stream).map(|cursor| cursor.sha);
    let planned = plan.platforms.iter().find(|planned| planned.platform == to.platform);
    let found = planned.and_then(|planned| planned.cursor.as_ref()).map(|cursor| cursor.sha.clone());
    if present == found {
        return Ok(Some(to));
    }
    run.info(&format!("the cursor of {} was moved by another execution and stays there", to.platform));
    Ok(None)
}

/// Describes a source's refusal.
pub(super) fn source_fault(error: &SourceError) -> Fault {
    let class = if error.may_pass() { FailureClass::Transient } else { FailureClass::Permanent };
    Fault::new(class, error)
}

pub(super) async fn fetch(run: &Run) -> Result<Done<Plan>, Fault> {
    let parts = &run.shared.parts;
    // The project as it is now, not as it was when the execution was claimed.
    let project = parts.store.project(run.claimed.project.id).await?;
    let cursors = parts.store.job(run.claimed.job.id).await?.cursors;
    let head = parts.source.head(&project.source).await.map_err(|error| source_fault(&error))?;
    let asked = run.claimed.execution.payload.platforms.as_ref();
    let platforms: Vec<Planned> = project
        .platforms
        .into_iter()
        .filter(|entry| entry.is_enabled && asked.is_none_or(|asked| asked.contains(&entry.platform)))
        .map(|entry| Planned {
            platform: entry.platform,
            settings: entry.settings,
            cursor: cursor(&cursors, entry.platform, &head.stream),
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
        source: project.source,
        stream: head.stream,
        head: head.head,
        platforms,
    }))
}

fn cursor(cursors: &[Cursor], platform: Platform, stream: &str) -> Option<CursorAt> {
    cursors
        .iter()
        .find(|cursor| cursor.platform == platform && cursor.stream == stream)
        .map(|cursor| CursorAt { sha: cursor.sha.clone(), at: cursor.at })
}
