//! What the notifier is told.

use tokio::sync::oneshot;

pub(crate) enum NotifierMessage {
    /// Something was committed: look for deliveries that are due.
    DeliveriesChanged,
    /// The timer armed in this turn elapsed. Ignored when it has since been re-armed.
    TimerElapsed { turn: u64 },
    /// The outcome of a try is recorded: its place is free.
    TryEnded,
    /// Begin no more tries; `done` is told when none is under way.
    StopRequested { done: oneshot::Sender<()> },
}
