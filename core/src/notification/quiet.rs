//! Quiet hours and the hour of a digest: local times placed on the time line.

use std::fmt;
use std::str::FromStr;

use chrono::{Days, NaiveDate, NaiveTime, Timelike};
use serde::{Deserialize, Serialize};

use crate::schedule::{Placement, Zone};
use crate::time::Timestamp;

/// Countries have left out single dates; more than a few days in a row never.
const DAYS_TRIED: u64 = 4;

/// A time of day: `07:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClockTime {
    hour: u8,
    minute: u8,
}

/// A text that is not a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a time of day such as `07:30`")]
pub struct ParseClockTimeError;

impl ClockTime {
    /// Returns the time, or `None` when a day has no such time.
    pub fn new(hour: u8, minute: u8) -> Option<Self> {
        (hour < 24 && minute < 60).then_some(Self { hour, minute })
    }

    fn minutes(self) -> u32 {
        u32::from(self.hour) * 60 + u32::from(self.minute)
    }

    fn naive(self) -> NaiveTime {
        NaiveTime::from_hms_opt(self.hour.into(), self.minute.into(), 0).unwrap_or_default()
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

impl FromStr for ClockTime {
    type Err = ParseClockTimeError;

    fn from_str(text: &str) -> Result<Self, ParseClockTimeError> {
        let is_spelled = text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
        let (hour, minute) = text
            .split_once(':')
            .filter(|(hour, _)| is_spelled && hour.len() == 2)
            .ok_or(ParseClockTimeError)?;
        let number = |digits: &str| digits.parse().map_err(|_| ParseClockTimeError);
        Self::new(number(hour)?, number(minute)?).ok_or(ParseClockTimeError)
    }
}

impl Serialize for ClockTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClockTime {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// When a person wants to hear nothing: from one local time to another, over midnight when the second is earlier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuietHours {
    /// Their first minute.
    pub from: ClockTime,
    /// The first minute after them; never the same as `from`.
    pub to: ClockTime,
    /// Whose clocks count, an IANA name.
    pub timezone: String,
}

impl QuietHours {
    /// Returns the first instant at or after `at` that is not quiet. A zone that is no longer known keeps nothing
    /// back.
    pub fn released_at(&self, at: Timestamp) -> Timestamp {
        let Ok(zone) = Zone::named(&self.timezone) else { return at };
        let mut at = at;
        // Once in all but a year in which a country left out a date: then the end falls to a midnight.
        for _ in 0..DAYS_TRIED {
            let Some(end) = self.end_of_quiet(zone, at) else { return at };
            at = end;
        }
        at
    }

    /// Returns when the quiet around `at` ends, or `None` when `at` is not quiet.
    fn end_of_quiet(&self, zone: Zone, at: Timestamp) -> Option<Timestamp> {
        let local = at.naive_utc() + zone.offset_at(at);
        let minute = local.hour() * 60 + local.minute();
        let (from, to) = (self.from.minutes(), self.to.minutes());
        let is_quiet = if from <= to { from <= minute && minute < to } else { minute >= from || minute < to };
        if !is_quiet {
            return None;
        }
        let ends_tomorrow = minute >= to;
        let date = local.date().checked_add_days(Days::new(u64::from(ends_tomorrow)))?;
        Some(after(zone, date, self.to, at))
    }
}

/// Returns the first instant after `at` at which the zone's clocks show `time`; one they skip falls to the end of the
/// gap.
pub(super) fn next_at(zone: Zone, time: ClockTime, at: Timestamp) -> Timestamp {
    let today = (at.naive_utc() + zone.offset_at(at)).date();
    for days in 0..DAYS_TRIED {
        let Some(date) = today.checked_add_days(Days::new(days)) else { break };
        let due = after(zone, date, time, at);
        if due > at {
            return due;
        }
    }
    at
}

/// Returns the instant of a local time: of one that comes twice the first that is after `at`.
fn after(zone: Zone, date: NaiveDate, time: ClockTime, at: Timestamp) -> Timestamp {
    match zone.place(date.and_time(time.naive())) {
        Placement::One(instant) => instant,
        Placement::Gap { resumes_at, shifted_at: _ } => resumes_at,
        Placement::Twice { first, second } => {
            if first > at {
                first
            } else {
                second
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn quiet(from: &str, to: &str, zone: &str) -> QuietHours {
        let time = |text: &str| text.parse().expect("a time of day");
        QuietHours { from: time(from), to: time(to), timezone: zone.to_owned() }
    }

    #[test]
    fn news_in_quiet_hours_waits_for_their_end() {
        let check = |from, to, zone, happened: &str, released: &str| {
            assert_eq!(quiet(from, to, zone).released_at(at(happened)), at(released), "{happened} {zone}");
        };
        let berlin = "Europe/Berlin";
        check("22:00", "07:00", berlin, "2026-11-23T12:00:00Z", "2026-11-23T12:00:00Z");
        check("22:00", "07:00", berlin, "2026-11-23T20:59:59.999Z", "2026-11-23T20:59:59.999Z");
        check("22:00", "07:00", berlin, "2026-11-23T21:00:00Z", "2026-11-24T06:00:00Z");
        check("22:00", "07:00", berlin, "2026-11-24T05:59:59Z", "2026-11-24T06:00:00Z");
        check("22:00", "07:00", berlin, "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z");
        check("12:00", "13:30", "UTC", "2026-11-24T12:10:00Z", "2026-11-24T13:30:00Z");
        check("00:00", "23:59", "UTC", "2026-11-24T00:00:00Z", "2026-11-24T23:59:00Z");
        // The night the clocks go forward is an hour shorter, the night they go back an hour longer.
        check("22:00", "07:00", berlin, "2027-03-27T21:30:00Z", "2027-03-28T05:00:00Z");
        check("22:00", "07:00", berlin, "2027-10-30T21:30:00Z", "2027-10-31T06:00:00Z");
        // An end that the clocks skip is the end of the gap.
        check("22:00", "02:30", berlin, "2027-03-28T00:30:00Z", "2027-03-28T01:00:00Z");
        // An end that comes twice is the first of them, and after that the second.
        check("22:00", "02:30", berlin, "2027-10-30T23:00:00Z", "2027-10-31T00:30:00Z");
        check("22:00", "02:30", berlin, "2027-10-31T01:10:00Z", "2027-10-31T01:30:00Z");
        // Samoa had no 30 December 2011: the morning after the 29th was that of the 31st.
        check("22:00", "07:00", "Pacific/Apia", "2011-12-30T09:00:00Z", "2011-12-30T17:00:00Z");
        check("22:00", "07:00", "Gone/Zone", "2026-11-23T23:00:00Z", "2026-11-23T23:00:00Z");
    }

    #[test]
    fn a_digest_leaves_at_its_local_time() {
        let check = |zone: &str, time: &str, now: &str, due: &str| {
            let zone = Zone::named(zone).expect("a zone");
            assert_eq!(next_at(zone, time.parse().expect("a time"), at(now)), at(due), "{now}");
        };
        check("Europe/Paris", "08:00", "2026-11-23T06:59:59Z", "2026-11-23T07:00:00Z");
        check("Europe/Paris", "08:00", "2026-11-23T07:00:00Z", "2026-11-24T07:00:00Z");
        check("Europe/Paris", "02:30", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z");
        check("Europe/Paris", "02:30", "2027-10-30T12:00:00Z", "2027-10-31T00:30:00Z");
        check("Pacific/Apia", "08:00", "2011-12-29T20:00:00Z", "2011-12-30T10:00:00Z");
    }

    #[test]
    fn a_time_of_day_has_one_spelling() {
        for good in ["00:00", "07:30", "23:59"] {
            assert_eq!(good.parse::<ClockTime>().expect(good).to_string(), good);
        }
        for bad in
            ["24:00", "7:30", "07:60", "0730", "07:3", "+7:30", "07:30:00", "", "aa:bb", "07-30", "7:030"]
        {
            assert!(bad.parse::<ClockTime>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_released_is_later_and_not_quiet(
            from in 0_u8..24, to in 0_u8..24, minute in 0_u8..60,
            ms in 1_262_304_000_000_i64..1_900_000_000_000,
            zone in prop::sample::select(vec!["Europe/Berlin", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Cairo"]),
        ) {
            prop_assume!((from, minute) != (to, 0));
            let hours = QuietHours {
                from: ClockTime { hour: from, minute },
                to: ClockTime { hour: to, minute: 0 },
                timezone: zone.to_owned(),
            };
            let at = crate::time::from_unix_ms(ms);
            let released = hours.released_at(at);
            prop_assert!(released >= at && released - at < chrono::Duration::hours(50));
            prop_assert_eq!(hours.released_at(released), released);
        }
    }
}
