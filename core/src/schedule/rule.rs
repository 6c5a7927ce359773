//! What names a schedule's instants: wall times, a span of elapsed time, or the instants themselves.

use std::sync::Arc;
use std::time::Duration;

use super::{
    Zone,
    calendar::Calendar,
    density,
    timeline::{self, Clocks, Placed},
    zone::HORIZON_SECONDS,
};

/// What names a schedule's instants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rule {
    /// Wall times, placed on the time line.
    Wall { calendar: Calendar, clocks: Clocks },
    /// Every so many seconds from an anchor on, whatever the clocks show.
    Every { anchor: i64, seconds: i64 },
    /// These seconds, in order and each once.
    At(Arc<[i64]>),
}

impl Rule {
    /// Returns the first occurrence at or after a second, or `None` when the horizon comes first.
    pub(super) fn first_from(&self, zone: Zone, second: i64) -> Option<Placed> {
        let due = match self {
            Self::Wall { calendar, clocks } => return timeline::first_from(calendar, zone, *clocks, second),
            Self::Every { anchor, seconds } => {
                let passed = second.max(*anchor) - anchor;
                let periods = passed / seconds + i64::from(passed % seconds > 0);
                anchor + periods * seconds
            }
            Self::At(instants) => *instants.get(instants.partition_point(|at| *at < second))?,
        };
        (due < HORIZON_SECONDS).then(|| timeline::placed_at(zone, due))
    }

    /// Returns the shortest distance between two neighbouring occurrences; endless when there is only one.
    pub(super) fn shortest_interval(&self) -> Duration {
        let seconds = match self {
            Self::Wall { calendar, .. } => return density::shortest_interval(calendar),
            Self::Every { seconds, .. } => Some(*seconds),
            Self::At(instants) => instants.windows(2).map(|pair| pair[1] - pair[0]).min(),
        };
        seconds.map_or(Duration::MAX, |seconds| Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
    }

    /// Whether it names a first occurrence by itself.
    pub(super) fn has_start(&self) -> bool {
        match self {
            Self::Wall { .. } => false,
            Self::Every { .. } | Self::At(_) => true,
        }
    }

    /// Whether occurrences end by themselves.
    pub(super) fn ends(&self) -> bool {
        matches!(self, Self::At(_))
    }
}
