//! How an attempt ends.

use dateline_core::execution::{Failure, Items, Outcome, Wait};
use serde_json::Value;

/// How an attempt ends.
#[derive(Debug)]
pub(crate) enum Ending {
    /// Nothing is left to do.
    Done {
        outcome: Outcome,
        items: Items,
        output: Value,
        /// Why some or all of it failed.
        failure: Option<Failure>,
    },
    /// Something failed; another attempt follows if the policy allows one.
    Failed { failure: Failure, items: Items, output: Value },
    /// Something outside is not ready: the next attempt follows when it may be, and nothing is spent.
    Waiting { wait: Wait, items: Items, output: Value },
    /// It let go at a step boundary: asked to pause, to cancel, or the engine stops.
    Yielded,
    /// The lease is gone: nothing more is written.
    Lost,
}

/// Why a step did not come to its result.
#[derive(Debug)]
pub(crate) enum Halt {
    /// It failed.
    Failed(Failure),
    /// Something outside is not ready.
    Waiting(Wait),
    /// Somebody wants the attempt to let go.
    Yielded,
    /// The lease is gone.
    Lost,
}

impl Halt {
    /// Returns the ending of an attempt that cannot go on without the step.
    pub(crate) fn ending(self, items: Items, output: Value) -> Ending {
        match self {
            Self::Failed(failure) => Ending::Failed { failure, items, output },
            Self::Waiting(wait) => Ending::Waiting { wait, items, output },
            Self::Yielded => Ending::Yielded,
            Self::Lost => Ending::Lost,
        }
    }
}
