//! The operating system's clock and randomness: what stands behind core's seams in the product.

use std::time::{Duration, Instant};

use chrono::DateTime;
use dateline_core::clock::Clock;
use dateline_core::entropy::Entropy;
use dateline_core::time::{Timestamp, from_unix_ms};

/// The machine's own clocks.
#[derive(Debug, Clone, Copy)]
pub struct OsClock {
    started: Instant,
}

impl OsClock {
    /// Returns a clock whose monotonic time begins now.
    #[expect(clippy::disallowed_methods, reason = "this is the clock the others are handed")]
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for OsClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for OsClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock the others are handed")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        // A clock set before 1970 reads as 1970: nothing was ever due before.
        let ms = since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
        DateTime::from_timestamp_millis(ms).unwrap_or_else(|| from_unix_ms(ms))
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The operating system's random bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is the source the others are handed")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes; without them no id is safe");
    }
}
