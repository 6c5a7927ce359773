//! Debouncing: triggers that come one upon another become one execution, with what the newest says.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::key::{KeyTemplate, KeyVariables};
use crate::id::UserId;
use crate::time::Timestamp;

/// The longest time a trigger waits for others.
pub const DEBOUNCE_MAX: Duration = Duration::from_secs(24 * 3_600);

/// How long triggers by hand and from outside wait for others like them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Debounce {
    /// So long after the newest of them the execution is ready.
    pub quiet: Duration,
    /// But no longer than this after the first of them; ten times as long as `quiet` when absent.
    #[serde(default)]
    pub longest: Option<Duration>,
    /// Which of the job's triggers are alike; all of them when absent.
    #[serde(default)]
    pub key: Option<KeyTemplate>,
}

impl Debounce {
    /// Returns what an execution for a trigger that `variables` describe, of a project of `owner`, begins with.
    pub fn bind(&self, owner: UserId, variables: &KeyVariables<'_>, now: Timestamp) -> Debounced {
        let key = self.key.as_ref().map(|key| key.resolve(variables)).unwrap_or_default();
        Debounced { owner, key, first_at: now, joined: 0 }
    }

    /// Returns when an execution is ready whose first trigger came at `first_at` and whose newest comes `now`.
    pub fn ready_at(&self, first_at: Timestamp, now: Timestamp) -> Timestamp {
        let longest = self.longest.unwrap_or_else(|| self.quiet.saturating_mul(10)).max(self.quiet);
        // A first trigger in the future came before the clock was set back.
        let latest = first_at.min(now) + longest;
        (now + self.quiet).min(latest).max(now)
    }
}

/// What an execution knows of the triggers it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Debounced {
    /// Whose keys these are.
    pub owner: UserId,
    /// What its triggers have in common, besides the job.
    pub key: String,
    /// When the first of them came.
    pub first_at: Timestamp,
    /// How many came after it.
    pub joined: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::from_unix_ms;

    #[test]
    fn each_trigger_puts_it_off_until_the_first_has_waited_long_enough() {
        let at = |seconds: i64| from_unix_ms(1_800_000_000_000 + seconds * 1_000);
        let check = |longest: Option<u64>, first: i64, now: i64, expected: i64| {
            let longest = longest.map(Duration::from_secs);
            let debounce = Debounce { quiet: Duration::from_secs(10), longest, key: None };
            assert_eq!(debounce.ready_at(at(first), at(now)), at(expected), "first {first}, now {now}");
        };
        check(None, 0, 0, 10);
        check(None, 0, 8, 18);
        check(None, 0, 95, 100);
        check(None, 0, 200, 200);
        check(Some(15), 0, 8, 15);
        check(Some(3), 0, 0, 10);
        check(Some(15), 3_600, 0, 10);
    }
}
