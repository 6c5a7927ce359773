//! A clock that is set instead of waited for: what tests and simulations run an engine under.
//!
//! It follows the virtual time of a runtime that was started paused, so an engine's sleeps and its clock go together.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use dateline_core::clock::Clock;
use dateline_core::time::{Timestamp, to_millis};
use tokio::time::Instant;

/// Wall and monotonic time: they run together with the runtime's, and the wall can be set alone.
pub struct ManualClock(Mutex<Hands>);

struct Hands {
    wall: Timestamp,
    mono: Duration,
    /// When the hands were last read; `None` while they stand.
    since: Option<Instant>,
}

impl ManualClock {
    /// Returns a clock that stands at `wall`.
    pub fn starting(wall: Timestamp) -> Self {
        Self(Mutex::new(Hands { wall, mono: Duration::from_secs(1_000), since: None }))
    }

    /// From now on virtual time moves the hands.
    pub fn run(&self) {
        self.with(|hands| hands.since = Some(virtual_now()));
    }

    /// The hands stand until the next life.
    pub fn stand(&self) {
        self.with(|hands| hands.since = None);
    }

    /// Moves the wall clock alone: somebody set it, or the machine slept.
    pub fn set_forward(&self, by: Duration) {
        self.with(|hands| hands.wall += by);
    }

    /// Moves the wall clock alone.
    pub fn set_back(&self, by: Duration) {
        self.with(|hands| hands.wall -= by);
    }

    /// Moves both: time passed while nothing ran.
    pub fn pass(&self, by: Duration) {
        self.with(|hands| {
            hands.wall += by;
            hands.mono += by;
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut Hands) -> T) -> T {
        let mut hands = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(since) = hands.since {
            let now = virtual_now();
            let passed = now.saturating_duration_since(since);
            hands.wall += passed;
            hands.mono += passed;
            hands.since = Some(now);
        }
        act(&mut hands)
    }
}

#[expect(clippy::disallowed_methods, reason = "virtual time is what this clock shows")]
fn virtual_now() -> Instant {
    Instant::now()
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.with(|hands| to_millis(hands.wall))
    }

    fn monotonic(&self) -> Duration {
        self.with(|hands| hands.mono)
    }
}
