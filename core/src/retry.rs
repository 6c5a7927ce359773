//! When a failed attempt is tried again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::entropy::Entropy;
use crate::time::Timestamp;

/// The most attempts a policy can allow.
pub const ATTEMPTS_MAX: u32 = 20;

/// A server that asks for more patience than this is asked again after it.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 3600);

/// How often and how patiently a failed attempt is tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetryPolicy {
    /// How delays grow.
    pub kind: RetryKind,
    /// Attempts in all, the first included; 1 to [`ATTEMPTS_MAX`].
    pub attempts_max: u32,
    /// The first delay before jitter.
    pub base: Duration,
    /// The longest delay before jitter; a table has none.
    pub cap: Duration,
    /// Of a table the delays before jitter, one after another; of more failures the last counts.
    #[serde(default)]
    pub delays: Vec<Duration>,
    /// No attempt starts later than this after the first.
    #[serde(default)]
    pub until: Option<Duration>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            kind: RetryKind::Exponential,
            attempts_max: 3,
            base: Duration::from_secs(15),
            cap: Duration::from_secs(3600),
            delays: Vec::new(),
            until: None,
        }
    }
}

/// How delays grow from one failed attempt to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RetryKind {
    /// They double up to the cap.
    Exponential,
    /// They grow by the base up to the cap.
    Linear,
    /// They are all the base.
    Fixed,
    /// They are what the table says.
    Table,
    /// There is no second attempt.
    None,
}

/// What is known when an attempt has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed {
    /// How many attempts failed, this one included.
    pub failures: u32,
    /// When the first attempt started.
    pub first_started_at: Timestamp,
    /// When the server that was asked takes requests again, if it said so.
    pub retry_after: Option<Timestamp>,
    /// The present.
    pub now: Timestamp,
}

/// The bounds of a delay: what lies between them spreads simultaneous failures apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// The shortest.
    pub least: Duration,
    /// The longest.
    pub most: Duration,
}

impl RetryPolicy {
    /// Returns when the next attempt starts, or `None` when tries are spent.
    ///
    /// What a server asked for is a floor, at most [`RETRY_AFTER_MAX`] from now, and jitter only adds to it. Whether
    /// there is a next attempt does not depend on chance.
    pub fn next_at(&self, failed: &Failed, entropy: &dyn Entropy) -> Option<Timestamp> {
        let Spread { least, most } = self.spread_after(failed.failures)?;
        let asked = failed.retry_after.map(|asked| asked.min(later(failed.now, RETRY_AFTER_MAX)));
        let earliest = later(failed.now, least).max(asked.unwrap_or(failed.now));
        let bound = self.until.map_or(Timestamp::MAX_UTC, |until| later(failed.first_started_at, until));
        (earliest <= bound).then(|| later(earliest, drawn(most - least, entropy)).min(bound))
    }

    /// Returns how long to wait after the `failures`-th failed attempt, or `None` when tries are spent.
    pub fn delay_after(&self, failures: u32, entropy: &dyn Entropy) -> Option<Duration> {
        let Spread { least, most } = self.spread_after(failures)?;
        Some(least + drawn(most - least, entropy))
    }

    /// Returns the bounds of the delay after the `failures`-th failed attempt, or `None` when tries are spent.
    ///
    /// | kind | delay `d` | within |
    /// |---|---|---|
    /// | EXPONENTIAL | min(cap, base · 2^(failures−1)) | d/2 to d |
    /// | LINEAR | min(cap, base · failures) | d − base/2 to d |
    /// | FIXED | base | d to d + d/10 |
    /// | TABLE | what the table says | d to d + d/10 |
    ///
    /// A delay that a person named is never shortened; of those that grow none is shorter than the one before.
    pub fn spread_after(&self, failures: u32) -> Option<Spread> {
        if failures >= self.attempts_max {
            return None;
        }
        Some(match self.kind {
            RetryKind::None => return None,
            RetryKind::Exponential => {
                let doublings = failures.saturating_sub(1).min(31);
                let most = self.base.saturating_mul(1 << doublings).min(self.cap);
                Spread { least: most / 2, most }
            }
            RetryKind::Linear => {
                let most = self.base.saturating_mul(failures.max(1)).min(self.cap);
                Spread { least: most.saturating_sub(self.base / 2), most }
            }
            RetryKind::Fixed => named(self.base),
            RetryKind::Table => {
                let place = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX);
                named(*self.delays.get(place).or(self.delays.last())?)
            }
        })
    }
}

fn named(delay: Duration) -> Spread {
    Spread { least: delay, most: delay.saturating_add(delay / 10) }
}

/// Returns a random duration of whole milliseconds, at most `most`.
fn drawn(most: Duration, entropy: &dyn Entropy) -> Duration {
    let ms = u64::try_from(most.as_millis()).unwrap_or(u64::MAX - 1);
    Duration::from_millis(entropy.below(ms.saturating_add(1)))
}

fn later(at: Timestamp, delay: Duration) -> Timestamp {
    let delay = chrono::Duration::from_std(delay).unwrap_or(chrono::Duration::MAX);
    at.checked_add_signed(delay).unwrap_or(Timestamp::MAX_UTC)
}

#[cfg(test)]
#[path = "retry_tests.rs"]
mod tests;
