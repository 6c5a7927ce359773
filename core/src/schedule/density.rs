//! How close two occurrences can come, decided from the fields: the sets are small, so nothing is searched.

use std::time::Duration;

use super::calendar::{Calendar, DayTimes, ones};

const DAY_SECONDS: i64 = 86_400;

/// Twenty-eight years hold every shape a year can have, and every pair of neighbours.
const YEARS: std::ops::Range<i32> = 2000..2028;

/// Tells whether the calendar names any day at all.
pub(super) fn has_any_day(calendar: &Calendar) -> bool {
    YEARS.into_iter().any(|year| (1..=12).any(|month| calendar.days_of(year, month) != 0))
}

/// Returns the shortest distance on the wall calendar between two neighbouring occurrences.
pub(super) fn shortest_interval(calendar: &Calendar) -> Duration {
    let wait_overnight = |days: i64| days * DAY_SECONDS + calendar.times.first() - calendar.times.last();
    let seconds = match shortest_within_a_day(&calendar.times) {
        // Days that follow each other are the closest there are: if they are far enough apart, do not look.
        Some(within) if within <= wait_overnight(1) => within,
        within => within.unwrap_or(i64::MAX).min(wait_overnight(shortest_days(calendar))),
    };
    Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}

/// Returns the shortest distance between two times of one day, or `None` when there is only one time.
fn shortest_within_a_day(times: &DayTimes) -> Option<i64> {
    let (seconds, minutes, hours) = match times {
        DayTimes::Fields { seconds, minutes, hours } => (*seconds, *minutes, *hours),
        DayTimes::Listed(times) => {
            return times.windows(2).map(|pair| i64::from(pair[1]) - i64::from(pair[0])).min();
        }
    };
    let next_minute = i64::from(lowest(seconds)) - i64::from(highest(seconds));
    let next_hour = 60 * (i64::from(lowest(minutes)) - i64::from(highest(minutes))) + next_minute;
    let within_minute = shortest_step(seconds);
    let within_hour = shortest_step(minutes).map(|step| 60 * step + next_minute);
    let between_hours = shortest_step(u64::from(hours)).map(|step| 3600 * step + next_hour);
    [within_minute, within_hour, between_hours].into_iter().flatten().min()
}

/// Returns the fewest days between two days that match; a year when they are further apart.
fn shortest_days(calendar: &Calendar) -> i64 {
    let (mut shortest, mut month_start, mut last) = (366, 0, None);
    for year in YEARS {
        for month in 1..=12 {
            for date in ones(u64::from(calendar.days_of(year, month))) {
                let day = month_start + i64::from(date);
                if let Some(last) = last.replace(day) {
                    shortest = shortest.min(day - last);
                }
                if shortest == 1 {
                    return 1;
                }
            }
            month_start += chrono::NaiveDate::from_ymd_opt(year, month, 1)
                .map_or(0, |first| i64::from(chrono::Datelike::num_days_in_month(&first)));
        }
    }
    shortest
}

/// Returns the shortest distance between two neighbouring bits.
fn shortest_step(bits: u64) -> Option<i64> {
    ones(bits).zip(ones(bits).skip(1)).map(|(one, next)| i64::from(next - one)).min()
}

fn lowest(bits: u64) -> u32 {
    bits.trailing_zeros()
}

fn highest(bits: u64) -> u32 {
    63 - bits.leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{DayMatch, cron::Pattern};

    fn check(pattern: &str, seconds: u64) {
        let calendar = Pattern::parse(pattern, DayMatch::And).expect(pattern).calendar;
        assert_eq!(shortest_interval(&calendar).as_secs(), seconds, "{pattern}");
    }

    #[test]
    fn the_shortest_interval_follows_from_the_fields() {
        check("* * * * *", 60);
        check("* * * * * *", 1);
        check("*/7 * * * * *", 4);
        check("0,50 * * * * *", 10);
        check("0,45 0 9 * * *", 45);
        check("*/25 * * * *", 10 * 60);
        check("0,59 9 * * *", 59 * 60);
        check("0,59 9-10 * * *", 60);
        check("0 9 * * *", 24 * 3600);
        check("1 0,23 * * *", 3600);
        check("0 0,23 * * 1", 23 * 3600);
        check("0 0,23 * * 1,2", 3600);
        check("0 9 1 * *", 28 * 24 * 3600);
        check("0 9 1,31 * *", 24 * 3600);
        check("0 9 31 12 *", 365 * 24 * 3600);
        check("0 9 29 2 *", 366 * 24 * 3600);
        check("0 9 * * 1-5", 24 * 3600);
        check("0 9 * * 1", 7 * 24 * 3600);
    }

    #[test]
    fn impossible_dates_are_seen_in_the_fields() {
        let check = |pattern: &str, any: bool| {
            let calendar = Pattern::parse(pattern, DayMatch::And).expect(pattern).calendar;
            assert_eq!(has_any_day(&calendar), any, "{pattern}");
        };
        check("0 0 30 2 *", false);
        check("0 0 31 4,6,9,11 *", false);
        check("0 0 31W 4 *", false);
        check("0 0 29 2 *", true);
        check("0 0 29 2 1", true);
        check("0 0 1 * 1#2", false);
        check("0 0 * 2 1#5", true);
        check("0 0 8 * 1#2", true);
    }
}
