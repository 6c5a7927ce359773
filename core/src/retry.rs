//! When a failed attempt is tried again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::entropy::Entropy;

/// How often and how patiently a failed attempt is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetryPolicy {
    /// How delays grow.
    pub kind: RetryKind,
    /// Attempts in all, the first included; at least 1.
    pub attempts_max: u32,
    /// The first delay before jitter.
    pub base: Duration,
    /// The longest delay before jitter.
    pub cap: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            kind: RetryKind::Exponential,
            attempts_max: 3,
            base: Duration::from_secs(15),
            cap: Duration::from_secs(3600),
        }
    }
}

/// How delays grow from one failed attempt to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RetryKind {
    /// They double up to the cap.
    Exponential,
    /// There is no second attempt.
    None,
}

impl RetryPolicy {
    /// Returns how long to wait after the `failures`-th failed attempt, or `None` when tries are spent.
    ///
    /// The delay is `d/2 + random(0, d/2)` with `d = min(cap, base · 2^(failures−1))`: half is certain, half spreads
    /// simultaneous failures apart.
    pub fn delay_after(&self, failures: u32, entropy: &dyn Entropy) -> Option<Duration> {
        if self.kind == RetryKind::None || failures >= self.attempts_max {
            return None;
        }
        let half_ms = u64::try_from(self.ceiling_after(failures).as_millis() / 2).unwrap_or(u64::MAX / 2);
        Some(Duration::from_millis(half_ms + entropy.below(half_ms + 1)))
    }

    /// Returns the longest the delay after the `failures`-th failed attempt can be.
    pub fn ceiling_after(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        self.base.saturating_mul(1 << doublings).min(self.cap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);
    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn delays_double_up_to_the_cap_and_keep_their_lower_half() {
        let policy = RetryPolicy { attempts_max: 40, ..RetryPolicy::default() };
        let mut last = Duration::ZERO;
        for failures in 1..40 {
            let ceiling = policy.ceiling_after(failures);
            assert!(ceiling >= last && ceiling <= policy.cap);
            for seed in [0, 77, 255] {
                let delay = policy.delay_after(failures, &Fixed(seed)).expect("tries are left");
                assert!(delay >= ceiling / 2 && delay <= ceiling, "{delay:?} of {ceiling:?}");
            }
            last = ceiling;
        }
    }

    #[test]
    fn tries_are_counted_from_the_first_attempt() {
        let policy = RetryPolicy::default();
        assert!(policy.delay_after(2, &Fixed(0)).is_some());
        assert_eq!(policy.delay_after(3, &Fixed(0)), None);
        let none = RetryPolicy { kind: RetryKind::None, ..policy };
        assert_eq!(none.delay_after(1, &Fixed(0)), None);
    }
}
