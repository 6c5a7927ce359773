//! Placing wall times on the time line: what happens when the clocks change.
//!
//! Time is walked in spans of unchanged offset. Inside a span a wall time names one instant; all decisions are
//! about the span's two ends:
//!
//! ```text
//!            clocks go forward                     clocks go back
//! ──── span ────┤├──────── span ────────────────────────┤├──── span ────
//!        01:59:59  03:00                        02:59:59  02:00
//!                └ 02:30 exists nowhere            02:30 exists on both sides
//! ```

use crate::mistake::{Mistake, is_made};

use super::{
    DstGap, DstOverlap,
    calendar::Calendar,
    zone::{HORIZON_SECONDS, Span, Zone},
};

const DAY_SECONDS: i64 = 86_400;
/// More than the distance between a wall time and its instant, in either direction.
const OFFSET_SECONDS_MAX: i64 = 26 * 3600;

/// How wall times meet clock changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clocks {
    /// Every instant whose wall time matches: skipped times have no instant, repeated ones have two.
    Elapsed,
    /// Each wall time is meant, and the policies say where it runs when it is skipped or repeated.
    Fixed { gap: DstGap, overlap: DstOverlap },
}

/// An occurrence, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) due: i64,
    /// The local time that the schedule names.
    pub(super) nominal: i64,
    /// The offset in force when it is due.
    pub(super) offset: i64,
    pub(super) kind: Kind,
}

/// What became of the local time that the schedule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It exists once.
    Plain,
    /// The clocks skip it.
    Skipped,
    /// It comes twice, and this is the first time.
    First,
    /// It comes twice, and this is the second time.
    Second,
}

/// Returns the first occurrence at or after a second, or `None` when the horizon comes first.
pub(super) fn first_from(calendar: &Calendar, zone: Zone, clocks: Clocks, second: i64) -> Option<Placed> {
    let mut from = second;
    while from < HORIZON_SECONDS {
        let span = zone.span_at(from);
        let natural = natural_in(&span, calendar, clocks, from);
        let skipped = skipped_in(&span, calendar, clocks, from);
        let found = match (natural, skipped) {
            // Two wall times on one instant are one occurrence, and it keeps the time that exists.
            (Some(natural), Some(skipped)) if natural.due <= skipped.due => Some(natural),
            (natural, skipped) => skipped.or(natural),
        };
        if found.is_some() {
            return found;
        }
        // Nothing more in this span. Later ones show no wall time before this, so leap to the next that matches.
        let shown = span.end.checked_add(span.offset.min(span.offset_after))?;
        from = span.end.max(calendar.first_from(shown)? - OFFSET_SECONDS_MAX);
    }
    None
}

/// Returns an instant that was named itself, as the zone's clocks show it.
pub(super) fn placed_at(zone: Zone, due: i64) -> Placed {
    let span = zone.span_at(due);
    let nominal = due + span.offset;
    Placed { due, nominal, offset: span.offset, kind: shown_in(&span, nominal) }
}

/// Tells whether a wall time that the clocks show in a span is shown before or after it too.
fn shown_in(span: &Span, nominal: i64) -> Kind {
    if nominal < span.start.saturating_add(span.offset_before) {
        Kind::Second
    } else if nominal >= span.end.saturating_add(span.offset_after) {
        Kind::First
    } else {
        Kind::Plain
    }
}

/// Returns the first matching wall time that the clocks show between `from` and the end of the span.
fn natural_in(span: &Span, calendar: &Calendar, clocks: Clocks, from: i64) -> Option<Placed> {
    let seen_before = span.start.saturating_add(span.offset_before);
    let seen_again = span.end.saturating_add(span.offset_after);
    let (mut first, mut end) = (from + span.offset, span.end.saturating_add(span.offset));
    match clocks {
        Clocks::Fixed { .. } if is_made(Mistake::RepeatedHourRunsTwice) => {}
        Clocks::Fixed { overlap: DstOverlap::First, .. } => first = first.max(seen_before),
        Clocks::Fixed { overlap: DstOverlap::Second, .. } => end = end.min(seen_again),
        Clocks::Fixed { overlap: DstOverlap::Both, .. } | Clocks::Elapsed => {}
    }
    let nominal = calendar.first_from(first).filter(|wall| *wall < end)?;
    Some(Placed { due: nominal - span.offset, nominal, offset: span.offset, kind: shown_in(span, nominal) })
}

/// Returns the first occurrence at or after `from` that stands for wall times skipped at the start of the span.
fn skipped_in(span: &Span, calendar: &Calendar, clocks: Clocks, from: i64) -> Option<Placed> {
    let Clocks::Fixed { gap, .. } = clocks else { return None };
    let length = span.offset - span.offset_before;
    // A gap of a day is a date that a country left out: nothing was due on it.
    if length <= 0 || length >= DAY_SECONDS || from >= span.start.saturating_add(length) {
        return None;
    }
    let (first, end) = (span.start + span.offset_before, span.start + span.offset);
    let first = match gap {
        DstGap::AfterGap if from <= span.start => first,
        DstGap::Shift => first.max(from + span.offset_before),
        DstGap::AfterGap | DstGap::Skip => return None,
    };
    let nominal = calendar.first_from(first).filter(|wall| *wall < end)?;
    let due = if gap == DstGap::Shift { nominal - span.offset_before } else { span.start };
    Some(Placed { due, nominal, offset: span.offset, kind: Kind::Skipped })
}
