//! One text, at once, from a repository: no store, no schedule, no cursor.

use std::sync::Arc;

use dateline_core::brief::{BriefSetting, build};
use dateline_core::project::PlatformSettings;
use dateline_core::schedule::Zone;
use dateline_core::source::{ActivitySource, FileDetail, ScanFrom, ScanProgress, ScanRequest};
use dateline_core::writer::{WriteError, Writer};

use crate::request::{OneShot, WriteOnce, WriteOnceError};
use crate::review::{self, Text};

/// Writes one text from what happened in the asked window; `None` when nothing worth telling did.
///
/// # Errors
/// [`WriteOnceError`] when the source cannot be read or the writer fails.
pub async fn write_once(
    source: &dyn ActivitySource,
    writer: &dyn Writer,
    ask: WriteOnce,
) -> Result<Option<OneShot>, WriteOnceError> {
    let zone = Zone::named(&ask.timezone).map_err(|error| WriteOnceError::Timezone(error.to_string()))?;
    let from = ask.since.map_or(ScanFrom::First, ScanFrom::Date);
    let request = ScanRequest { from, until: ask.until, now: ask.now, files: FileDetail::Counted };
    let Some(activity) = source.scan(&ask.source, request, Arc::new(Silent)).await? else { return Ok(None) };
    let (project, style) = (ask.project, ask.style);
    let build_brief = move || {
        let offset_at = |at| zone.offset_at(at);
        let name = project.as_deref().unwrap_or(&activity.repository.name);
        build(&activity, &BriefSetting { project: name, offset_at: &offset_at, style: &style })
    };
    let brief = tokio::task::spawn_blocking(build_brief).await.map_err(lost)?;
    if brief.items.is_empty() {
        return Ok(None);
    }
    let composition = match writer.compose(&brief, ask.platform).await {
        Err(WriteError::NothingToTell) => return Ok(None),
        composed => composed?,
    };
    let brief = Arc::new(brief);
    let text = Text {
        composition,
        brief: brief.clone(),
        platform: ask.platform,
        settings: PlatformSettings::default(),
        earlier: Vec::new(),
    };
    let reviewed = tokio::task::spawn_blocking(move || review::of_writer(text)).await.map_err(lost)?;
    let brief = Arc::unwrap_or_clone(brief);
    Ok(Some(OneShot { brief, rendered: reviewed.rendered, findings: reviewed.findings }))
}

fn lost(error: tokio::task::JoinError) -> WriteOnceError {
    WriteOnceError::Lost(error.to_string())
}

/// Nobody watches, nobody stops it: whoever asked drops the whole.
struct Silent;

impl ScanProgress for Silent {
    fn commits_read(&self, _read: usize) {}
}
