//! Which occurrences of a job do not run, as flags say it.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::Weekday;
use crate::cli::given::text_of;
use crate::cli::output::CommandError;

/// The interface takes no longer text of a calendar.
const CALENDAR_BYTES_MAX: usize = 128 * 1024;

/// Which occurrences do not run. What is given takes the place of what was of its kind.
#[derive(Debug, Args)]
#[command(next_help_heading = "Exclusions")]
pub(super) struct ExclusionArgs {
    /// Nothing runs on these days, such as 2027-12-24 or 2027-12-27/2028-01-02
    #[arg(long = "except-date", value_name = "DAY[/DAY]", value_delimiter = ',')]
    dates: Vec<String>,
    /// Nothing runs on these weekdays, such as sat,sun
    #[arg(long = "except-day", value_name = "DAY", value_delimiter = ',')]
    days: Vec<Weekday>,
    /// Nothing runs in these hours, such as 22:00-06:00
    #[arg(long = "except-hours", value_name = "HH:MM-HH:MM", value_delimiter = ',')]
    hours: Vec<String>,
    /// Nothing runs during the events of this iCalendar file; `-` reads standard input
    #[arg(long = "except-calendar", value_name = "FILE")]
    calendar: Option<PathBuf>,
    /// Nothing is excluded any more
    #[arg(long, conflicts_with_all = ["dates", "days", "hours", "calendar"])]
    no_exceptions: bool,
}

impl ExclusionArgs {
    pub(super) fn is_untouched(&self) -> bool {
        let Self { dates, days, hours, calendar, no_exceptions } = self;
        dates.is_empty() && days.is_empty() && hours.is_empty() && calendar.is_none() && !no_exceptions
    }

    /// Puts what is given into a `timeConfig`.
    pub(super) fn set(&self, config: &mut Value) -> Result<(), CommandError> {
        if self.is_untouched() {
            return Ok(());
        }
        if self.no_exceptions {
            super::remove(config, "exclusions");
            return Ok(());
        }
        let mut exclusions =
            config.get("exclusions").filter(|it| it.is_object()).cloned().unwrap_or(json!({}));
        let mut put = |field: &str, values: Vec<Value>| {
            if !values.is_empty() {
                exclusions[field] = values.into();
            }
        };
        put("dates", self.dates.iter().map(|it| json!(it)).collect());
        put("daysOfWeek", self.days.iter().map(|day| json!(*day as u8)).collect());
        put("hours", self.hours.iter().map(|it| json!(it)).collect());
        if let Some(path) = &self.calendar {
            exclusions["calendar"] = json!(text_of(path, CALENDAR_BYTES_MAX)?);
        }
        config["exclusions"] = exclusions;
        Ok(())
    }
}
