//! The wall calendar: which local dates and times a schedule names, without any zone.
//!
//! A wall time is counted as seconds since 1970-01-01 00:00 on the local clock. All sets are bits, so the search
//! for the next member costs a few shifts, and at most one look at each month up to the horizon.

use chrono::{Datelike, NaiveDate};

use super::{DayMatch, zone::HORIZON_YEAR};

const DAY_SECONDS: i64 = 86_400;
const ALL_MONTHS: u16 = 0b1_1111_1111_1110;
/// The bits of every seventh day, to be moved to the first of them.
const WEEKLY: u32 = 1 | 1 << 7 | 1 << 14 | 1 << 21 | 1 << 28;

/// The dates of a month that a schedule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct MonthDays {
    /// False when every day will do.
    pub(super) restricted: bool,
    /// Bit n is the date n.
    pub(super) dates: u32,
    /// Bit n is the weekday (Monday to Friday) of the same month that is nearest to the date n.
    pub(super) nearest_weekdays: u32,
    /// The last day of the month.
    pub(super) last: bool,
    /// The last Monday-to-Friday of the month.
    pub(super) last_weekday: bool,
    /// Dates that a month is too short for fall on its last day.
    pub(super) capped: bool,
}

/// The weekdays that a schedule names; bit 0 is Sunday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct WeekDays {
    /// False when every weekday will do.
    pub(super) restricted: bool,
    pub(super) every: u8,
    /// The weekdays whose first, second … fifth in the month are meant.
    pub(super) nth: [u8; 5],
    /// The weekdays whose last in the month is meant.
    pub(super) last: u8,
}

/// The times of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DayTimes {
    /// Every combination of these; bit n is the second n of a minute, the others likewise.
    Fields { seconds: u64, minutes: u64, hours: u32 },
    /// These, as seconds of the day: in order, each once, at least one.
    Listed(Box<[u32]>),
}

/// All wall times of a schedule: a set of days, and the same times on each of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Calendar {
    pub(super) times: DayTimes,
    /// Bits 1 to 12.
    pub(super) months: u16,
    pub(super) month_days: MonthDays,
    pub(super) week_days: WeekDays,
    pub(super) day_match: DayMatch,
}

impl Calendar {
    /// Returns the calendar of these times on every day.
    pub(super) fn daily(times: DayTimes) -> Self {
        Self {
            times,
            months: ALL_MONTHS,
            month_days: MonthDays::default(),
            week_days: WeekDays::default(),
            day_match: DayMatch::Or,
        }
    }

    pub(super) fn has_all_months(&self) -> bool {
        self.months == ALL_MONTHS
    }

    /// Returns the first wall time at or after the given one, or `None` when the horizon comes first.
    pub(super) fn first_from(&self, wall: i64) -> Option<i64> {
        let (day, second) = (wall.div_euclid(DAY_SECONDS), wall.rem_euclid(DAY_SECONDS));
        let found = self.day_from(day)?;
        if found > day {
            return Some(found * DAY_SECONDS + self.times.first());
        }
        if let Some(time) = self.times.from(second) {
            return Some(day * DAY_SECONDS + time);
        }
        Some(self.day_from(day + 1)? * DAY_SECONDS + self.times.first())
    }

    /// Returns the matching dates of a month; bit n is the date n.
    pub(super) fn days_of(&self, year: i32, month: u32) -> u32 {
        if self.months & (1 << month) == 0 {
            return 0;
        }
        let Some(first) = NaiveDate::from_ymd_opt(year, month, 1) else { return 0 };
        let (length, weekday) =
            (u32::from(first.num_days_in_month()), first.weekday().num_days_from_sunday());
        let all = u32::MAX >> (31 - length) & !1;
        let by_date = || self.month_days.in_month(length, weekday);
        let by_weekday = || self.week_days.in_month(length, weekday);
        match (self.month_days.restricted, self.week_days.restricted, self.day_match) {
            (false, false, _) => all,
            (true, false, _) => by_date(),
            (false, true, _) => by_weekday(),
            (true, true, DayMatch::Or) => by_date() | by_weekday(),
            (true, true, DayMatch::And) => by_date() & by_weekday(),
        }
    }

    /// Returns the first matching day at or after this one, both counted from 1970.
    fn day_from(&self, day: i64) -> Option<i64> {
        let date = i32::try_from(day).ok().and_then(NaiveDate::from_epoch_days)?;
        let (mut year, mut month, mut from) = (date.year(), date.month(), date.day());
        while year < HORIZON_YEAR {
            let dates = self.days_of(year, month) & (u32::MAX << from);
            if dates != 0 {
                let found = NaiveDate::from_ymd_opt(year, month, dates.trailing_zeros())?;
                return Some(i64::from(found.to_epoch_days()));
            }
            (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
            from = 1;
        }
        None
    }
}

impl DayTimes {
    /// Returns the one time of an hour and a minute.
    pub(super) fn one(hour: u8, minute: u8) -> Self {
        Self::Fields { seconds: 1, minutes: 1 << minute, hours: 1 << hour }
    }

    /// Returns the earliest time of day, in seconds.
    pub(super) fn first(&self) -> i64 {
        match self {
            Self::Fields { seconds, minutes, hours } => {
                time(hours.trailing_zeros(), minutes.trailing_zeros(), seconds.trailing_zeros())
            }
            Self::Listed(times) => times.first().copied().map_or(0, i64::from),
        }
    }

    /// Returns the latest time of day, in seconds.
    pub(super) fn last(&self) -> i64 {
        match self {
            Self::Fields { seconds, minutes, hours } => {
                let (minutes, seconds) = (63 - minutes.leading_zeros(), 63 - seconds.leading_zeros());
                time(31 - hours.leading_zeros(), minutes, seconds)
            }
            Self::Listed(times) => times.last().copied().map_or(0, i64::from),
        }
    }

    /// Returns the first matching second of the day at or after this one.
    fn from(&self, second: i64) -> Option<i64> {
        let second = u32::try_from(second).ok()?;
        let (seconds, minutes, hours) = match self {
            Self::Fields { seconds, minutes, hours } => (*seconds, *minutes, *hours),
            Self::Listed(times) => {
                return times.get(times.partition_point(|time| *time < second)).copied().map(i64::from);
            }
        };
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        if hours & (1 << hour) != 0 {
            let in_minute = minutes & (1 << minute) != 0;
            if let Some(second) = in_minute.then(|| bit_from(seconds, second)).flatten() {
                return Some(time(hour, minute, second));
            }
            if let Some(minute) = bit_from(minutes, minute + 1) {
                return Some(time(hour, minute, seconds.trailing_zeros()));
            }
        }
        let hour = bit_from(u64::from(hours), hour + 1)?;
        Some(time(hour, minutes.trailing_zeros(), seconds.trailing_zeros()))
    }
}

impl MonthDays {
    fn in_month(self, length: u32, first_weekday: u32) -> u32 {
        let all = u32::MAX >> (31 - length) & !1;
        let mut days = self.dates & all;
        if self.last || (self.capped && self.dates & !all != 0) {
            days |= 1 << length;
        }
        if self.last_weekday {
            days |= 1 << nearest_weekday(length, length, first_weekday);
        }
        for date in ones(u64::from(self.nearest_weekdays & all)) {
            days |= 1 << nearest_weekday(date, length, first_weekday);
        }
        days
    }
}

impl WeekDays {
    fn in_month(self, length: u32, first_weekday: u32) -> u32 {
        let all = u32::MAX >> (31 - length) & !1;
        let first_date = |weekday: u32| 1 + (weekday + 7 - first_weekday) % 7;
        let mut days = 0;
        for weekday in ones(u64::from(self.every)) {
            days |= WEEKLY << first_date(weekday);
        }
        for (weeks, weekdays) in (0..).zip(self.nth) {
            for weekday in ones(u64::from(weekdays)) {
                days |= 1_u32.checked_shl(first_date(weekday) + 7 * weeks).unwrap_or(0);
            }
        }
        for weekday in ones(u64::from(self.last)) {
            let date = first_date(weekday);
            days |= 1 << (date + (length - date) / 7 * 7);
        }
        days & all
    }
}

/// Returns the Monday-to-Friday of the month that is nearest to a date; it never leaves the month.
fn nearest_weekday(date: u32, length: u32, first_weekday: u32) -> u32 {
    match (first_weekday + date - 1) % 7 {
        6 if date == 1 => 3,
        6 => date - 1,
        0 if date == length => date - 2,
        0 => date + 1,
        _ => date,
    }
}

/// Lists the positions of the bits that are set, lowest first.
pub(super) fn ones(mut bits: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let lowest = (bits != 0).then(|| bits.trailing_zeros())?;
        bits &= bits - 1;
        Some(lowest)
    })
}

/// Returns the lowest set bit at or above a position.
fn bit_from(bits: u64, position: u32) -> Option<u32> {
    let above = bits & (u64::MAX << position);
    (above != 0).then(|| above.trailing_zeros())
}

fn time(hour: u32, minute: u32, second: u32) -> i64 {
    i64::from(hour * 3600 + minute * 60 + second)
}
