//! Punctuality in a store of plain maps.

use dateline_core::execution::{Execution, ExecutionState, TriggerKind};
use dateline_core::health::grace;
use dateline_core::job::NextDue;
use dateline_core::notification::NotificationEvent;
use dateline_core::time::Timestamp;

use super::Model;

impl Model {
    pub(super) fn note_timing(&mut self, before: &Execution, after: &Execution) {
        let Some(due) = after.due.as_ref().filter(|_| after.trigger.kind() == TriggerKind::Scheduled) else {
            return;
        };
        let mut health = self.jobs[&after.job].health;
        let clock = &self.jobs[&after.job].clock;
        let mut news = None;
        if before.started_at.is_none()
            && let Some(begun_at) = after.started_at
        {
            let ExecutionState::Queued { since, ready_at } = before.state else { return };
            let ready_at =
                self.pauses.ended_at(begun_at).into_iter().fold(since.max(ready_at), Timestamp::max);
            let next_due = match &clock.next {
                NextDue::At(next) => Some(next.due_at),
                _ => None,
            };
            let is_late = (begun_at - ready_at).to_std().unwrap_or_default() > grace(due.key(), next_due);
            if is_late != health.is_late {
                news =
                    Some(if is_late { NotificationEvent::JobLate } else { NotificationEvent::JobRecovered });
            }
            health.is_late = is_late;
        } else if before.state.is_open()
            && !after.state.is_open()
            && let Some(begun_at) = after.started_at
        {
            let outlasts = clock.recorded_through > begun_at;
            news = (outlasts && !health.outlasts).then_some(NotificationEvent::JobOutlasts);
            health.outlasts = outlasts;
        }
        if let Some(event) = news {
            self.tell(event, after.id.bits());
        }
        self.jobs.get_mut(&after.job).expect("it was there").health = health;
    }
}
