//! The events of a calendar, as spans of wall time: some once, some every year.

use chrono::{Datelike, NaiveDate, Weekday};

use super::{DAY_SECONDS, date_of, end_of};
use crate::schedule::zone::Zone;

/// The events of a calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::schedule) struct Holidays(Vec<OnClocks>);

/// The events that lie on one zone's clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OnClocks {
    /// The schedule's own zone when absent.
    zone: Option<Zone>,
    /// By their start.
    once: Vec<Span>,
    /// The greatest end of each of `once` and those before it: where to stop looking back.
    ends: Vec<i64>,
    yearly: Vec<Yearly>,
}

/// An event that happens once, in seconds on a wall clock; the end does not belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schedule) struct Span {
    pub(in crate::schedule) from: i64,
    pub(in crate::schedule) to: i64,
    pub(in crate::schedule) name: Box<str>,
}

/// An event that comes every year, or every few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schedule) struct Yearly {
    pub(in crate::schedule) first_year: i32,
    /// A year that counts; years count from the first.
    pub(in crate::schedule) interval: i32,
    /// The start of the last one lies at or before this second.
    pub(in crate::schedule) until: i64,
    pub(in crate::schedule) month: u32,
    pub(in crate::schedule) day: YearlyDay,
    /// Seconds after midnight.
    pub(in crate::schedule) time: i64,
    /// At most a year.
    pub(in crate::schedule) seconds: i64,
    pub(in crate::schedule) name: Box<str>,
}

/// On which day of its month an event begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::schedule) enum YearlyDay {
    /// The date, or counted from the end when negative.
    Date(i32),
    /// The nth such weekday, or counted from the end when negative.
    Nth(i32, Weekday),
}

impl Holidays {
    /// Returns events by the zone on whose clocks they lie; the schedule's own where none is given.
    pub(in crate::schedule) fn new(
        once: Vec<(Option<Zone>, Span)>,
        yearly: Vec<(Option<Zone>, Yearly)>,
    ) -> Self {
        let mut all = Self::default();
        for (zone, span) in once {
            all.on_clocks(zone).once.push(span);
        }
        for (zone, event) in yearly {
            all.on_clocks(zone).yearly.push(event);
        }
        for group in &mut all.0 {
            group.once.sort_by_key(|span| span.from);
            let greatest = |end: &mut i64, span: &Span| {
                *end = span.to.max(*end);
                Some(*end)
            };
            group.ends = group.once.iter().scan(i64::MIN, greatest).collect();
        }
        all
    }

    fn on_clocks(&mut self, zone: Option<Zone>) -> &mut OnClocks {
        let at = self.0.iter().position(|group| group.zone == zone).unwrap_or_else(|| {
            self.0.push(OnClocks { zone, once: Vec::new(), ends: Vec::new(), yearly: Vec::new() });
            self.0.len() - 1
        });
        &mut self.0[at]
    }

    pub(in crate::schedule) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns how many events there are; one that comes every year counts once.
    pub(in crate::schedule) fn len(&self) -> usize {
        self.0.iter().map(|group| group.once.len() + group.yearly.len()).sum()
    }

    /// Returns the name of the event during which a second lies, and the first later one at which it may be over.
    pub(super) fn during(&self, own: Zone, due: i64) -> Option<(&str, i64)> {
        self.0.iter().find_map(|group| {
            let clocks = group.zone.unwrap_or(own).span_at(due);
            let wall = due + clocks.offset;
            let (name, end) = group.during(wall)?;
            Some((name, end_of(due, wall, end, &clocks)))
        })
    }
}

impl OnClocks {
    fn during(&self, wall: i64) -> Option<(&str, i64)> {
        let mut at = self.once.partition_point(|span| span.from <= wall);
        while at > 0 && self.ends[at - 1] > wall {
            at -= 1;
            if self.once[at].to > wall {
                return Some((&self.once[at].name, self.once[at].to));
            }
        }
        self.yearly.iter().find_map(|event| Some((&*event.name, event.end_around(wall)?)))
    }
}

impl Yearly {
    /// Returns the end of the event that a wall time lies in.
    fn end_around(&self, wall: i64) -> Option<i64> {
        let year = date_of(wall)?.year();
        [year, year - 1].into_iter().find_map(|year| {
            let start = self.start_in(year)?;
            let end = start + self.seconds;
            (start <= wall && wall < end).then_some(end)
        })
    }

    /// Returns when the event begins in a year, if it does.
    pub(in crate::schedule) fn start_in(&self, year: i32) -> Option<i64> {
        let passed = year.checked_sub(self.first_year)?;
        if passed < 0 || passed % self.interval != 0 {
            return None;
        }
        let start = i64::from(self.day.of(year, self.month)?.to_epoch_days()) * DAY_SECONDS + self.time;
        (start <= self.until).then_some(start)
    }
}

impl YearlyDay {
    fn of(self, year: i32, month: u32) -> Option<NaiveDate> {
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        let length = i32::from(first.num_days_in_month());
        let date = match self {
            Self::Date(date) if date > 0 => date,
            Self::Date(date) => length + 1 + date,
            Self::Nth(nth, weekday) => {
                let of = |day: Weekday| i32::try_from(day.num_days_from_monday()).unwrap_or(0);
                let first = 1 + (of(weekday) - of(first.weekday())).rem_euclid(7);
                let last = first + (length - first) / 7 * 7;
                if nth > 0 { first + (nth - 1) * 7 } else { last + (nth + 1) * 7 }
            }
        };
        if !(1..=length).contains(&date) {
            return None;
        }
        NaiveDate::from_ymd_opt(year, month, u32::try_from(date).ok()?)
    }
}
