//! What becomes of an occurrence that comes while the job still has an open execution.

use crate::policy::OverlapPolicy;

/// How many executions of a job are open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Open {
    /// Started and not ended: running, retrying, paused, cancelling.
    pub started: usize,
    /// Recorded and never started.
    pub waiting: usize,
}

/// What becomes of the occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It is queued.
    Queue,
    /// It is recorded as skipped.
    Skip,
}

/// Decides whether one more scheduled execution joins those that are `open`.
pub fn admit(policy: OverlapPolicy, open: Open) -> Admission {
    let full = match policy {
        OverlapPolicy::Skip => open.started + open.waiting > 0,
        OverlapPolicy::BufferOne => open.waiting > 0,
    };
    if full { Admission::Skip } else { Admission::Queue }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_decides_how_many_wait() {
        let cases = [
            (OverlapPolicy::Skip, 0, 0, Admission::Queue),
            (OverlapPolicy::Skip, 1, 0, Admission::Skip),
            (OverlapPolicy::Skip, 0, 1, Admission::Skip),
            (OverlapPolicy::BufferOne, 0, 0, Admission::Queue),
            (OverlapPolicy::BufferOne, 1, 0, Admission::Queue),
            (OverlapPolicy::BufferOne, 1, 1, Admission::Skip),
        ];
        for (policy, started, waiting, expected) in cases {
            assert_eq!(admit(policy, Open { started, waiting }), expected, "{policy:?} {started} {waiting}");
        }
    }
}
