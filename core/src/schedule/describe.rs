//! Schedules in plain English.

mod times;

use chrono::NaiveDateTime;

use super::{
    DayMatch, Zone,
    calendar::{Calendar, MonthDays, WeekDays, ones},
    rule::Rule,
    timeline,
    zone::instant,
};
use times::Times;

const MONTHS: [&str; 13] = [
    "",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const ORDINALS: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];

/// More instants than this are only counted.
const INSTANTS_TOLD_MAX: usize = 3;

/// Describes what names a schedule's instants in one phrase, such as `Every Friday at 17:00`.
pub(super) fn describe(rule: &Rule, zone: Zone) -> String {
    let told = |second: i64| spelled(instant(timeline::placed_at(zone, second).nominal).naive_utc());
    match rule {
        Rule::Wall { calendar, .. } => on_calendar(calendar),
        Rule::Every { anchor, seconds } => format!("Every {} from {}", span(*seconds), told(*anchor)),
        Rule::At(instants) if instants.len() <= INSTANTS_TOLD_MAX => {
            let instants: Vec<_> = instants.iter().map(|at| format!("on {}", told(*at))).collect();
            let how_often = if instants.len() == 1 { "Once" } else { "Once each" };
            format!("{how_often}, {}", joined(&instants, "and"))
        }
        Rule::At(instants) => {
            let ends =
                [instants.first(), instants.last()].map(|end| end.map_or(String::new(), |at| told(*at)));
            let [first, last] = ends;
            format!("{} times from {first} to {last}", instants.len())
        }
    }
}

/// Tells a date and a time: `2027-01-01 at 09:00`.
fn spelled(at: NaiveDateTime) -> String {
    let shape = if at.and_utc().timestamp() % 60 == 0 { "%Y-%m-%d at %H:%M" } else { "%Y-%m-%d at %H:%M:%S" };
    at.format(shape).to_string()
}

/// Tells a span of elapsed time in its largest even unit: `90 minutes`, `36 hours`.
fn span(seconds: i64) -> String {
    for (unit, size) in [("day", 86_400), ("hour", 3_600), ("minute", 60)] {
        let count = seconds / size;
        if seconds % size == 0 {
            return if count == 1 { unit.to_owned() } else { format!("{count} {unit}s") };
        }
    }
    if seconds == 1 { "second".to_owned() } else { format!("{seconds} seconds") }
}

/// Describes a calendar in one phrase.
fn on_calendar(calendar: &Calendar) -> String {
    let every_day = !calendar.month_days.restricted && !calendar.week_days.restricted;
    let phrase = match times::times(&calendar.times) {
        Times::Points(points) => format!("{} at {points}", days(calendar)),
        Times::Repeated(repeated) if every_day && calendar.has_all_months() => repeated,
        Times::Repeated(repeated) => format!("{repeated}, {}", days(calendar)),
    };
    capitalised(&phrase)
}

/// Says which day a calendar without any day would need.
pub(super) fn possible_days(calendar: &Calendar) -> String {
    let months = if calendar.has_all_months() { "any month".into() } else { months(calendar, "or") };
    if calendar.week_days.restricted && calendar.month_days.restricted {
        format!("a day-of-month and a weekday that fall on one day in {months}")
    } else if calendar.week_days.restricted {
        format!("a weekday that exists in {months}")
    } else {
        format!("a day-of-month that exists in {months}")
    }
}

fn days(calendar: &Calendar) -> String {
    let all_months = calendar.has_all_months();
    let in_months = if all_months { String::new() } else { format!(" in {}", months(calendar, "and")) };
    let of_month = if all_months { "every month".into() } else { months(calendar, "and") };
    let (dates, weekdays) = (&calendar.month_days, &calendar.week_days);
    match (dates.restricted, weekdays.restricted, calendar.day_match) {
        (false, false, _) => format!("every day{in_months}"),
        (true, false, _) => on_dates(dates, &of_month),
        (false, true, _) => on_weekdays(weekdays, &of_month, &in_months),
        (true, true, DayMatch::Or) => {
            let weekdays = on_weekdays(weekdays, &of_month, &in_months);
            let weekdays = weekdays.strip_prefix("on ").unwrap_or(&weekdays);
            format!("{} or on {weekdays}", on_dates(dates, &of_month))
        }
        (true, true, DayMatch::And) => {
            format!("{} when that is {}", on_dates(dates, &of_month), named_weekdays(weekdays, "or", "a "))
        }
    }
}

fn on_dates(days: &MonthDays, of_month: &str) -> String {
    let mut parts = Vec::new();
    let dates: Vec<u32> = ones(u64::from(days.dates)).collect();
    if !dates.is_empty() {
        let noun = if dates.len() == 1 { "day" } else { "days" };
        parts.push(format!("{noun} {}", joined(&runs(&dates, u32::to_string), "and")));
    }
    for date in ones(u64::from(days.nearest_weekdays)) {
        parts.push(format!("the weekday nearest to day {date}"));
    }
    if days.last_weekday {
        parts.push("the last weekday (Monday to Friday)".into());
    }
    if days.last {
        parts.push("the last day".into());
    }
    let shorter =
        if days.capped && days.dates >> 29 != 0 { ", or its last day if it is shorter," } else { "" };
    format!("on {} of {of_month}{shorter}", joined(&parts, "and"))
}

fn on_weekdays(days: &WeekDays, of_month: &str, in_months: &str) -> String {
    if days.last == 0 && days.nth == [0; 5] {
        return format!("every {}{in_months}", named_weekdays(days, "and", ""));
    }
    let every = if days.every == 0 { "" } else { "every " };
    format!("on {every}{} of {of_month}", named_weekdays(days, "and", ""))
}

fn named_weekdays(days: &WeekDays, conjunction: &str, article: &str) -> String {
    // The week is told from Monday on: "Monday to Friday", "Saturday and Sunday".
    let every: Vec<u32> = (1..=7).filter(|day| days.every & (1 << (day % 7)) != 0).collect();
    let named = |day: &u32| format!("{article}{}", WEEKDAYS[(*day % 7) as usize]);
    let mut parts = runs(&every, named);
    for (ordinal, weekdays) in ORDINALS.iter().zip(days.nth) {
        parts
            .extend(ones(u64::from(weekdays)).map(|day| format!("the {ordinal} {}", WEEKDAYS[day as usize])));
    }
    parts.extend(ones(u64::from(days.last)).map(|day| format!("the last {}", WEEKDAYS[day as usize])));
    joined(&parts, conjunction)
}

fn months(calendar: &Calendar, conjunction: &str) -> String {
    let months: Vec<u32> = ones(u64::from(calendar.months)).collect();
    joined(&runs(&months, |month| MONTHS[*month as usize].to_owned()), conjunction)
}

/// Shortens three or more neighbours to "first to last".
fn runs(values: &[u32], named: impl Fn(&u32) -> String) -> Vec<String> {
    values
        .chunk_by(|one, next| one + 1 == *next)
        .flat_map(|run| match run {
            [first, _, .., last] => vec![format!("{} to {}", named(first), named(last))],
            few => few.iter().map(&named).collect(),
        })
        .collect()
}

fn joined(parts: &[String], conjunction: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} {conjunction} {last}", head.join(", ")),
    }
}

fn capitalised(phrase: &str) -> String {
    let mut characters = phrase.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
