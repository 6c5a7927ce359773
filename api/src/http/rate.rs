//! What one caller may ask at once: so many requests in a time, so many streams side by side.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dateline_core::id::UserId;

use super::problem::Problem;

/// Beyond so many callers, those whose bucket is full again are forgotten.
const CALLERS_MAX: usize = 1_000;

/// A bucket of `burst` tokens for each caller; one comes back every `every`.
pub struct Rate {
    burst: u32,
    every: Duration,
    /// When each caller's bucket is full again, by the monotonic clock.
    full_at: Mutex<HashMap<UserId, Duration>>,
}

impl Rate {
    /// Returns full buckets.
    pub fn new(burst: u32, every: Duration) -> Self {
        Self { burst, every, full_at: Mutex::default() }
    }

    /// Takes a token out of the caller's bucket.
    ///
    /// # Errors
    /// 429 when it is empty, with the time until it is not.
    pub fn take(&self, caller: UserId, now: Duration) -> Result<(), Problem> {
        let mut all = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= CALLERS_MAX {
            all.retain(|_, full_at| *full_at > now);
        }
        let full_at = all.entry(caller).or_insert(now);
        let after = (*full_at).max(now) + self.every;
        let wait = after.saturating_sub(now + self.every * self.burst);
        if wait.is_zero() {
            *full_at = after;
            return Ok(());
        }
        let detail = format!("at most {} at once, then one every {} ms", self.burst, self.every.as_millis());
        Err(Problem::rate_limited(wait, detail))
    }
}

/// Places side by side, so many for each holder.
pub struct Seats {
    max: usize,
    taken: Arc<Mutex<HashMap<String, usize>>>,
}

/// A place, given back when it is dropped.
pub struct Seat {
    holder: String,
    taken: Arc<Mutex<HashMap<String, usize>>>,
}

impl Seats {
    /// Returns `max` free places for everybody.
    pub fn new(max: usize) -> Self {
        Self { max, taken: Arc::default() }
    }

    /// Takes one of the holder's places.
    ///
    /// # Errors
    /// 429 when all are taken.
    pub fn take(&self, holder: String) -> Result<Seat, Problem> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(holder.clone()).or_default();
        if *count >= self.max {
            let detail = format!("at most {} streams at a time with one credential", self.max);
            return Err(Problem::rate_limited(Duration::from_secs(5), detail));
        }
        *count += 1;
        Ok(Seat { holder, taken: self.taken.clone() })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.holder) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.holder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again_for_each_caller() {
        let rate = Rate::new(3, Duration::from_millis(100));
        let at = Duration::from_millis;
        let (me, other) = (UserId::OWNER, UserId::from_bits(2));
        for _ in 0..3 {
            assert_eq!(rate.take(me, at(5)), Ok(()));
        }
        let refused = rate.take(me, at(5)).expect_err("it is empty");
        assert_eq!((refused.code.status().as_u16(), refused.retry_after), (429, Some(1)));
        assert_eq!(rate.take(other, at(5)), Ok(()));
        assert!(rate.take(me, at(104)).is_err());
        assert_eq!(rate.take(me, at(105)), Ok(()));
        assert!(rate.take(me, at(105)).is_err());
        assert!((0..3).all(|_| rate.take(me, at(10_000)).is_ok()));
        assert!(rate.take(me, at(10_000)).is_err());
    }

    #[test]
    fn a_place_is_given_back() {
        let seats = Seats::new(2);
        let first = seats.take("a".into()).expect("a place");
        let _second = seats.take("a".into()).expect("a place");
        assert!(seats.take("a".into()).is_err() && seats.take("b".into()).is_ok());
        drop(first);
        assert!(seats.take("a".into()).is_ok());
    }
}
