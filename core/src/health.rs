//! Whether the runs of a schedule begin in time and are over before the next is due: what a person is told once, and once
//! more when it is well again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::notification::NotificationEvent;
use crate::time::Timestamp;

/// A start is late after this at the least.
pub const GRACE_MIN: Duration = Duration::from_secs(300);

/// What is known of the punctuality of a schedule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// A run began late, or an occurrence was missed, and none has begun in time since.
    pub is_late: bool,
    /// Its latest run was not over when the next occurrence fell due.
    pub outlasts: bool,
}

/// Returns how long a run may wait for its start: a fifth of the time to the next occurrence, and five minutes at the least.
pub fn grace(due_at: Timestamp, next_due: Option<Timestamp>) -> Duration {
    let interval = next_due.map(|next| (next - due_at).to_std().unwrap_or_default());
    GRACE_MIN.max(interval.unwrap_or_default() / 5)
}

impl Health {
    /// Notes that a run has begun after it was ready for so long; returns what is to be told.
    pub fn begun(self, waited: Duration, grace: Duration) -> (Self, Option<NotificationEvent>) {
        let is_late = waited > grace;
        let news = match (self.is_late, is_late) {
            (false, true) => Some(NotificationEvent::JobLate),
            (true, false) => Some(NotificationEvent::JobRecovered),
            (true, true) | (false, false) => None,
        };
        (Self { is_late, ..self }, news)
    }

    /// Notes that occurrences were missed, of which people are told anyway.
    pub fn missed(self) -> Self {
        Self { is_late: true, ..self }
    }

    /// Notes that a run has ended; `newest_due` is the newest occurrence that has fallen due.
    pub fn ended(self, begun_at: Timestamp, newest_due: Timestamp) -> (Self, Option<NotificationEvent>) {
        let outlasts = newest_due > begun_at;
        let is_news = outlasts && !self.outlasts;
        (Self { outlasts, ..self }, is_news.then_some(NotificationEvent::JobOutlasts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::from_unix_ms;

    const WELL: Health = Health { is_late: false, outlasts: false };
    const LATE: Health = Health { is_late: true, outlasts: false };
    const OUTLASTS: Health = Health { is_late: false, outlasts: true };

    #[test]
    fn a_late_start_is_told_once_and_so_is_the_recovery() {
        let (late, soon) = (Duration::from_secs(301), Duration::from_secs(300));
        for (before, waited, after, news) in [
            (WELL, soon, WELL, None),
            (WELL, late, LATE, Some(NotificationEvent::JobLate)),
            (LATE, late, LATE, None),
            (LATE, soon, WELL, Some(NotificationEvent::JobRecovered)),
            (WELL.missed(), soon, WELL, Some(NotificationEvent::JobRecovered)),
        ] {
            assert_eq!(before.begun(waited, GRACE_MIN), (after, news), "{before:?} {waited:?}");
        }
    }

    #[test]
    fn a_run_outlasts_when_another_falls_due_before_its_end() {
        let at = from_unix_ms;
        for (before, newest_due, after, news) in [
            (WELL, 0, WELL, None),
            (WELL, 10, WELL, None),
            (WELL, 11, OUTLASTS, Some(NotificationEvent::JobOutlasts)),
            (OUTLASTS, 11, OUTLASTS, None),
            (OUTLASTS, 0, WELL, None),
        ] {
            assert_eq!(before.ended(at(10), at(newest_due)), (after, news), "{before:?} {newest_due}");
        }
    }

    #[test]
    fn the_grace_grows_with_the_interval() {
        let at = from_unix_ms;
        assert_eq!(grace(at(0), Some(at(600_000))), GRACE_MIN);
        assert_eq!(grace(at(0), Some(at(86_400_000))), Duration::from_secs(17_280));
        assert_eq!(grace(at(0), None), GRACE_MIN);
    }
}
