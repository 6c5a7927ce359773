//! The handle every face calls: it checks what is asked, commits it, and then tells the actors.

mod check;
mod drafts;
mod executions;
mod jobs;
mod occurrences;
mod paths;
mod projects;

use std::path::Path;
use std::sync::Arc;

use dateline_core::store::{Store, StoreError};
use dateline_core::time::Timestamp;

use crate::event_stream::EventStream;
use crate::request::RequestError;
use crate::shared::Shared;

/// Everything a face can ask. Cheap to clone; it outlives no engine: after a stop, what needs an actor waits for the
/// next start.
#[derive(Clone)]
pub struct Dateline {
    shared: Arc<Shared>,
}

impl Dateline {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Returns the present as the engine sees it.
    pub fn now(&self) -> Timestamp {
        self.shared.now()
    }

    /// Returns committed events after number `after`, or from now on when absent.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn subscribe(&self, after: Option<u64>) -> Result<EventStream, RequestError> {
        let after = match after {
            Some(seq) => seq,
            None => self.store().newest_event().await?,
        };
        Ok(EventStream::new(self.shared.clone(), after))
    }

    /// Writes a verified copy of the store to `to`, which must not exist; returns its size in bytes.
    ///
    /// # Errors
    /// [`RequestError::Store`] when it cannot be written.
    pub async fn backup(&self, to: &Path) -> Result<u64, RequestError> {
        Ok(self.store().backup(to).await?)
    }

    /// Returns an error while writes are refused.
    ///
    /// # Errors
    /// What the store says of itself.
    pub async fn health(&self) -> Result<(), StoreError> {
        self.store().health().await
    }

    fn store(&self) -> &dyn Store {
        &*self.shared.parts.store
    }
}
