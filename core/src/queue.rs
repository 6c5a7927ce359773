//! Whose turn it is: priorities that grow with waiting, and projects that take turns.
//!
//! Waiting counts: an execution of priority `p` that has waited `w` goes where one of priority `p + w / 10 min` goes. Since
//! all that wait grow alike, who is before whom never changes while both wait, so the order is a number that is written
//! once: the instant it became ready, less ten minutes for each level. Nothing can starve: after an hour and a half no
//! newcomer of any priority comes before it.
//!
//! Between projects, waiting counts from the project's last turn where that is later. So a project with ten thousand
//! executions in line takes turns with one that has a single one, and does not go first because its line is old.

mod debounce;
mod gate;
mod key;
mod obstacle;
mod rate;

pub use debounce::{DEBOUNCE_MAX, Debounce, Debounced};
pub use gate::{BoundConcurrency, Concurrency, Gate, GateKind, OnLimit};
pub use key::{KEY_CHARS_MAX, KeyTemplate, KeyTemplateError, KeyVariables};
pub use obstacle::{AHEAD_MAX, Held, NAMED_MAX, Obstacle};
pub use rate::{BoundRate, PER_MAX, RateLimit, Starts};

use std::time::Duration;

use crate::policy::Priority;
use crate::time::{Timestamp, from_unix_ms};

/// So long a wait counts as much as one level of priority.
pub const AGEING: Duration = Duration::from_secs(10 * 60);

const AGEING_MS: i64 = 10 * 60 * 1_000;

/// The most projects that can be let run at once, and the most executions of one project.
pub const LIMIT_MAX: u32 = 1_000;

/// Where a waiting execution stands: lower goes first. Milliseconds since 1970, with its level taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank(pub i64);

impl Rank {
    /// Returns the place of what waits `since` then at `priority`.
    pub fn new(priority: Priority, since: Timestamp) -> Self {
        Self(since.timestamp_millis().saturating_sub(i64::from(priority.level()) * AGEING_MS))
    }

    /// Returns since when what has this place at `priority` waits.
    pub fn since(self, priority: Priority) -> Timestamp {
        from_unix_ms(self.0.saturating_add(i64::from(priority.level()) * AGEING_MS))
    }

    /// Returns the place among other projects of what has this place within its own, whose project had its `last_turn` then.
    #[must_use]
    pub fn among_projects(self, priority: Priority, last_turn: Option<Timestamp>) -> Self {
        let since = self.since(priority);
        Self::new(priority, last_turn.map_or(since, |turn| turn.max(since)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(level: u8) -> Priority {
        Priority::new(level).expect("0 to 9")
    }

    fn at(minutes: i64) -> Timestamp {
        from_unix_ms(1_800_000_000_000 + minutes * 60_000)
    }

    /// The definition, in words: levels, and one more for each ten minutes of waiting.
    fn aged(priority: u8, since: i64, now: i64) -> i64 {
        i64::from(priority) * 600 + (now - since) * 60
    }

    #[test]
    fn the_number_orders_as_the_definition_does_at_every_instant() {
        let waiting: Vec<(u8, i64)> =
            (0..=9).flat_map(|p| [0, 1, 9, 10, 11, 45, 90, 91].map(|s| (p, s))).collect();
        for (p, s) in &waiting {
            for (q, t) in &waiting {
                let by_number = Rank::new(level(*p), at(*s)).cmp(&Rank::new(level(*q), at(*t)));
                for now in [91, 120, 10_000] {
                    let by_definition = aged(*q, *t, now).cmp(&aged(*p, *s, now));
                    assert_eq!(by_number, by_definition, "{p} since {s} and {q} since {t}, seen at {now}");
                }
            }
        }
    }

    #[test]
    fn after_an_hour_and_a_half_no_newcomer_comes_before() {
        let waiting = Rank::new(level(0), at(0));
        assert!(Rank::new(level(9), at(89)) < waiting);
        assert_eq!(Rank::new(level(9), at(90)), waiting);
        assert!(Rank::new(level(9), at(91)) > waiting);
    }

    #[test]
    fn a_project_that_had_its_turn_waits_from_then_on() {
        for (turn, expected) in [(None, 5), (Some(3), 5), (Some(5), 5), (Some(60), 60)] {
            let found = Rank::new(level(7), at(5)).among_projects(level(7), turn.map(at));
            assert_eq!(found, Rank::new(level(7), at(expected)), "its last turn at {turn:?}");
        }
    }

    #[test]
    fn the_ends_of_time_are_no_trouble() {
        for instant in [Timestamp::MAX_UTC, Timestamp::MIN_UTC] {
            for p in [0, 9] {
                let rank = Rank::new(level(p), instant);
                assert_eq!(rank.since(level(p)).timestamp_millis(), instant.timestamp_millis());
            }
        }
    }
}
