//! A checked schedule, and the question it answers: what comes after this instant?

use std::{sync::Arc, time::Duration};

use super::{
    Occurrence, Timestamp, Zone,
    calendar::Calendar,
    compile::seconds_up,
    describe, jitter,
    timeline::{self, Clocks},
    zone::{HORIZON_SECONDS, HORIZON_YEAR},
};

/// The first second that is searched: 1900, when zones began to have rules.
const SEARCH_FLOOR: i64 = -2_208_988_800;

/// A schedule that was checked. Cheap to keep and to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompiledSchedule {
    calendar: Calendar,
    zone: Zone,
    clocks: Clocks,
    bounds: Bounds,
    jitter: Duration,
    seed: Option<Arc<str>>,
}

/// The instants between which occurrences count: the start does, the end does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) start_at: Option<Timestamp>,
    pub(super) end_at: Option<Timestamp>,
}

/// No occurrence was found although no end bound has passed. The schedule may be sound and the search too short:
/// show it to its owner, never treat it as finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no occurrence between {after} and the year {HORIZON_YEAR}")]
pub struct Unsatisfiable {
    /// Where the search began.
    pub after: Timestamp,
}

impl CompiledSchedule {
    pub(super) fn new(
        calendar: Calendar,
        zone: Zone,
        clocks: Clocks,
        bounds: Bounds,
        jitter: Duration,
    ) -> Self {
        Self { calendar, zone, clocks, bounds, jitter, seed: None }
    }

    /// Returns the schedule of one job: occurrences then carry that job's jitter in `effective_at`.
    #[must_use]
    pub fn seeded(self, seed: &str) -> Self {
        Self { seed: Some(seed.into()), ..self }
    }

    /// Returns the first occurrence strictly later than an instant, or `None` when the end bound comes first.
    /// Instants before 1900 count as 1900.
    ///
    /// # Errors
    /// [`Unsatisfiable`] when there is no end bound and no occurrence before the year 2200.
    pub fn next_after(&self, instant: Timestamp) -> Result<Option<Occurrence>, Unsatisfiable> {
        let later = instant.timestamp().saturating_add(1).clamp(SEARCH_FLOOR, HORIZON_SECONDS);
        let from = self.bounds.start_at.map_or(later, |start| later.max(seconds_up(start)));
        let Some(placed) = timeline::first_from(&self.calendar, self.zone, self.clocks, from) else {
            return if self.bounds.end_at.is_some() {
                Ok(None)
            } else {
                Err(Unsatisfiable { after: instant })
            };
        };
        let mut occurrence = Occurrence::of(placed);
        if self.bounds.end_at.is_some_and(|end| occurrence.due_at >= end) {
            return Ok(None);
        }
        if let Some(seed) = &self.seed {
            occurrence.effective_at = self.effective_at(seed, occurrence.due_at);
        }
        Ok(Some(occurrence))
    }

    /// Returns the occurrences strictly later than an instant, in order. Ends after the end bound or an error.
    pub fn occurrences_after(
        &self,
        instant: Timestamp,
    ) -> impl Iterator<Item = Result<Occurrence, Unsatisfiable>> + '_ {
        let mut after = Some(instant);
        std::iter::from_fn(move || {
            let next = self.next_after(after?).transpose();
            after = next.as_ref().and_then(|next| next.as_ref().ok()).map(|occurrence| occurrence.due_at);
            next
        })
    }

    /// Returns the instant at which work due at `due_at` starts: later by the jitter of this seed, a job's id.
    #[must_use]
    pub fn effective_at(&self, seed: &str, due_at: Timestamp) -> Timestamp {
        // A day at most, which fits both numbers.
        due_at + jitter(seed, due_at, self.jitter.as_millis() as u64)
    }

    /// Returns the schedule in plain English, such as `Every Friday at 17:00 (Europe/Berlin)`.
    #[must_use]
    pub fn description(&self) -> String {
        format!("{} ({})", describe::describe(&self.calendar), self.zone)
    }

    /// Returns the zone whose clocks count.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Returns the spread of the start times.
    #[must_use]
    pub fn jitter(&self) -> Duration {
        self.jitter
    }

    pub(super) fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Returns the first due second at or after this one, bounds aside.
    pub(super) fn first_from(&self, second: i64) -> Option<i64> {
        timeline::first_from(&self.calendar, self.zone, self.clocks, second).map(|placed| placed.due)
    }
}
