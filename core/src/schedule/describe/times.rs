//! The times of a day in words.

use super::{joined, runs};
use crate::schedule::calendar::{DayTimes, ones};

const ALL_SIXTY: u64 = (1 << 60) - 1;
const ALL_HOURS: u64 = (1 << 24) - 1;
/// More times than this are told by their fields.
const POINTS_MAX: u32 = 6;

/// How a day's times are told.
pub(super) enum Times {
    /// Each by itself: `09:00 and 17:00`.
    Points(String),
    /// As a repetition: `every 15 minutes from 09:00 to 17:59`.
    Repeated(String),
}

pub(super) fn times(times: &DayTimes) -> Times {
    let (seconds, minutes, hours) = match times {
        DayTimes::Fields { seconds, minutes, hours } => (*seconds, *minutes, u64::from(*hours)),
        DayTimes::Listed(times) => {
            let points: Vec<_> =
                times.iter().map(|time| point(time / 3600, time / 60 % 60, time % 60)).collect();
            return Times::Points(joined(&points, "and"));
        }
    };
    if seconds.count_ones() * minutes.count_ones() * hours.count_ones() <= POINTS_MAX {
        return Times::Points(points(seconds, minutes, hours));
    }
    let minutes_told = in_minutes(minutes, hours);
    if seconds == 1 {
        return Times::Repeated(minutes_told);
    }
    let seconds_told = match even_step(seconds, 60) {
        Some(1) => "every second".into(),
        Some(step) => format!("every {step} seconds"),
        None => format!("at {}", counted("second", seconds)),
    };
    if minutes == ALL_SIXTY && hours == ALL_HOURS {
        Times::Repeated(if seconds_told.starts_with("at") {
            seconds_told + " of every minute"
        } else {
            seconds_told
        })
    } else {
        Times::Repeated(format!("{seconds_told}, {minutes_told}"))
    }
}

fn points(seconds: u64, minutes: u64, hours: u64) -> String {
    let mut points = Vec::new();
    for hour in ones(hours) {
        for minute in ones(minutes) {
            for second in ones(seconds) {
                points.push(point(hour, minute, second));
            }
        }
    }
    joined(&points, "and")
}

fn point(hour: u32, minute: u32, second: u32) -> String {
    match second {
        0 => format!("{hour:02}:{minute:02}"),
        _ => format!("{hour:02}:{minute:02}:{second:02}"),
    }
}

fn in_minutes(minutes: u64, hours: u64) -> String {
    if minutes.is_power_of_two() {
        let minute = minutes.trailing_zeros();
        let past = if minute == 0 { String::new() } else { format!(" at minute {minute}") };
        return match even_step(hours, 24) {
            Some(1) => format!("every hour{past}"),
            Some(step) => format!("every {step} hours{past}"),
            None => format!("at minute {minute} of {}", counted("hour", hours)),
        };
    }
    let of_hours = if hours == ALL_HOURS { "every hour".into() } else { counted("hour", hours) };
    match even_step(minutes, 60) {
        None => format!("at {} of {of_hours}", counted("minute", minutes)),
        Some(step) => {
            let every = if step == 1 { "every minute".into() } else { format!("every {step} minutes") };
            match span(hours) {
                _ if hours == ALL_HOURS => every,
                Some((first, last)) => format!("{every} from {first:02}:00 to {last:02}:59"),
                None => format!("{every} of {of_hours}"),
            }
        }
    }
}

/// Tells values by name and number: `minutes 5, 10 and 40`.
fn counted(unit: &str, values: u64) -> String {
    let values: Vec<u32> = ones(values).collect();
    let plural = if values.len() == 1 { "" } else { "s" };
    format!("{unit}{plural} {}", joined(&runs(&values, u32::to_string), "and"))
}

/// Returns the step of values that start at 0 and divide the whole evenly.
fn even_step(values: u64, whole: u32) -> Option<u32> {
    let count = values.count_ones();
    let step = (count > 1 && whole.is_multiple_of(count)).then(|| whole / count)?;
    ones(values).zip(0..).all(|(value, index)| value == index * step).then_some(step)
}

/// Returns the first and last of values without a hole.
fn span(values: u64) -> Option<(u32, u32)> {
    let (first, last) = (values.trailing_zeros(), 63 - values.leading_zeros());
    (last - first + 1 == values.count_ones()).then_some((first, last))
}
