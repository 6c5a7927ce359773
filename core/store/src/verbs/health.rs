//! Whether the runs of a schedule begin and end in time: kept with its job, and told when it changes.

use dateline_core::execution::{Execution, ExecutionState, Trigger};
use dateline_core::health::{Health, grace};
use dateline_core::job::{Job, NextDue};
use dateline_core::notification::NotificationEvent;
use dateline_core::time::Timestamp;

use crate::fault::Fault;
use crate::queries::engine_pauses;
use crate::record::JobState;
use crate::tables::JOB_STATES;
use crate::transaction::Transaction;

impl Transaction<'_> {
    /// Returns what the first start or the end of an execution means for its schedule, and what is to be told of that. Only
    /// runs of the schedule count: what a person asks for keeps no time.
    pub(super) fn timing(
        &self,
        before: &Execution,
        after: &Execution,
        state: &JobState,
        now: Timestamp,
    ) -> Result<(Health, Option<NotificationEvent>), Fault> {
        let (Trigger::Scheduled, Some(due)) = (&after.trigger, &after.due) else {
            return Ok((state.health, None));
        };
        Ok(match (&before.state, after.started_at) {
            (ExecutionState::Queued { since, ready_at }, Some(_)) if before.started_at.is_none() => {
                // While everything is paused nothing is late.
                let resumed_at = engine_pauses(self)?.ended_at(now);
                let ready_at = resumed_at.into_iter().fold(*since.max(ready_at), Timestamp::max);
                let next_due = match &state.clock.next {
                    NextDue::At(next) => Some(next.due_at),
                    NextDue::Off | NextDue::Ended | NextDue::Unsatisfiable => None,
                };
                let waited = (now - ready_at).to_std().unwrap_or_default();
                state.health.begun(waited, grace(due.key(), next_due))
            }
            (_, Some(begun_at)) if !after.state.is_open() => {
                state.health.ended(begun_at, state.clock.recorded_through)
            }
            (_, _) => (state.health, None),
        })
    }

    /// Notes that occurrences of a job were missed.
    pub(super) fn note_missed(&self, job: &Job) -> Result<(), Fault> {
        let (_, state) = self.found_job(job.id)?;
        let health = state.health.missed();
        if health == state.health {
            Ok(())
        } else {
            self.put(&JOB_STATES, job.id.bits(), &JobState { health, ..state })
        }
    }
}
