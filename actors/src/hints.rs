//! The way to the actors: hints that something changed, never the change itself.

/// Tells the actors that the store holds something new for them.
#[derive(Default)]
pub(crate) struct Hints {}

impl Hints {
    /// Executions were queued.
    pub(crate) fn work_queued(&self) {}

    /// Jobs or their clocks changed.
    pub(crate) fn jobs_changed(&self) {}

    /// People asked something of executions, perhaps of running ones.
    pub(crate) fn leases_changed(&self) {}
}
