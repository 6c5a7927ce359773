//! Exclusions: rules that keep occurrences from running. The schedule still names them, and each has its record.
//!
//! They look at the date and time that the zone's clocks show when the occurrence is due.

mod holidays;

use std::fmt::Write;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

pub(super) use holidays::{Holidays, Span, Yearly, YearlyDay};

use super::zone::{Span as Clocks, Zone};

const DAY_SECONDS: i64 = 86_400;
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Which occurrences of a schedule do not run, as a user writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Exclusions {
    /// Days, such as `2027-12-24`, and ranges of days, both ends included, such as `2027-12-27/2028-01-02`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dates: Option<Vec<String>>,
    /// Weekdays, 0 (Sunday) to 6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_of_week: Option<Vec<i64>>,
    /// Hours of every day, the end not included, such as `22:00-06:00`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Vec<String>>,
    /// The text of an iCalendar file: nothing runs during its events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
}

/// What keeps an occurrence from running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExcludedBy {
    /// The kind of rule.
    pub kind: ExclusionKind,
    /// The rule as it stands in the schedule; of a calendar the event's name.
    pub rule: String,
}

/// The kinds of rules that exclude.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExclusionKind {
    /// A day or a range of days.
    Date,
    /// A weekday.
    Weekday,
    /// Hours of every day.
    Hours,
    /// An event of a calendar.
    Calendar,
}

impl ExcludedBy {
    /// Returns the rule as a sentence for people.
    #[must_use]
    pub fn text(&self) -> String {
        let rule = self.rule.as_str();
        match self.kind {
            ExclusionKind::Date => format!("Nothing runs on {}.", rule.replace('/', " to ")),
            ExclusionKind::Weekday => format!("Nothing runs on a {rule}."),
            ExclusionKind::Hours => format!("Nothing runs from {}.", rule.replace('-', " to ")),
            ExclusionKind::Calendar if rule.is_empty() => "The calendar excludes it.".to_owned(),
            ExclusionKind::Calendar => format!("The calendar excludes it: {rule}."),
        }
    }
}

impl ExclusionKind {
    /// Returns why many occurrences did not run, as a sentence for people.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Date => "Nothing runs on these days.",
            Self::Weekday => "Nothing runs on these weekdays.",
            Self::Hours => "Nothing runs in these hours.",
            Self::Calendar => "The calendar excludes these days or hours.",
        }
    }
}

/// The rules of a schedule, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ExclusionRules {
    pub(super) dates: Vec<Days>,
    /// Bit 0 is Sunday.
    pub(super) weekdays: u8,
    pub(super) hours: Vec<Hours>,
    pub(super) holidays: Holidays,
}

/// A range of days, both ends included, counted from 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
}

/// A range of minutes of the day; over midnight when the end is not after the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hours {
    pub(super) from: u32,
    pub(super) to: u32,
}

/// What excludes an instant, and the first later one at which it may do so no more.
pub(super) type Excluding = (ExcludedBy, i64);

impl ExclusionRules {
    pub(super) fn is_empty(&self) -> bool {
        self.dates.is_empty() && self.weekdays == 0 && self.hours.is_empty() && self.holidays.is_empty()
    }

    /// Returns what excludes a second: the most particular rule that does.
    pub(super) fn excluding(&self, zone: Zone, due: i64) -> Option<Excluding> {
        if self.is_empty() {
            return None;
        }
        let clocks = zone.span_at(due);
        let wall = due + clocks.offset;
        let found = |kind, rule: String, end: i64| {
            // Where the clocks change before the rule ends, it is looked at again.
            (ExcludedBy { kind, rule }, end_of(due, wall, end, &clocks))
        };
        if let Some((days, end)) = self.on_date(wall) {
            return Some(found(ExclusionKind::Date, days.text(), end));
        }
        if let Some((name, until)) = self.holidays.during(zone, due) {
            return Some((ExcludedBy { kind: ExclusionKind::Calendar, rule: name.to_owned() }, until));
        }
        let midnight = (wall.div_euclid(DAY_SECONDS) + 1) * DAY_SECONDS;
        if let Some(weekday) = self.on_weekday(wall) {
            return Some(found(ExclusionKind::Weekday, weekday.to_owned(), midnight));
        }
        let minute = u32::try_from(wall.rem_euclid(DAY_SECONDS) / 60).unwrap_or(0);
        let hours = self.hours.iter().find(|hours| hours.cover(minute))?;
        let end = wall - wall.rem_euclid(DAY_SECONDS) + i64::from(hours.to) * 60;
        let end = if end > wall { end } else { end + DAY_SECONDS };
        Some(found(ExclusionKind::Hours, hours.text(), end))
    }

    /// Returns the range of days in which a wall time lies, and its end.
    fn on_date(&self, wall: i64) -> Option<(&Days, i64)> {
        let day = date_of(wall)?;
        let days = self.dates.iter().find(|days| days.first <= day && day <= days.last)?;
        Some((days, (i64::from(days.last.to_epoch_days()) + 1) * DAY_SECONDS))
    }

    fn on_weekday(&self, wall: i64) -> Option<&'static str> {
        let weekday = date_of(wall)?.weekday().num_days_from_sunday();
        (self.weekdays & (1 << weekday) != 0).then(|| WEEKDAYS[weekday as usize])
    }

    /// Describes the rules in one phrase, such as `except on weekends and from 22:00 to 06:00`.
    pub(super) fn describe(&self) -> String {
        let mut parts = Vec::new();
        let weekdays: Vec<_> =
            (1..=7_usize).map(|day| day % 7).filter(|day| self.weekdays & (1 << day) != 0).collect();
        if !weekdays.is_empty() {
            let named: Vec<_> = weekdays.into_iter().map(|day| format!("{}s", WEEKDAYS[day])).collect();
            parts.push(format!("on {}", joined(&named)));
        }
        if !self.hours.is_empty() {
            let named: Vec<_> = self.hours.iter().map(|hours| format!("from {}", hours.told())).collect();
            parts.push(joined(&named));
        }
        match &self.dates[..] {
            [] => {}
            [days] => parts.push(format!("on {}", days.text().replace('/', " to "))),
            [first, ..] => {
                let mut told = format!("on {}", first.text().replace('/', " to "));
                // Writing to a string cannot fail.
                let _ = write!(told, " and {} more dates", self.dates.len() - 1);
                parts.push(told);
            }
        }
        if !self.holidays.is_empty() {
            parts.push(format!("during {} events of a calendar", self.holidays.len()));
        }
        format!("except {}", joined(&parts))
    }
}

impl Days {
    /// Returns the rule as it stands in a schedule.
    fn text(self) -> String {
        let Self { first, last } = self;
        if first == last { first.to_string() } else { format!("{first}/{last}") }
    }
}

impl Hours {
    fn cover(self, minute: u32) -> bool {
        let Self { from, to } = self;
        if from < to { (from..to).contains(&minute) } else { minute >= from || minute < to }
    }

    fn text(self) -> String {
        let time = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
        format!("{}-{}", time(self.from), time(self.to))
    }

    fn told(self) -> String {
        self.text().replace('-', " to ")
    }
}

/// Returns the second at which clocks show the wall time `end`, or earlier the one at which they change.
fn end_of(due: i64, wall: i64, end: i64, clocks: &Clocks) -> i64 {
    (due + (end - wall)).min(clocks.end)
}

fn date_of(wall: i64) -> Option<NaiveDate> {
    i32::try_from(wall.div_euclid(DAY_SECONDS)).ok().and_then(NaiveDate::from_epoch_days)
}

fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

#[cfg(test)]
#[path = "exclusion/exclusion_tests.rs"]
mod tests;
