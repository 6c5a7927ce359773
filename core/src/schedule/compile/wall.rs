//! Wall times: DAILY, WEEKLY, MONTHLY and CUSTOM.

use super::{Faults, number};
use crate::schedule::calendar::{Calendar, DayTimes, MonthDays, WeekDays};
use crate::schedule::cron::Pattern;
use crate::schedule::rule::Rule;
use crate::schedule::timeline::Clocks;
use crate::schedule::{Fault, FaultCode, Frequency, TimeConfig};

/// More times a day are written as a cron pattern.
const TIMES_MAX: usize = 48;

/// Returns the rule of a frequency that names wall times, or `None` for the others.
pub(super) fn rule(frequency: Frequency, config: &TimeConfig, faults: &mut Faults) -> Option<Rule> {
    let pattern = match frequency {
        Frequency::Daily => daily(config, faults),
        Frequency::Weekly => weekly(config, faults),
        Frequency::Monthly => monthly(config, faults),
        Frequency::Custom => custom(config, faults),
        Frequency::Interval | Frequency::Once | Frequency::None => None,
    }?;
    let clocks = if pattern.elapsed {
        Clocks::Elapsed
    } else {
        let (gap, overlap) = (config.dst_gap.unwrap_or_default(), config.dst_overlap.unwrap_or_default());
        Clocks::Fixed { gap, overlap }
    };
    Some(Rule::Wall { calendar: pattern.calendar, clocks })
}

fn daily(config: &TimeConfig, faults: &mut Faults) -> Option<Pattern> {
    let times = match &config.times {
        None => {
            let hour = number(config.hour, "hour", 0, 23, "an hour from 0 to 23", faults);
            let minute = number(config.minute, "minute", 0, 59, "a minute from 0 to 59", faults);
            DayTimes::one(hour?, minute?)
        }
        Some(times) => listed(config, times, faults)?,
    };
    Some(Pattern { calendar: Calendar::daily(times), elapsed: false })
}

/// Returns several times of day, in order.
fn listed(config: &TimeConfig, times: &[String], faults: &mut Faults) -> Option<DayTimes> {
    for (field, value) in [("hour", config.hour), ("minute", config.minute)] {
        if let Some(value) = value {
            let expected = "no such field beside `times`";
            faults.push(Fault::new(FaultCode::InvalidField, field, &value.to_string(), expected));
        }
    }
    if times.is_empty() || times.len() > TIMES_MAX {
        let expected = format!("1 to {TIMES_MAX} times of day");
        faults.push(Fault::new(FaultCode::InvalidField, "times", &times.len().to_string(), expected));
        return None;
    }
    let mut found = Vec::with_capacity(times.len());
    for (index, text) in times.iter().enumerate() {
        let field = format!("times/{index}");
        match minute_of_day(text) {
            Some(minute) if found.contains(&(minute * 60)) => {
                faults.push(Fault::new(FaultCode::InvalidField, &field, text, "each time once"));
            }
            Some(minute) => found.push(minute * 60),
            None => {
                faults.push(Fault::new(
                    FaultCode::InvalidField,
                    &field,
                    text,
                    "a time of day such as `17:30`",
                ));
            }
        }
    }
    found.sort_unstable();
    Some(DayTimes::Listed(found.into()))
}

/// Returns the minute of the day that `HH:MM` spells.
pub(super) fn minute_of_day(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str, max: u32| {
        let is_plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>().ok().filter(|number| is_plain && *number <= max)
    };
    Some(number(hour, 23)? * 60 + number(minute, 59)?)
}

fn weekly(config: &TimeConfig, faults: &mut Faults) -> Option<Pattern> {
    let weekdays = match &config.days_of_week {
        None => {
            let expected = "a weekday from 0 (Sunday) to 6 (Saturday)";
            number(config.day_of_week, "dayOfWeek", 0, 6, expected, faults).map(|day| 1 << day)
        }
        Some(days) => {
            if let Some(day) = config.day_of_week {
                let expected = "no such field beside `daysOfWeek`";
                faults.push(Fault::new(FaultCode::InvalidField, "dayOfWeek", &day.to_string(), expected));
            }
            weekdays("daysOfWeek", days, faults)
        }
    };
    let mut pattern = daily(config, faults)?;
    pattern.calendar.week_days = WeekDays { restricted: true, every: weekdays?, ..WeekDays::default() };
    Some(pattern)
}

/// Returns weekdays as bits; bit 0 is Sunday.
pub(super) fn weekdays(field: &str, days: &[i64], faults: &mut Faults) -> Option<u8> {
    if days.is_empty() {
        faults.push(Fault::new(FaultCode::InvalidField, field, "[]", "at least one weekday"));
        return None;
    }
    let mut bits = 0_u8;
    for (index, day) in days.iter().enumerate() {
        let bit = u32::try_from(*day).ok().filter(|day| *day <= 6).map(|day| 1_u8 << day);
        let expected = match bit {
            Some(bit) if bits & bit == 0 => {
                bits |= bit;
                continue;
            }
            Some(_) => "each weekday once",
            None => "a weekday from 0 (Sunday) to 6 (Saturday)",
        };
        faults.push(Fault::new(
            FaultCode::InvalidField,
            &format!("{field}/{index}"),
            &day.to_string(),
            expected,
        ));
    }
    Some(bits)
}

fn monthly(config: &TimeConfig, faults: &mut Faults) -> Option<Pattern> {
    let expected = "a day from 1 to 31, or -1 for the last day of the month";
    let days = MonthDays { restricted: true, ..MonthDays::default() };
    let days = if config.day_of_month == Some(-1) {
        Some(MonthDays { last: true, ..days })
    } else {
        let date = number(config.day_of_month, "dayOfMonth", 1, 31, expected, faults);
        date.map(|date| MonthDays { dates: 1 << date, capped: true, ..days })
    };
    let mut pattern = daily(config, faults)?;
    pattern.calendar.month_days = days?;
    Some(pattern)
}

fn custom(config: &TimeConfig, faults: &mut Faults) -> Option<Pattern> {
    let Some(text) = &config.cron_expression else {
        let expected = "a cron pattern such as `0 9 * * 1-5`";
        faults.push(Fault::new(FaultCode::MissingField, "cronExpression", "", expected));
        return None;
    };
    match Pattern::parse(text, config.day_match.unwrap_or_default()) {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            faults.push(Fault::new(FaultCode::CronMalformed, "cronExpression", text, error.to_string()));
            None
        }
    }
}
