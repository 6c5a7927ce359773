//! When a rule is due, worked out without Dateline's own calendar: jiff's, or a walk of the quarters of an hour.

use dateline_core::schedule::{DstGap, DstOverlap};
use dateline_core::time::{Timestamp, from_unix_ms};
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};

use super::rule::{Rule, Shape};

/// An instant at which a rule is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Expected {
    pub(super) due_at: Timestamp,
    /// Whether it is on a day off.
    pub(super) is_excluded: bool,
}

/// Returns when `rule` is due later than `from`, up to `to`, in order.
pub(super) fn dues(rule: &Rule, from: Timestamp, to: Timestamp) -> Vec<Expected> {
    let zone = TimeZoneDatabase::bundled().get(rule.zone).expect("a zone jiff knows");
    let mut found = match &rule.shape {
        Shape::Every { .. } | Shape::Quarters { .. } => walked(rule, &zone, from, to),
        Shape::Daily { .. }
        | Shape::Weekly { .. }
        | Shape::Monthly { .. }
        | Shape::Times { .. }
        | Shape::Listed { .. } => placed(rule, &zone, from, to),
        Shape::Interval { anchor, seconds } => {
            let first = (from - *anchor).num_seconds().div_euclid(*seconds).max(0);
            let last = (to - *anchor).num_seconds().div_euclid(*seconds);
            (first..=last).map(|n| *anchor + chrono::TimeDelta::seconds(n * seconds)).collect()
        }
        Shape::Once { instants } => instants.clone(),
    };
    found.retain(|due| {
        *due > from
            && *due <= to
            && rule.start_at.is_none_or(|start| *due >= start)
            && rule.end_at.is_none_or(|end| *due < end)
    });
    found.sort_unstable();
    found.dedup();
    let is_excluded = |due_at: Timestamp| {
        let day = zone.to_datetime(second(due_at)).weekday().to_sunday_zero_offset();
        rule.days_off.contains(&day)
    };
    found.into_iter().map(|due_at| Expected { due_at, is_excluded: is_excluded(due_at) }).collect()
}

fn second(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_second(at.timestamp()).expect("an instant of our days")
}

fn walked(rule: &Rule, zone: &TimeZone, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
    const QUARTER: i64 = 900;
    let first = from.timestamp().div_euclid(QUARTER);
    let last = to.timestamp().div_euclid(QUARTER);
    (first..=last)
        .filter(|quarter| {
            let at = jiff::Timestamp::from_second(quarter * QUARTER).expect("an instant of our days");
            let local = zone.to_datetime(at);
            match rule.shape {
                Shape::Every { minute, hours } => local.minute() == minute && local.hour() % hours == 0,
                Shape::Quarters { hour } => local.hour() == hour && local.minute() % 15 == 0,
                _ => false,
            }
        })
        .map(|quarter| from_unix_ms(quarter * QUARTER * 1_000))
        .collect()
}

fn placed(rule: &Rule, zone: &TimeZone, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
    let mut date = zone.to_datetime(second(from)).date().yesterday().expect("a date");
    let last = zone.to_datetime(second(to)).date().tomorrow().expect("a date");
    let mut found = Vec::new();
    while date <= last {
        for (hour, minute) in times_on(&rule.shape, date) {
            place(rule, zone, date.at(hour, minute, 0, 0), &mut found);
        }
        date = date.tomorrow().expect("a date");
    }
    found
}

fn times_on(shape: &Shape, date: Date) -> Vec<(i8, i8)> {
    match shape {
        Shape::Daily { hour, minute } => vec![(*hour, *minute)],
        Shape::Weekly { day, hour, minute } => {
            let is_day = date.weekday().to_sunday_zero_offset() == *day;
            is_day.then_some((*hour, *minute)).into_iter().collect()
        }
        Shape::Monthly { day, hour, minute } => {
            let last = date.days_in_month();
            let wanted = if *day == -1 { last } else { (*day).min(last) };
            (date.day() == wanted).then_some((*hour, *minute)).into_iter().collect()
        }
        Shape::Listed { days, times } => {
            let is_day = days.contains(&date.weekday().to_sunday_zero_offset());
            if is_day { times.clone() } else { Vec::new() }
        }
        Shape::Times { minute, hours } => hours.iter().map(|hour| (*hour, *minute)).collect(),
        Shape::Every { .. } | Shape::Quarters { .. } | Shape::Interval { .. } | Shape::Once { .. } => {
            Vec::new()
        }
    }
}

fn place(rule: &Rule, zone: &TimeZone, local: DateTime, found: &mut Vec<Timestamp>) {
    let at = |offset: Offset| offset.to_timestamp(local).expect("an instant of our days");
    let mut add = |at: jiff::Timestamp| found.push(from_unix_ms(at.as_millisecond()));
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => add(at(offset)),
        AmbiguousOffset::Gap { before, after } => match rule.gap.unwrap_or(DstGap::AfterGap) {
            DstGap::AfterGap => {
                let change = zone.following(at(after)).next().expect("the clocks change");
                add(change.timestamp());
            }
            DstGap::Shift => add(at(before)),
            DstGap::Skip => {}
        },
        AmbiguousOffset::Fold { before, after } => {
            let overlap = rule.overlap.unwrap_or(DstOverlap::First);
            if overlap != DstOverlap::Second {
                add(at(before));
            }
            if overlap != DstOverlap::First {
                add(at(after));
            }
        }
    }
}
