//! What a project's worker is told.

use dateline_core::execution::LeaseKey;
use dateline_core::store::Claimed;

use crate::attempt::Order;

pub(crate) enum ProjectWorkerMessage {
    /// An execution of this lane was claimed; it starts when there is room.
    ExecutionClaimed(Box<Claimed>),
    /// Somebody asked something of a claimed execution.
    Ordered { lease: LeaseKey, order: Order },
    /// The attempt under this lease is over.
    AttemptEnded { lease: LeaseKey },
    /// The worker has had nothing to do since the attempt numbered `since`.
    IdleElapsed { since: u64 },
}
