//! Deliveries: a message on its way through one channel.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Preferences;
use super::preferences::Group;
use crate::channel::{ChannelError, ChannelKind, Sent};
use crate::entropy::Entropy;
use crate::id::{DeliveryId, NotificationId, UserId};
use crate::retry::{RETRY_AFTER_MAX, RetryKind, RetryPolicy};
use crate::time::Timestamp;

/// A delivery names at most this many notifications; of more it only knows how many.
pub const NOTIFICATIONS_MAX: usize = 100;

/// How patiently a message is tried: about a day in all, so that a night without a mail server loses nothing.
pub const RETRY: RetryPolicy = RetryPolicy {
    kind: RetryKind::Exponential,
    attempts_max: 20,
    base: Duration::from_secs(30),
    cap: Duration::from_secs(2 * 3600),
    delays: Vec::new(),
    until: None,
};

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Its identity; the message is named after it in every try.
    pub id: DeliveryId,
    /// Whom it is for.
    pub user: UserId,
    /// The way it takes.
    pub channel: ChannelKind,
    /// What it tells, oldest first, at most [`NOTIFICATIONS_MAX`].
    pub notifications: Vec<NotificationId>,
    /// How many more it stands for.
    #[serde(default)]
    pub more: u64,
    /// What else joins it while it waits.
    pub group: Group,
    /// Where it goes, fixed by the first try so that each sends the same.
    #[serde(default)]
    pub address: Option<String>,
    /// Tries so far.
    pub attempt: u32,
    /// Where it stands.
    pub state: DeliveryState,
    /// When it was recorded.
    pub created_at: Timestamp,
}

/// Where a delivery stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum DeliveryState {
    /// It waits for its time.
    Pending {
        /// Not before.
        due_at: Timestamp,
        /// Why the last try failed.
        error: Option<String>,
    },
    /// It is being handed over, or was when the process died.
    Sending {
        /// Since.
        since: Timestamp,
    },
    /// The other side took it.
    Sent {
        /// When.
        at: Timestamp,
        /// What the other side calls it.
        reference: Option<String>,
    },
    /// It was not taken and will not be tried again.
    Failed {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// It was handed over, and whether it was taken is not known. It is not sent again by itself.
    Unknown {
        /// When.
        at: Timestamp,
        /// Where the trace ends.
        reason: String,
    },
}

/// A delivery's state as a bare name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliveryStatus {
    /// It waits for its time.
    Pending,
    /// It is being handed over.
    Sending,
    /// The other side took it.
    Sent,
    /// It was not taken and will not be tried again.
    Failed,
    /// It was handed over, and whether it was taken is not known.
    Unknown,
}

impl DeliveryState {
    /// Returns the bare name.
    pub fn status(&self) -> DeliveryStatus {
        match self {
            Self::Pending { .. } => DeliveryStatus::Pending,
            Self::Sending { .. } => DeliveryStatus::Sending,
            Self::Sent { .. } => DeliveryStatus::Sent,
            Self::Failed { .. } => DeliveryStatus::Failed,
            Self::Unknown { .. } => DeliveryStatus::Unknown,
        }
    }
}

/// What a try came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The other side took it.
    Sent {
        /// What it calls it.
        reference: Option<String>,
    },
    /// It was not taken; another try follows.
    RetryAt {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// It was not taken, and that is that.
    Failed {
        /// Why.
        reason: String,
    },
    /// Whether it was taken is not known.
    Unknown {
        /// Where the trace ends.
        reason: String,
    },
}

/// What is recorded of a try that nobody can report on any more.
pub fn lost() -> DeliveryOutcome {
    let reason = "Dateline stopped while the message was being handed over";
    DeliveryOutcome::Unknown { reason: reason.to_owned() }
}

impl DeliveryOutcome {
    /// Returns what the `attempt`-th try came to. Another one follows only while the message was certainly not taken,
    /// and never in the quiet hours.
    pub fn of(
        result: Result<Sent, ChannelError>,
        attempt: u32,
        preferences: &Preferences,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Self {
        match result {
            Ok(sent) => Self::Sent { reference: sent.reference },
            Err(ChannelError::Permanent { reason }) => Self::Failed { reason },
            Err(ChannelError::Unknown { reason }) => Self::Unknown { reason },
            Err(ChannelError::Transient { reason, retry_after }) => {
                match RETRY.delay_after(attempt, entropy) {
                    Some(delay) => {
                        let asked = retry_after.unwrap_or_default().min(RETRY_AFTER_MAX);
                        Self::RetryAt { at: preferences.released_at(now + delay.max(asked)), reason }
                    }
                    None => Self::Failed { reason: format!("given up after {attempt} tries: {reason}") },
                }
            }
        }
    }

    /// Returns the state that follows.
    pub fn state(self, now: Timestamp) -> DeliveryState {
        match self {
            Self::Sent { reference } => DeliveryState::Sent { at: now, reference },
            Self::RetryAt { at, reason } => DeliveryState::Pending { due_at: at, error: Some(reason) },
            Self::Failed { reason } => DeliveryState::Failed { at: now, reason },
            Self::Unknown { reason } => DeliveryState::Unknown { at: now, reason },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zero;
    impl Entropy for Zero {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn outcome(result: Result<Sent, ChannelError>, attempt: u32) -> DeliveryOutcome {
        DeliveryOutcome::of(result, attempt, &Preferences::default(), at("2026-11-23T12:00:00Z"), &Zero)
    }

    #[test]
    fn only_what_was_certainly_not_taken_is_tried_again() {
        let reason = || "the server is away".to_owned();
        let sent = outcome(Ok(Sent { reference: None }), 1);
        assert_eq!(sent, DeliveryOutcome::Sent { reference: None });
        let permanent = outcome(Err(ChannelError::Permanent { reason: reason() }), 1);
        assert_eq!(permanent, DeliveryOutcome::Failed { reason: reason() });
        let unknown = outcome(Err(ChannelError::Unknown { reason: reason() }), 1);
        assert_eq!(unknown, DeliveryOutcome::Unknown { reason: reason() });
        let later = outcome(Err(ChannelError::transient(reason())), 1);
        assert_eq!(later, DeliveryOutcome::RetryAt { at: at("2026-11-23T12:00:15Z"), reason: reason() });
        let spent = outcome(Err(ChannelError::transient(reason())), 20);
        assert!(
            matches!(spent, DeliveryOutcome::Failed { reason } if reason.starts_with("given up after 20"))
        );
    }

    #[test]
    fn a_servers_wish_is_a_floor_with_a_ceiling() {
        let asked = |seconds| ChannelError::Transient {
            reason: String::new(),
            retry_after: Some(Duration::from_secs(seconds)),
        };
        let due = |seconds| match outcome(Err(asked(seconds)), 1) {
            DeliveryOutcome::RetryAt { at, .. } => at,
            other => panic!("{other:?}"),
        };
        assert_eq!(due(1), at("2026-11-23T12:00:15Z"));
        assert_eq!(due(600), at("2026-11-23T12:10:00Z"));
        assert_eq!(due(999_999_999), at("2026-11-24T12:00:00Z"));
    }

    #[test]
    fn another_try_waits_for_the_end_of_the_quiet_hours() {
        let time = |text: &str| text.parse().expect("a time");
        let quiet =
            super::super::QuietHours { from: time("12:00"), to: time("13:00"), timezone: "UTC".to_owned() };
        let preferences = Preferences { quiet_hours: Some(quiet), ..Preferences::default() };
        let error = Err(ChannelError::transient("away"));
        let outcome = DeliveryOutcome::of(error, 1, &preferences, at("2026-11-23T11:59:50Z"), &Zero);
        assert!(
            matches!(outcome, DeliveryOutcome::RetryAt { at: due, .. } if due == at("2026-11-23T13:00:00Z"))
        );
    }
}
