//! What the event bus knows: how far it has read, and who listens.

use std::sync::Arc;
use std::time::Duration;

use dateline_core::event::Event;
use dateline_core::store::StoreError;
use ractor::ActorRef;
use tokio::sync::mpsc;

use super::message::{EventBusMessage, Listener};
use crate::hints::Hint;
use crate::shared::Shared;

/// How many events are read at once.
const BATCH: usize = 512;
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);

pub(crate) struct EventBusState {
    shared: Arc<Shared>,
    /// The newest event that was passed on.
    seen: u64,
    listeners: Vec<mpsc::Sender<Arc<Event>>>,
}

impl EventBusState {
    pub(super) async fn open(shared: Arc<Shared>) -> Result<Self, StoreError> {
        shared.hints.take(Hint::EventsCommitted);
        let seen = shared.parts.store.newest_event().await?;
        Ok(Self { shared, seen, listeners: Vec::new() })
    }

    /// Reads what is new and passes it on.
    pub(super) async fn pass_on(&mut self, me: &ActorRef<EventBusMessage>) {
        self.shared.hints.take(Hint::EventsCommitted);
        if self.listeners.is_empty() {
            // Whoever comes reads the past from the store.
            return;
        }
        loop {
            let events = match self.shared.parts.store.events_after(self.seen, BATCH).await {
                Ok(events) => events,
                Err(error) => {
                    tracing::warn!(%error, "events could not be read; they are read again");
                    me.send_after(PAUSE_AFTER_ERROR, || EventBusMessage::EventsCommitted);
                    return;
                }
            };
            let Some(last) = events.last() else { return };
            self.seen = last.seq;
            let is_full = events.len() == BATCH;
            for event in events.into_iter().map(Arc::new) {
                // A listener that cannot keep up loses its channel, sees that, and catches up from the store.
                self.listeners.retain(|listener| listener.try_send(event.clone()).is_ok());
            }
            if !is_full {
                return;
            }
        }
    }

    pub(super) async fn register(&mut self, listener: Listener, me: &ActorRef<EventBusMessage>) {
        if self.listeners.is_empty() {
            // What happened while nobody listened is not read now: the newcomer asks the store for its past.
            match self.shared.parts.store.newest_event().await {
                Ok(newest) => self.seen = newest,
                Err(error) => {
                    tracing::warn!(%error, "the newest event could not be read");
                    return;
                }
            }
        } else {
            self.pass_on(me).await;
        }
        self.listeners.push(listener.events);
        // When the asker has left meanwhile, its channel is found closed at the next event.
        let _ = listener.registered.send(());
    }
}
