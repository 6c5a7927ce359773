//! When a job runs, as flags say it.

use chrono::{NaiveTime, Timelike};
use clap::{Args, ValueEnum};
use dateline_openapi::types;
use serde_json::{Value, json};

use crate::cli::local_zone::local_zone;
use crate::cli::output::CommandError;

/// When.
#[derive(Debug, Args)]
#[command(next_help_heading = "Schedule")]
pub(super) struct ScheduleArgs {
    /// Every day, at the time of --at
    #[arg(long, group = "frequency")]
    daily: bool,
    /// Every week on this day, at the time of --at
    #[arg(long, value_name = "DAY", group = "frequency")]
    weekly: Option<Weekday>,
    /// Every month on this day (1 to 31, or `last`), at the time of --at
    #[arg(long, value_name = "DAY", group = "frequency", value_parser = day_of_month)]
    monthly: Option<i64>,
    /// As a cron pattern says: five fields, or six with seconds first
    #[arg(long, value_name = "PATTERN", group = "frequency", conflicts_with = "at")]
    cron: Option<String>,
    /// The time of day, such as 17:00
    #[arg(long, value_name = "HH:MM", value_parser = time_of_day)]
    at: Option<NaiveTime>,
    /// The zone whose clocks count, an IANA name [default: the zone you live in]
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
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

impl ScheduleArgs {
    /// Returns the fields of a schedule: of a new job all of them, of a stored one those that change.
    ///
    /// # Errors
    /// [`CommandError::Usage`] when something is missing.
    pub(super) fn json(&self, stored: Option<&types::Job>, has_more: bool) -> Result<Value, CommandError> {
        let frequency = self.frequency();
        let is_untouched = frequency.is_none() && self.at.is_none() && self.tz.is_none();
        let (word, mut config) = match (frequency, stored) {
            (None, Some(_)) if is_untouched => return Ok(json!({})),
            (None, None) if has_more => return Ok(json!({})),
            (None, None) => {
                let expected = "one of --daily, --weekly, --monthly or --cron is needed";
                return Err(CommandError::Usage(expected.into()));
            }
            (Some((word, config)), None) => (word.to_owned(), config),
            (Some((word, mut config)), Some(job)) => {
                // What also holds for the new frequency is kept.
                if word != "CUSTOM" {
                    config["hour"] = json!(job.time_config.hour);
                    config["minute"] = json!(job.time_config.minute);
                }
                (word.to_owned(), config)
            }
            (None, Some(job)) => {
                let config = serde_json::to_value(&job.time_config).unwrap_or_default();
                (job.frequency.as_str().to_owned(), config)
            }
        };
        if let Some(at) = self.at {
            config["hour"] = json!(at.hour());
            config["minute"] = json!(at.minute());
        }
        if word != "CUSTOM" && config["hour"].is_null() {
            return Err(CommandError::Usage("--at HH:MM is needed: the time of day".into()));
        }
        let zone = self.tz.clone().or_else(|| stored.map(|job| job.time_config.timezone.clone()));
        config["timezone"] = json!(zone.unwrap_or_else(|| local_zone().name().to_owned()));
        Ok(json!({ "frequency": word, "timeConfig": config }))
    }

    fn frequency(&self) -> Option<(&'static str, Value)> {
        if self.daily {
            return Some(("DAILY", json!({})));
        }
        let weekly = self.weekly.map(|day| ("WEEKLY", json!({ "dayOfWeek": day as u8 })));
        let monthly = self.monthly.map(|day| ("MONTHLY", json!({ "dayOfMonth": day })));
        let cron = self.cron.as_ref().map(|pattern| ("CUSTOM", json!({ "cronExpression": pattern })));
        weekly.or(monthly).or(cron)
    }
}
