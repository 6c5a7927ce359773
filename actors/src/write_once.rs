//! One text, at once, from a repository: no store, no schedule, no cursor.

use dateline_core::source::ActivitySource;
use dateline_core::writer::Writer;

use crate::request::{OneShot, WriteOnce, WriteOnceError};

/// Writes one text from what happened in the asked window; `None` when nothing worth telling did.
///
/// # Errors
/// [`WriteOnceError`] when the source cannot be read or the writer fails.
pub async fn write_once(
    _source: &dyn ActivitySource,
    _writer: &dyn Writer,
    _ask: WriteOnce,
) -> Result<Option<OneShot>, WriteOnceError> {
    Ok(None)
}
