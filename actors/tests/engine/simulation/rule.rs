//! When a simulated job is due, in a form that an independent oracle understands.

use dateline_core::schedule::{DstGap, DstOverlap, Exclusions, Frequency, Schedule, TimeConfig};
use dateline_core::time::{Timestamp, from_unix_ms};
use dateline_store::conformance::Rng;

/// Zones with all kinds of clocks: the usual hour at either side of the world, half an hour, two hours, at midnight,
/// none, odd offsets.
pub(super) const ZONES: [&str; 14] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Africa/Casablanca",
    "Asia/Beirut",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "America/Vancouver",
    "Pacific/Apia",
    "America/Havana",
];

/// A rule for due times.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    pub(super) zone: &'static str,
    pub(super) shape: Shape,
    pub(super) gap: Option<DstGap>,
    pub(super) overlap: Option<DstOverlap>,
    pub(super) start_at: Option<Timestamp>,
    pub(super) end_at: Option<Timestamp>,
    pub(super) jitter_ms: Option<i64>,
    /// Weekdays on which it does not run, 0 (Sunday) to 6.
    pub(super) days_off: Vec<i8>,
}

/// What the clocks show when it is due.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    Daily {
        hour: i8,
        minute: i8,
    },
    /// 0 is Sunday.
    Weekly {
        day: i8,
        hour: i8,
        minute: i8,
    },
    /// −1 is the last one.
    Monthly {
        day: i8,
        hour: i8,
        minute: i8,
    },
    /// Fixed times of every day.
    Times {
        minute: i8,
        hours: Vec<i8>,
    },
    /// At this minute of every so many hours, by elapsed time.
    Every {
        minute: i8,
        hours: i8,
    },
    /// Each quarter of this hour, by elapsed time.
    Quarters {
        hour: i8,
    },
    /// Several times of day on some weekdays.
    Listed {
        days: Vec<i8>,
        times: Vec<(i8, i8)>,
    },
    /// Again and again after so many seconds, counted from an instant.
    Interval {
        anchor: Timestamp,
        seconds: i64,
    },
    /// At these instants.
    Once {
        instants: Vec<Timestamp>,
    },
}

impl Rule {
    /// Draws a rule for a world that begins about `now`.
    pub(super) fn draw(rng: &mut Rng, now: Timestamp) -> Self {
        let zone = ZONES[rng.index(ZONES.len())];
        let shape = shape(rng, now);
        let is_fixed = match &shape {
            Shape::Daily { .. }
            | Shape::Weekly { .. }
            | Shape::Monthly { .. }
            | Shape::Times { .. }
            | Shape::Listed { .. } => true,
            Shape::Every { .. } | Shape::Quarters { .. } | Shape::Interval { .. } | Shape::Once { .. } => {
                false
            }
        };
        let gap = (is_fixed && rng.one_in(3))
            .then(|| [DstGap::AfterGap, DstGap::Shift, DstGap::Skip][rng.index(3)]);
        let overlap = (is_fixed && rng.one_in(3))
            .then(|| [DstOverlap::First, DstOverlap::Second, DstOverlap::Both][rng.index(3)]);
        let days = |rng: &mut Rng| chrono::TimeDelta::seconds(3_600 * (1 + rng.below(24 * 20) as i64));
        let start_at = rng.one_in(12).then(|| now + days(rng));
        let end_at = rng.one_in(12).then(|| start_at.unwrap_or(now) + days(rng));
        let jitter_ms = rng.one_in(6).then(|| 1 + rng.below(50_000) as i64);
        let days_off = if rng.one_in(6) { some_days(rng) } else { Vec::new() };
        Self { zone, shape, gap, overlap, start_at, end_at, jitter_ms, days_off }
    }

    /// Returns the rule as a person writes it.
    pub(super) fn schedule(&self) -> Schedule {
        let mut config = TimeConfig {
            timezone: Some(self.zone.to_owned()),
            dst_gap: self.gap,
            dst_overlap: self.overlap,
            start_at: self.start_at,
            end_at: self.end_at,
            jitter_ms: self.jitter_ms,
            exclusions: (!self.days_off.is_empty()).then(|| Exclusions {
                days_of_week: Some(self.days_off.iter().copied().map(i64::from).collect()),
                ..Exclusions::default()
            }),
            ..TimeConfig::default()
        };
        let frequency = self.shape.write(&mut config);
        Schedule { frequency, time_config: config }
    }
}

impl Shape {
    /// Writes the times into `config`.
    fn write(&self, config: &mut TimeConfig) -> Frequency {
        let number = |number: i8| Some(i64::from(number));
        match self {
            Self::Daily { hour, minute } => {
                (config.hour, config.minute) = (number(*hour), number(*minute));
                Frequency::Daily
            }
            Self::Weekly { day, hour, minute } => {
                (config.hour, config.minute) = (number(*hour), number(*minute));
                config.day_of_week = number(*day);
                Frequency::Weekly
            }
            Self::Monthly { day, hour, minute } => {
                (config.hour, config.minute) = (number(*hour), number(*minute));
                config.day_of_month = number(*day);
                Frequency::Monthly
            }
            Self::Listed { days, times } => {
                config.days_of_week = Some(days.iter().copied().map(i64::from).collect());
                let times = times.iter().map(|(hour, minute)| format!("{hour:02}:{minute:02}"));
                config.times = Some(times.collect());
                Frequency::Weekly
            }
            Self::Times { minute, hours } => {
                let hours: Vec<String> = hours.iter().map(ToString::to_string).collect();
                config.cron_expression = Some(format!("{minute} {} * * *", hours.join(",")));
                Frequency::Custom
            }
            Self::Every { minute, hours } => {
                config.cron_expression = Some(format!("{minute} */{hours} * * *"));
                Frequency::Custom
            }
            Self::Quarters { hour } => {
                config.cron_expression = Some(format!("*/15 {hour} * * *"));
                Frequency::Custom
            }
            Self::Interval { anchor, seconds } => {
                (config.anchor_at, config.every_ms) = (Some(*anchor), Some(seconds * 1_000));
                Frequency::Interval
            }
            Self::Once { instants } => {
                config.instants = Some(instants.clone());
                Frequency::Once
            }
        }
    }
}

/// Returns one to three weekdays.
fn some_days(rng: &mut Rng) -> Vec<i8> {
    let mut days: Vec<i8> = (0..=rng.below(3)).map(|_| rng.below(7) as i8).collect();
    days.sort_unstable();
    days.dedup();
    days
}

fn shape(rng: &mut Rng, now: Timestamp) -> Shape {
    // Clocks change at night.
    let hour = |rng: &mut Rng| if rng.one_in(2) { rng.below(4) as i8 } else { rng.below(24) as i8 };
    let minute = |rng: &mut Rng| [0, 0, 30, 15, 45, 59, 7][rng.index(7)];
    let begin = from_unix_ms(now.timestamp() * 1_000);
    let seconds = |rng: &mut Rng, most: u64| chrono::TimeDelta::seconds(rng.below(most) as i64);
    match rng.below(11) {
        0 | 1 => Shape::Daily { hour: hour(rng), minute: minute(rng) },
        2 => Shape::Weekly { day: rng.below(7) as i8, hour: hour(rng), minute: minute(rng) },
        3 => {
            let day = [-1, 1, 15, 29, 31][rng.index(5)];
            Shape::Monthly { day, hour: hour(rng), minute: minute(rng) }
        }
        4 | 5 => {
            let mut hours: Vec<i8> = (0..2 + rng.below(2)).map(|_| hour(rng)).collect();
            hours.sort_unstable();
            hours.dedup();
            Shape::Times { minute: minute(rng), hours }
        }
        6 => Shape::Every { minute: [0, 15, 30, 45][rng.index(4)], hours: [6, 8, 12][rng.index(3)] },
        7 => Shape::Quarters { hour: hour(rng) },
        8 => {
            let mut times: Vec<(i8, i8)> = (0..2 + rng.below(2)).map(|_| (hour(rng), minute(rng))).collect();
            times.sort_unstable();
            times.dedup();
            Shape::Listed { days: some_days(rng), times }
        }
        9 => {
            let anchor = begin - chrono::TimeDelta::days(20) + seconds(rng, 40 * 86_400);
            let seconds = [5_400, 25_000, 86_400, 90_061][rng.index(4)];
            Shape::Interval { anchor, seconds }
        }
        _ => {
            let mut instants: Vec<Timestamp> = (0..1 + rng.below(6))
                .map(|_| begin - chrono::TimeDelta::days(2) + seconds(rng, 30 * 86_400))
                .collect();
            instants.sort_unstable();
            instants.dedup();
            Shape::Once { instants }
        }
    }
}
