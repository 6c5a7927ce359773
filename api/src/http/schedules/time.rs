//! `timeConfig` as JSON spells it.

use dateline_core::schedule::{DayMatch, DstGap, DstOverlap, Frequency, TimeConfig};
use poem_openapi::Object;

use crate::http::fields::{Instant, Word, words};

words!(Frequency as Frequency ("The four ways to name times."): Daily, Weekly, Monthly, Custom);
words!(DayMatch as DayMatch ("How day-of-month and weekday go together when a pattern has both."): Or, And);
words!(DstGap as DstGap ("Where a time runs that the clocks skip."): AfterGap, Shift, Skip);
words!(DstOverlap as DstOverlap ("Which one runs of a time that comes twice."): First, Second, Both);

/// The times of a schedule. DAILY takes `hour` and `minute`; WEEKLY also `dayOfWeek`; MONTHLY also `dayOfMonth`;
/// CUSTOM takes `cronExpression`. All take the rest.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct TimeConfigBody {
    /// 0 to 23; not for CUSTOM.
    #[oai(validator(minimum(value = "0"), maximum(value = "23")))]
    pub hour: Option<i64>,
    /// 0 to 59; not for CUSTOM.
    #[oai(validator(minimum(value = "0"), maximum(value = "59")))]
    pub minute: Option<i64>,
    /// 0 (Sunday) to 6; for WEEKLY.
    #[oai(validator(minimum(value = "0"), maximum(value = "6")))]
    pub day_of_week: Option<i64>,
    /// 1 to 31, or −1 for the last day; a month too short runs on its last day; for MONTHLY.
    #[oai(validator(minimum(value = "-1"), maximum(value = "31")))]
    pub day_of_month: Option<i64>,
    /// Five fields, or six with seconds first; `L W #` and names work; for CUSTOM.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub cron_expression: Option<String>,
    /// How day-of-month and weekday go together when a pattern has both: OR when absent; for CUSTOM.
    pub day_match: Option<Word<DayMatch>>,
    /// The IANA name of the zone.
    #[oai(validator(min_length = 1, max_length = 64))]
    pub timezone: String,
    /// Where a time runs that the clocks skip: AFTER_GAP when absent.
    pub dst_gap: Option<Word<DstGap>>,
    /// Which one runs of a time that comes twice: FIRST when absent.
    pub dst_overlap: Option<Word<DstOverlap>>,
    /// Nothing is due before this instant; what is due exactly then, is.
    pub start_at: Option<Instant>,
    /// Nothing is due at this instant or later.
    pub end_at: Option<Instant>,
    /// The spread of the start times, in milliseconds; at most the shortest interval, and a day.
    #[oai(validator(minimum(value = "0"), maximum(value = "86400000")))]
    pub jitter_ms: Option<i64>,
}

impl From<TimeConfigBody> for TimeConfig {
    fn from(body: TimeConfigBody) -> Self {
        Self {
            hour: body.hour,
            minute: body.minute,
            day_of_week: body.day_of_week,
            day_of_month: body.day_of_month,
            cron_expression: body.cron_expression,
            day_match: body.day_match.map(|word| word.0),
            timezone: Some(body.timezone),
            dst_gap: body.dst_gap.map(|word| word.0),
            dst_overlap: body.dst_overlap.map(|word| word.0),
            start_at: body.start_at.map(|at| at.0),
            end_at: body.end_at.map(|at| at.0),
            jitter_ms: body.jitter_ms,
        }
    }
}

impl From<TimeConfig> for TimeConfigBody {
    fn from(config: TimeConfig) -> Self {
        Self {
            hour: config.hour,
            minute: config.minute,
            day_of_week: config.day_of_week,
            day_of_month: config.day_of_month,
            cron_expression: config.cron_expression,
            day_match: config.day_match.map(Word),
            timezone: config.timezone.unwrap_or_default(),
            dst_gap: config.dst_gap.map(Word),
            dst_overlap: config.dst_overlap.map(Word),
            start_at: config.start_at.map(Instant),
            end_at: config.end_at.map(Instant),
            jitter_ms: config.jitter_ms,
        }
    }
}
