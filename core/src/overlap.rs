//! What becomes of an occurrence that comes while the job still has an open execution, and of that one.
//!
//! A project runs as many executions at once as it is set to, whatever its jobs' policies say: those that are let in take
//! turns.

use crate::policy::OverlapPolicy;

/// So many executions of a job wait at most under [`OverlapPolicy::BufferAll`].
pub const BUFFER_MAX: usize = 100;

/// How many executions of a job are open; beyond [`Open::LOOK_MAX`] it makes no difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Open {
    /// Started and not ended: running, retrying, paused, cancelling.
    pub started: usize,
    /// Recorded and never started.
    pub waiting: usize,
}

impl Open {
    /// No policy asks for more of either kind.
    pub const LOOK_MAX: usize = BUFFER_MAX;
}

/// What becomes of the occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It is queued.
    Queue,
    /// It is recorded as skipped.
    Skip,
    /// It is queued, and all others end.
    Replace(Ending),
}

/// How an execution makes way for a newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// As when a person cancels it: a running one is asked to stop, and cut off when it does not.
    Cancel,
    /// At once: a running one loses its lease.
    Terminate,
}

/// Decides whether one more execution joins those that are `open`.
pub fn admit(policy: OverlapPolicy, open: Open) -> Admission {
    let is_free = open.started + open.waiting == 0;
    match policy {
        OverlapPolicy::Skip if !is_free => Admission::Skip,
        OverlapPolicy::BufferOne if open.waiting > 0 => Admission::Skip,
        OverlapPolicy::BufferAll if open.waiting >= BUFFER_MAX => Admission::Skip,
        OverlapPolicy::CancelOther if !is_free => Admission::Replace(Ending::Cancel),
        OverlapPolicy::TerminateOther if !is_free => Admission::Replace(Ending::Terminate),
        OverlapPolicy::Skip
        | OverlapPolicy::BufferOne
        | OverlapPolicy::BufferAll
        | OverlapPolicy::CancelOther
        | OverlapPolicy::TerminateOther
        | OverlapPolicy::AllowAll => Admission::Queue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_decides_how_many_wait_and_who_makes_way() {
        use OverlapPolicy as P;
        let (cancel, terminate) = (Admission::Replace(Ending::Cancel), Admission::Replace(Ending::Terminate));
        let (queue, skip) = (Admission::Queue, Admission::Skip);
        // Started, waiting, and what each of the six decides, in the order of their names here.
        let policies = [P::Skip, P::BufferOne, P::BufferAll, P::CancelOther, P::TerminateOther, P::AllowAll];
        let cases = [
            (0, 0, [queue, queue, queue, queue, queue, queue]),
            (1, 0, [skip, queue, queue, cancel, terminate, queue]),
            (0, 1, [skip, skip, queue, cancel, terminate, queue]),
            (1, 1, [skip, skip, queue, cancel, terminate, queue]),
            (1, BUFFER_MAX - 1, [skip, skip, queue, cancel, terminate, queue]),
            (1, BUFFER_MAX, [skip, skip, skip, cancel, terminate, queue]),
            (0, BUFFER_MAX, [skip, skip, skip, cancel, terminate, queue]),
        ];
        for (started, waiting, expected) in cases {
            let found = policies.map(|policy| admit(policy, Open { started, waiting }));
            assert_eq!(found, expected, "{started} started, {waiting} waiting");
        }
    }
}
