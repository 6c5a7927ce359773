//! What the dispatcher is told.

use dateline_core::execution::LeaseKey;
use dateline_core::home::Lane;
use tokio::sync::oneshot;

pub(crate) enum DispatcherMessage {
    /// Executions were queued.
    WorkQueued,
    /// People asked something of executions, perhaps of running ones.
    LeasesChanged,
    /// Another second has passed: find what no message told.
    SweepDue,
    /// A worker is through with an execution, or lost it.
    ExecutionEnded { lane: Lane, lease: LeaseKey },
    /// A worker has had nothing to do for a while.
    WorkerIdled { lane: Lane },
    /// The engine stops: `done` is told when no attempt runs any more.
    StopRequested { done: oneshot::Sender<()> },
}
