//! A checked schedule, and the question it answers: what comes after this instant?

use std::{sync::Arc, time::Duration};

use super::{
    Occurrence, Timestamp, Zone,
    compile::seconds_up,
    describe,
    exclusion::ExclusionRules,
    jitter,
    rule::Rule,
    zone::{HORIZON_SECONDS, HORIZON_YEAR, instant as instant_of},
};

/// The first second that is searched: 1900, when zones began to have rules.
const SEARCH_FLOOR: i64 = -2_208_988_800;

/// So many spans of excluded occurrences are passed over in search of one that runs.
const SPANS_MAX: usize = 5_000;

/// A schedule that was checked. Cheap to keep and to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompiledSchedule {
    rule: Rule,
    zone: Zone,
    exclusions: Arc<ExclusionRules>,
    bounds: Bounds,
    jitter: Duration,
    runs_max: Option<u64>,
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
        rule: Rule,
        zone: Zone,
        exclusions: ExclusionRules,
        bounds: Bounds,
        jitter: Duration,
        runs_max: Option<u64>,
    ) -> Self {
        Self { rule, zone, exclusions: Arc::new(exclusions), bounds, jitter, runs_max, seed: None }
    }

    /// Returns the schedule that has a zone and no occurrence.
    pub(super) fn unscheduled(zone: Zone) -> Self {
        let bounds = Bounds { start_at: None, end_at: None };
        Self::new(Rule::At(Arc::new([])), zone, ExclusionRules::default(), bounds, Duration::ZERO, None)
    }

    /// Whether it is the schedule that names nothing, which is no fault of it.
    #[must_use]
    pub fn names_nothing(&self) -> bool {
        matches!(&self.rule, Rule::At(instants) if instants.is_empty())
    }

    /// Returns the schedule of one job: occurrences then carry that job's jitter in `effective_at`.
    #[must_use]
    pub fn seeded(self, seed: &str) -> Self {
        Self { seed: Some(seed.into()), ..self }
    }

    /// Returns the first occurrence strictly later than an instant, also one that is excluded, or `None` when the end
    /// bound comes first or nothing is left. Instants before 1900 count as 1900.
    ///
    /// # Errors
    /// [`Unsatisfiable`] when there is no end bound and no occurrence before the year 2200.
    pub fn next_after(&self, instant: Timestamp) -> Result<Option<Occurrence>, Unsatisfiable> {
        let later = instant.timestamp().saturating_add(1).clamp(SEARCH_FLOOR, HORIZON_SECONDS);
        let from = self.bounds.start_at.map_or(later, |start| later.max(seconds_up(start)));
        let Some(placed) = self.rule.first_from(self.zone, from) else {
            return if self.bounds.end_at.is_some() || self.rule.ends() {
                Ok(None)
            } else {
                Err(Unsatisfiable { after: instant })
            };
        };
        let mut occurrence = Occurrence::of(placed);
        if self.bounds.end_at.is_some_and(|end| occurrence.due_at >= end) {
            return Ok(None);
        }
        occurrence.excluded = self.exclusions.excluding(self.zone, placed.due).map(|(by, _)| by);
        if let Some(seed) = &self.seed {
            occurrence.effective_at = self.effective_at(seed, occurrence.due_at);
        }
        Ok(Some(occurrence))
    }

    /// Returns the first occurrence strictly later than an instant that no rule excludes.
    ///
    /// # Errors
    /// As [`CompiledSchedule::next_after`]; also when only excluded ones were found for a long time.
    pub fn next_run_after(&self, instant: Timestamp) -> Result<Option<Occurrence>, Unsatisfiable> {
        let mut after = instant;
        for _ in 0..SPANS_MAX {
            let Some(next) = self.next_after(after)? else { return Ok(None) };
            let due = next.due_at.timestamp();
            match self.exclusions.excluding(self.zone, due) {
                None => return Ok(Some(next)),
                Some((_, until)) => after = instant_of((until - 1).clamp(due, HORIZON_SECONDS)),
            }
        }
        Err(Unsatisfiable { after: instant })
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
        if self.names_nothing() {
            return format!("Not by the clock ({})", self.zone);
        }
        let rule = describe::describe(&self.rule, self.zone);
        let mut description = format!("{rule} ({})", self.zone);
        if !self.exclusions.is_empty() {
            description += &format!(", {}", self.exclusions.describe());
        }
        match self.runs_max {
            None => {}
            Some(1) => description += ", 1 run",
            Some(max) => description += &format!(", {max} runs"),
        }
        description
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

    /// Returns how many occurrences run before the schedule ends.
    #[must_use]
    pub fn runs_max(&self) -> Option<u64> {
        self.runs_max
    }

    pub(super) fn rule(&self) -> &Rule {
        &self.rule
    }

    pub(super) fn has_exclusions(&self) -> bool {
        !self.exclusions.is_empty()
    }

    /// Returns the first due second at or after this one, bounds aside.
    pub(super) fn first_from(&self, second: i64) -> Option<i64> {
        self.rule.first_from(self.zone, second).map(|placed| placed.due)
    }
}
