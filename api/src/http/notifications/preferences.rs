//! What a person wants to be told, as JSON spells it.

use dateline_actors::request::PreferencesChange;
use dateline_core::channel::ChannelKind;
use dateline_core::notification::{Digest, NotificationEvent, Override, Preferences, QuietHours, Wish};
use poem_openapi::Object;
use poem_openapi::types::MaybeUndefined;
use serde::{Deserialize, Serialize};

use crate::http::fields::{TimeOfDay, Word, given, words};
use crate::http::problem::Problem;

words!(Wish as Wish ("Whether and how soon something is wanted."): Off, Immediate, Digest);
words!(Frequency as DigestFrequency ("How mail is gathered."): Immediate, Daily);

/// How mail is gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Frequency {
    /// Not at all.
    Immediate,
    /// Into one mail a day.
    Daily,
}

/// What differs for one event in one channel.
#[derive(Debug, Object)]
pub struct OverrideBody {
    /// The event.
    pub event: Word<NotificationEvent>,
    /// The channel.
    pub channel: Word<ChannelKind>,
    /// What is wanted instead.
    pub wish: Word<Wish>,
}

/// When no mail leaves: over midnight when `to` is earlier than `from`.
#[derive(Debug, Object)]
pub struct QuietHoursBody {
    /// Their first minute.
    pub from: TimeOfDay,
    /// The first minute after them.
    pub to: TimeOfDay,
    /// Whose clocks count, an IANA name.
    #[oai(validator(min_length = 1, max_length = 64))]
    pub timezone: String,
}

/// How mail is gathered.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct DigestBody {
    /// IMMEDIATE, or DAILY with `at` and `timezone`.
    pub frequency: Word<Frequency>,
    /// When the day's mail leaves.
    pub at: Option<TimeOfDay>,
    /// Whose clocks count, an IANA name.
    #[oai(validator(min_length = 1, max_length = 64))]
    pub timezone: Option<String>,
}

/// What a person wants to be told.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct PreferencesBody {
    /// Whether they want mail at all.
    pub email_notifications: bool,
    /// Where mail goes.
    pub email_address: Option<String>,
    /// What they want to hear of.
    pub notification_events: Vec<Word<NotificationEvent>>,
    /// What differs for one event in one channel.
    pub overrides: Vec<OverrideBody>,
    /// When no mail leaves.
    pub quiet_hours: Option<QuietHoursBody>,
    /// How mail is gathered.
    pub digest: DigestBody,
    /// Grows with every change.
    pub version: u64,
}

/// A change of what a person wants to be told.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct PreferencesPatch {
    /// Whether they want mail at all.
    pub email_notifications: Option<bool>,
    /// Where mail goes; null removes it.
    #[oai(validator(min_length = 3, max_length = 254))]
    pub email_address: MaybeUndefined<String>,
    /// What they want to hear of, all of it.
    #[oai(validator(max_items = 20, unique_items))]
    pub notification_events: Option<Vec<Word<NotificationEvent>>>,
    /// What differs for one event in one channel, all of it.
    #[oai(validator(max_items = 40))]
    pub overrides: Option<Vec<OverrideBody>>,
    /// When no mail leaves; null for never.
    pub quiet_hours: MaybeUndefined<QuietHoursBody>,
    /// How mail is gathered.
    pub digest: Option<DigestBody>,
}

impl PreferencesPatch {
    /// Returns the change it asks for.
    ///
    /// # Errors
    /// 422 for a daily digest without time or zone.
    pub(super) fn into_change(self) -> Result<PreferencesChange, Problem> {
        let events = |words: Vec<Word<NotificationEvent>>| words.into_iter().map(|word| word.0).collect();
        Ok(PreferencesChange {
            email_notifications: self.email_notifications,
            email_address: given(self.email_address),
            notification_events: self.notification_events.map(events),
            overrides: self.overrides.map(|all| all.into_iter().map(Into::into).collect()),
            quiet_hours: given(self.quiet_hours).map(|quiet| quiet.map(Into::into)),
            digest: self.digest.map(DigestBody::into_digest).transpose()?,
        })
    }
}

impl DigestBody {
    fn into_digest(self) -> Result<Digest, Problem> {
        match (self.frequency.0, self.at, self.timezone) {
            (Frequency::Immediate, None, None) => Ok(Digest::Immediate),
            (Frequency::Daily, Some(at), Some(timezone)) => Ok(Digest::Daily { at: at.0, timezone }),
            (Frequency::Immediate, _, _) => Err(Problem::field(
                "/digest/frequency",
                "IMMEDIATE",
                "DAILY where `at` or `timezone` is given",
            )),
            (Frequency::Daily, None, _) => {
                Err(Problem::field("/digest/at", "", "a time of day such as `08:00`"))
            }
            (Frequency::Daily, Some(_), None) => {
                Err(Problem::field("/digest/timezone", "", "an IANA zone name such as `Europe/Berlin`"))
            }
        }
    }
}

impl From<OverrideBody> for Override {
    fn from(body: OverrideBody) -> Self {
        Self { event: body.event.0, channel: body.channel.0, wish: body.wish.0 }
    }
}

impl From<QuietHoursBody> for QuietHours {
    fn from(body: QuietHoursBody) -> Self {
        Self { from: body.from.0, to: body.to.0, timezone: body.timezone }
    }
}

impl From<Preferences> for PreferencesBody {
    fn from(preferences: Preferences) -> Self {
        let digest = match preferences.digest {
            Digest::Immediate => {
                DigestBody { frequency: Word(Frequency::Immediate), at: None, timezone: None }
            }
            Digest::Daily { at, timezone } => DigestBody {
                frequency: Word(Frequency::Daily),
                at: Some(TimeOfDay(at)),
                timezone: Some(timezone),
            },
        };
        let one = |it: Override| OverrideBody {
            event: Word(it.event),
            channel: Word(it.channel),
            wish: Word(it.wish),
        };
        Self {
            email_notifications: preferences.email_notifications,
            email_address: preferences.email_address,
            notification_events: preferences.notification_events.into_iter().map(Word).collect(),
            overrides: preferences.overrides.into_iter().map(one).collect(),
            quiet_hours: preferences.quiet_hours.map(|quiet| QuietHoursBody {
                from: TimeOfDay(quiet.from),
                to: TimeOfDay(quiet.to),
                timezone: quiet.timezone,
            }),
            digest,
            version: preferences.version,
        }
    }
}
