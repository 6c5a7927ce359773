//! The way to the actors: hints that something changed, never the change itself.
//!
//! Mailboxes have no bound, so a hint that was sent and not yet taken is not sent again: however much work arrives,
//! each kind of hint waits at most once. The sweep takes a hint too, so one that died with its actor blocks nothing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use dateline_core::event::Event;
use dateline_core::store::CommitListener;
use ractor::ActorRef;
use tokio::sync::mpsc;
use tokio::sync::oneshot;

use crate::event_bus::Listener;
use crate::supervisor::SupervisorMessage;

/// What may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hint {
    /// Executions were queued.
    WorkQueued,
    /// Jobs or their clocks changed.
    JobsChanged,
    /// People asked something of executions, perhaps of running ones.
    LeasesChanged,
    /// Events were committed.
    EventsCommitted,
    /// Something was committed that may have made deliveries.
    DeliveriesChanged,
}

/// Tells the actors that the store holds something new for them.
#[derive(Default)]
pub(crate) struct Hints {
    supervisor: OnceLock<ActorRef<SupervisorMessage>>,
    waiting: [AtomicBool; 5],
}

impl Hints {
    /// From now on hints go through this supervisor, which knows where its children live at present.
    pub(crate) fn attach(&self, supervisor: ActorRef<SupervisorMessage>) {
        // Each engine has one supervisor for its whole life; a second attachment cannot happen.
        let _ = self.supervisor.set(supervisor);
    }

    /// Executions were queued.
    pub(crate) fn work_queued(&self) {
        self.send(Hint::WorkQueued);
    }

    /// Jobs or their clocks changed.
    pub(crate) fn jobs_changed(&self) {
        self.send(Hint::JobsChanged);
    }

    /// People asked something of executions, perhaps of running ones.
    pub(crate) fn leases_changed(&self) {
        self.send(Hint::LeasesChanged);
    }

    /// Takes a hint before looking at the store: what changes after that is hinted again.
    pub(crate) fn take(&self, hint: Hint) {
        self.waiting(hint).store(false, Ordering::SeqCst);
    }

    /// Registers a listener of events; answers once the bus sends it everything that is committed from then on.
    /// `false` while there is no bus.
    pub(crate) async fn listen(&self, events: mpsc::Sender<Arc<Event>>) -> bool {
        let (registered, answer) = oneshot::channel();
        let listener = Listener { events, registered };
        self.tell(SupervisorMessage::ListenerCame(listener)) && answer.await.is_ok()
    }

    /// Whether the engine can still be told anything.
    pub(crate) fn is_running(&self) -> bool {
        self.supervisor.get().is_some_and(|supervisor| {
            !matches!(supervisor.get_status(), ractor::ActorStatus::Stopping | ractor::ActorStatus::Stopped)
        })
    }

    /// Tells the supervisor something; `false` when nobody listens any more.
    pub(crate) fn tell(&self, message: SupervisorMessage) -> bool {
        self.supervisor.get().is_some_and(|supervisor| supervisor.cast(message).is_ok())
    }

    fn send(&self, hint: Hint) {
        if !self.waiting(hint).swap(true, Ordering::SeqCst) {
            self.tell(SupervisorMessage::Hinted(hint));
        }
    }

    fn waiting(&self, hint: Hint) -> &AtomicBool {
        &self.waiting[match hint {
            Hint::WorkQueued => 0,
            Hint::JobsChanged => 1,
            Hint::LeasesChanged => 2,
            Hint::EventsCommitted => 3,
            Hint::DeliveriesChanged => 4,
        }]
    }
}

/// Passes the store's commits on as hints.
pub(crate) struct CommitHints(pub(crate) std::sync::Weak<crate::shared::Shared>);

impl CommitListener for CommitHints {
    fn committed(&self, _newest: u64) {
        if let Some(shared) = self.0.upgrade() {
            shared.hints.send(Hint::EventsCommitted);
            shared.hints.send(Hint::DeliveriesChanged);
        }
    }
}
