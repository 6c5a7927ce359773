//! Waiting for what can be seen from outside, with a bound.

use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(20);

/// Returns the first `Some` that `look` gives, asking again every 20 ms.
///
/// # Panics
/// When `limit` passes first; `what` names what was waited for.
#[track_caller]
pub fn until<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let watch = Stopwatch::start();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(watch.elapsed() < limit, "waited {limit:?} in vain for {what}");
        pause(PAUSE);
    }
}

/// Lets `time` pass: for drawn instants of a crash, never for hoping that something has happened.
#[expect(
    clippy::disallowed_methods,
    reason = "another process is watched from outside: there is no signal to wait on"
)]
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// Measures how long another process takes.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[expect(clippy::disallowed_methods, reason = "measures another process, which has a clock of its own")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Returns the time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
