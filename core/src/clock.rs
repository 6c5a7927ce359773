//! The seam to time: nothing else in the workspace reads a clock.

use std::time::Duration;

use crate::time::Timestamp;

/// A source of the present.
///
/// The wall clock decides what is due; the monotonic one only measures. They drift apart when a machine sleeps
/// or its clock is set, and the difference is how the scheduler notices.
pub trait Clock: Send + Sync + 'static {
    /// Returns the wall clock's present instant, cut to milliseconds. It may step either way.
    fn now(&self) -> Timestamp;

    /// Returns the time since an arbitrary start. It never goes back, and may stand still while the machine sleeps.
    fn monotonic(&self) -> Duration;
}
