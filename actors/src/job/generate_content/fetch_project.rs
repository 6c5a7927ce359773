//! The step `fetch_project`: what is written, from where, and how far each platform has come.

use dateline_core::execution::FailureClass;
use dateline_core::job::{Cursor, Payload};
use dateline_core::platform::Platform;
use dateline_core::project::{PlatformSettings, Project};
use dateline_core::source::{SourceError, SourceHead};
use serde::{Deserialize, Serialize};

use crate::attempt::{Done, Fault, Run};

/// What the step records: the project as it was, so that every attempt writes about the same.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fetched {
    pub(super) project: Project,
    /// Where the source stood.
    pub(super) head: SourceHead,
    /// Where each platform stood in that stream.
    pub(super) cursors: Vec<Cursor>,
}

/// A platform to write for.
pub(super) struct Wanted {
    pub(super) platform: Platform,
    pub(super) settings: PlatformSettings,
}

pub(super) async fn fetch(run: &Run) -> Result<Done<Fetched>, Fault> {
    let project = run.claimed.project.clone();
    let parts = &run.shared.parts;
    let head = parts.source.head(&project.source).await.map_err(|error| source_fault(&error))?;
    let mut cursors = parts.store.job(run.claimed.job.id).await?.cursors;
    cursors.retain(|cursor| cursor.stream == head.stream);
    let fetched = Fetched { project, head, cursors };
    let wanted = fetched.wanted(&run.claimed.execution.payload);
    if wanted.is_empty() {
        let what = "none of the platforms asked for is enabled in the project";
        return Err(Fault::said(FailureClass::Permanent, what));
    }
    let names = wanted.iter().map(|wanted| wanted.platform.name()).collect::<Vec<_>>().join(", ");
    let head = fetched.head.head.as_deref().map_or("no commit", |sha| sha.get(..12).unwrap_or(sha));
    run.info(&format!("{} at {head}, for {names}", fetched.head.stream));
    Ok(Done::of(fetched))
}

/// Says whether reading the source again can help.
pub(super) fn source_fault(error: &SourceError) -> Fault {
    let class = if error.may_pass() { FailureClass::Transient } else { FailureClass::Permanent };
    Fault::new(class, error)
}

impl Fetched {
    /// Returns the enabled platforms, narrowed to those the execution was told.
    pub(super) fn wanted(&self, payload: &Payload) -> Vec<Wanted> {
        let is_told = |platform| payload.platforms.as_ref().is_none_or(|told| told.contains(&platform));
        let enabled = self.project.platforms.iter().filter(|entry| entry.is_enabled);
        enabled
            .filter(|entry| is_told(entry.platform))
            .map(|entry| Wanted { platform: entry.platform, settings: entry.settings.clone() })
            .collect()
    }

    /// Returns where a platform stood.
    pub(super) fn cursor(&self, platform: Platform) -> Option<&Cursor> {
        self.cursors.iter().find(|cursor| cursor.platform == platform)
    }
}
