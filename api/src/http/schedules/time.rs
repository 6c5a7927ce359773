//! `timeConfig` as JSON spells it.

use dateline_core::schedule::{DayMatch, DstGap, DstOverlap, Exclusions, Frequency, TimeConfig};
use poem_openapi::Object;

use crate::http::fields::{DateRange, HourRange, Instant, TimeOfDay, Weekday, Word, words};

words!(Frequency as Frequency ("The ways to name times."): Daily, Weekly, Monthly, Custom, Interval, Once,
    None);
words!(DayMatch as DayMatch ("How day-of-month and weekday go together when a pattern has both."): Or, And);
words!(DstGap as DstGap ("Where a time runs that the clocks skip."): AfterGap, Shift, Skip);
words!(DstOverlap as DstOverlap ("Which one runs of a time that comes twice."): First, Second, Both);

/// The times of a schedule. DAILY takes `hour` and `minute`, or `times`; WEEKLY also `dayOfWeek` or `daysOfWeek`; MONTHLY
/// also `dayOfMonth`; CUSTOM takes `cronExpression`; INTERVAL `everyMs` and `anchorAt`; ONCE `instants`. All take the rest,
/// but NONE, which takes only `timezone`: its job runs when it is asked to, or when what it depends on has ended.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct TimeConfigBody {
    /// 0 to 23; for DAILY, WEEKLY and MONTHLY.
    #[oai(validator(minimum(value = "0"), maximum(value = "23")))]
    pub hour: Option<i64>,
    /// 0 to 59; with `hour`.
    #[oai(validator(minimum(value = "0"), maximum(value = "59")))]
    pub minute: Option<i64>,
    /// Several times of day in place of `hour` and `minute`.
    #[oai(validator(min_items = 1, max_items = 48, unique_items))]
    pub times: Option<Vec<TimeOfDay>>,
    /// 0 (Sunday) to 6; for WEEKLY.
    #[oai(validator(minimum(value = "0"), maximum(value = "6")))]
    pub day_of_week: Option<i64>,
    /// Several weekdays in place of `dayOfWeek`; for WEEKLY.
    #[oai(validator(min_items = 1, max_items = 7, unique_items))]
    pub days_of_week: Option<Vec<Weekday>>,
    /// 1 to 31, or −1 for the last day; a month too short runs on its last day; for MONTHLY.
    #[oai(validator(minimum(value = "-1"), maximum(value = "31")))]
    pub day_of_month: Option<i64>,
    /// Five fields, or six with seconds first; `L W #` and names work; for CUSTOM.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub cron_expression: Option<String>,
    /// How day-of-month and weekday go together when a pattern has both: OR when absent; for CUSTOM.
    pub day_match: Option<Word<DayMatch>>,
    /// The span of elapsed time between two occurrences: whole seconds, at most 366 days; for INTERVAL.
    #[oai(validator(minimum(value = "1000"), maximum(value = "31622400000")))]
    pub every_ms: Option<i64>,
    /// The first occurrence of an INTERVAL, on a whole second; all others are counted from it, and nothing moves it.
    pub anchor_at: Option<Instant>,
    /// The instants of ONCE, on whole seconds.
    #[oai(validator(min_items = 1, max_items = 200))]
    pub instants: Option<Vec<Instant>>,
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
    /// Which occurrences do not run: they are recorded as skipped.
    pub exclusions: Option<ExclusionsBody>,
    /// How many occurrences run before the schedule ends, counted since it was set or last changed; skipped and missed ones
    /// and runs by hand do not count.
    #[oai(validator(minimum(value = "1"), maximum(value = "100000")))]
    pub runs_max: Option<i64>,
}

/// Which occurrences do not run, by the date and time that the zone's clocks show when they are due.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub struct ExclusionsBody {
    /// Days and ranges of days, both ends included.
    #[oai(validator(min_items = 1, max_items = 200))]
    pub dates: Option<Vec<DateRange>>,
    /// Weekdays.
    #[oai(validator(min_items = 1, max_items = 7, unique_items))]
    pub days_of_week: Option<Vec<Weekday>>,
    /// Hours of every day, the end not included; over midnight when it is earlier than the start.
    #[oai(validator(min_items = 1, max_items = 24))]
    pub hours: Option<Vec<HourRange>>,
    /// The text of an iCalendar file: nothing runs during its events. Events with a start and an end are taken, also every
    /// year; what cannot be taken is refused with its line.
    #[oai(validator(min_length = 1, max_length = 131072))]
    pub calendar: Option<String>,
}

impl From<ExclusionsBody> for Exclusions {
    fn from(body: ExclusionsBody) -> Self {
        Self {
            dates: body.dates.map(|dates| dates.into_iter().map(|one| one.0).collect()),
            days_of_week: body.days_of_week.map(|days| days.into_iter().map(|day| day.0).collect()),
            hours: body.hours.map(|hours| hours.into_iter().map(|one| one.0).collect()),
            calendar: body.calendar,
        }
    }
}

impl From<Exclusions> for ExclusionsBody {
    fn from(exclusions: Exclusions) -> Self {
        Self {
            dates: exclusions.dates.map(|dates| dates.into_iter().map(DateRange).collect()),
            days_of_week: exclusions.days_of_week.map(|days| days.into_iter().map(Weekday).collect()),
            hours: exclusions.hours.map(|hours| hours.into_iter().map(HourRange).collect()),
            calendar: exclusions.calendar,
        }
    }
}

impl From<TimeConfigBody> for TimeConfig {
    fn from(body: TimeConfigBody) -> Self {
        Self {
            hour: body.hour,
            minute: body.minute,
            times: body.times.map(|times| times.into_iter().map(|time| time.0.to_string()).collect()),
            day_of_week: body.day_of_week,
            days_of_week: body.days_of_week.map(|days| days.into_iter().map(|day| day.0).collect()),
            day_of_month: body.day_of_month,
            cron_expression: body.cron_expression,
            day_match: body.day_match.map(|word| word.0),
            every_ms: body.every_ms,
            anchor_at: body.anchor_at.map(|at| at.0),
            instants: body.instants.map(|instants| instants.into_iter().map(|at| at.0).collect()),
            timezone: Some(body.timezone),
            dst_gap: body.dst_gap.map(|word| word.0),
            dst_overlap: body.dst_overlap.map(|word| word.0),
            start_at: body.start_at.map(|at| at.0),
            end_at: body.end_at.map(|at| at.0),
            jitter_ms: body.jitter_ms,
            exclusions: body.exclusions.map(Into::into),
            runs_max: body.runs_max,
        }
    }
}

impl From<TimeConfig> for TimeConfigBody {
    fn from(config: TimeConfig) -> Self {
        Self {
            hour: config.hour,
            minute: config.minute,
            // Times that were stored were read once.
            times: config
                .times
                .map(|times| times.iter().filter_map(|time| time.parse().ok().map(TimeOfDay)).collect()),
            day_of_week: config.day_of_week,
            days_of_week: config.days_of_week.map(|days| days.into_iter().map(Weekday).collect()),
            day_of_month: config.day_of_month,
            cron_expression: config.cron_expression,
            day_match: config.day_match.map(Word),
            every_ms: config.every_ms,
            anchor_at: config.anchor_at.map(Instant),
            instants: config.instants.map(|instants| instants.into_iter().map(Instant).collect()),
            timezone: config.timezone.unwrap_or_default(),
            dst_gap: config.dst_gap.map(Word),
            dst_overlap: config.dst_overlap.map(Word),
            start_at: config.start_at.map(Instant),
            end_at: config.end_at.map(Instant),
            jitter_ms: config.jitter_ms,
            exclusions: config.exclusions.map(Into::into),
            runs_max: config.runs_max,
        }
    }
}
