//! One event of an iCalendar file: when it begins and ends, and whether it comes again.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Weekday};

use super::Untaken;
use super::line::Property;
use crate::schedule::exclusion::{Span, Yearly, YearlyDay};
use crate::schedule::fault::bounded;
use crate::schedule::zone::{HORIZON_YEAR, Zone};

const DAY_SECONDS: i64 = 86_400;
/// An event that comes every year is over before it comes again.
const YEARLY_SECONDS_MAX: i64 = 365 * DAY_SECONDS;
const NAME_CHARS_MAX: usize = 80;

/// An event, on the clocks of a zone; of the schedule's own where none is given.
pub(super) enum Event {
    Once(Option<Zone>, Span),
    Yearly(Option<Zone>, Yearly),
}

/// An event as far as its lines have been read.
pub(super) struct Draft {
    line: usize,
    start: Option<(usize, Moment)>,
    end: Option<(usize, Moment)>,
    /// Its rule, with the line and the text.
    rule: Option<(usize, String)>,
    name: String,
    is_cancelled: bool,
    /// What of its lines cannot be taken.
    untaken: Vec<Untaken>,
}

/// A date, or a time on some clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    at: NaiveDateTime,
    zone: Option<Zone>,
    is_date: bool,
}

impl Draft {
    pub(super) fn new(line: usize) -> Self {
        Self {
            line,
            start: None,
            end: None,
            rule: None,
            name: String::new(),
            is_cancelled: false,
            untaken: Vec::new(),
        }
    }

    /// Takes one line.
    pub(super) fn take(&mut self, number: usize, property: &Property<'_>) {
        let refused = |expected: &str| {
            Some(Untaken::new(number, &format!("{}:{}", property.name, property.value), expected))
        };
        let untaken = match property.name.as_str() {
            "DTSTART" | "DTEND" => match Moment::read(property) {
                Ok(moment) => {
                    let place = if property.name == "DTSTART" { &mut self.start } else { &mut self.end };
                    *place = Some((number, moment));
                    None
                }
                Err((text, expected)) => Some(Untaken::new(number, &text, expected)),
            },
            "SUMMARY" => {
                self.name = name(property.value);
                None
            }
            "STATUS" => {
                self.is_cancelled = property.value.trim().eq_ignore_ascii_case("CANCELLED");
                None
            }
            "RRULE" if self.rule.is_some() => refused("one RRULE an event"),
            "RRULE" => {
                self.rule = Some((number, property.value.trim().to_ascii_uppercase()));
                None
            }
            "DURATION" => refused("a DTEND instead of a DURATION"),
            "RDATE" | "EXDATE" | "EXRULE" => {
                refused("an event of its own for each time that differs from the RRULE")
            }
            "RECURRENCE-ID" => refused("no changes of single times of a repeated event"),
            _ => None,
        };
        self.untaken.extend(untaken);
    }

    /// Returns the event; none when it was cancelled.
    ///
    /// # Errors
    /// What of it cannot be taken.
    pub(super) fn event(mut self) -> Result<Option<Event>, Vec<Untaken>> {
        if self.is_cancelled {
            return Ok(None);
        }
        if !self.untaken.is_empty() {
            return Err(std::mem::take(&mut self.untaken));
        }
        let Some((line, start)) = self.start else {
            return Err(vec![Untaken::new(self.line, "BEGIN:VEVENT", "a DTSTART in every event")]);
        };
        let seconds = self.seconds(line, start)?;
        let from = start.at.and_utc().timestamp();
        match &self.rule {
            None => {
                let span = Span { from, to: from + seconds, name: self.name.into() };
                Ok(Some(Event::Once(start.zone, span)))
            }
            Some((line, rule)) => {
                let refused =
                    |expected: String| vec![Untaken::new(*line, &format!("RRULE:{rule}"), expected)];
                if seconds > YEARLY_SECONDS_MAX {
                    return Err(refused("an event that is over before it comes again".to_owned()));
                }
                let event = yearly(rule, start, seconds, &self.name).map_err(refused)?;
                Ok(Some(Event::Yearly(start.zone, event)))
            }
        }
    }

    /// Returns how long the event lasts.
    fn seconds(&self, line: usize, start: Moment) -> Result<i64, Vec<Untaken>> {
        let Some((end_line, end)) = self.end else {
            return match start.is_date {
                true => Ok(DAY_SECONDS),
                false => Err(vec![Untaken::new(line, "DTSTART", "a DTEND, since the start has a time")]),
            };
        };
        let refused = |expected: &str| Err(vec![Untaken::new(end_line, "DTEND", expected)]);
        if end.is_date != start.is_date || end.zone != start.zone {
            return refused("an end of the same kind and time zone as the start");
        }
        match (end.at - start.at).num_seconds() {
            // Some programs write a single day so.
            0 if start.is_date => Ok(DAY_SECONDS),
            seconds if seconds > 0 => Ok(seconds),
            _ => refused("an end after the start"),
        }
    }
}

impl Moment {
    /// Reads a date or a time; else returns what stands there and what would be right.
    fn read(property: &Property<'_>) -> Result<Self, (String, String)> {
        let value = property.value.trim();
        let whole = || format!("{}:{value}", property.name);
        let expected = || "a date such as 20271224, or a time such as 20271224T180000".to_owned();
        let in_years = |at: NaiveDateTime| (1900..HORIZON_YEAR).contains(&at.year());
        if property.parameter("VALUE").is_some_and(|kind| kind.eq_ignore_ascii_case("DATE"))
            || value.len() == 8
        {
            let date = date(value).map(NaiveDateTime::from).filter(|at| in_years(*at));
            let at = date.ok_or_else(|| (whole(), expected()))?;
            return Ok(Self { at, zone: None, is_date: true });
        }
        let (text, is_utc) = value.strip_suffix(['Z', 'z']).map_or((value, false), |text| (text, true));
        let is_plain = text.len() == 15 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'T');
        let at = is_plain.then(|| NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").ok()).flatten();
        let at = at.filter(|at| in_years(*at)).ok_or_else(|| (whole(), expected()))?;
        let name = if is_utc { Some("UTC") } else { property.parameter("TZID") };
        let zone = name.map(|name| {
            Zone::named(name).map_err(|error| {
                let near = error.suggestion.unwrap_or("Europe/Berlin");
                (format!("TZID={name}"), format!("the IANA name of a time zone, such as `{near}`"))
            })
        });
        Ok(Self { at, zone: zone.transpose()?, is_date: false })
    }
}

/// Reads the rule of an event that comes every year.
fn yearly(rule: &str, start: Moment, seconds: i64, name: &str) -> Result<Yearly, String> {
    let mut event = Yearly {
        first_year: start.at.year(),
        interval: 1,
        until: i64::MAX,
        month: start.at.month(),
        day: YearlyDay::Date(i32::try_from(start.at.day()).unwrap_or(1)),
        time: start.at.and_utc().timestamp().rem_euclid(DAY_SECONDS),
        seconds,
        name: name.into(),
    };
    let (mut count, mut has_month, mut is_yearly) = (None, false, false);
    for part in rule.split(';').filter(|part| !part.is_empty()) {
        let (key, value) =
            part.split_once('=').ok_or_else(|| format!("`NAME=value` where `{}` stands", bounded(part)))?;
        let unfit = |expected: &str| format!("{expected}, where {} stands", bounded(part));
        match key {
            "FREQ" if value == "YEARLY" => is_yearly = true,
            "FREQ" => return Err(unfit("FREQ=YEARLY, or single events")),
            "INTERVAL" => event.interval = number(value, 1, 100).ok_or_else(|| unfit("1 to 100 years"))?,
            "COUNT" => count = Some(number(value, 1, 1_000).ok_or_else(|| unfit("1 to 1000 times"))?),
            "UNTIL" => event.until = until(value).ok_or_else(|| unfit("a date such as 20301231"))?,
            "BYMONTH" => {
                let month = number(value, 1, 12).ok_or_else(|| unfit("one month from 1 to 12"))?;
                event.month = u32::try_from(month).unwrap_or(1);
                has_month = true;
            }
            "BYMONTHDAY" => {
                let date = number(value, -31, 31).filter(|date| *date != 0);
                event.day = YearlyDay::Date(date.ok_or_else(|| unfit("one day of the month"))?);
            }
            "BYDAY" => {
                event.day = nth(value).ok_or_else(|| unfit("one weekday with its number, such as 4TH"))?
            }
            "WKST" => {}
            _ => return Err(unfit("FREQ, INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY and BYDAY only")),
        }
    }
    if !is_yearly {
        return Err("FREQ=YEARLY, or single events".to_owned());
    }
    if matches!(event.day, YearlyDay::Nth(..)) && !has_month {
        return Err("a BYMONTH beside BYDAY".to_owned());
    }
    if let Some(count) = count {
        event.until = last_of(&event, count);
    }
    Ok(event)
}

/// Returns when the `count`-th event begins, or never when the years end before.
fn last_of(event: &Yearly, count: i32) -> i64 {
    let starts = (event.first_year..HORIZON_YEAR).filter_map(|year| event.start_in(year));
    starts.take(usize::try_from(count).unwrap_or(1)).last().unwrap_or(i64::MIN)
}

fn date(text: &str) -> Option<NaiveDate> {
    let is_plain = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| NaiveDate::parse_from_str(text, "%Y%m%d").ok()).flatten()
}

/// Returns the last second that an UNTIL lets an event begin at.
fn until(text: &str) -> Option<i64> {
    let day = date(text.get(..8)?)?;
    Some((i64::from(day.to_epoch_days()) + 1) * DAY_SECONDS - 1)
}

fn nth(text: &str) -> Option<YearlyDay> {
    let at = text.find(|character: char| character.is_ascii_alphabetic())?;
    let (nth, day) = text.split_at(at);
    let nth = number(nth.trim_start_matches('+'), -5, 5).filter(|nth| *nth != 0)?;
    let weekday = match day {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    };
    Some(YearlyDay::Nth(nth, weekday))
}

fn number(text: &str, min: i32, max: i32) -> Option<i32> {
    text.parse().ok().filter(|number| (min..=max).contains(number))
}

/// Returns an event's name as it may be shown: escapes undone, one short line.
fn name(value: &str) -> String {
    let text = value.replace("\\n", " ").replace("\\N", " ").replace("\\,", ",").replace("\\;", ";");
    let text = text.replace("\\\\", "\\");
    bounded(text.trim()).chars().take(NAME_CHARS_MAX).collect()
}
