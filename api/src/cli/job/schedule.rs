//! When a job runs, as flags say it.

mod exclusions;

use chrono::{NaiveTime, Timelike};
use clap::{Args, ValueEnum};
use dateline_core::schedule::{Placement, Zone};
use dateline_core::time::{Timestamp, rfc3339};
use dateline_openapi::types;
use serde_json::{Value, json};

use self::exclusions::ExclusionArgs;
use crate::cli::local_zone::local_zone;
use crate::cli::output::CommandError;
use crate::cli::simulate::spans::duration;
use crate::cli::text::instant;

/// When.
#[derive(Debug, Args)]
#[command(next_help_heading = "Schedule")]
pub(super) struct ScheduleArgs {
    /// Every day, at the times of --at
    #[arg(long, group = "frequency")]
    daily: bool,
    /// Every week on these days, such as mon,thu, at the times of --at
    #[arg(long, value_name = "DAY", group = "frequency", value_delimiter = ',')]
    weekly: Vec<Weekday>,
    /// Every month on this day (1 to 31, or `last`), at the times of --at
    #[arg(long, value_name = "DAY", group = "frequency", value_parser = day_of_month)]
    monthly: Option<i64>,
    /// As a cron pattern says: five fields, or six with seconds first
    #[arg(long, value_name = "PATTERN", group = "frequency", conflicts_with = "at")]
    cron: Option<String>,
    /// Again and again after so much time, such as 90m, counted from --anchor
    #[arg(long, value_name = "DURATION", group = "frequency", conflicts_with = "at", value_parser = every)]
    every: Option<i64>,
    /// Once at this instant, or at this local time such as 2027-01-04T09:00; repeat it for more
    #[arg(long, value_name = "INSTANT", group = "frequency", conflicts_with = "at")]
    once: Vec<String>,
    /// Not by the clock: only when asked, or after other jobs
    #[arg(long, group = "frequency", conflicts_with = "at")]
    unscheduled: bool,
    /// The times of day, such as 17:00 or 09:00,17:30
    #[arg(long, value_name = "HH:MM", value_parser = time_of_day, value_delimiter = ',')]
    at: Vec<NaiveTime>,
    /// The first time of --every [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = instant, requires = "every")]
    anchor: Option<Timestamp>,
    /// End after so many runs
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=100_000))]
    runs: Option<i64>,
    /// The zone whose clocks count, an IANA name [default: the zone you live in]
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    #[command(flatten)]
    exclusions: ExclusionArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Weekday {
    Sun,
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
}

fn day_of_month(text: &str) -> Result<i64, String> {
    match text {
        "last" => Ok(-1),
        _ => {
            text.parse().ok().filter(|day| (1..=31).contains(day)).ok_or("expected 1 to 31, or `last`".into())
        }
    }
}

fn time_of_day(text: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| "expected a time of day such as 17:00".into())
}

fn every(text: &str) -> Result<i64, String> {
    duration(text)
        .map(|span| span.num_milliseconds())
        .ok_or_else(|| "expected a duration such as 90m or 1d12h".into())
}

impl ScheduleArgs {
    /// Returns the fields of a schedule: of a new job all of them, of a stored one those that change. One that `runs_after`
    /// others needs no times.
    ///
    /// # Errors
    /// [`CommandError::Usage`] when something is missing or makes no sense.
    pub(super) fn json(
        &self,
        stored: Option<&types::Job>,
        has_more: bool,
        runs_after: bool,
        now: Timestamp,
    ) -> Result<Value, CommandError> {
        let zone = self.tz.clone().or_else(|| stored.map(|job| job.time_config.timezone.clone()));
        let zone = zone.unwrap_or_else(|| local_zone().name().to_owned());
        let is_silent = runs_after && stored.is_none() && self.at.is_empty();
        let frequency = self.frequency(&zone, now)?.or(is_silent.then(|| ("NONE", json!({}))));
        let (word, mut config) = match (frequency, stored) {
            (None, Some(_)) if self.is_untouched() => return Ok(json!({})),
            (None, None) if has_more => return Ok(json!({})),
            (None, None) => {
                let expected = "one of --daily, --weekly, --monthly, --cron, --every, --once, --unscheduled or --after is needed";
                return Err(CommandError::Usage(expected.into()));
            }
            (Some((word, config)), None) => (word.to_owned(), config),
            (Some((word, config)), Some(job)) => (word.to_owned(), kept(word, config, job)),
            (None, Some(job)) => {
                let config = serde_json::to_value(&job.time_config).unwrap_or_default();
                (job.frequency.as_str().to_owned(), config)
            }
        };
        self.set_times(&word, &mut config)?;
        if let Some(runs) = self.runs {
            config["runsMax"] = json!(runs);
        }
        self.exclusions.set(&mut config)?;
        config["timezone"] = json!(zone);
        Ok(json!({ "frequency": word, "timeConfig": config }))
    }

    fn is_untouched(&self) -> bool {
        self.at.is_empty() && self.tz.is_none() && self.runs.is_none() && self.exclusions.is_untouched()
    }

    /// Puts the times of --at in place of those that are there.
    fn set_times(&self, word: &str, config: &mut Value) -> Result<(), CommandError> {
        let has_times = matches!(word, "DAILY" | "WEEKLY" | "MONTHLY");
        if !has_times && !self.at.is_empty() {
            return Err(CommandError::Usage(format!("--at means nothing for {word}")));
        }
        match &self.at[..] {
            [] if has_times && config["hour"].is_null() && config["times"].is_null() => {
                return Err(CommandError::Usage("--at HH:MM is needed: the time of day".into()));
            }
            [] => {}
            [at] => {
                (config["hour"], config["minute"]) = (json!(at.hour()), json!(at.minute()));
                remove(config, "times");
            }
            several => {
                config["times"] = several.iter().map(|at| json!(at.format("%H:%M").to_string())).collect();
                remove(config, "hour");
                remove(config, "minute");
            }
        }
        Ok(())
    }

    fn frequency(&self, zone: &str, now: Timestamp) -> Result<Option<(&'static str, Value)>, CommandError> {
        if self.daily {
            return Ok(Some(("DAILY", json!({}))));
        }
        if self.unscheduled {
            return Ok(Some(("NONE", json!({}))));
        }
        let weekly = match &self.weekly[..] {
            [] => None,
            [day] => Some(("WEEKLY", json!({ "dayOfWeek": *day as u8 }))),
            days => {
                let days: Vec<u8> = days.iter().map(|day| *day as u8).collect();
                Some(("WEEKLY", json!({ "daysOfWeek": days })))
            }
        };
        let monthly = self.monthly.map(|day| ("MONTHLY", json!({ "dayOfMonth": day })));
        let cron = self.cron.as_ref().map(|pattern| ("CUSTOM", json!({ "cronExpression": pattern })));
        let every = self.every.map(|ms| {
            let anchor = self.anchor.unwrap_or_else(|| next_second(now));
            ("INTERVAL", json!({ "everyMs": ms, "anchorAt": rfc3339(anchor) }))
        });
        let once = match &self.once[..] {
            [] => None,
            texts => {
                let instants = texts.iter().map(|text| Ok(rfc3339(once_at(text, zone)?)));
                let instants = instants.collect::<Result<Vec<_>, CommandError>>()?;
                Some(("ONCE", json!({ "instants": instants })))
            }
        };
        Ok(weekly.or(monthly).or(cron).or(every).or(once))
    }
}

/// Returns the fields of a new frequency with what of the stored ones also holds for it.
fn kept(word: &str, config: Value, job: &types::Job) -> Value {
    if word == "NONE" {
        return config;
    }
    let stored = serde_json::to_value(&job.time_config).unwrap_or_default();
    let mut config = config;
    let times: &[&str] =
        if matches!(word, "DAILY" | "WEEKLY" | "MONTHLY") { &["hour", "minute", "times"] } else { &[] };
    for field in times.iter().chain(&["startAt", "endAt", "exclusions", "runsMax"]) {
        if let Some(value) = stored.get(*field).filter(|value| !value.is_null()) {
            config[*field] = value.clone();
        }
    }
    config
}

fn remove(config: &mut Value, field: &str) {
    if let Some(config) = config.as_object_mut() {
        config.remove(field);
    }
}

/// Returns the first whole second after an instant.
fn next_second(now: Timestamp) -> Timestamp {
    let whole = now - chrono::Duration::milliseconds(now.timestamp_millis().rem_euclid(1_000));
    whole + chrono::Duration::seconds(1)
}

/// Returns the instant that an instant or a local time of a zone names.
fn once_at(text: &str, zone: &str) -> Result<Timestamp, CommandError> {
    if let Ok(at) = instant(text) {
        return Ok(at);
    }
    let refused = |expected: &str| CommandError::argument("--once", text, expected);
    let zone =
        Zone::named(zone).map_err(|_| CommandError::argument("--tz", zone, "a zone of the IANA database"))?;
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|shape| chrono::NaiveDateTime::parse_from_str(text, shape).ok());
    let expected = "an instant such as 2027-01-04T08:00:00Z, or a local time such as 2027-01-04T09:00";
    match zone.place(local.ok_or_else(|| refused(expected))?) {
        Placement::One(at) => Ok(at),
        Placement::Gap { .. } => Err(refused("a time that the clocks do not skip")),
        Placement::Twice { .. } => Err(refused("an instant: the clocks show this time twice")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_names_one_instant_or_is_refused() {
        let at = |text: &str| once_at(text, "Europe/Berlin").map(rfc3339).map_err(|error| error.to_string());
        assert_eq!(at("2027-01-04T09:00"), Ok("2027-01-04T08:00:00.000Z".into()));
        assert_eq!(at("2027-01-04T09:00:00Z"), Ok("2027-01-04T09:00:00.000Z".into()));
        for refused in ["2027-03-28T02:30", "2027-10-31T02:30", "tomorrow", "2027-02-30T09:00"] {
            assert!(at(refused).is_err(), "{refused}");
        }
        assert!(once_at("2027-01-04T09:00", "Europe/Atlantis").is_err());
    }
}
