//! Checking a schedule: every fault is found from its fields, before anything is searched.

use std::time::Duration;

use super::{
    CompiledSchedule, Fault, FaultCode, Frequency, JITTER_MAX, Rules, Schedule, ScheduleError, TimeConfig,
    Timestamp, Zone,
    calendar::{Calendar, MonthDays, WeekDays},
    compiled::Bounds,
    cron::Pattern,
    density, describe,
    timeline::Clocks,
    zone::{HORIZON_SECONDS, instant},
};

const DENSITY_LOWEST: Duration = Duration::from_secs(1);

type Faults = Vec<Fault>;

impl Schedule {
    /// Checks the schedule and prepares it for answering.
    ///
    /// # Errors
    /// [`ScheduleError`] with every fault of the fields; whether the whole ever fires, and how often, is judged
    /// once the fields are sound.
    pub fn compile(&self, rules: &Rules) -> Result<CompiledSchedule, ScheduleError> {
        let config = &self.time_config;
        let mut faults = Faults::new();
        refuse_foreign_fields(self, &mut faults);
        let pattern = match self.frequency {
            Frequency::Daily => daily(config, &mut faults),
            Frequency::Weekly => weekly(config, &mut faults),
            Frequency::Monthly => monthly(config, &mut faults),
            Frequency::Custom => custom(config, &mut faults),
        };
        let zone = zone(config, &mut faults);
        let bounds = bounds(config, &mut faults);
        let jitter = jitter(config, &mut faults);
        let (Some(pattern), Some(zone), true) = (pattern, zone, faults.is_empty()) else {
            return Err(ScheduleError { faults });
        };
        let clocks = if pattern.elapsed {
            Clocks::Elapsed
        } else {
            let (gap, overlap) = (config.dst_gap.unwrap_or_default(), config.dst_overlap.unwrap_or_default());
            Clocks::Fixed { gap, overlap }
        };
        let compiled = CompiledSchedule::new(pattern.calendar, zone, clocks, bounds, jitter);
        match whole_fault(config, &compiled, rules) {
            None => Ok(compiled),
            Some(fault) => Err(ScheduleError { faults: vec![self.pointed(fault)] }),
        }
    }

    /// Points a fault of the pattern to the frequency when that is what the user wrote instead.
    fn pointed(&self, fault: Fault) -> Fault {
        if self.frequency == Frequency::Custom || !fault.pointer.ends_with("cronExpression") {
            return fault;
        }
        Fault { pointer: "/frequency".into(), value: self.frequency.as_str().into(), ..fault }
    }
}

/// Refuses fields that mean nothing for the frequency: whoever wrote them expects them to count.
fn refuse_foreign_fields(schedule: &Schedule, faults: &mut Faults) {
    let Schedule { frequency, time_config: config } = schedule;
    let number = |value: Option<i64>| value.map(|value| value.to_string());
    let is_custom = *frequency == Frequency::Custom;
    let fields = [
        ("hour", number(config.hour), !is_custom),
        ("minute", number(config.minute), !is_custom),
        ("dayOfWeek", number(config.day_of_week), *frequency == Frequency::Weekly),
        ("dayOfMonth", number(config.day_of_month), *frequency == Frequency::Monthly),
        ("cronExpression", config.cron_expression.clone(), is_custom),
        ("dayMatch", config.day_match.map(|_| "dayMatch".into()), is_custom),
    ];
    for (field, value, belongs) in fields {
        if let (Some(value), false) = (value, belongs) {
            let expected = format!("no such field for {}", frequency.as_str());
            faults.push(Fault::new(FaultCode::InvalidField, field, &value, expected));
        }
    }
}

fn daily(config: &TimeConfig, faults: &mut Faults) -> Option<Pattern> {
    let hour = number(config.hour, "hour", 0, 23, "an hour from 0 to 23", faults);
    let minute = number(config.minute, "minute", 0, 59, "a minute from 0 to 59", faults);
    Some(Pattern { calendar: Calendar::daily(hour?, minute?), elapsed: false })
}

fn weekly(config: &TimeConfig, faults: &mut Faults) -> Option<Pattern> {
    let expected = "a weekday from 0 (Sunday) to 6 (Saturday)";
    let weekday = number(config.day_of_week, "dayOfWeek", 0, 6, expected, faults);
    let mut pattern = daily(config, faults)?;
    pattern.calendar.week_days = WeekDays { restricted: true, every: 1 << weekday?, ..WeekDays::default() };
    Some(pattern)
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

/// Returns a number of the config, or pushes the fault that it is missing or out of its range.
fn number(
    value: Option<i64>,
    field: &str,
    min: u8,
    max: u8,
    expected: &str,
    faults: &mut Faults,
) -> Option<u8> {
    let Some(value) = value else {
        faults.push(Fault::new(FaultCode::MissingField, field, "", expected));
        return None;
    };
    let number = u8::try_from(value).ok().filter(|number| (min..=max).contains(number));
    if number.is_none() {
        faults.push(Fault::new(FaultCode::InvalidField, field, &value.to_string(), expected));
    }
    number
}

fn zone(config: &TimeConfig, faults: &mut Faults) -> Option<Zone> {
    let Some(name) = &config.timezone else {
        let expected = "the IANA name of a time zone, such as `Europe/Berlin`";
        faults.push(Fault::new(FaultCode::MissingField, "timezone", "", expected));
        return None;
    };
    match Zone::named(name) {
        Ok(zone) => Some(zone),
        Err(error) => {
            let expected = error.suggestion.map_or_else(
                || "the IANA name of a time zone, such as `Europe/Berlin`".into(),
                |suggestion| format!("the IANA name of a time zone, probably `{suggestion}`"),
            );
            faults.push(Fault::new(FaultCode::UnknownTimezone, "timezone", name, expected));
            None
        }
    }
}

fn bounds(config: &TimeConfig, faults: &mut Faults) -> Bounds {
    for (field, at) in [("startAt", config.start_at), ("endAt", config.end_at)] {
        if let Some(at) = at.filter(|at| !(0..HORIZON_SECONDS).contains(&at.timestamp())) {
            let expected = "an instant from 1970 to 2199";
            faults.push(Fault::new(FaultCode::InvalidField, field, &at.to_rfc3339(), expected));
        }
    }
    if let (Some(start), Some(end)) = (config.start_at, config.end_at)
        && end <= start
    {
        let expected = format!("an instant after startAt, {}", start.to_rfc3339());
        faults.push(Fault::new(FaultCode::InvalidField, "endAt", &end.to_rfc3339(), expected));
    }
    Bounds { start_at: config.start_at, end_at: config.end_at }
}

fn jitter(config: &TimeConfig, faults: &mut Faults) -> Duration {
    let milliseconds = config.jitter_ms.unwrap_or(0);
    let jitter = u64::try_from(milliseconds).map(Duration::from_millis);
    jitter.ok().filter(|jitter| *jitter <= JITTER_MAX).unwrap_or_else(|| {
        let expected = format!("milliseconds from 0 to {}", JITTER_MAX.as_millis());
        faults.push(Fault::new(FaultCode::InvalidField, "jitterMs", &milliseconds.to_string(), expected));
        Duration::ZERO
    })
}

/// Returns what is wrong with a schedule whose fields are sound one by one.
fn whole_fault(config: &TimeConfig, compiled: &CompiledSchedule, rules: &Rules) -> Option<Fault> {
    let calendar = compiled.calendar();
    let pattern = config.cron_expression.as_deref().unwrap_or_default();
    if !density::has_any_day(calendar) {
        let expected = describe::possible_days(calendar);
        return Some(Fault::new(FaultCode::NeverFires, "cronExpression", pattern, expected));
    }
    let interval = density::shortest_interval(calendar);
    let shortest = rules.density_min.max(DENSITY_LOWEST);
    if interval < shortest {
        let expected = format!(
            "at least {} s between two occurrences, not {} s",
            shortest.as_secs(),
            interval.as_secs()
        );
        return Some(Fault::new(FaultCode::ScheduleTooDense, "cronExpression", pattern, expected));
    }
    if compiled.jitter() > interval {
        let value = compiled.jitter().as_millis().to_string();
        let expected = format!("at most the shortest interval of the schedule, {} ms", interval.as_millis());
        return Some(Fault::new(FaultCode::InvalidField, "jitterMs", &value, expected));
    }
    never_fault(config, compiled, pattern)
}

/// Returns the fault of a schedule that has matching days and yet no occurrence: its bounds leave none, or the
/// clocks skip its only times.
fn never_fault(config: &TimeConfig, compiled: &CompiledSchedule, pattern: &str) -> Option<Fault> {
    // Without a start any year will do; the rules in force since 2020 are known in full.
    let from = config.start_at.map_or(1_577_836_800, seconds_up);
    let never = |field: &str, value: &str, expected: String| {
        Some(Fault::new(FaultCode::NeverFires, field, value, expected))
    };
    let Some(first) = compiled.first_from(from) else {
        return never(
            "cronExpression",
            pattern,
            "a time that the clocks do not skip each time, before the year 2200".into(),
        );
    };
    match (config.start_at, config.end_at) {
        (Some(_), Some(end)) if instant(first) >= end => {
            let expected = format!("an end after the first occurrence, {}", instant(first).to_rfc3339());
            never("endAt", &end.to_rfc3339(), expected)
        }
        _ => None,
    }
}

/// Returns the first whole second at or after an instant.
pub(super) fn seconds_up(at: Timestamp) -> i64 {
    at.timestamp() + i64::from(at.timestamp_subsec_nanos() > 0)
}
