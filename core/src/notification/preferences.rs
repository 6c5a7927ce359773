//! What a person wants to hear, through which channel and when.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::NotificationEvent;
use super::quiet::{ClockTime, QuietHours, next_at};
use crate::channel::ChannelKind;
use crate::schedule::Zone;
use crate::time::Timestamp;

/// A draft's mail waits this long for the other drafts of its execution; the execution's end takes them along.
pub const SETTLE: Duration = Duration::from_secs(60);

/// What one person wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    /// Whether they want mail at all.
    pub email_notifications: bool,
    /// Where mail goes; the address they signed up with when absent.
    pub email_address: Option<String>,
    /// What they want to hear of.
    pub notification_events: Vec<NotificationEvent>,
    /// What differs for one event in one channel.
    #[serde(default)]
    pub overrides: Vec<Override>,
    /// When nothing leaves.
    #[serde(default)]
    pub quiet_hours: Option<QuietHours>,
    /// How mail is gathered.
    #[serde(default)]
    pub digest: Digest,
    /// Grows with every change; 0 before the first.
    #[serde(default)]
    pub version: u64,
}

impl Default for Preferences {
    /// Everything, at once: one execution makes one mail.
    fn default() -> Self {
        Self {
            email_notifications: true,
            email_address: None,
            notification_events: NotificationEvent::ALL.to_vec(),
            overrides: Vec::new(),
            quiet_hours: None,
            digest: Digest::default(),
            version: 0,
        }
    }
}

/// What differs for one event in one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Override {
    /// The event.
    pub event: NotificationEvent,
    /// The channel.
    pub channel: ChannelKind,
    /// What is wanted instead.
    pub wish: Wish,
}

/// Whether and how soon something is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Wish {
    /// Never.
    Off,
    /// As soon as the quiet hours allow.
    Immediate,
    /// With the digest; at once when there is none.
    Digest,
}

/// How mail is gathered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "frequency", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Digest {
    /// Not at all.
    #[default]
    Immediate,
    /// Into one mail a day.
    Daily {
        /// When it leaves.
        at: ClockTime,
        /// Whose clocks count, an IANA name.
        timezone: String,
    },
}

/// What becomes of one piece of news for one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Whether it stands in their list.
    pub is_listed: bool,
    /// With which mail it leaves.
    pub mail: Option<Departure>,
}

/// When a mail leaves, and what else is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departure {
    /// Not before.
    pub due_at: Timestamp,
    /// What has the same group and has not left is in the same mail.
    pub group: Group,
}

/// What goes into one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Group {
    /// News about one thing: an execution with its drafts.
    Subject(u128),
    /// All news that leaves at one instant: a digest, or what waited for the end of the quiet hours.
    Instant(Timestamp),
}

impl Preferences {
    /// Returns what becomes of news of `event` about `subject` that happens at `now`. `has_address` says whether mail
    /// can reach the person.
    pub fn plan(&self, event: NotificationEvent, subject: u128, has_address: bool, now: Timestamp) -> Plan {
        let is_listed = self.wish(event, ChannelKind::InApp) != Wish::Off;
        let can_mail = has_address && self.email_notifications && !event.is_about_mail();
        let mail = match self.wish(event, ChannelKind::Email) {
            _ if !can_mail => None,
            Wish::Off => None,
            Wish::Immediate => Some(self.at_once(event, subject, now)),
            Wish::Digest => Some(self.next_digest(now).unwrap_or_else(|| self.at_once(event, subject, now))),
        };
        Plan { is_listed, mail }
    }

    /// Returns the first instant at or after `at` at which something may leave.
    pub fn released_at(&self, at: Timestamp) -> Timestamp {
        self.quiet_hours.as_ref().map_or(at, |quiet| quiet.released_at(at))
    }

    /// Returns what is wanted of `event` in `channel`.
    pub fn wish(&self, event: NotificationEvent, channel: ChannelKind) -> Wish {
        let special = self.overrides.iter().find(|it| it.event == event && it.channel == channel);
        match (special, channel, &self.digest) {
            (Some(special), _, _) => special.wish,
            (None, _, _) if !self.notification_events.contains(&event) => Wish::Off,
            (None, ChannelKind::InApp, _) | (None, ChannelKind::Email, Digest::Immediate) => Wish::Immediate,
            (None, ChannelKind::Email, Digest::Daily { .. }) => Wish::Digest,
        }
    }

    fn at_once(&self, event: NotificationEvent, subject: u128, now: Timestamp) -> Departure {
        let due_at = match event {
            NotificationEvent::DraftReady => now + SETTLE,
            NotificationEvent::JobSuccess
            | NotificationEvent::JobFailure
            | NotificationEvent::JobPartial
            | NotificationEvent::JobMissed
            | NotificationEvent::JobPaused
            | NotificationEvent::JobAsks
            | NotificationEvent::JobLate
            | NotificationEvent::JobRecovered
            | NotificationEvent::JobOutlasts
            | NotificationEvent::PublicationFailed
            | NotificationEvent::DeliveryFailed
            | NotificationEvent::DeliveryUnknown => now,
        };
        let released = self.released_at(due_at);
        // What waited for the morning comes as one mail, not as one for each thing of the night.
        let group = if released == due_at { Group::Subject(subject) } else { Group::Instant(released) };
        Departure { due_at: released, group }
    }

    fn next_digest(&self, now: Timestamp) -> Option<Departure> {
        let Digest::Daily { at, timezone } = &self.digest else { return None };
        let due_at = self.released_at(next_at(Zone::named(timezone).ok()?, *at, now));
        Some(Departure { due_at, group: Group::Instant(due_at) })
    }
}

#[cfg(test)]
mod tests {
    use super::NotificationEvent::{DeliveryUnknown, DraftReady, JobFailure, JobSuccess};
    use super::*;

    const NOW: &str = "2026-11-23T22:30:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn quiet() -> Option<QuietHours> {
        let time = |text: &str| text.parse().expect("a time");
        Some(QuietHours { from: time("22:00"), to: time("07:00"), timezone: "UTC".to_owned() })
    }

    fn daily() -> Digest {
        Digest::Daily { at: "06:00".parse().expect("a time"), timezone: "UTC".to_owned() }
    }

    fn special(event: NotificationEvent, channel: ChannelKind, wish: Wish) -> Vec<Override> {
        vec![Override { event, channel, wish }]
    }

    type Case = (&'static str, Preferences, NotificationEvent, bool, Option<Departure>);

    fn all() -> Preferences {
        Preferences::default()
    }

    fn alone(due: &str) -> Option<Departure> {
        Some(Departure { due_at: at(due), group: Group::Subject(9) })
    }

    fn gathered(due: &str) -> Option<Departure> {
        Some(Departure { due_at: at(due), group: Group::Instant(at(due)) })
    }

    #[track_caller]
    fn check(cases: Vec<Case>) {
        for (name, preferences, event, is_listed, mail) in cases {
            assert_eq!(preferences.plan(event, 9, true, at(NOW)), Plan { is_listed, mail }, "{name}");
            assert_eq!(preferences.plan(event, 9, false, at(NOW)), Plan { is_listed, mail: None }, "{name}");
        }
    }

    #[test]
    fn everybody_gets_what_they_want() {
        let (only_failures, email) = (vec![JobFailure], ChannelKind::Email);
        check(vec![
            ("everything at once", all(), JobSuccess, true, alone(NOW)),
            ("drafts wait for each other", all(), DraftReady, true, alone("2026-11-23T22:31:00Z")),
            ("no mail about mail", all(), DeliveryUnknown, true, None),
            ("mail off", Preferences { email_notifications: false, ..all() }, JobSuccess, true, None),
            (
                "unwanted",
                Preferences { notification_events: only_failures, ..all() },
                JobSuccess,
                false,
                None,
            ),
            (
                "only listed",
                Preferences { overrides: special(JobSuccess, email, Wish::Off), ..all() },
                JobSuccess,
                true,
                None,
            ),
            (
                "only mailed",
                Preferences { overrides: special(JobSuccess, ChannelKind::InApp, Wish::Off), ..all() },
                JobSuccess,
                false,
                alone(NOW),
            ),
            (
                "an override brings back what is unwanted otherwise",
                Preferences {
                    notification_events: Vec::new(),
                    overrides: special(JobFailure, email, Wish::Immediate),
                    ..all()
                },
                JobFailure,
                false,
                alone(NOW),
            ),
        ]);
    }

    #[test]
    fn everybody_gets_it_when_they_want() {
        let email = ChannelKind::Email;
        check(vec![
            (
                "quiet hours delay",
                Preferences { quiet_hours: quiet(), ..all() },
                JobFailure,
                true,
                gathered("2026-11-24T07:00:00Z"),
            ),
            (
                "a digest gathers",
                Preferences { digest: daily(), ..all() },
                JobSuccess,
                true,
                gathered("2026-11-24T06:00:00Z"),
            ),
            (
                "a digest in quiet hours waits for their end",
                Preferences { digest: daily(), quiet_hours: quiet(), ..all() },
                JobSuccess,
                true,
                gathered("2026-11-24T07:00:00Z"),
            ),
            (
                "failures do not wait for the digest",
                Preferences {
                    digest: daily(),
                    overrides: special(JobFailure, email, Wish::Immediate),
                    ..all()
                },
                JobFailure,
                true,
                alone(NOW),
            ),
            (
                "a digest that is not there is at once",
                Preferences { overrides: special(JobFailure, email, Wish::Digest), ..all() },
                JobFailure,
                true,
                alone(NOW),
            ),
        ]);
    }

    #[test]
    fn preferences_keep_their_original_spelling() {
        let json = serde_json::to_value(Preferences::default()).expect("JSON");
        assert_eq!(json["emailNotifications"], true);
        assert_eq!(json["notificationEvents"][0], "job_success");
        assert_eq!(json["digest"]["frequency"], "IMMEDIATE");
        for event in NotificationEvent::ALL {
            assert_eq!(serde_json::to_value(event).expect("JSON"), event.name());
        }
    }
}
