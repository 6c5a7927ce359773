//! What conditions are about.

use std::collections::BTreeSet;

use chrono::{Datelike, Offset, Timelike, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::brief::{Brief, Class, SourceKind};
use crate::execution::{Execution, ExecutionState, ExecutionStatus, TriggerKind};
use crate::schedule::Zone;
use crate::time::{Timestamp, rfc3339};

/// Everything a condition can name, one field a name.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// What happened in the project since the job last wrote; nothing for job types that do not write.
    pub activity: ActivityFacts,
    /// The job's latest run before this one.
    pub last: LastRun,
    /// What this run is told.
    pub payload: Map<String, Value>,
    /// Why it runs.
    pub trigger: TriggerFacts,
    /// The runs whose ends it follows, in the order the job names their jobs.
    pub upstream: Vec<UpstreamFacts>,
    /// The occurrence it stands for; the present when it stands for none.
    pub due: WallTime,
    /// The present.
    pub now: WallTime,
}

/// What happened in a project, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActivityFacts {
    /// What is worth telling: pull requests and commits that stand alone.
    pub items: u64,
    /// Commits, told or not.
    pub commits: u64,
    /// Pull requests among the items.
    pub pull_requests: u64,
    /// Issues that the items close.
    pub issues: u64,
    /// Releases.
    pub releases: u64,
    /// Items that break something.
    pub breaking: u64,
    /// Items that bring something new.
    pub features: u64,
    /// Items that mend something.
    pub fixes: u64,
    /// Items about security.
    pub security: u64,
    /// Items whose author is certainly new.
    pub first_timers: u64,
    /// People behind the items, robots aside.
    pub authors: u64,
}

impl ActivityFacts {
    /// Counts what a brief holds.
    pub fn of(brief: &Brief) -> Self {
        let count = |is: fn(&crate::brief::SourceItem) -> bool| {
            brief.items.iter().filter(|item| is(item)).count() as u64
        };
        let closed: BTreeSet<u64> = brief.items.iter().flat_map(|item| item.closes.iter().copied()).collect();
        Self {
            items: brief.items.len() as u64,
            commits: brief.stats.commits as u64,
            pull_requests: count(|item| item.kind == SourceKind::PullRequest),
            issues: closed.len() as u64,
            releases: brief.releases.len() as u64,
            breaking: count(|item| item.breaking.is_some()),
            features: count(|item| item.class == Class::Feature),
            fixes: count(|item| item.class == Class::Fix),
            security: count(|item| item.class == Class::Security),
            first_timers: count(|item| item.first_time),
            authors: brief.stats.people as u64,
        }
    }

    /// Counts the widest of several windows of one history: a platform that was not written for lately has the widest.
    pub fn widest<'a>(briefs: impl IntoIterator<Item = &'a Brief>) -> Self {
        briefs.into_iter().max_by_key(|brief| brief.stats.commits).map(Self::of).unwrap_or_default()
    }
}

/// A job's latest run that did something or failed to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LastRun {
    /// How it ended, such as `COMPLETED`; `NONE` when there is none.
    pub status: String,
    /// When it ended; empty when there is none.
    pub at: String,
    /// Whole minutes since it ended; a million years when there is none, so that `>=` holds.
    pub minutes_ago: i64,
    /// The same in whole hours.
    pub hours_ago: i64,
    /// How many runs failed since one did not.
    pub failures_in_row: u32,
    /// What it produced.
    pub output: Value,
}

/// Returns a word as the interface spells it.
fn spelled(status: ExecutionStatus) -> String {
    serde_json::to_value(status).ok().and_then(|word| Some(word.as_str()?.to_owned())).unwrap_or_default()
}

/// Longer ago than anything.
const NEVER_MINUTES: i64 = 1_000_000 * 366 * 24 * 60;

impl LastRun {
    /// Describes `last` as it is at `now`.
    pub fn of(last: Option<&Execution>, failures_in_row: u32, now: Timestamp) -> Self {
        let ended = last.and_then(|last| match last.state {
            ExecutionState::Finished { at, .. } => Some((last, at)),
            _ => None,
        });
        let Some((last, at)) = ended else {
            return Self {
                status: "NONE".to_owned(),
                at: String::new(),
                minutes_ago: NEVER_MINUTES,
                hours_ago: NEVER_MINUTES / 60,
                failures_in_row,
                output: Value::Null,
            };
        };
        let since = now - at;
        Self {
            status: spelled(last.state.status()),
            at: rfc3339(at),
            minutes_ago: since.num_minutes(),
            hours_ago: since.num_hours(),
            failures_in_row,
            output: last.output.clone(),
        }
    }
}

/// Why a run exists.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TriggerFacts {
    /// Such as `SCHEDULED`.
    pub kind: TriggerKind,
    /// The event it answers; absent when it answers none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventFacts>,
}

/// An event that a run answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EventFacts {
    /// What happened, such as `RELEASE_PUBLISHED`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// What its sender calls it; empty for all but `CUSTOM`.
    pub name: String,
    /// What its sender says of it.
    pub data: Value,
}

/// A run whose end another follows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UpstreamFacts {
    /// How it ended, such as `COMPLETED`.
    pub status: String,
    /// What it produced.
    pub output: Value,
}

impl UpstreamFacts {
    /// Describes how a run ended.
    pub fn of(ended: &Execution) -> Self {
        Self { status: spelled(ended.state.status()), output: ended.output.clone() }
    }
}

/// An instant as the clock on the wall shows it, in the zone of the job's schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WallTime {
    /// In UTC, such as `2026-12-01T16:00:00.000Z`.
    pub at: String,
    /// Such as 2026.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// 0 (Sunday) to 6.
    pub weekday: u32,
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
}

impl WallTime {
    /// Reads the clock on a wall in a zone, by its IANA name, at `at`; UTC where there is no such zone.
    pub fn of(at: Timestamp, zone: Option<&str>) -> Self {
        let zone = zone.and_then(|name| Zone::named(name).ok());
        let wall = at.with_timezone(&zone.map_or(Utc.fix(), |zone| zone.offset_at(at)));
        Self {
            at: rfc3339(at),
            year: wall.year(),
            month: wall.month(),
            day: wall.day(),
            weekday: wall.weekday().num_days_from_sunday(),
            hour: wall.hour(),
            minute: wall.minute(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::from_unix_ms;

    #[test]
    fn the_wall_shows_the_zone_s_time() {
        // 2026-10-25T00:30:00Z, an hour before the clocks go back.
        let wall = WallTime::of(from_unix_ms(1_792_888_200_000), Some("Europe/Berlin"));
        assert_eq!((wall.day, wall.hour, wall.minute, wall.weekday), (25, 2, 30, 0));
        assert_eq!(wall.at, "2026-10-25T00:30:00.000Z");
    }

    #[test]
    fn what_never_ran_is_long_ago() {
        let never = LastRun::of(None, 0, from_unix_ms(1_800_000_000_000));
        assert_eq!(never.status, "NONE");
        assert!(never.hours_ago > 24 * 366 * 10_000);
    }
}
