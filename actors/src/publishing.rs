//! Publishing: the step that must not repeat. Intent is recorded before, the outcome after.

use dateline_core::draft::Publication;
use dateline_core::id::DraftId;

use crate::request::RequestError;
use crate::shared::Shared;

/// Publishes an approved draft.
pub(crate) async fn publish(_shared: &Shared, _id: DraftId) -> Result<Publication, RequestError> {
    Err(RequestError::NoTarget)
}
