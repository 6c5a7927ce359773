//! Schedules: when a job is due.
//!
//! A [`Schedule`] is what a user writes. [`Schedule::compile`] checks all of it and returns a [`CompiledSchedule`],
//! which answers one question: what comes after this instant?
//!
//! ```text
//! Schedule ── compile ──▶ rule       (which times)         ─┐
//!                         zone       (which offsets)        ├─ next_after ──▶ Occurrence
//!                         clocks     (skipped, repeated)    │
//!                         exclusions (which do not run)    ─┘
//! ```
//!
//! Of a wall time, local time is computed first, on the wall calendar, and then placed on the time line: a rule says "09:00 in
//! Berlin", and which instant that is depends on the law of that day. Nothing here reads a clock, draws a random
//! number or touches a file.

mod calendar;
mod compile;
mod compiled;
mod cron;
mod density;
mod describe;
mod exclusion;
mod fault;
mod icalendar;
mod instant_text;
mod jitter;
mod occurrence;
mod rule;
mod timeline;
mod unscheduled;
pub mod zone;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use compiled::{CompiledSchedule, Unsatisfiable};
pub use cron::{PATTERN_CHARS_MAX, ParseCronError};
pub use exclusion::{ExcludedBy, ExclusionKind, Exclusions};
pub use fault::{Fault, FaultCode, ScheduleError};
pub use jitter::{JITTER_MAX, jitter};
pub use occurrence::{LocalTime, Occurrence, OccurrenceNote};
pub use zone::{Placement, UnknownZone, Zone, all_zone_names, tzdb_version};

/// An instant, in UTC.
pub type Timestamp = chrono::DateTime<chrono::Utc>;

/// When a job is due, as a user writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Schedule {
    /// Which fields of `time_config` count.
    pub frequency: Frequency,
    /// The times, the zone and the bounds.
    pub time_config: TimeConfig,
}

/// The ways to name times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Frequency {
    /// Each day at one time.
    Daily,
    /// One day of each week at one time.
    Weekly,
    /// One day of each month at one time; a month too short runs on its last day.
    Monthly,
    /// A cron pattern.
    Custom,
    /// Again and again after the same span of elapsed time, counted from an anchor.
    Interval,
    /// At the instants of a list, and never again.
    Once,
    /// No times at all: the job runs for other reasons.
    None,
}

impl Frequency {
    /// Returns the name as it stands in JSON, such as `DAILY`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "DAILY",
            Self::Weekly => "WEEKLY",
            Self::Monthly => "MONTHLY",
            Self::Custom => "CUSTOM",
            Self::Interval => "INTERVAL",
            Self::Once => "ONCE",
            Self::None => "NONE",
        }
    }
}

/// The times of a schedule. Which fields are needed depends on the [`Frequency`]; ranges are checked by
/// [`Schedule::compile`], so that every fault is named and not only the first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TimeConfig {
    /// 0 to 23; for DAILY, WEEKLY and MONTHLY.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hour: Option<i64>,
    /// 0 to 59; with `hour`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minute: Option<i64>,
    /// Several times of day, such as `09:00` and `17:30`, in place of `hour` and `minute`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<Vec<String>>,
    /// 0 (Sunday) to 6; for WEEKLY.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_of_week: Option<i64>,
    /// Several weekdays, in place of `day_of_week`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_of_week: Option<Vec<i64>>,
    /// 1 to 31, or −1 for the last day; for MONTHLY.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_of_month: Option<i64>,
    /// Five fields, or six with seconds first; for CUSTOM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron_expression: Option<String>,
    /// How day-of-month and weekday go together when a pattern has both; for CUSTOM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_match: Option<DayMatch>,
    /// The span of elapsed time between two occurrences, in milliseconds and whole seconds; for INTERVAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every_ms: Option<i64>,
    /// The first occurrence of an INTERVAL, from which all others are counted.
    #[serde(skip_serializing_if = "Option::is_none", with = "instant_text::optional")]
    pub anchor_at: Option<Timestamp>,
    /// The instants of ONCE.
    #[serde(skip_serializing_if = "Option::is_none", with = "instant_text::list")]
    pub instants: Option<Vec<Timestamp>>,
    /// The IANA name of the zone; always needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Where a time runs that the clocks skip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dst_gap: Option<DstGap>,
    /// Which one runs of a time that comes twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dst_overlap: Option<DstOverlap>,
    /// Nothing is due before this instant; what is due exactly then, is.
    #[serde(skip_serializing_if = "Option::is_none", with = "instant_text::optional")]
    pub start_at: Option<Timestamp>,
    /// Nothing is due at this instant or later.
    #[serde(skip_serializing_if = "Option::is_none", with = "instant_text::optional")]
    pub end_at: Option<Timestamp>,
    /// The spread of the start times, in milliseconds; at most the shortest interval, and a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jitter_ms: Option<i64>,
    /// Which occurrences do not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclusions: Option<Exclusions>,
    /// How many occurrences run before the schedule ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs_max: Option<i64>,
}

impl Schedule {
    /// Returns how many more occurrences run when `runs` have, or `None` when their number is not bounded.
    #[must_use]
    pub fn runs_left(&self, runs: u64) -> Option<u64> {
        // A maximum that is none was refused when the schedule was set.
        let max = u64::try_from(self.time_config.runs_max?).ok()?;
        Some(max.saturating_sub(runs))
    }
}

/// How day-of-month and weekday go together when a pattern has both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DayMatch {
    /// A day that matches either, as cron has always had it.
    #[default]
    Or,
    /// A day that matches both.
    And,
}

/// Where a time runs that the clocks skip.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DstGap {
    /// At the first instant after the gap; several times in one gap run once.
    #[default]
    AfterGap,
    /// As much later as the clocks are put forward: 02:30 runs at 03:30.
    Shift,
    /// Not at all on that day.
    Skip,
}

/// Which one runs of a time that comes twice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DstOverlap {
    /// The first.
    #[default]
    First,
    /// The second.
    Second,
    /// Both.
    Both,
}

/// What the operator allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The shortest interval between two occurrences; less than a second counts as a second.
    pub density_min: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Self { density_min: Duration::from_secs(60) }
    }
}

#[cfg(test)]
#[path = "schedule/schedule_tests.rs"]
mod tests;
