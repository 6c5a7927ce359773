//! Hours, durations and what happens at an instant, as they are typed.

use chrono::{NaiveTime, TimeDelta};

use crate::cli::text::instant;
use crate::time_machine::{ClockStep, Restart};

/// A clock that is set further is one nobody believes.
const SPAN_MAX: TimeDelta = TimeDelta::days(366);

/// Reads the hours of a night: `23:00-07:00`.
pub(super) fn hours(text: &str) -> Result<(NaiveTime, NaiveTime), String> {
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
    let (from, to) = text.split_once('-').unwrap_or_default();
    match (time(from), time(to)) {
        (Some(from), Some(to)) if from != to => Ok((from, to)),
        _ => Err("expected two times of day such as 23:00-07:00".into()),
    }
}

/// Reads an instant at which Dateline ends, and how long it stays away: `2027-03-01T12:00:00Z:90m`.
pub(super) fn restart(text: &str) -> Result<Restart, String> {
    if let Ok(at) = instant(text) {
        return Ok(Restart { at, down: TimeDelta::zero() });
    }
    let expected =
        || "expected an instant and perhaps a duration, such as 2027-03-01T12:00:00Z:90m".to_owned();
    let (at, down) = text.rsplit_once(':').ok_or_else(expected)?;
    match (instant(at), duration(down)) {
        (Ok(at), Some(down)) => Ok(Restart { at, down }),
        _ => Err(expected()),
    }
}

/// Reads an instant at which the clock is set, and by how much: `2027-03-01T12:00:00Z:-1h30m`.
pub(super) fn step(text: &str) -> Result<ClockStep, String> {
    let expected =
        || "expected an instant and a signed duration, such as 2027-03-01T12:00:00Z:-1h30m".to_owned();
    let (at, by) = text.rsplit_once(':').ok_or_else(expected)?;
    let by = match by.split_at_checked(1) {
        Some(("+", span)) => duration(span),
        Some(("-", span)) => duration(span).map(|span| -span),
        Some(_) | None => None,
    };
    match (instant(at), by) {
        (Ok(at), Some(by)) => Ok(ClockStep { at, by }),
        _ => Err(expected()),
    }
}

/// Reads a duration such as `1d2h30m15s`: each unit at most once, the largest first, a year at most.
pub(in crate::cli) fn duration(text: &str) -> Option<TimeDelta> {
    let mut rest = text;
    let mut sum = TimeDelta::zero();
    for (unit, seconds) in [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)] {
        let Some((count, after)) = rest.split_once(unit) else { continue };
        let is_count = (1..=9).contains(&count.len()) && count.bytes().all(|byte| byte.is_ascii_digit());
        let count: i64 = is_count.then(|| count.parse().ok()).flatten()?;
        sum = sum.checked_add(&TimeDelta::try_seconds(count * seconds)?)?;
        rest = after;
    }
    (rest.is_empty() && !text.is_empty() && sum <= SPAN_MAX).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_names_its_units() {
        let rows = [
            ("90m", 5_400),
            ("1h30m", 5_400),
            ("2d", 172_800),
            ("1d2h3m4s", 93_784),
            ("0s", 0),
            ("366d", 31_622_400),
        ];
        for (text, seconds) in rows {
            assert_eq!(duration(text), Some(TimeDelta::seconds(seconds)), "{text}");
        }
        for text in ["", "5", "m", "1m1h", "1h1h", "-1h", "1.5h", "367d", "99999999999d", "1x", "1h ", "é"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn what_happens_at_an_instant_is_told_apart_from_its_colons() {
        let at = instant("2027-03-01T12:00:00Z").expect("an instant");
        assert_eq!(restart("2027-03-01T12:00:00Z"), Ok(Restart { at, down: TimeDelta::zero() }));
        assert_eq!(restart("2027-03-01T13:00:00+01:00:5m"), Ok(Restart { at, down: TimeDelta::minutes(5) }));
        assert_eq!(step("2027-03-01T12:00:00Z:-1h"), Ok(ClockStep { at, by: TimeDelta::hours(-1) }));
        assert_eq!(step("2027-03-01T12:00:00Z:+45s"), Ok(ClockStep { at, by: TimeDelta::seconds(45) }));
        for text in ["2027-03-01T12:00:00Z:1h", "2027-03-01T12:00:00Z", "noon:+1h", ":", ""] {
            assert!(step(text).is_err(), "{text}");
        }
        assert!(restart("2027-03-01T12:00:00Z:-5m").is_err() && restart("2027-03-01").is_err());
    }

    #[test]
    fn a_night_has_two_ends() {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("a time");
        assert_eq!(hours("23:00-07:00"), Ok((time(23), time(7))));
        for text in ["23:00", "23:00-24:30", "7-8", "07:00-07:00", ""] {
            assert!(hours(text).is_err(), "{text}");
        }
    }
}
