//! Rate limits: at most so many starts in any window of time.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::key::{KeyTemplate, KeyVariables};
use crate::id::UserId;
use crate::time::{Timestamp, from_unix_ms};

/// The longest window.
pub const PER_MAX: Duration = Duration::from_secs(31 * 24 * 3_600);

/// How many executions with one key start in any window of `per`; those that are too many wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RateLimit {
    /// How many.
    pub max: u32,
    /// In which time.
    pub per: Duration,
    /// What is counted together; the job's own when absent.
    #[serde(default)]
    pub key: Option<KeyTemplate>,
}

impl RateLimit {
    /// Returns what an execution that `variables` describe, of a project of `owner`, is bound to.
    pub fn bind(&self, owner: UserId, variables: &KeyVariables<'_>) -> BoundRate {
        let key = self.key.as_ref().map_or_else(|| variables.job.to_string(), |key| key.resolve(variables));
        BoundRate { owner, key, max: self.max, per: self.per }
    }
}

/// What an execution takes one of when it starts for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BoundRate {
    /// Whose keys these are.
    pub owner: UserId,
    /// The key. Jobs share a limit when key, `max` and `per` are the same.
    pub key: String,
    /// How many may start.
    pub max: u32,
    /// In any window as long as this.
    pub per: Duration,
}

/// The latest starts under a limit, oldest first, in milliseconds since 1970.
///
/// What lies in the future was there before the clock was set back. It counts as just now, until [`Starts::set_back`] puts it
/// there, so that nobody waits longer than one window and no window ever holds too many.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Starts(Vec<i64>);

impl Starts {
    /// Returns how many more may start at `now`.
    pub fn free(&self, max: u32, per: Duration, now: Timestamp) -> u32 {
        let now = now.timestamp_millis();
        let counts = self.0.iter().filter(|at| (**at).min(now).saturating_add(ms(per)) > now).count();
        max.saturating_sub(u32::try_from(counts).unwrap_or(u32::MAX))
    }

    /// Returns when one more may start at the earliest, if `ahead` others start before; `None` when that is for these to say.
    pub fn free_at(&self, max: u32, per: Duration, ahead: u32, now: Timestamp) -> Option<Timestamp> {
        let needed = max.checked_sub(ahead).filter(|needed| *needed > 0)? as usize;
        let Some(last) = self.0.len().checked_sub(needed) else { return Some(now) };
        let until = self.0[last].min(now.timestamp_millis()).saturating_add(ms(per));
        Some(from_unix_ms(until).max(now))
    }

    /// Puts what lies in the future to `now`, to which the clock was set back.
    pub fn set_back(&mut self, now: Timestamp) {
        let now = now.timestamp_millis();
        for at in &mut self.0 {
            *at = (*at).min(now);
        }
    }

    /// Counts a start; only the newest `max` are remembered.
    pub fn push(&mut self, max: u32, now: Timestamp) {
        self.set_back(now);
        self.0.push(now.timestamp_millis());
        let extra = self.0.len().saturating_sub(max as usize);
        self.0.drain(..extra);
    }

    /// Returns when none of them counts any more; `None` when there are none.
    pub fn over_at(&self, per: Duration) -> Option<Timestamp> {
        self.0.last().map(|at| from_unix_ms(at.saturating_add(ms(per))))
    }
}

fn ms(per: Duration) -> i64 {
    i64::try_from(per.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        from_unix_ms(1_800_000_000_000 + seconds * 1_000)
    }

    fn starts(all: &[i64]) -> Starts {
        let mut starts = Starts::default();
        all.iter().for_each(|second| starts.push(3, at(*second)));
        starts
    }

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn so_many_are_free_and_the_next_then() {
        // Starts at these seconds, now, how many are free of three a minute, and when the next is.
        let cases = [
            (&[][..], 0, 3, 0),
            (&[0], 0, 2, 0),
            (&[0, 10, 20], 30, 0, 60),
            (&[0, 10, 20], 59, 0, 60),
            (&[0, 10, 20], 60, 1, 60),
            (&[0, 10, 20], 80, 3, 80),
            (&[0, 0, 0], 1, 0, 60),
            (&[0, 10, 20, 60], 61, 0, 70),
        ];
        for (all, now, free, next) in cases {
            let starts = starts(all);
            assert_eq!(starts.free(3, MINUTE, at(now)), free, "{all:?} at {now}");
            assert_eq!(starts.free_at(3, MINUTE, 0, at(now)), Some(at(next)), "{all:?} at {now}");
        }
        assert_eq!(starts(&[0, 10, 20]).free_at(3, MINUTE, 1, at(30)), Some(at(70)));
        assert_eq!(starts(&[0, 10, 20]).free_at(3, MINUTE, 3, at(30)), None);
        assert_eq!(starts(&[0, 10, 20]).over_at(MINUTE), Some(at(80)));
    }

    #[test]
    fn a_clock_set_back_costs_one_window_at_most_and_lets_none_through_too_many() {
        let starts = starts(&[7_200, 7_210, 7_220]);
        assert_eq!(starts.free(3, MINUTE, at(0)), 0);
        assert_eq!(starts.free_at(3, MINUTE, 0, at(0)), Some(at(60)));
        let mut starts = starts;
        starts.set_back(at(0));
        assert_eq!((starts.free(3, MINUTE, at(59)), starts.free(3, MINUTE, at(60))), (0, 3));
    }

    #[test]
    fn no_window_ever_holds_more_than_the_limit() {
        let mut state = 7_u64;
        let mut dice = move |sides: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % sides
        };
        for max in 1..=5 {
            let (mut starts, mut all, mut now) = (Starts::default(), Vec::new(), 0);
            for _ in 0..2_000 {
                now += i64::try_from(dice(20)).expect("seconds");
                if starts.free(max, MINUTE, at(now)) > 0 {
                    starts.push(max, at(now));
                    all.push(now);
                }
            }
            for (index, from) in all.iter().enumerate() {
                let within = all[index..].iter().take_while(|second| **second < from + 60).count();
                assert!(within <= max as usize, "{within} from second {from} on");
            }
            assert!(all.len() > 200, "it lets them through all the same");
        }
    }
}
