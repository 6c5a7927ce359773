//! Until when a token is good.

use chrono::{Days, TimeDelta};
use dateline_core::time::Timestamp;

use crate::cli::text::{Moment, moment};

/// A century: what is good for longer is good until it is revoked.
const DAYS_MAX: u64 = 36_500;

/// The last moment of something that is made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expiry {
    /// So many days from now.
    Days(u64),
    /// So many hours from now.
    Hours(u16),
    /// Then.
    At(Timestamp),
}

impl Expiry {
    /// Returns when that is, for something made at `now`.
    pub(super) fn at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Days(days) => now.checked_add_days(Days::new(days)).unwrap_or(Timestamp::MAX_UTC),
            Self::Hours(hours) => {
                now.checked_add_signed(TimeDelta::hours(hours.into())).unwrap_or(Timestamp::MAX_UTC)
            }
            Self::At(at) => at,
        }
    }
}

/// Reads a day, which is the last one, an instant, or a time from now such as `90d` or `12h`.
pub(super) fn expiry(text: &str) -> Result<Expiry, String> {
    let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
    let hours = text.strip_suffix('h').and_then(|hours| hours.parse().ok());
    match (days, hours) {
        (Some(days @ 1..=DAYS_MAX), _) => return Ok(Expiry::Days(days)),
        (_, Some(hours @ 1..)) => return Ok(Expiry::Hours(hours)),
        _ => {}
    }
    let expected = "expected a day such as 2027-11-23, an instant such as 2027-11-23T17:00:00Z, or a time from now \
                    such as 90d or 12h";
    moment(text).map(Moment::end).map(Expiry::At).map_err(|_| expected.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_day_an_instant_or_a_time_from_now() {
        let now = "2026-11-24T01:00:00Z".parse().expect("an instant");
        let at = |text: &str| expiry(text).map(|expiry| dateline_core::time::rfc3339(expiry.at(now)));
        assert_eq!(at("90d"), Ok("2027-02-22T01:00:00.000Z".into()));
        assert_eq!(at("12h"), Ok("2026-11-24T13:00:00.000Z".into()));
        assert_eq!(at("2027-11-23"), Ok("2027-11-23T23:59:59.999Z".into()), "the last day counts");
        assert_eq!(at("2027-11-23T17:00:00Z"), Ok("2027-11-23T17:00:00.000Z".into()));
        for bad in ["0d", "-1d", "d", "", "90", "tomorrow", "1w", "99999d"] {
            assert!(expiry(bad).is_err(), "{bad}");
        }
    }
}
