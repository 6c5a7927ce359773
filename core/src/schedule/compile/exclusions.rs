//! Exclusions: dates, weekdays, hours and a calendar.

use chrono::{Datelike, NaiveDate};

use super::Faults;
use super::wall::{minute_of_day, weekdays};
use crate::schedule::exclusion::{Days, ExclusionRules, Holidays, Hours};
use crate::schedule::zone::HORIZON_YEAR;
use crate::schedule::{Exclusions, Fault, FaultCode, TimeConfig, icalendar};

/// More dates belong into a calendar.
const DATES_MAX: usize = 200;
/// More ranges of hours are not told apart any more.
const HOURS_MAX: usize = 24;

/// Returns the rules that exclude; without exclusions there are none.
pub(super) fn exclusions(config: &TimeConfig, faults: &mut Faults) -> ExclusionRules {
    let Some(exclusions) = &config.exclusions else { return ExclusionRules::default() };
    let Exclusions { dates, days_of_week, hours, calendar } = exclusions;
    let field = "exclusions/daysOfWeek";
    ExclusionRules {
        dates: each(
            "dates",
            dates,
            DATES_MAX,
            "a date such as `2027-12-24`, or a range such as `2027-12-27/2028-01-02`",
            days,
            faults,
        ),
        weekdays: days_of_week.as_ref().and_then(|days| weekdays(field, days, faults)).unwrap_or(0),
        hours: each("hours", hours, HOURS_MAX, "two different times such as `22:00-06:00`", hours_of, faults),
        holidays: calendar.as_ref().map(|text| holidays(text, faults)).unwrap_or_default(),
    }
}

/// Returns what each text of a list spells.
fn each<T>(
    name: &str,
    texts: &Option<Vec<String>>,
    max: usize,
    expected: &str,
    read: impl Fn(&str) -> Option<T>,
    faults: &mut Faults,
) -> Vec<T> {
    let Some(texts) = texts else { return Vec::new() };
    let field = format!("exclusions/{name}");
    if texts.is_empty() || texts.len() > max {
        let expected = format!("1 to {max} entries");
        faults.push(Fault::new(FaultCode::InvalidField, &field, &texts.len().to_string(), expected));
        return Vec::new();
    }
    let mut found = Vec::with_capacity(texts.len());
    for (index, text) in texts.iter().enumerate() {
        match read(text) {
            Some(one) => found.push(one),
            None => {
                faults.push(Fault::new(FaultCode::InvalidField, &format!("{field}/{index}"), text, expected))
            }
        }
    }
    found
}

fn days(text: &str) -> Option<Days> {
    let (first, last) = text.split_once('/').unwrap_or((text, text));
    let (first, last) = (date(first)?, date(last)?);
    (first <= last).then_some(Days { first, last })
}

fn date(text: &str) -> Option<NaiveDate> {
    let is_plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let date: Option<NaiveDate> = is_plain.then(|| text.parse().ok()).flatten();
    date.filter(|date| (1900..HORIZON_YEAR).contains(&date.year()))
}

fn hours_of(text: &str) -> Option<Hours> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (minute_of_day(from)?, minute_of_day(to)?);
    (from != to).then_some(Hours { from, to })
}

fn holidays(text: &str, faults: &mut Faults) -> Holidays {
    icalendar::read(text).unwrap_or_else(|untaken| {
        for one in untaken {
            let expected = match one.line {
                0 => one.expected,
                line => format!("{} (line {line})", one.expected),
            };
            faults.push(Fault::new(FaultCode::InvalidField, "exclusions/calendar", &one.text, expected));
        }
        Holidays::default()
    })
}
