//! What the event bus is told.

use std::sync::Arc;

use dateline_core::event::Event;
use tokio::sync::{mpsc, oneshot};

pub(crate) enum EventBusMessage {
    /// Events were committed.
    EventsCommitted,
    /// Somebody wants to hear of events.
    ListenerCame(Listener),
}

/// Somebody who wants to hear of events committed from now on.
pub(crate) struct Listener {
    /// Takes the events, each of which all listeners share; when it is full or its end is gone, the listener is let go.
    pub(crate) events: mpsc::Sender<Arc<Event>>,
    /// Told once no event can be missed any more.
    pub(crate) registered: oneshot::Sender<()>,
}
