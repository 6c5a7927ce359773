//! One text, at once, from a repository: no store, no schedule, no cursor.

use std::sync::Arc;

use dateline_core::project::PlatformSettings;
use dateline_core::schedule::Zone;
use dateline_core::source::{ActivitySource, FileDetail, ScanFrom, ScanProgress, ScanRequest, SourceAccess};
use dateline_core::writer::{WriteError, Writer};

use crate::request::{OneShot, WriteOnce, WriteOnceError};
use crate::text;

struct Unwatched;

impl ScanProgress for Unwatched {
    fn commits_read(&self, _read: usize) {}
}

/// Writes one text from what happened in the asked window; `None` when nothing worth telling did.
///
/// # Errors
/// [`WriteOnceError`] when the source cannot be read or the writer fails.
pub async fn write_once(
    source: &dyn ActivitySource,
    writer: &dyn Writer,
    ask: WriteOnce,
) -> Result<Option<OneShot>, WriteOnceError> {
    let zone = Zone::named(&ask.timezone).map_err(|unknown| WriteOnceError::Timezone(unknown.to_string()))?;
    let request = ScanRequest {
        from: ask.since.map_or(ScanFrom::First, ScanFrom::Date),
        until: ask.until,
        now: ask.now,
        files: FileDetail::Counted,
    };
    let access = SourceAccess::bare(ask.now);
    let Some(activity) = source.scan(&ask.source, &access, request, Arc::new(Unwatched)).await? else {
        return Ok(None);
    };
    let project = ask.project.unwrap_or_else(|| activity.repository.name.clone());
    let brief = text::brief(activity, project, zone, ask.style).await;
    let brief = Arc::new(brief.map_err(|error| WriteOnceError::Lost(error.to_string()))?);
    let settings = PlatformSettings::default();
    match text::write(writer, &brief, ask.platform, &settings, Vec::new()).await {
        Ok(written) => Ok(Some(OneShot {
            brief: Arc::unwrap_or_clone(brief),
            rendered: written.rendered,
            findings: written.findings,
        })),
        Err(WriteError::NothingToTell) => Ok(None),
        Err(failed) => Err(failed.into()),
    }
}
