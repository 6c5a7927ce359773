//! Brute force: counts failed credentials, and nothing but these. Whoever shows a valid one is never held up.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

/// How long failures count.
const WINDOW: Duration = Duration::from_secs(60);

/// The most keys remembered. Beyond it the oldest is forgotten: whoever has as many addresses is not stopped by counting
/// these.
const KEYS_MAX: usize = 20_000;

/// Failures of the last minute by key: an address, an account. `now` is a monotonic clock's.
#[derive(Debug)]
pub struct Failures<K> {
    counts: HashMap<K, Count>,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    since: Duration,
    failures: u32,
}

impl<K> Default for Failures<K> {
    fn default() -> Self {
        Self { counts: HashMap::new() }
    }
}

impl<K: Hash + Eq + Clone> Failures<K> {
    /// Returns how long `key` has to wait when `max` failures a minute are let pass; `None` while it need not.
    pub fn wait(&self, key: &K, max: u32, now: Duration) -> Option<Duration> {
        let count = self.counts.get(key).filter(|count| count.failures >= max)?;
        let wait = (count.since + WINDOW).checked_sub(now)?;
        (!wait.is_zero()).then_some(wait)
    }

    /// Counts a failure.
    pub fn count(&mut self, key: K, now: Duration) {
        let is_over = |count: &Count| now.saturating_sub(count.since) >= WINDOW;
        if !self.counts.contains_key(&key) && self.counts.len() >= KEYS_MAX {
            self.counts.retain(|_, count| !is_over(count));
            self.forget_oldest();
        }
        let count = self.counts.entry(key).or_insert(Count { since: now, failures: 0 });
        if is_over(count) {
            *count = Count { since: now, failures: 0 };
        }
        count.failures = count.failures.saturating_add(1);
    }

    fn forget_oldest(&mut self) {
        if self.counts.len() < KEYS_MAX {
            return;
        }
        // A quarter at once, so that a flood of new keys does not look through all of them for each.
        let mut since: Vec<Duration> = self.counts.values().map(|count| count.since).collect();
        let (_, median, _) = since.select_nth_unstable(KEYS_MAX / 4);
        let oldest_kept = *median;
        self.counts.retain(|_, count| count.since > oldest_kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn after_the_last_allowed_failure_a_key_waits_out_its_minute() {
        let mut failures = Failures::default();
        for second in 0..3 {
            assert_eq!(failures.wait(&"a", 3, at(second)), None);
            failures.count("a", at(second));
        }
        assert_eq!(failures.wait(&"a", 3, at(3)), Some(at(57)));
        assert_eq!(failures.wait(&"b", 3, at(3)), None);
        assert_eq!(failures.wait(&"a", 3, at(60)), None);
        failures.count("a", at(61));
        assert_eq!(failures.wait(&"a", 3, at(61)), None);
    }

    #[test]
    fn a_flood_of_keys_is_bounded() {
        let mut failures = Failures::default();
        for key in 0..3 * KEYS_MAX as u64 {
            failures.count(key, Duration::from_micros(key));
        }
        assert!(failures.counts.len() <= KEYS_MAX);
        let newest = 3 * KEYS_MAX as u64 - 1;
        assert!(failures.wait(&newest, 1, at(1)).is_some());
    }
}
