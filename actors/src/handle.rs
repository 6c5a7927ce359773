//! The handle every face calls: it checks what is asked, commits it, and then tells the actors.

mod access;
mod backfills;
mod check;
mod dead_letters;
mod dependencies;
mod drafts;
mod executions;
mod instance;
mod jobs;
mod joining;
mod members;
mod notifications;
mod occurrences;
mod operation;
mod pauses;
mod projects;
mod received_events;
mod requests;
mod sign_in;
mod storage;
mod tokens;
mod users;

pub use dead_letters::SETTLED_MAX;
pub use sign_in::Shown;

use std::path::Path;
use std::sync::Arc;

use dateline_core::caller::{Caller, Role};
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
    caller: Arc<Caller>,
}

impl Dateline {
    pub(crate) fn new(shared: Arc<Shared>, caller: Arc<Caller>) -> Self {
        Self { shared, caller }
    }

    /// Returns a handle that asks as `caller`: it sees and may do what they see and may do.
    #[must_use]
    pub fn on_behalf_of(&self, caller: Caller) -> Self {
        Self { shared: self.shared.clone(), caller: Arc::new(caller) }
    }

    /// Returns who asks through this handle.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Returns the present as the engine sees it.
    pub fn now(&self) -> Timestamp {
        self.shared.now()
    }

    /// Returns committed events after number `after`, or from now on when absent; other people's own are left out.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn subscribe(&self, after: Option<u64>) -> Result<EventStream, RequestError> {
        let after = match after {
            Some(seq) => seq,
            None => self.store().newest_event().await?,
        };
        Ok(EventStream::new(self.clone(), after))
    }

    /// Returns committed events after number `after` when the store still has all of them. Else those from now on, and
    /// `false`: what lies between is not known any more, or the number was never given.
    ///
    /// # Errors
    /// [`RequestError::Store`] when the store cannot be read.
    pub async fn resume(&self, after: Option<u64>) -> Result<(EventStream, bool), RequestError> {
        let newest = self.store().newest_event().await?;
        let oldest = self.store().events_after(0, 1).await?.first().map_or(newest + 1, |event| event.seq);
        let kept = after.filter(|seq| *seq <= newest && seq.saturating_add(1) >= oldest);
        Ok((EventStream::new(self.clone(), kept.unwrap_or(newest)), kept.is_some()))
    }

    /// Writes a verified copy of the store to `to`, which must not exist; returns its size in bytes.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] for members; [`RequestError::Store`] when it cannot be written.
    pub async fn backup(&self, to: &Path) -> Result<u64, RequestError> {
        self.require_role(Role::Admin)?;
        Ok(self.store().backup(to).await?)
    }

    /// Returns an error while writes are refused.
    ///
    /// # Errors
    /// What the store says of itself.
    pub async fn health(&self) -> Result<(), StoreError> {
        self.store().health().await
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.shared.parts.store
    }
}
