//! One moment at which a schedule is due.

use chrono::{DateTime, FixedOffset, NaiveDateTime};
use serde::{Deserialize, Serialize};

use super::{
    ExcludedBy, Timestamp, instant_text,
    timeline::{Kind, Placed},
    zone::{fixed_offset, instant},
};

/// One moment at which a schedule is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Occurrence {
    /// The instant the schedule names; it identifies the occurrence.
    #[serde(with = "instant_text")]
    pub due_at: Timestamp,
    /// The local time the schedule names.
    pub local: LocalTime,
    /// What the clocks did to that local time, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<OccurrenceNote>,
    /// The instant work starts: `due_at` and the jitter.
    #[serde(with = "instant_text")]
    pub effective_at: Timestamp,
    /// The rule of the schedule that keeps it from running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded: Option<ExcludedBy>,
}

/// A local time, with what makes it unambiguous.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LocalTime {
    /// The date and time on the wall, as the schedule names it; it may be one that the clocks skip.
    pub nominal: NaiveDateTime,
    /// How far the clocks are ahead of UTC when the occurrence is due, in seconds.
    pub offset_seconds: i32,
    /// 1 the second time a repeated local time comes, else 0.
    pub fold: u8,
}

/// What the clocks did to an occurrence's local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum OccurrenceNote {
    /// The clocks skip the local time; it runs at this one instead.
    Skipped {
        /// The local time at which it runs.
        runs_at: NaiveDateTime,
    },
    /// The local time comes twice, and this is the first time.
    First,
    /// The local time comes twice, and this is the second time.
    Second,
}

impl Occurrence {
    pub(super) fn of(placed: Placed) -> Self {
        let due_at = instant(placed.due);
        let offset = fixed_offset(placed.offset);
        let note = match placed.kind {
            Kind::Plain => None,
            Kind::First => Some(OccurrenceNote::First),
            Kind::Second => Some(OccurrenceNote::Second),
            Kind::Skipped => {
                Some(OccurrenceNote::Skipped { runs_at: due_at.with_timezone(&offset).naive_local() })
            }
        };
        let local = LocalTime {
            nominal: instant(placed.nominal).naive_utc(),
            offset_seconds: offset.local_minus_utc(),
            fold: u8::from(placed.kind == Kind::Second),
        };
        Self { due_at, local, note, effective_at: due_at, excluded: None }
    }

    /// Returns the due instant as the zone's clocks show it: what to print.
    #[must_use]
    pub fn shown(&self) -> DateTime<FixedOffset> {
        self.due_at.with_timezone(&fixed_offset(i64::from(self.local.offset_seconds)))
    }

    /// Returns everything there is to say of an occurrence to come, as sentences for people.
    #[must_use]
    pub fn remarks(&self) -> Option<String> {
        let parts = [self.note_text(), self.excluded.as_ref().map(ExcludedBy::text)];
        let told = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        (!told.is_empty()).then_some(told)
    }

    /// Returns the note as a sentence for people.
    #[must_use]
    pub fn note_text(&self) -> Option<String> {
        let nominal = self.local.nominal.format("%H:%M");
        Some(match self.note? {
            OccurrenceNote::Skipped { runs_at } => {
                format!("The clocks skip {nominal}: runs at {}.", runs_at.format("%H:%M"))
            }
            OccurrenceNote::First => format!("The clocks show {nominal} twice: this is the first time."),
            OccurrenceNote::Second => format!("The clocks show {nominal} twice: this is the second time."),
        })
    }
}
