//! What the supervisor is told.

use tokio::sync::oneshot;

use crate::event_bus::Listener;
use crate::hints::Hint;

pub(crate) enum SupervisorMessage {
    /// Something changed that one of the children should look at.
    Hinted(Hint),
    /// Somebody wants to hear of committed events.
    ListenerCame(Listener),
    /// The back-off after a child's end is over.
    RespawnDue(Child),
    /// The engine's owner wants it to stop; `done` is told when no attempt runs any more, `told` when no message is
    /// being handed over.
    StopRequested { done: oneshot::Sender<()>, told: oneshot::Sender<()> },
}

/// An actor the supervisor keeps alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Child {
    /// Fans events out.
    EventBus,
    /// Claims executions and starts workers.
    Dispatcher,
    /// Turns due occurrences into executions.
    Scheduler,
    /// Makes the nightly backup.
    BackupKeeper,
    /// Hands messages to people.
    Notifier,
}

impl Child {
    /// Every child, in the order in which they are started.
    pub(crate) const ALL: [Self; 5] =
        [Self::EventBus, Self::Dispatcher, Self::Scheduler, Self::Notifier, Self::BackupKeeper];
}
