//! What an execution waits for without being tried: it holds no slot and no lease meanwhile, and spends no attempt.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// The longest one wait lasts before the outside is asked again, whatever a server says.
pub const WAIT_MAX: Duration = Duration::from_secs(15 * 60);

/// How long an execution waits in all before it gives up.
pub const WAITING_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// The first wait when a server limits us without saying for how long.
const UNTOLD: Duration = Duration::from_secs(60);

/// What an execution waits for, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wait {
    /// What for.
    pub reason: WaitReason,
    /// When it goes on.
    pub until: Timestamp,
}

/// What an execution can wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WaitReason {
    /// A server takes no more requests for a while.
    RateLimit,
    /// A person is asked whether it runs at all; without an answer it does.
    Ask,
}

/// What a person says of an occurrence that was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It runs now.
    RunNow,
    /// It runs then, unless a newer one runs before.
    RunAt(Timestamp),
    /// It does not run.
    Skip,
}

impl Wait {
    /// Returns how to wait out a rate limit: until `asked`, never longer than [`WAIT_MAX`] at a time, at least a second.
    ///
    /// A server that names no time is given a minute, twice as long with each of the `earlier` waits.
    pub fn for_rate_limit(asked: Option<Timestamp>, earlier: u32, now: Timestamp) -> Self {
        let untold = UNTOLD.saturating_mul(1 << earlier.min(8));
        let longest = now + WAIT_MAX;
        let until = asked.unwrap_or(now + untold.min(WAIT_MAX)).clamp(now + Duration::from_secs(1), longest);
        Self { reason: WaitReason::RateLimit, until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::from_unix_ms;

    fn check(asked: Option<i64>, earlier: u32, expected_seconds: i64) {
        let now = from_unix_ms(1_800_000_000_000);
        let asked = asked
            .map(|seconds| from_unix_ms(1_800_000_000_000_i64.saturating_add(seconds.saturating_mul(1000))));
        let wait = Wait::for_rate_limit(asked, earlier, now);
        assert_eq!((wait.until - now).num_seconds(), expected_seconds, "{asked:?} after {earlier}");
    }

    #[test]
    fn a_wait_is_what_the_server_asks_within_bounds() {
        check(Some(30), 0, 30);
        check(Some(0), 0, 1);
        check(Some(-500), 3, 1);
        check(Some(3_600), 0, 900);
        check(Some(1_000_000_000_000_000_000), 0, 900);
    }

    #[test]
    fn a_wait_without_a_word_doubles() {
        check(None, 0, 60);
        check(None, 1, 120);
        check(None, 3, 480);
        check(None, 4, 900);
        check(None, u32::MAX, 900);
    }
}
