//! What keeps an open execution from going on, as data and in words.

use crate::execution::{Wait, WaitReason};
use crate::id::ExecutionId;
use crate::time::{Timestamp, rfc3339};

/// The most executions named as those that are in the way.
pub const NAMED_MAX: usize = 5;

/// So many ahead of one are counted; beyond, it makes no difference.
pub const AHEAD_MAX: usize = 1_000;

/// What keeps an open execution from going on: the first thing that has to pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// A person paused it, until somebody resumes it.
    Paused {
        /// Since when.
        since: Timestamp,
    },
    /// An attempt failed; the next starts then.
    RetryAt {
        /// When.
        until: Timestamp,
    },
    /// Something outside is not ready.
    Outside(Wait),
    /// Its start is spread with others after downtime.
    Paced {
        /// Not before.
        until: Timestamp,
    },
    /// Triggers like its own are waited for.
    Debounced {
        /// Until when, unless more come.
        until: Timestamp,
        /// How many came after the first.
        joined: u64,
    },
    /// As many with its key have started as may in that time, or others are first.
    RateLimit {
        /// The key.
        key: String,
        /// When the next may start, where that is for the clock to say.
        until: Option<Timestamp>,
        /// How many are ahead in line, at most [`AHEAD_MAX`].
        ahead: usize,
    },
    /// Everything is paused.
    PausedEngine {
        /// Until when, where an end is set.
        until: Option<Timestamp>,
    },
    /// As many with its concurrency key run as may, or others with it are first.
    ConcurrencyKey {
        /// The key.
        key: String,
        /// Who holds it.
        held: Held,
    },
    /// Its job's backfills run one after the other.
    Backfill {
        /// How many of them are ahead in line, at most [`AHEAD_MAX`].
        ahead: usize,
    },
    /// As many of its project run as it lets.
    ProjectBusy {
        /// What runs.
        held: Held,
    },
    /// As many projects run as may.
    GlobalLimit {
        /// How many projects run.
        running: u32,
        /// How many may.
        limit: u32,
    },
    /// Nothing but its turn, which comes with the next claim after those ahead of it.
    Turn {
        /// How many of its project are ahead, at most [`AHEAD_MAX`].
        ahead: usize,
    },
}

/// Who is in the way where only so many may run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Those of them that the asker may see, at most [`NAMED_MAX`].
    pub by: Vec<ExecutionId>,
    /// How many run.
    pub running: u32,
    /// How many may.
    pub limit: u32,
    /// How many are ahead in line, at most [`AHEAD_MAX`].
    pub ahead: usize,
}

impl Obstacle {
    /// Returns until when it lasts, where that is known.
    pub fn until(&self) -> Option<Timestamp> {
        match self {
            Self::RetryAt { until } | Self::Paced { until } | Self::Debounced { until, .. } => Some(*until),
            Self::Outside(wait) => Some(wait.until),
            Self::PausedEngine { until } | Self::RateLimit { until, .. } => *until,
            Self::Paused { .. }
            | Self::ConcurrencyKey { .. }
            | Self::Backfill { .. }
            | Self::ProjectBusy { .. }
            | Self::GlobalLimit { .. }
            | Self::Turn { .. } => None,
        }
    }

    /// Returns who is in the way, where somebody is.
    pub fn held(&self) -> Option<&Held> {
        match self {
            Self::ConcurrencyKey { held, .. } | Self::ProjectBusy { held } => Some(held),
            Self::Paused { .. }
            | Self::RetryAt { .. }
            | Self::Outside(_)
            | Self::Paced { .. }
            | Self::Debounced { .. }
            | Self::RateLimit { .. }
            | Self::PausedEngine { .. }
            | Self::Backfill { .. }
            | Self::GlobalLimit { .. }
            | Self::Turn { .. } => None,
        }
    }

    /// Says it in a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Paused { since } => {
                format!("It was paused at {} and rests until somebody resumes it.", rfc3339(*since))
            }
            Self::RetryAt { until } => {
                format!("An attempt failed; the next starts at {}.", rfc3339(*until))
            }
            Self::Outside(Wait { reason: WaitReason::RateLimit, until }) => {
                format!("A server takes no more requests until {}.", rfc3339(*until))
            }
            Self::Outside(Wait { reason: WaitReason::Ask, until }) => {
                format!(
                    "A person is asked whether it runs; without an answer it does at {}.",
                    rfc3339(*until)
                )
            }
            Self::Paced { until } => {
                format!("Its start is spread with others after downtime: not before {}.", rfc3339(*until))
            }
            Self::Debounced { until, joined: 0 } => {
                format!("It waits for more triggers like its own until {}.", rfc3339(*until))
            }
            Self::Debounced { until, joined } => {
                format!("It stands for {} triggers and waits for more until {}.", joined + 1, rfc3339(*until))
            }
            Self::RateLimit { key, until, ahead } => {
                let next = until.map(|until| format!(" The next may start at {}.", rfc3339(until)));
                let before =
                    if *ahead == 0 { String::new() } else { format!(" {} before it.", counted(*ahead)) };
                format!(
                    "As many with the key `{key}` have started as may.{}{before}",
                    next.unwrap_or_default()
                )
            }
            Self::PausedEngine { until: None } => {
                "Everything is paused until somebody resumes it.".to_owned()
            }
            Self::PausedEngine { until: Some(until) } => {
                format!("Everything is paused until {}.", rfc3339(*until))
            }
            Self::ConcurrencyKey { key, held } => {
                format!("{} of {} with the key `{key}` run{}.", held.running, held.limit, held.rest())
            }
            Self::ProjectBusy { held } => {
                let (running, limit) = (held.running, held.limit);
                format!("{running} of {limit} executions of its project run{}.", held.rest())
            }
            Self::Backfill { ahead: 0 } => "One of its job's backfills runs; it is next.".to_owned(),
            Self::Backfill { ahead } => {
                format!("Backfills of a job run one after the other; {} before it.", counted(*ahead))
            }
            Self::GlobalLimit { running, limit } => format!("{running} of {limit} projects run."),
            Self::Turn { ahead: 0 } => "It is next.".to_owned(),
            Self::Turn { ahead } => format!("{} of its project are before it.", counted(*ahead)),
        }
    }
}

impl Held {
    fn rest(&self) -> String {
        let names: Vec<_> = self.by.iter().map(ToString::to_string).collect();
        let names = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
        let ahead =
            if self.ahead == 0 { String::new() } else { format!("; {} before it", counted(self.ahead)) };
        names + &ahead
    }
}

fn counted(ahead: usize) -> String {
    if ahead < AHEAD_MAX { ahead.to_string() } else { format!("{AHEAD_MAX} or more") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::from_unix_ms;

    #[test]
    fn each_is_said_in_a_sentence() {
        let (id, until) = (ExecutionId::from_bits(1), from_unix_ms(1_800_000_000_000));
        let held = |by, ahead| Held { by, running: 2, limit: 2, ahead };
        let cases = [
            (Obstacle::PausedEngine { until: None }, "Everything is paused until somebody resumes it."),
            (Obstacle::GlobalLimit { running: 5, limit: 5 }, "5 of 5 projects run."),
            (Obstacle::Turn { ahead: 0 }, "It is next."),
            (Obstacle::Turn { ahead: AHEAD_MAX }, "1000 or more of its project are before it."),
            (
                Obstacle::ConcurrencyKey { key: "model".into(), held: held(Vec::new(), 0) },
                "2 of 2 with the key `model` run.",
            ),
            (Obstacle::RetryAt { until }, "An attempt failed; the next starts at 2027-01-15T08:00:00.000Z."),
        ];
        for (obstacle, expected) in cases {
            assert_eq!(obstacle.sentence(), expected);
        }
        let busy = Obstacle::ProjectBusy { held: held(vec![id, id], 3) };
        assert_eq!(
            busy.sentence(),
            format!("2 of 2 executions of its project run: {id}, {id}; 3 before it.")
        );
    }
}
