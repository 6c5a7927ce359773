//! Jitter: a delay that spreads schedules over time, the same each time it is asked for.

use std::time::Duration;

use super::Timestamp;

/// The longest jitter, whatever the interval.
pub const JITTER_MAX: Duration = Duration::from_secs(24 * 3600);

/// Returns the delay of one occurrence: at least zero and less than `jitter_ms` milliseconds.
///
/// A pure function of the seed (the job's id) and the due instant: every node and every restart agrees on it.
#[must_use]
pub fn jitter(seed: &str, due_at: Timestamp, jitter_ms: u64) -> Duration {
    if jitter_ms == 0 {
        return Duration::ZERO;
    }
    let mut hasher = blake3::Hasher::new();
    // The instant has a fixed width and stands first, so no two inputs read alike.
    hasher.update(&due_at.timestamp_millis().to_le_bytes());
    hasher.update(seed.as_bytes());
    let mut word = [0; 8];
    word.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    Duration::from_millis(u64::from_le_bytes(word) % jitter_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_is_the_same_each_time_and_spread_evenly() {
        let due_at: Timestamp = "2027-01-01T09:00:00Z".parse().expect("an instant");
        assert_eq!(jitter("job_1", due_at, 0), Duration::ZERO);
        assert_eq!(jitter("job_1", due_at, 1), Duration::ZERO);
        assert_eq!(jitter("job_1", due_at, 60_000), jitter("job_1", due_at, 60_000));
        assert_ne!(jitter("job_1", due_at, 60_000), jitter("job_2", due_at, 60_000));
        let mut quarters = [0; 4];
        for job in 0..4000 {
            let delay = jitter(&format!("job_{job}"), due_at, 60_000);
            assert!(delay < Duration::from_secs(60));
            quarters[delay.as_secs() as usize / 15] += 1;
        }
        assert!(quarters.iter().all(|count| (900..1100).contains(count)), "{quarters:?}");
    }
}
