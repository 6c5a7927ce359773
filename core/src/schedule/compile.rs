//! Checking a schedule: every fault is found from its fields, before anything is searched.

mod elapsed;
mod exclusions;
mod wall;

use std::time::Duration;

use super::{
    CompiledSchedule, Fault, FaultCode, Frequency, JITTER_MAX, Rules, Schedule, ScheduleError, TimeConfig,
    Timestamp, Zone,
    compiled::Bounds,
    density, describe,
    rule::Rule,
    zone::{HORIZON_SECONDS, instant},
};

const DENSITY_LOWEST: Duration = Duration::from_secs(1);
/// More runs need no maximum.
const RUNS_MAX: i64 = 100_000;

type Faults = Vec<Fault>;

impl Schedule {
    /// Checks the schedule and prepares it for answering.
    ///
    /// # Errors
    /// [`ScheduleError`] with every fault of the fields; whether the whole ever fires, and how often, is judged
    /// once the fields are sound.
    pub fn compile(&self, rules: &Rules) -> Result<CompiledSchedule, ScheduleError> {
        if self.frequency == Frequency::None {
            return self.compile_unscheduled();
        }
        let config = &self.time_config;
        let mut faults = Faults::new();
        refuse_foreign_fields(self, &mut faults);
        let rule = match self.frequency {
            Frequency::Interval => elapsed::interval(config, &mut faults),
            Frequency::Once => elapsed::once(config, &mut faults),
            Frequency::None => None,
            wall @ (Frequency::Daily | Frequency::Weekly | Frequency::Monthly | Frequency::Custom) => {
                wall::rule(wall, config, &mut faults)
            }
        };
        let zone = zone(config, &mut faults);
        let bounds = bounds(config, &mut faults);
        let jitter = jitter(config, &mut faults);
        let exclusions = exclusions::exclusions(config, &mut faults);
        let runs_max = runs_max(config, &mut faults);
        let (Some(rule), Some(zone), true) = (rule, zone, faults.is_empty()) else {
            return Err(ScheduleError { faults });
        };
        let compiled = CompiledSchedule::new(rule, zone, exclusions, bounds, jitter, runs_max);
        match whole_fault(self, &compiled, rules) {
            None => Ok(compiled),
            Some(fault) => Err(ScheduleError { faults: vec![fault] }),
        }
    }

    /// Returns the field that a fault of the whole belongs to: what the user wrote to say when.
    fn written(&self) -> (&'static str, String) {
        let config = &self.time_config;
        match self.frequency {
            Frequency::Daily | Frequency::Weekly | Frequency::Monthly | Frequency::None => {
                ("/frequency", self.frequency.as_str().into())
            }
            Frequency::Custom => {
                ("/timeConfig/cronExpression", config.cron_expression.clone().unwrap_or_default())
            }
            Frequency::Interval => {
                ("/timeConfig/everyMs", config.every_ms.map_or(String::new(), |ms| ms.to_string()))
            }
            Frequency::Once => {
                let first = config.instants.iter().flatten().next();
                ("/timeConfig/instants", first.map_or(String::new(), Timestamp::to_rfc3339))
            }
        }
    }
}

/// Refuses fields that mean nothing for the frequency: whoever wrote them expects them to count.
fn refuse_foreign_fields(schedule: &Schedule, faults: &mut Faults) {
    let Schedule { frequency, time_config: config } = schedule;
    let number = |value: Option<i64>| value.map(|value| value.to_string());
    let listed = |count: Option<usize>| count.map(|count| count.to_string());
    let is_custom = *frequency == Frequency::Custom;
    let is_weekly = *frequency == Frequency::Weekly;
    let is_interval = *frequency == Frequency::Interval;
    let has_times = matches!(frequency, Frequency::Daily | Frequency::Weekly | Frequency::Monthly);
    let fields = [
        ("hour", number(config.hour), has_times),
        ("minute", number(config.minute), has_times),
        ("times", listed(config.times.as_ref().map(Vec::len)), has_times),
        ("dayOfWeek", number(config.day_of_week), is_weekly),
        ("daysOfWeek", listed(config.days_of_week.as_ref().map(Vec::len)), is_weekly),
        ("dayOfMonth", number(config.day_of_month), *frequency == Frequency::Monthly),
        ("cronExpression", config.cron_expression.clone(), is_custom),
        ("dayMatch", config.day_match.map(|_| "dayMatch".into()), is_custom),
        ("everyMs", number(config.every_ms), is_interval),
        ("anchorAt", config.anchor_at.map(|at| at.to_rfc3339()), is_interval),
        ("instants", listed(config.instants.as_ref().map(Vec::len)), *frequency == Frequency::Once),
    ];
    for (field, value, belongs) in fields {
        if let (Some(value), false) = (value, belongs) {
            let expected = format!("no such field for {}", frequency.as_str());
            faults.push(Fault::new(FaultCode::InvalidField, field, &value, expected));
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

pub(super) fn zone(config: &TimeConfig, faults: &mut Faults) -> Option<Zone> {
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

fn runs_max(config: &TimeConfig, faults: &mut Faults) -> Option<u64> {
    let max = config.runs_max?;
    let found = u64::try_from(max).ok().filter(|_| (1..=RUNS_MAX).contains(&max));
    if found.is_none() {
        let expected = format!("1 to {RUNS_MAX} runs");
        faults.push(Fault::new(FaultCode::InvalidField, "runsMax", &max.to_string(), expected));
    }
    found
}

/// Returns what is wrong with a schedule whose fields are sound one by one.
fn whole_fault(schedule: &Schedule, compiled: &CompiledSchedule, rules: &Rules) -> Option<Fault> {
    let (pointer, value) = schedule.written();
    let fault = |code, expected: String| Some(Fault::at(pointer, code, &value, expected));
    if let Rule::Wall { calendar, .. } = compiled.rule()
        && !density::has_any_day(calendar)
    {
        return fault(FaultCode::NeverFires, describe::possible_days(calendar));
    }
    let interval = compiled.rule().shortest_interval();
    let shortest = rules.density_min.max(DENSITY_LOWEST);
    if interval < shortest {
        let expected = format!(
            "at least {} s between two occurrences, not {} s",
            shortest.as_secs(),
            interval.as_secs()
        );
        return fault(FaultCode::ScheduleTooDense, expected);
    }
    if compiled.jitter() > interval {
        let value = compiled.jitter().as_millis().to_string();
        let expected = format!("at most the shortest interval of the schedule, {} ms", interval.as_millis());
        return Some(Fault::new(FaultCode::InvalidField, "jitterMs", &value, expected));
    }
    never_fault(schedule, compiled)
}

/// Returns the fault of a schedule that has matching days and yet no occurrence that runs: its bounds leave none, the
/// clocks skip its only times, or its exclusions cover all.
fn never_fault(schedule: &Schedule, compiled: &CompiledSchedule) -> Option<Fault> {
    let config = &schedule.time_config;
    // Without a start any year will do; the rules in force since 2020 are known in full.
    let anywhere = if compiled.rule().ends() { 0 } else { 1_577_836_800 };
    let from = config.start_at.map_or(anywhere, seconds_up);
    let never = |field: &str, value: &str, expected: String| {
        Some(Fault::new(FaultCode::NeverFires, field, value, expected))
    };
    let Some(first) = compiled.first_from(from) else {
        let (pointer, value) = schedule.written();
        let expected = match schedule.frequency {
            Frequency::Once => "an instant that is not before startAt",
            Frequency::Interval => "an interval with an occurrence before the year 2200",
            Frequency::Daily
            | Frequency::Weekly
            | Frequency::Monthly
            | Frequency::Custom
            | Frequency::None => "a time that the clocks do not skip each time, before the year 2200",
        };
        return Some(Fault::at(pointer, FaultCode::NeverFires, &value, expected));
    };
    if let Some(end) = config.end_at
        && (config.start_at.is_some() || compiled.rule().has_start())
        && instant(first) >= end
    {
        let expected = format!("an end after the first occurrence, {}", instant(first).to_rfc3339());
        return never("endAt", &end.to_rfc3339(), expected);
    }
    if compiled.has_exclusions() && !matches!(compiled.next_run_after(instant(from - 1)), Ok(Some(_))) {
        return never("exclusions", "", "rules that leave at least one occurrence to run".into());
    }
    None
}

/// Returns the first whole second at or after an instant.
pub(super) fn seconds_up(at: Timestamp) -> i64 {
    at.timestamp() + i64::from(at.timestamp_subsec_nanos() > 0)
}
